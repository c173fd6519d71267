package io.github.keyset4j.examples;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.Keysets;

/** Signs an access token (RFC 9068): key, kid, algorithm, {@code iat} and {@code exp} are the signer's business. */
public final class SignAccessToken {

    private SignAccessToken() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        try (KeyManager keys =
                KeyManager.builder(KeysetSource.of(Keysets.generate("ES256"))).start()) {
            System.out.println(accessToken(keys));
        }
    }

    static String accessToken(KeyManager keys) {
        // tag::sign[]
        String token = keys.signer()
                .withType("at+jwt")
                .jwt()
                .issuer("https://issuer.example")
                .audience("api")
                .subject("alice")
                .claim("scope", "orders:read orders:write")
                .sign();
        // end::sign[]
        return token;
    }
}
