/** What {@link java.util.ServiceLoader} finds: the provider of {@code command:}. Exported to nobody; it may change with any version. */
@NullMarked
package io.github.keyset4j.command.uri;

import org.jspecify.annotations.NullMarked;
