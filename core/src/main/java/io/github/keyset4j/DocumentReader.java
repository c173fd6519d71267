package io.github.keyset4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One reading of one document: finds out its shape and where its entries stand. The only place that knows the shapes. */
final class DocumentReader {

    static final String DEFAULT_PURPOSE = "default";
    /** What most people need who wrote something else. */
    static final String SIMPLEST_KEYSET = "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"<secret>\"}}";

    private static final int MAX_KEYS = 1024;

    private static final Set<String> OUR_MEMBERS = Set.of("active_kid", "revoked");
    private static final Set<String> LOOKALIKES = Set.of(
            "active",
            "activekid",
            "activekey",
            "revoked",
            "revoke",
            "revokedkid",
            "revokedkids",
            "revokedkey",
            "revokedkeys",
            "revocations");

    private final Problems problems;
    private final Entries entries;
    private final EntryReader reader;
    private boolean oneKeyPerPurpose;
    private KeysetShape shape = KeysetShape.JWK_SET;
    private Map<String, @Nullable Object> tree = new LinkedHashMap<>();

    DocumentReader(Problems problems, Supplier<char @Nullable []> pemPassword) {
        this.problems = problems;
        this.entries = new Entries(problems);
        this.reader = new EntryReader(problems, pemPassword, entries);
    }

    Set<String> revoked() {
        return entries.revoked();
    }

    KeysetShape shape() {
        return shape;
    }

    /** The document as JSON, a JWK alone as a set of one; empty for the shapes that are none. */
    Map<String, @Nullable Object> tree() {
        return tree;
    }

    /** The JSON object that each key of the result was read from. */
    List<Map<String, @Nullable Object>> nodes() {
        return entries.nodes();
    }

    ParsedKeyset result(Optional<ParsedKeyset> previous, Optional<ParsedKeyset> pending) {
        return entries.result(oneKeyPerPurpose, previous, pending);
    }

