package io.github.keyset4j;

import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** A document as somebody edits it by hand, and what its shape can say of it: as text, and as the model reads it. */
final class OnePlanText {

    /** The shapes a document is written in. */
    enum Shape {
        KEYSET,
        PEM_PAIRS,
        JWK_MAP,
        JWK_SET,
        PEM,
        JWK,
        LIST;

        boolean oneKey() {
            return this == PEM_PAIRS || this == PEM || this == JWK;
        }

        boolean alone() {
            return this == PEM || this == JWK;
        }

        boolean times() {
            return this != PEM && this != LIST;
        }

        boolean purposes() {
            return this == PEM_PAIRS || this == JWK_SET || this == JWK_MAP;
        }
    }

    /** Made once: keys are slow to make. By algorithm and number. */
    private static final Map<String, Map<String, Object>> JWKS = new HashMap<>();

    private static final Map<String, String> PEMS = new HashMap<>();

    static final int MATERIALS = 20;

    static {
        for (SampleAlgorithm algorithm : List.of(SampleAlgorithm.HS256, SampleAlgorithm.EDDSA)) {
            for (int i = 0; i < MATERIALS; i++) {
                String name = algorithm.joseName() + i;
                if (algorithm.family().symmetric()) {
                    JWKS.put(name, SampleKeys.jwk("any", algorithm));
                } else {
                    KeyPair pair = SampleKeys.pair(algorithm);
                    JWKS.put(name, SampleKeys.jwk(pair));
                    PEMS.put(name, SampleKeys.privatePem(pair));
                    PEMS.put("public " + name, SampleKeys.publicPem(pair));
                }
            }
        }
    }

    final Shape shape;
    final List<ListedKey> keys = new ArrayList<>();
    /** By purpose. */
    final Map<String, String> named = new LinkedHashMap<>();
    /** In the document's list. */
    final Set<String> revoked = new LinkedHashSet<>();
    /** Kids of keys that say so themselves, with their purpose. */
    final Map<String, String> marked = new LinkedHashMap<>();

    /** Keys that the tool made. */
    private final Map<String, Map<String, Object>> made = new HashMap<>();

    boolean broken;

    OnePlanText(Shape shape) {
        this.shape = shape;
    }

    /** This text as the tool has rewritten it, maybe with keys of the one beside. */
    OnePlanText rewritten(KeysetDocument document, OnePlanText beside) {
        OnePlanText text = new OnePlanText(shape);
        Map<String, @Nullable Object> tree;
        try {
            tree = StrictJson.object(document.content());
        } catch (MalformedJson e) {
            throw new AssertionError("the tool wrote no JSON", e);
        }
        text.made.putAll(beside.made);
        text.made.putAll(made);
        ParsedKeyset parsed = KeysetParser.of(KeysetPolicy.standard()).read(document, "the tool");
        for (ParsedKeyset.Entry entry : parsed.keys()) {
            String kid = entry.kid();
            String known = Stream.concat(keys.stream(), beside.keys.stream())
                    .filter(key -> key.kid().equals(kid))
                    .findFirst()
                    .map(ListedKey::material)
                    .orElse("made " + kid);
            if (!JWKS.containsKey(known)) {
                text.made.computeIfAbsent(known, name -> members(tree, kid));
            }
            text.keys.add(new ListedKey(
                    kid,
                    entry.purpose(),
                    known,
                    entry.material().algorithm().joseName(),
                    entry.material().canSign(),
                    entry.publishedAt(),
                    entry.activateAt(),
                    entry.removeAt()));
        }
        if (tree.get("active_kid") instanceof String kid) {
            text.named.put(
                    parsed.keys().stream()
                            .filter(key -> key.kid().equals(kid))
                            .findFirst()
                            .map(ParsedKeyset.Entry::purpose)
                            .orElse("default"),
                    kid);
        } else if (tree.get("active_kid") instanceof Map<?, ?> byPurpose) {
            byPurpose.forEach((purpose, kid) -> text.named.put(String.valueOf(purpose), String.valueOf(kid)));
        }
        if (tree.get("revoked") instanceof List<?> kids) {
            kids.forEach(kid -> text.revoked.add(String.valueOf(kid)));
        }
        marked.forEach((kid, purpose) -> {
            if (parsed.revoked().contains(kid) && !text.revoked.contains(kid)) {
                text.marked.put(kid, purpose);
            }
        });
        return text;
    }

