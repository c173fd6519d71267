package io.github.keyset4j.examples;

import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.config.KeyManagers;
import java.io.PrintStream;
import org.jose4j.jwt.JwtClaims;

/**
 * Signs and verifies with keys from environment variables:
 *
 * <pre>
 * APP_JWT_KEYSET=k1:&lt;secret&gt;,k2:&lt;secret&gt;  APP_JWT_ACTIVE_KID=k2
 * APP_SIGNING_KEY=&lt;a PEM&gt;  APP_SIGNING_KID=2026-03     (both may be left out)
 * </pre>
 */
public final class EnvironmentSource {

    private EnvironmentSource() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        // Everything by its usual name, under a prefix: the keys, the policy, or a file instead.
        try (KeyManager keys = KeyManagers.fromEnvironment("APP").start()) {
            signAndVerify("APP_JWT_KEYSET", keys, System.out);
            System.out.println("published: " + keys.jwks().size() + " keys"); // an HMAC key never is
        }
        // A variable of any name: here a private key alone, whose kid stands in another variable.
        if (System.getenv("APP_SIGNING_KEY") != null) {
            EnvKeysetSource source = EnvKeysetSource.of("APP_SIGNING_KEY", "APP_SIGNING_KID");
            try (KeyManager keys = KeyManager.builder(source).start()) {
                signAndVerify("APP_SIGNING_KEY", keys, System.out);
                System.out.println("JWKS: " + keys.jwks().json());
            }
        }
    }

    private static void signAndVerify(String variable, KeyManager keys, PrintStream out) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer("https://issuer.example");
        claims.setSubject("alice");
        String token = keys.signer().sign(claims);
        JwtVerifier verifier = keys.verifier().issuer("https://issuer.example").build();
        out.println(variable + ": signed and verified with "
                + verifier.verify(token).kid());
    }
}
