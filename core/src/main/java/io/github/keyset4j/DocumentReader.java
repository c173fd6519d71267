package io.github.keyset4j;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One reading of one document: finds out its shape, reads its entries, and then looks at them together. The only place
 * that knows the shapes.
 */
final class DocumentReader {

    static final String DEFAULT_PURPOSE = "default";
    private static final int MAX_KEYS = 1024;
    private static final int MAX_KID_LENGTH = 1024;
    private static final int MAX_PURPOSE_LENGTH = 64;
    private static final long MAX_NUMERIC_DATE =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private final Problems problems;
    private final PemReader pem;
    private final MaterialCheck check;
    private final JwkReader jwks;

    private final List<ParsedKeyset.Entry> entries = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    /** The kid that signs as the document names it: for a purpose, or under "" for the purpose of its key. */
    private final Map<String, String> named = new LinkedHashMap<>();

    private final Set<String> revoked = new LinkedHashSet<>();
    private final Map<String, String> active = new LinkedHashMap<>();
    private boolean oneKeyPerPurpose;

    DocumentReader(Problems problems, Supplier<char @Nullable []> pemPassword) {
        this.problems = problems;
        this.pem = new PemReader(pemPassword, problems);
        this.check = new MaterialCheck(problems);
        this.jwks = new JwkReader(problems, check);
    }

    Set<String> revoked() {
        return revoked;
    }

    ParsedKeyset result() {
        return new ParsedKeyset(
                List.copyOf(entries),
                Map.copyOf(active),
                Set.copyOf(revoked),
                oneKeyPerPurpose,
                Optional.empty(),
                Optional.empty(),
                problems.warnings());
    }

    void read(String text, Optional<String> activeKidBeside) {
        int before = problems.count();
        if (text.isEmpty()) {
            problems.add("document", "empty", "write a keyset into it");
        } else if (text.charAt(0) == '{') {
            json(text);
        } else if (text.charAt(0) == '[') {
            problems.add("document", "a JSON array", "write {\"keys\": [..]} around it");
        } else if (PemReader.looksLikePem(text)) {
            pemAlone(text, activeKidBeside);
        } else if (text.indexOf(':') > 0) {
            list(text);
        } else {
            problems.add(
                    "document",
                    "none of the shapes a keyset has",
                    "write a JSON keyset, a JWK set, a PEM or a list kid:secret,kid:secret");
        }
        activeKidBeside.ifPresent(this::nameBeside);
        if (problems.count() == before) {
            together();
        }
    }

    private void json(String text) {
        Map<String, @Nullable Object> document;
        try {
            document = StrictJson.object(text);
        } catch (StrictJson.Refused e) {
            problems.add(e.where(), e.rule(), "make the document valid JSON");
            return;
        }
        refuseLookalikes(document);
        revokedKids(document);
        namedKid(document);
        Object keys = document.get("keys");
        if (document.get("kty") instanceof String) {
            jwk(document, "JWK", null);
        } else if (keys instanceof List<?> list) {
            for (int i = 0; i < list.size() && withinLimit(i); i++) {
                String where = "keys[" + i + "]";
                object(list.get(i), where).ifPresent(entry -> jwk(entry, where, null));
            }
        } else if (keys instanceof Map<?, ?> map && !describesKey(map)) {
            keyset(map);
        } else if (document.containsKey("keys") && !(keys instanceof Map)) {
            problems.add("keys", "neither an array of JWKs nor an object of keys by kid", "write one of the two");
        } else {
            byNames(document);
        }
        if (entries.isEmpty() && problems.refusals().isEmpty()) {
            problems.add("document", "no keys", "a keyset has at least one");
        }
    }

    /** Spellings people use for the two members this format has; taken for something else they would be lost. */
    private void refuseLookalikes(Map<String, @Nullable Object> document) {
        for (String member : List.of("activeKid", "active-kid", "activeKID", "active", "revokedKids", "revoked_kids")) {
            if (document.containsKey(member) && !(document.get(member) instanceof Map)) {
                problems.add(
                        "document",
                        "a member that looks like active_kid or revoked, spelled another way",
                        "write active_kid or revoked");
            }
        }
    }

    private void revokedKids(Map<String, @Nullable Object> document) {
        if (!document.containsKey("revoked") || document.get("revoked") instanceof Map) {
            return;
        }
        if (document.get("revoked") instanceof List<?> kids) {
            for (int i = 0; i < kids.size(); i++) {
                if (kids.get(i) instanceof String kid) {
                    revoked.add(kid);
                } else {
                    problems.add("revoked[" + i + "]", "not a string", "list kids");
                }
            }
        } else {
            problems.add("revoked", "not an array", "list kids: \"revoked\": [\"k1\"]");
        }
    }