    /** What is written of a key, but for its name and times. */
    private static Map<String, Object> members(Map<String, @Nullable Object> tree, String kid) {
        Object keys = tree.getOrDefault("keys", tree);
        Stream<?> all =
                keys instanceof Map<?, ?> map ? map.values().stream() : ((List<?>) requireNonNull(keys)).stream();
        Object named = keys instanceof Map<?, ?> map && map.containsKey(kid)
                ? map.get(kid)
                : all.filter(key -> key instanceof Map<?, ?> members && kid.equals(members.get("kid")))
                        .findFirst()
                        .orElseThrow();
        Map<String, Object> members = new LinkedHashMap<>();
        ((Map<?, ?>) requireNonNull(named))
                .forEach((member, value) -> members.put(String.valueOf(member), requireNonNull(value)));
        members.keySet().removeAll(Set.of("kid", "iat", "nbf", "exp", "purpose"));
        return members;
    }

    OnePlanText copy() {
        OnePlanText copy = new OnePlanText(shape);
        copy.keys.addAll(keys);
        copy.named.putAll(named);
        copy.revoked.addAll(revoked);
        copy.marked.putAll(marked);
        copy.broken = broken;
        copy.made.putAll(made);
        return copy;
    }

    /** Adds a key, which in a document of one key takes the place of the one before. */
    void add(ListedKey key) {
        if (shape.alone()) {
            keys.clear();
            marked.clear();
        } else if (shape.oneKey()) {
            keys.removeIf(other -> other.purpose().equals(key.purpose()));
            marked.values().remove(key.purpose());
        }
        keys.removeIf(other -> other.kid().equals(key.kid()));
        marked.remove(key.kid());
        keys.add(shape.times() ? key : timed(key, null, null, null));
    }

    void mark(ListedKey key) {
        keys.remove(key);
        marked.put(key.kid(), key.purpose());
    }

    static ListedKey timed(ListedKey key, @Nullable Instant iat, @Nullable Instant nbf, @Nullable Instant exp) {
        return new ListedKey(key.kid(), key.purpose(), key.material(), key.algorithm(), key.canSign(), iat, nbf, exp);
    }

    // ---- as the model reads it

    KeysetVersion version(
            Optional<Instant> time,
            Map<String, Long> parts,
            Optional<KeysetVersion> previous,
            Optional<KeysetVersion> pending) {
        Set<String> all = new LinkedHashSet<>(marked.keySet());
        all.addAll(revoked);
        return new KeysetVersion(
                List.copyOf(keys), Map.copyOf(named), all, shape.oneKey(), !broken, time, parts, previous, pending);
    }

    // ---- as text

    KeysetDocument document() {
        if (shape == Shape.PEM) {
            KeysetDocument pem = KeysetDocument.of(broken || keys.isEmpty() ? "" : pem(keys.get(0)));
            return named.isEmpty() ? pem : pem.withActiveKid(requireNonNull(named.get("default")));
        }
        if (shape == Shape.LIST) {
            List<String> items = new ArrayList<>();
            keys.forEach(key -> items.add(key.kid() + ":" + secret(key)));
            KeysetDocument list = KeysetDocument.of(broken ? "" : String.join(",", items))
                    .withFormat(DocumentFormat.standard().asList());
            return named.isEmpty() ? list : list.withActiveKid(requireNonNull(named.get("default")));
        }
        String json = SampleKeys.json(tree());
        return KeysetDocument.of(broken ? json.substring(0, json.length() - 1) : json);
    }

