package io.github.keyset4j;

import java.time.Duration;
import org.jose4j.jwt.JwtClaims;

/** Managers for tests. */
final class Managers {

    private Managers() {}

    /** A manager that loads when told, and not by itself: neither on time nor after a failure. */
    static KeyManager.Builder onlyWhenTold(KeysetSource source) {
        KeyManager.Builder builder = KeyManager.builder(source);
        builder.draft.firstRetry = Duration.ofHours(1);
        return builder;
    }

    /** What it signs with. */
    static VerifiedJwt signs(KeyManager keys) {
        return keys.verifier().build().verify(keys.signer().sign(new JwtClaims()));
    }
}
