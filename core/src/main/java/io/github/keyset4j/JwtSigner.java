package io.github.keyset4j;

import org.jose4j.jwt.JwtClaims;

/**
 * Signs JWTs (RFC 7519). A manager's is a {@link KeysetSigner}; in a test any lambda is one: {@code claims -> "a token"}.
 *
 * <p>Threads. Safe for use by any number.
 */
@FunctionalInterface
public interface JwtSigner {

    /**
     * Signs these claims, which are not changed.
     *
     * @throws KeysetUnavailableException if there is no key to sign with
     * @throws IllegalArgumentException if no verifier would take the token; see {@link KeysetSigner#sign(JwtClaims)}
     */
    String sign(JwtClaims claims);

    /** A token to be put together claim by claim, and signed here. */
    default JwtBuilder jwt() {
        return new JwtBuilder(this::sign);
    }
}
