package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Documents that no parser should accept and that have a secret where a careless one would quote it. */
final class BrokenDocuments {

    private final List<byte[]> documents = new ArrayList<>();

    private BrokenDocuments() {}

    /** A whole document, damaged as files and copies are. */
    static List<byte[]> of(String document) {
        BrokenDocuments broken = new BrokenDocuments();
        for (int eighth = 1; eighth < 8; eighth++) {
            broken.add(document.substring(0, document.length() * eighth / 8) + "\n:");
        }
        broken.add(document + document);
        broken.add(new StringBuilder(document)
                .insert(document.length() / 2, '\u0001')
                .toString());
        broken.add("{" + document);
        broken.add("[" + document + "]");
        broken.add("{\"keys\":" + document + "}");
        broken.add(document.replace(':', '=').replace("-----BEGIN", "----BEGIN"));
        broken.add("{\"" + document + "\":1}");
        broken.add(Base64.getEncoder().encodeToString(document.substring(1).getBytes(StandardCharsets.UTF_8)));
        broken.documents.add(document.getBytes(StandardCharsets.UTF_16));
        broken.documents.add((document + "\u00ff").getBytes(StandardCharsets.ISO_8859_1));
        return broken.documents;
    }

    /** A secret in every place where it does not belong, of a document that is wrong for it or for another reason. */
    static List<byte[]> around(String secret) {
        BrokenDocuments broken = new BrokenDocuments();
        // A whole PEM would be read wherever it stands; its body is the secret.
        broken.asText(secret.replaceAll("-----[A-Z ]+-----|\\s", ""));
        broken.asName(secret);
        broken.asMember(secret);
        return broken.documents;
    }

    private void asText(String secret) {
        add(secret);
        add("{" + secret + "}");
        add("{\"keys\": " + secret + "}");
        add("{\"keys\": {\"k1\": \"" + secret);
        add("{\"keys\": {\"k1\": '" + secret + "'}}");
        add("{\"keys\": {\"k1\": \"\\!" + secret + "\"}}");
        add("-----BEGIN " + secret + "-----\nAAAA\n-----END " + secret + "-----");
        add("-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END " + secret + "-----");
        add("-----BEGIN PRIVATE KEY-----\n" + secret + "!\n-----END PRIVATE KEY-----");
        add("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4," + secret + "\n-----END RSA PRIVATE KEY-----");
        add(secret + ":k1");
        add("k1:short," + secret);
        add("k1:" + secret + "," + secret);
        add("[\"" + secret + "\"]");
    }

    private void asName(String secret) {
        add(Map.of("keys", Map.of(secret, "short")));
        add(Map.of("keys", Map.of(secret, 5)));
        add(Map.of("keys", Map.of(secret, Map.of("kty", "oct", "kid", "other", "k", "AAAA"))));
        add(Map.of("keys", List.of(oct("kid", secret, "k", "AAAA"))));
        add(Map.of("keys", List.of(good(secret), good(secret))));
        add(Map.of("keys", List.of(good("k1")), "active_kid", secret));
        add(Map.of("keys", List.of(good("k1")), "active_kid", Map.of("default", secret)));
        add(Map.of("keys", List.of(good("k1")), "active_kid", Map.of(secret, 5)));
        add(Map.of("keys", List.of(good("k1")), "active_kid", List.of(secret)));
        add(Map.of("keys", List.of(good("k1")), "revoked", secret));
        add(Map.of("keys", 5, "revoked", List.of(secret)));
        add(Map.of(secret, 5));
        add(Map.of(secret, Map.of()));
        add(Map.of(secret, Map.of("kty", "oct")));
        add(Map.of(secret, Map.of("privateKeyPem", "none")));
        add(Map.of("access", Map.of("kid", secret, "privateKeyPem", "none")));
        add("{" + quoted(secret) + ":1," + quoted(secret) + ":1}");
    }

    private void asMember(String secret) {
        add(Map.of("keys", secret));
        add(Map.of("keys", List.of(secret)));
        add(Map.of("keys", List.of(Map.of("kty", secret, "k", secret))));
        add(Map.of("keys", List.of(oct("alg", secret))));
        add(Map.of("keys", List.of(oct("use", secret))));
        add(Map.of("keys", List.of(oct("use", List.of(secret)))));
        add(Map.of("keys", List.of(oct("key_ops", secret))));
        add(Map.of("keys", List.of(oct("key_ops", List.of(secret, secret)))));
        add(Map.of("keys", List.of(oct("kid", List.of(secret)))));
        add(Map.of("keys", List.of(oct("k", secret + "!"))));
        add(Map.of("keys", List.of(oct("k", List.of(secret)))));
        add(Map.of("keys", List.of(oct("purpose", List.of(secret)))));
        add(Map.of("keys", List.of(oct("purpose", secret.repeat(8)))));
        add(Map.of("keys", List.of(oct("kid", secret.repeat(100)))));
        for (String time : List.of("iat", "nbf", "exp")) {
            add(Map.of("keys", List.of(oct(time, secret))));
        }
        add(Map.of("kty", "RSA", "n", secret, "e", "AQAB", "d", secret));
        add(Map.of("kty", "RSA", "n", secret, "e", secret, "p", secret));
        add(Map.of("kty", "EC", "crv", secret, "x", secret, "y", secret, "d", secret));
        add(Map.of("kty", "EC", "crv", "P-256", "x", secret, "y", secret, "d", secret));
        add(Map.of("kty", "OKP", "crv", "Ed25519", "x", secret, "d", secret));
        add(Map.of("access", Map.of("kid", List.of(secret), "privateKeyPem", "none")));
        add(Map.of("access", Map.of("kid", "k1", "privateKeyPem", List.of(secret))));
        add(Map.of("access", Map.of("kid", "k1", "privateKeyPem", secret + "-----BEGIN PRIVATE")));
        add(Map.of("access", Map.of("kid", "k1", "publicKeyPem", secret.replace("PRIVATE KEY", "PRIVATE"))));
    }

    private static Map<String, Object> oct(String member, Object value) {
        return oct(member, value, "use", "sig");
    }

    /** A good HMAC key but for these two members. */
    private static Map<String, Object> oct(String member, Object value, String other, Object otherValue) {
        Map<String, Object> jwk = new LinkedHashMap<>(good("k1"));
        jwk.put(other, otherValue);
        jwk.put(member, value);
        return jwk;
    }

    private static Map<String, Object> good(String kid) {
        return SampleKeys.jwk(kid, SampleAlgorithm.HS256);
    }

    private static String quoted(String text) {
        String object = SampleKeys.json(Map.of(text, 1));
        return object.substring(1, object.lastIndexOf(':'));
    }

    private void add(Map<String, ?> document) {
        add(SampleKeys.json(document));
    }

    private void add(String document) {
        documents.add(document.getBytes(StandardCharsets.UTF_8));
    }
}
