package io.github.keyset4j;

import java.util.Optional;
import org.jose4j.jwt.JwtClaims;

/**
 * A token that was verified, and its claims.
 *
 * <p>Secrets. {@link #toString()} shows no claim.
 *
 * @param claims what the token says
 * @param kid the key it was signed with
 * @param algorithm that key's algorithm, by its JOSE name
 * @param purpose that key's purpose
 * @param type the header's {@code typ}
 */
public record VerifiedJwt(JwtClaims claims, String kid, String algorithm, String purpose, Optional<String> type) {

    @Override
    public String toString() {
        return "VerifiedJwt[" + kid + ", " + algorithm + ", " + purpose + "]";
    }
}
