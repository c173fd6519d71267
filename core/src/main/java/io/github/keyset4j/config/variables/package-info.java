/** What settings are read from. Exported to this project's rotation function only; it may change with any version. */
@NullMarked
package io.github.keyset4j.config.variables;

import org.jspecify.annotations.NullMarked;