    private Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        if (shape == Shape.JWK) {
            keys.forEach(key -> tree.putAll(jwk(key, true)));
            marked.keySet().forEach(kid -> tree.putAll(stub(kid)));
            return tree;
        }
        if (named.size() == 1) {
            tree.put("active_kid", named.values().iterator().next());
        } else if (!named.isEmpty()) {
            tree.put("active_kid", named);
        }
        if (!revoked.isEmpty()) {
            tree.put("revoked", List.copyOf(revoked));
        }
        switch (shape) {
            case KEYSET -> {
                Map<String, Object> entries = new LinkedHashMap<>();
                keys.forEach(key -> entries.put(key.kid(), entry(key)));
                marked.keySet().forEach(kid -> entries.put(kid, stub(kid)));
                tree.put("keys", entries);
            }
            case PEM_PAIRS -> {
                keys.forEach(key -> tree.put(key.purpose(), pair(key)));
                marked.forEach((kid, purpose) -> tree.put(purpose, Map.of("kid", kid, "revoked", true)));
            }
            case JWK_MAP -> {
                keys.forEach(key -> tree.put(key.kid(), jwk(key, false)));
                marked.keySet().forEach(kid -> tree.put(kid, stub(kid)));
            }
            default -> {
                List<Object> list = new ArrayList<>();
                keys.forEach(key -> list.add(jwk(key, true)));
                marked.keySet().forEach(kid -> list.add(stub(kid)));
                tree.put("keys", list);
            }
        }
        return tree;
    }

    private static Map<String, Object> stub(String kid) {
        return Map.of("kty", "oct", "kid", kid, "revoked", true);
    }

    private Object entry(ListedKey key) {
        if (made.containsKey(key.material())
                || key.iat() != null
                || key.nbf() != null
                || key.exp() != null
                || !key.canSign()) {
            return jwk(key, false);
        }
        return key.symmetric() ? secret(key) : pem(key);
    }

    private Map<String, Object> jwk(ListedKey key, boolean withKid) {
        Map<String, Object> made = this.made.getOrDefault(key.material(), JWKS.get(key.material()));
        Map<String, Object> jwk = new LinkedHashMap<>(requireNonNull(made));
        if (!key.canSign()) {
            jwk = SampleKeys.publicOnly(jwk);
        }
        jwk.remove("kid");
        if (withKid) {
            jwk.put("kid", key.kid());
        }
        jwk.put("alg", key.algorithm());
        if (!key.purpose().equals("default")) {
            jwk.put("purpose", key.purpose());
        }
        putTimes(key, jwk);
        return jwk;
    }

    private Map<String, Object> pair(ListedKey key) {
        Map<String, Object> pair = new LinkedHashMap<>(made.getOrDefault(key.material(), Map.of()));
        pair.put("kid", key.kid());
        if (!key.canSign()) {
            pair.remove("privateKeyPem");
        }
        if (made.containsKey(key.material())) {
            putTimes(key, pair);
            return pair;
        }
        pair.put(key.canSign() ? "privateKeyPem" : "publicKeyPem", pem(key));
        putTimes(key, pair);
        return pair;
    }

    private static void putTimes(ListedKey key, Map<String, Object> members) {
        Map<String, @Nullable Instant> times = new LinkedHashMap<>();
        times.put("iat", key.iat());
        times.put("nbf", key.nbf());
        times.put("exp", key.exp());
        times.forEach((member, time) -> {
            if (time != null) {
                members.put(member, time.getEpochSecond());
            }
        });
    }

    private static String pem(ListedKey key) {
        return requireNonNull(PEMS.get((key.canSign() ? "" : "public ") + key.material()));
    }

    private static String secret(ListedKey key) {
        String k = String.valueOf(requireNonNull(JWKS.get(key.material())).get("k"));
        return new String(Base64.getUrlDecoder().decode(k), StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(broken ? "broken " : "");
        keys.forEach(key -> text.append(key.kid())
                .append(named.containsValue(key.kid()) ? "*" : "")
                .append(key.canSign() ? "" : " public")
                .append(key.purpose().equals("default") ? "" : " " + key.purpose())
                .append(time(" iat ", key.iat()))
                .append(time(" nbf ", key.nbf()))
                .append(time(" exp ", key.exp()))
                .append("; "));
        return text + (revoked.isEmpty() ? "" : "revoked " + revoked) + (marked.isEmpty() ? "" : "marked " + marked);
    }

    private static String time(String name, @Nullable Instant time) {
        return time == null ? "" : name + time;
    }
}
