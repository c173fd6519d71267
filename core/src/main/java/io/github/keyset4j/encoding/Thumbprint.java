package io.github.keyset4j.encoding;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256, and the name that it gives to a public key (RFC 7638). */
public final class Thumbprint {

    private Thumbprint() {}

    /** RFC 7638 section 3, of the required members of a public JWK. */
    public static String of(Map<String, String> requiredMembers) {
        return Base64Url.encode(sha256(StrictJson.write(new TreeMap<>(requiredMembers))));
    }

    public static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
