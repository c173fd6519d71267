/**
 * What a secret must not be: a reference to one, a key in disguise, a published sample, words. Octets in, a verdict out.
 *
 * <p>For this project's own modules; it may change with any version.
 */
@NullMarked
package io.github.keyset4j.secret;

import org.jspecify.annotations.NullMarked;
