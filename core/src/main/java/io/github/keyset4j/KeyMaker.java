package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;

/** Makes new keys, with the JDK's generators. */
final class KeyMaker {

    static final int LEAST_RSA_BITS = 2048;
    static final int MOST_RSA_BITS = 4096;

    private KeyMaker() {}

    static KeyMaterial make(JwsAlgorithm algorithm, int rsaBits) {
        if (algorithm.family().symmetric()) {
            return KeyMaterial.of(algorithm, HmacSecrets.key(algorithm, secret(algorithm.hashBytes())));
        }
        try {
            KeyPair pair = pair(algorithm, rsaBits);
            return KeyMaterial.of(algorithm, new KeyHalves(pair.getPublic(), pair.getPrivate()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime makes no keys for " + algorithm.joseName(), e);
        }
    }

    private static KeyPair pair(JwsAlgorithm algorithm, int rsaBits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(
                switch (algorithm.family()) {
                    case RSA, RSA_PSS -> "RSA";
                    case EC -> "EC";
                    case ED25519 -> "Ed25519";
                    case HMAC -> throw new IllegalArgumentException("an HMAC key is no pair");
                });
        switch (algorithm.family()) {
            case RSA, RSA_PSS -> generator.initialize(new RSAKeyGenParameterSpec(rsaBits, RSAKeyGenParameterSpec.F4));
            case EC ->
                generator.initialize(
                        new ECGenParameterSpec(EcCurve.of(algorithm).jcaName()));
            default -> generator.initialize(NamedParameterSpec.ED25519);
        }
        return generator.generateKeyPair();
    }

    /** Text, so that every shape can carry it: as much randomness as the hash has, in base64url. */
    private static byte[] secret(int randomBytes) {
        byte[] random = new byte[randomBytes];
        new SecureRandom().nextBytes(random);
        return Base64Url.encode(random).getBytes(StandardCharsets.US_ASCII);
    }
}
