package io.github.keyset4j.examples;

import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.Keysets;

/** Verifies a token's signature, times, issuer and audience, and reads whom it is about. */
public final class VerifyToken {

    private VerifyToken() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        try (KeyManager keys =
                KeyManager.builder(KeysetSource.of(Keysets.generate("ES256"))).start()) {
            String token = SignAccessToken.accessToken(keys);
            System.out.println("it is " + subject(keys, token));
            String forAnother = keys.signer().jwt().audience("another").sign();
            try {
                subject(keys, forAnother);
            } catch (JwtRejectedException e) {
                System.out.println("401: " + e.reason());
            }
        }
    }

    private static String subject(KeyManager keys, String token) {
        // tag::verify[]
        String subject = keys.verifier()
                .issuer("https://issuer.example")
                .audience("api")
                .type("at+jwt")
                .build()
                .verify(token)
                .subject()
                .orElseThrow();
        // end::verify[]
        return subject;
    }
}