    private void namedKid(Map<String, @Nullable Object> document) {
        if (!document.containsKey("active_kid")) {
            return;
        }
        if (document.get("active_kid") instanceof String kid) {
            named.put("", kid);
        } else if (document.get("active_kid") instanceof Map<?, ?> byPurpose) {
            byPurpose.forEach((purpose, kid) -> {
                if (kid instanceof String name) {
                    named.put(String.valueOf(purpose), name);
                } else {
                    problems.add("active_kid", "a purpose's kid is not a string", "name a kid for each purpose");
                }
            });
        } else {
            problems.add("active_kid", "not a string", "name the kid that signs");
        }
    }

    private void nameBeside(String kid) {
        String inside = named.putIfAbsent("", kid);
        if (inside != null && !inside.equals(kid)) {
            problems.add(
                    "active_kid",
                    "the document names another active kid than the setting beside it",
                    "make them agree, or drop the setting");
        }
    }

    private static boolean describesKey(Map<?, ?> entry) {
        return entry.get("kty") instanceof String
                || entry.containsKey("privateKeyPem")
                || entry.containsKey("publicKeyPem");
    }

    /** {@code {"keys": {"<kid>": "secret", PEM or JWK}}}. */
    private void keyset(Map<?, ?> keys) {
        int i = 0;
        for (Map.Entry<?, ?> entry : keys.entrySet()) {
            if (!withinLimit(i)) {
                return;
            }
            String where = "keys, entry " + ++i;
            String kid = String.valueOf(entry.getKey());
            if (entry.getValue() instanceof String value) {
                secretOrPem(value, kid, where);
            } else {
                object(entry.getValue(), where).ifPresent(jwk -> jwk(jwk, where, kid));
            }
        }
    }

    /** {@code {"<kid>": {JWK}}} or {@code {"<purpose>": {"privateKeyPem": ..}}}. */
    private void byNames(Map<String, @Nullable Object> document) {
        int i = 0;
        for (Map.Entry<String, @Nullable Object> member : document.entrySet()) {
            boolean ours =
                    member.getKey().equals("active_kid") || member.getKey().equals("revoked");
            if (ours && !(member.getValue() instanceof Map<?, ?> map && describesKey(map))) {
                continue;
            }
            if (!withinLimit(i)) {
                return;
            }
            String where = "entry " + ++i;
            Optional<Map<String, @Nullable Object>> entry = object(member.getValue(), where);
            if (entry.isEmpty()) {
                continue;
            }
            if (entry.get().containsKey("kty")) {
                jwk(entry.get(), where, member.getKey());
            } else if (describesKey(entry.get())) {
                oneKeyPerPurpose = true;
                pemPair(entry.get(), where, member.getKey());
            } else {
                problems.add(
                        where, "neither a JWK nor a pair of PEMs", "give it kty, or privateKeyPem and publicKeyPem");
            }
        }
    }

    private boolean withinLimit(int count) {
        if (count == MAX_KEYS) {
            problems.add("document", "more than " + MAX_KEYS + " keys", "remove keys whose tokens have expired");
        }
        return count < MAX_KEYS;
    }

