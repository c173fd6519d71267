package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;

/** A keyset with one key for each algorithm, each for a purpose of its own, to be tried against other libraries. */
final class InteropKeys implements AutoCloseable {

    static final String ISSUER = "https://issuer.example";
    static final String AUDIENCE = "api";
    /** Beyond ASCII and beyond the basic plane, and with what JSON escapes. */
    static final String SUBJECT = "naïve \"ключ\" \uD83D\uDDDD \\ \u0001";

    private final Map<SampleAlgorithm, Map<String, Object>> jwks = new LinkedHashMap<>();
    private final KeyManager manager;

    InteropKeys() {
        for (SampleAlgorithm algorithm : SampleAlgorithm.values()) {
            Map<String, Object> jwk = SampleKeys.jwk(kid(algorithm), algorithm);
            jwk.put("purpose", purpose(algorithm));
            jwks.put(algorithm, jwk);
        }
        String document = SampleKeys.json(Map.of("keys", List.copyOf(jwks.values())));
        this.manager = KeyManager.builder(() -> KeysetDocument.of(document)).start();
    }

    static String kid(SampleAlgorithm algorithm) {
        return "key-" + algorithm.joseName();
    }

    private static String purpose(SampleAlgorithm algorithm) {
        return "for " + algorithm.joseName();
    }

    /** The key as our document has it: private, or the secret. */
    Map<String, Object> privateJwk(SampleAlgorithm algorithm) {
        Map<String, Object> jwk = new LinkedHashMap<>(jwks.getOrDefault(algorithm, Map.of()));
        jwk.remove("purpose");
        return jwk;
    }

    /** The published keys. */
    String publishedJwks() {
        return manager.jwks().json();
    }

    String sign(SampleAlgorithm algorithm) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience(AUDIENCE);
        claims.setSubject(SUBJECT);
        claims.setClaim("nested", Map.of("list", List.of(1, 2.5, "three", true)));
        return manager.signer(purpose(algorithm)).sign(claims);
    }

    VerifiedJwt verify(SampleAlgorithm algorithm, String token) {
        return manager.verifier(purpose(algorithm))
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .build()
                .verify(token);
    }

    /** The token with one bit of its signature turned over. */
    static String withOtherSignature(String token) {
        int dot = token.lastIndexOf('.');
        byte[] signature = Base64Url.decode(token.substring(dot + 1));
        if (signature == null) {
            throw new IllegalArgumentException("no signature to tamper with");
        }
        signature[signature.length / 2] ^= 0x10;
        return token.substring(0, dot + 1) + Base64Url.encode(signature);
    }

    /** The token for another audience, which its signature was not made for. */
    static String withOtherPayload(String token) {
        List<String> parts = Arrays.asList(token.split("\\.", -1));
        byte[] payload = Base64Url.decode(parts.get(1));
        if (payload == null) {
            throw new IllegalArgumentException("no payload to tamper with");
        }
        String claims = new String(payload, StandardCharsets.UTF_8);
        String other = claims.replace("issuer.example", "issuer.exampIe");
        if (other.equals(claims)) {
            throw new IllegalArgumentException("no issuer to tamper with");
        }
        parts.set(1, Base64Url.encode(other.getBytes(StandardCharsets.UTF_8)));
        return String.join(".", parts);
    }

    @Override
    public void close() {
        manager.close();
    }
}