    void read(String content, Optional<String> activeKidBeside) {
        int before = problems.count();
        String text = content.strip();
        if (text.isEmpty()) {
            problems.add("document", "empty", "write a keyset into it");
        } else if (text.charAt(0) == '{') {
            json(content); // unstripped, so that the places told are those of the file
        } else if (text.charAt(0) == '[') {
            problems.add("document", "a JSON array", "write {\"keys\": [..]} around it");
        } else if (PemReader.looksLikePem(text)) {
            shape = KeysetShape.PEM;
            oneKeyPerPurpose = true;
            reader.pem(text, activeKidBeside, "PEM");
        } else if (text.indexOf(':') > 0) {
            shape = KeysetShape.LIST;
            list(text);
        } else {
            problems.add(
                    "document",
                    "none of the shapes a keyset has",
                    "write a JSON keyset, a JWK set, a PEM or a list kid:secret,kid:secret");
        }
        activeKidBeside.ifPresent(kid -> entries.nameActive(Optional.empty(), kid));
        if (problems.count() == before) {
            entries.lookTogether();
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
        tree = document;
        refuseLookalikes(document);
        revokedKids(document);
        namedKid(document);
        Object keys = document.get("keys");
        if (document.get("kty") instanceof String) {
            tree = setOfOne(document);
            oneKeyPerPurpose = true;
            reader.jwk(document, "JWK", null);
        } else if (keys instanceof List<?> list) {
            for (int i = 0; i < list.size() && withinLimit(i); i++) {
                String where = "keys[" + i + "]";
                object(list.get(i), where).ifPresent(entry -> reader.jwk(entry, where, null));
            }
        } else if (keys instanceof Map<?, ?> map && !isEntry(map)) {
            shape = KeysetShape.KEYSET;
            keyset(map);
        } else if (document.containsKey("keys") && !(keys instanceof Map)) {
            problems.add("keys", "neither an array of JWKs nor an object of keys by kid", "write one of the two");
        } else {
            byNames(document);
            shape = oneKeyPerPurpose ? KeysetShape.PEM_PAIRS : KeysetShape.JWK_MAP;
        }
    }

    private static Map<String, @Nullable Object> setOfOne(Map<String, @Nullable Object> jwk) {
        Map<String, @Nullable Object> set = new LinkedHashMap<>();
        set.put("keys", List.of(jwk));
        OUR_MEMBERS.stream().filter(jwk::containsKey).forEach(member -> set.put(member, jwk.get(member)));
        return set;
    }

    /** Spellings people use for the two members this format has; taken for something else they would be lost. */
    private void refuseLookalikes(Map<String, @Nullable Object> document) {
        document.forEach((member, value) -> {
            String letters = member.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
            if (LOOKALIKES.contains(letters) && !OUR_MEMBERS.contains(member) && !isEntry(value)) {
                problems.add(
                        "document",
                        "a member that looks like active_kid or revoked, spelled another way",
                        "write active_kid or revoked");
            }
        });
    }

    private void revokedKids(Map<String, @Nullable Object> document) {
        if (!document.containsKey("revoked") || isEntry(document.get("revoked"))) {
            return;
        }
        if (document.get("revoked") instanceof List<?> kids) {
            for (int i = 0; i < kids.size(); i++) {
                String where = "revoked[" + i + "]";
                if (!(kids.get(i) instanceof String kid)) {
                    problems.add(where, "not a string", "list kids");
                } else if (!Names.isKid(kid)) {
                    problems.add(where, Names.BAD_KID, "list kids");
                } else {
                    entries.revoke(kid);
                }
            }
        } else {
            problems.add("revoked", "not an array", "list kids: \"revoked\": [\"k1\"]");
        }
    }

    private void namedKid(Map<String, @Nullable Object> document) {
        if (document.get("active_kid") == null || isEntry(document.get("active_kid"))) {
            return;
        }
        if (document.get("active_kid") instanceof String kid) {
            entries.nameActive(Optional.empty(), kid);
        } else if (document.get("active_kid") instanceof Map<?, ?> byPurpose) {
            byPurpose.forEach((purpose, kid) -> {
                if (kid instanceof String name) {
                    entries.nameActive(Optional.of(String.valueOf(purpose)), name);
                } else if (kid != null) {
                    problems.add("active_kid", "a purpose's kid is not a string", "name a kid for each purpose");
                }
            });
        } else {
            problems.add("active_kid", "not a string", "name the kid that signs");
        }
    }

    /** Whether this describes a key, whatever it is called: a kid or a purpose may be named as one of our members. */
    private static boolean isEntry(@Nullable Object value) {
        return value instanceof Map<?, ?> entry
                && (entry.get("kty") instanceof String
                        || entry.get("privateKeyPem") != null
                        || entry.get("publicKeyPem") != null);
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
                reader.secretOrPem(value, kid, where);
            } else {
                object(entry.getValue(), where).ifPresent(jwk -> reader.jwk(jwk, where, kid));
            }
        }
    }

    /** {@code {"<kid>": {JWK}}} or {@code {"<purpose>": {"privateKeyPem": ..}}}. */
    private void byNames(Map<String, @Nullable Object> document) {
        if (isFlat(document)) {
            problems.add(
                    "document",
                    "a flat object, in which nothing says what is a key",
                    "write " + SIMPLEST_KEYSET + " into a document of its own");
            return;
        }
        int i = 0;
        for (Map.Entry<String, @Nullable Object> member : document.entrySet()) {
            if (OUR_MEMBERS.contains(member.getKey()) && !isEntry(member.getValue())) {
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
            if (entry.get().get("kty") != null) {
                reader.jwk(entry.get(), where, member.getKey());
            } else if (isEntry(entry.get())) {
                oneKeyPerPurpose = true;
                reader.pemPair(entry.get(), where, member.getKey());
            } else {
                problems.add(
                        where, "neither a JWK nor a pair of PEMs", "give it kty, or privateKeyPem and publicKeyPem");
            }
        }
    }

    /** Whether this is an application's settings, or secrets by kid without the {@code keys} around them. */
    private static boolean isFlat(Map<String, @Nullable Object> document) {
        return document.values().stream().noneMatch(Map.class::isInstance)
                && !OUR_MEMBERS.containsAll(document.keySet());
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
                reader.secretOrPem(
                        items[i].substring(colon + 1).strip(),
                        items[i].substring(0, colon).strip(),
                        where);
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
}
