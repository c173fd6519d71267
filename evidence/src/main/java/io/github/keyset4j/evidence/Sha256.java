package io.github.keyset4j.evidence;

import io.github.keyset4j.encoding.StrictJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The one digest of evidence, in the forms it appears in. */
final class Sha256 {

    private Sha256() {}

    /** As {@code sha256sum} writes it. */
    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(digest(bytes));
    }

    static String hex(String text) {
        return hex(text.getBytes(StandardCharsets.UTF_8));
    }

    /** RFC 7638 section 3, of the required members of a public JWK. */
    static String thumbprint(Map<String, String> requiredMembers) {
        byte[] canonical = StrictJson.write(new TreeMap<>(requiredMembers));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(digest(canonical));
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
