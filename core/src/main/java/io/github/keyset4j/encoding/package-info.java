/**
 * Texts and octets, and nothing of keysets: JSON, base64url, NumericDate, DER, durations, names.
 *
 * <p>For this project's own modules; it may change with any version.
 */
@NullMarked
package io.github.keyset4j.encoding;

import org.jspecify.annotations.NullMarked;
