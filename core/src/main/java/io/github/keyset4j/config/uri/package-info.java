/** What {@link java.util.ServiceLoader} finds: the provider of {@code env:}. Exported to nobody; it may change with any version. */
@NullMarked
package io.github.keyset4j.config.uri;

import org.jspecify.annotations.NullMarked;
