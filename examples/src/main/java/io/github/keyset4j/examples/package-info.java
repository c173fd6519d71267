/** Programs that show how the library is used. */
@NullMarked
package io.github.keyset4j.examples;

import org.jspecify.annotations.NullMarked;