    private Optional<Map<String, @Nullable Object>> object(@Nullable Object value, String where) {
        if (value instanceof Map<?, ?>) {
            @SuppressWarnings("unchecked") // StrictJson makes no other maps
            Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) value;
            return Optional.of(object);
        }
        problems.add(where, "not a JSON object", "write a JWK or, under a purpose, a pair of PEMs");
        return Optional.empty();
    }

    private void jwk(Map<String, @Nullable Object> jwk, String where, @Nullable String kidOutside) {
        String kidInside = null;
        if (jwk.containsKey("kid")) {
            if (!(jwk.get("kid") instanceof String kid)) {
                problems.add(where + ".kid", "not a string", "name the key");
                return;
            }
            kidInside = kid;
        }
        if (kidInside != null && kidOutside != null && !kidInside.equals(kidOutside)) {
            problems.add(where + ".kid", "not the name the entry stands under", "use one kid, or leave this one out");
            return;
        }
        KeyMaterial material = jwks.read(jwk, where);
        if (material != null) {
            add(kidInside == null ? kidOutside : kidInside, purpose(jwk, where), material, jwk, where);
        }
    }

    private void pemPair(Map<String, @Nullable Object> pair, String where, String purpose) {
        String kid = null;
        if (pair.containsKey("kid")) {
            if (!(pair.get("kid") instanceof String text)) {
                problems.add(where + ".kid", "not a string", "name the key");
                return;
            }
            kid = text;
        }
        KeyHalves privateHalf = half(pair, "privateKeyPem", where);
        KeyHalves publicHalf = half(pair, "publicKeyPem", where);
        if ((privateHalf == null && pair.containsKey("privateKeyPem"))
                || (publicHalf == null && pair.containsKey("publicKeyPem"))) {
            return;
        }
        if (privateHalf != null && privateHalf.privateKey() == null) {
            problems.add(where + ".privateKeyPem", "a public key", "put the private key there, or leave it out");
            return;
        }
        KeyHalves halves = privateHalf == null ? publicHalf : privateHalf;
        if (privateHalf != null && publicHalf != null) {
            halves = new KeyHalves(publicHalf.publicKey(), privateHalf.privateKey());
        }
        if (halves != null) {
            KeyHalves both = halves;
            String givenKid = kid;
            material(both, pair, where)
                    .ifPresent(material -> add(givenKid, Optional.of(purpose), material, pair, where));
        }
    }

    private @Nullable KeyHalves half(Map<String, @Nullable Object> pair, String name, String where) {
        if (!pair.containsKey(name)) {
            return null;
        }
        if (pair.get(name) instanceof String text) {
            return pem.read(text, where + "." + name);
        }
        problems.add(where + "." + name, "not a string", "put a PEM there");
        return null;
    }

    private Optional<KeyMaterial> material(KeyHalves halves, Map<String, @Nullable Object> members, String where) {
        JwsAlgorithm natural = MaterialCheck.naturalAlgorithm(halves.publicKey());
        if (natural == null) {
            problems.unsupported(where, "the key is not RSA, EC on P-256, P-384 or P-521, or Ed25519");
            return Optional.empty();
        }
        JwsAlgorithm algorithm = check.algorithm(members, where, natural);
        return algorithm == null ? Optional.empty() : Optional.ofNullable(check.material(algorithm, halves, where));
    }

    private void pemAlone(String text, Optional<String> kid) {
        KeyHalves halves = pem.read(text, "PEM");
        if (halves != null) {
            material(halves, Map.of(), "PEM")
                    .ifPresent(
                            material -> add(kid.orElse(null), Optional.of(DEFAULT_PURPOSE), material, Map.of(), "PEM"));
        }
    }

    /** {@code kid:secret,kid:secret}. */
    private void list(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            problems.add("document", "a list of more than one line", "write kid:secret,kid:secret, or a JSON keyset");
            return;
        }
        String[] items = text.split(",", -1);
        for (int i = 0; i < items.length && withinLimit(i); i++) {
            String where = "list, entry " + (i + 1);
            int colon = items[i].indexOf(':');
            if (colon < 0) {
                problems.add(where, "no colon between kid and secret", "write kid:secret; a secret has no comma");
            } else {
                secretOrPem(
                        items[i].substring(colon + 1).strip(),
                        items[i].substring(0, colon).strip(),
                        where);
            }
        }
    }

    private void secretOrPem(String value, String kid, String where) {
        Optional<KeyMaterial> material;
        if (PemReader.looksLikePem(value)) {
            KeyHalves halves = pem.read(value, where);
            material = halves == null ? Optional.empty() : material(halves, Map.of(), where);
        } else {
            material = Optional.ofNullable(
                    check.secret(JwsAlgorithm.HS256, value.getBytes(StandardCharsets.UTF_8), where));
        }
        material.ifPresent(found -> add(kid, Optional.of(DEFAULT_PURPOSE), found, Map.of(), where));
    }

    private Optional<String> purpose(Map<String, @Nullable Object> entry, String where) {
        if (!entry.containsKey("purpose")) {
            return Optional.of(DEFAULT_PURPOSE);
        }
        if (entry.get("purpose") instanceof String purpose) {
            return Optional.of(purpose);
        }
        problems.add(where + ".purpose", "not a string", "name a purpose, such as access");
        return Optional.empty();
    }

    private void add(
            @Nullable String kid,
            Optional<String> purpose,
            KeyMaterial material,
            Map<String, @Nullable Object> members,
            String where) {
        String name = kid == null ? material.thumbprint().orElse(null) : kid;
        if (name == null) {
            problems.add(where + ".kid", "missing", "an HMAC key must name its kid");
            return;
        }
        if (!wellFormed(name, MAX_KID_LENGTH)) {
            problems.add(
                    where,
                    "a kid that is blank, longer than " + MAX_KID_LENGTH + " characters, or has control characters",
                    "name the key with a short, printable kid");
            return;
        }
        if (purpose.isEmpty()) {
            return;
        }
        if (!wellFormed(purpose.get(), MAX_PURPOSE_LENGTH)) {
            problems.add(
                    where,
                    "a purpose that is blank, longer than " + MAX_PURPOSE_LENGTH
                            + " characters, or has control characters",
                    "name a purpose, such as access");
            return;
        }
        int before = problems.count();
        Instant publishedAt = numericDate(members, "iat", where);
        Instant activateAt = numericDate(members, "nbf", where);
        Instant removeAt = numericDate(members, "exp", where);
        if (activateAt != null && removeAt != null && !activateAt.isBefore(removeAt)) {
            problems.add(where + ".exp", "not after nbf", "a key is removed after it was activated");
        }
        if (problems.count() == before) {
            entries.add(new ParsedKeyset.Entry(name, purpose.get(), material, publishedAt, activateAt, removeAt));
            places.add(where);
        }
    }

    private static boolean wellFormed(String name, int maxLength) {
        return !name.isBlank()
                && name.length() <= maxLength
                && name.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }

    private @Nullable Instant numericDate(Map<String, @Nullable Object> members, String name, String where) {
        if (!members.containsKey(name)) {
            return null;
        }
        if (members.get(name) instanceof Number number
                && number.doubleValue() >= 0
                && number.doubleValue() <= MAX_NUMERIC_DATE) {
            return Instant.ofEpochMilli(Math.round(number.doubleValue() * 1000));
        }
        problems.add(where + "." + name, "not a NumericDate", "write seconds since 1970-01-01T00:00:00Z as a number");
        return null;
    }

    // What can only be seen by looking at all entries.

    private void together() {
        duplicates();
        Map<String, List<ParsedKeyset.Entry>> byPurpose = new LinkedHashMap<>();
        for (ParsedKeyset.Entry entry : entries) {
            byPurpose
                    .computeIfAbsent(entry.purpose(), purpose -> new ArrayList<>())
                    .add(entry);
        }
        Map<String, String> namedByPurpose = namedByPurpose();
        byPurpose.forEach((purpose, keys) -> active(purpose, keys, Optional.ofNullable(namedByPurpose.get(purpose))));
    }

    private void duplicates() {
        Map<String, Integer> byKid = new HashMap<>();
        Map<ByteBuffer, Integer> byMaterial = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            ParsedKeyset.Entry entry = entries.get(i);
            Integer sameKid = byKid.putIfAbsent(entry.kid(), i);
            if (sameKid != null) {
                boolean samePurpose = entries.get(sameKid).purpose().equals(entry.purpose());
                problems.add(
                        places.get(i),
                        "the same kid as " + places.get(sameKid) + (samePurpose ? "" : ", for another purpose"),
                        "give every key a kid of its own");
            }
            Integer sameMaterial =
                    byMaterial.putIfAbsent(ByteBuffer.wrap(entry.material().identity()), i);
            if (sameMaterial != null && sameKid == null) {
                problems.refuseIf(
                        problems.policy().strict(),
                        new KeysetProblem(
                                places.get(i),
                                "the same key as " + places.get(sameMaterial) + " under another kid",
                                "generate a key for every kid"));
            }
        }
    }

    private Map<String, String> namedByPurpose() {
        Map<String, String> byPurpose = new HashMap<>();
        named.forEach((purpose, kid) -> {
            Optional<ParsedKeyset.Entry> entry =
                    entries.stream().filter(e -> e.kid().equals(kid)).findFirst();
            if (entry.isEmpty()) {
                problems.add("active_kid", "names no key of the document", "name one of the keys");
            } else if (!purpose.isEmpty() && !entry.get().purpose().equals(purpose)) {
                problems.add("active_kid", "names a key of another purpose", "name a key of the purpose");
            } else if (revoked.contains(kid)) {
                problems.add("active_kid", "names a revoked key", "name another key");
            } else {
                byPurpose.put(entry.get().purpose(), kid);
            }
        });
        return byPurpose;
    }

    /** Which key of a purpose signs, unless its keys carry times that say so. */
    private void active(String purpose, List<ParsedKeyset.Entry> keys, Optional<String> namedKid) {
        List<ParsedKeyset.Entry> signing = keys.stream()
                .filter(key -> key.material().canSign() && !revoked.contains(key.kid()))
                .toList();
        Set<Instant> times = new LinkedHashSet<>();
        for (ParsedKeyset.Entry key : signing) {
            if (key.activateAt() != null && !times.add(key.activateAt())) {
                problems.add(
                        "document",
                        "two keys of one purpose have the same nbf, so that two would be active",
                        "give each its own");
            }
        }
        if (namedKid.isPresent()) {
            boolean canSign = signing.stream().anyMatch(key -> key.kid().equals(namedKid.get()));
            boolean verifyOnly =
                    entries.stream().noneMatch(key -> key.material().canSign());
            if (canSign) {
                active.put(purpose, namedKid.get());
            } else if (!verifyOnly) {
                problems.add("active_kid", "names a key without a private half", "add its private half");
            }
        } else if (times.isEmpty() && signing.size() == 1) {
            active.put(purpose, signing.get(0).kid());
        } else if (times.isEmpty() && signing.size() > 1) {
            problems.add(
                    "document",
                    "several keys of one purpose could sign, and nothing says which does",
                    "name it as active_kid, or give the keys nbf times");
        }
    }
}
