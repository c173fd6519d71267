package io.github.keyset4j.cli;

import io.github.keyset4j.encoding.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keyset files with keys made for the test that asks for them. */
final class SampleKeysets {

    private SampleKeysets() {}

    /** A file that its owner alone may read, as the argument of --source. */
    static String file(Path directory, Map<String, ?> document) throws IOException {
        Path path = Files.createTempFile(directory, "keyset", ".json"); // for its owner alone
        Files.write(path, StrictJson.write(document));
        return "file:" + path;
    }

    /** {@code k1} and {@code k2}, which signs. */
    static Map<String, Object> ecKeyset() {
        return keyset(
                "k2",
                Map.of(
                        "k1",
                        pem(ecKeys().getPrivate().getEncoded()),
                        "k2",
                        pem(ecKeys().getPrivate().getEncoded())));
    }

    /** One HMAC secret, {@code h1}. */
    static Map<String, Object> hmacKeyset() {
        return keyset("h1", Map.of("h1", hmacSecret()));
    }

    static Map<String, Object> keyset(String active, Map<String, String> keys) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("active_kid", active);
        document.put("keys", keys);
        return document;
    }

    /** A JWK set of EC keys with times of their own. */
    static Map<String, Object> timed(TimedKey... keys) {
        List<Map<String, Object>> jwks = new ArrayList<>();
        for (TimedKey key : keys) {
            KeyPair pair = ecKeys();
            Map<String, Object> jwk = new LinkedHashMap<>();
            jwk.put("kty", "EC");
            jwk.put("crv", "P-256");
            jwk.put("alg", "ES256");
            jwk.put("kid", key.kid());
            jwk.put("purpose", key.purpose());
            jwk.put("x", Jwk.unsigned(((ECPublicKey) pair.getPublic()).getW().getAffineX()));
            jwk.put("y", Jwk.unsigned(((ECPublicKey) pair.getPublic()).getW().getAffineY()));
            jwk.put("d", Jwk.unsigned(((ECPrivateKey) pair.getPrivate()).getS()));
            jwk.put("iat", key.activateAt().minusSeconds(86_400).getEpochSecond());
            jwk.put("nbf", key.activateAt().getEpochSecond());
            jwk.put("exp", key.removeAt().getEpochSecond());
            jwks.add(jwk);
        }
        return new LinkedHashMap<>(Map.of("keys", jwks));
    }

    /** A key that is published a day before it signs. */
    record TimedKey(String kid, String purpose, Instant activateAt, Instant removeAt) {}

    /** A pair for {@code access} and one for {@code refresh}. */
    static Map<String, Object> pemPairs() {
        Map<String, Object> document = new LinkedHashMap<>();
        for (String purpose : new String[] {"access", "refresh"}) {
            KeyPair pair = ecKeys();
            document.put(
                    purpose,
                    Map.of(
                            "kid", purpose + "-1",
                            "privateKeyPem", pem(pair.getPrivate().getEncoded()),
                            "publicKeyPem", pem("PUBLIC KEY", pair.getPublic().getEncoded())));
        }
        return document;
    }

    static String hmacSecret() {
        byte[] secret = new byte[48];
        new SecureRandom().nextBytes(secret);
        return Base64.getEncoder().encodeToString(secret);
    }

    static KeyPair ecKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String pem(byte[] pkcs8) {
        return pem("PRIVATE KEY", pkcs8);
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }
}
