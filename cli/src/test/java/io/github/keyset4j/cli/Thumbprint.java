package io.github.keyset4j.cli;

import io.github.keyset4j.encoding.StrictJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The RFC 7638 thumbprint of a JWK somebody else has written. */
final class Thumbprint {

    /** Section 3.2, in the order of section 3.3. */
    private static final Map<String, List<String>> MEMBERS = Map.of(
            "RSA", List.of("e", "kty", "n"),
            "EC", List.of("crv", "kty", "x", "y"),
            "OKP", List.of("crv", "kty", "x"));

    private Thumbprint() {}

    static Optional<String> of(Map<?, ?> jwk) {
        Map<String, Object> required = new LinkedHashMap<>();
        for (String member : MEMBERS.getOrDefault(String.valueOf(jwk.get("kty")), List.of())) {
            if (!(jwk.get(member) instanceof String value)) {
                return Optional.empty();
            }
            required.put(member, value);
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(StrictJson.write(required));
            return required.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Base64.getUrlEncoder().withoutPadding().encodeToString(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
