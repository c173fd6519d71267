/** What {@link java.util.ServiceLoader} finds: the provider of {@code file:}. Exported to nobody; it may change with any version. */
@NullMarked
package io.github.keyset4j.file.uri;

import org.jspecify.annotations.NullMarked;
