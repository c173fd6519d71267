package io.github.keyset4j;

import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.Names;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.secret.SecretReference;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One reading of one document: finds out its shape and where its entries stand. The only place that knows the shapes. */
final class DocumentReader {

    private static final int MAX_KEYS = 1024;

    private static final Pattern BLANK_OR_QUOTE = Pattern.compile("[\\s\"'`\\p{Z}\\p{Cc}]");

    private static final Set<String> OUR_MEMBERS = Set.of("active_kid", Revocations.MEMBER);
    private static final Set<String> LOOKALIKES = Set.of("active", "activekid", "activekey");

    private final Problems problems;
    private final Entries entries;
    private final EntryReader reader;
    private boolean oneKeyPerPurpose;
    private KeysetShape shape = KeysetShape.JWK_SET;
    private Map<String, @Nullable Object> tree = new LinkedHashMap<>();

    DocumentReader(Problems problems, Supplier<char @Nullable []> pemPassword, Set<String> revoked) {
        this.problems = problems;
        this.entries = new Entries(problems, revoked);
        this.reader = new EntryReader(problems, pemPassword, entries);
    }

    Entries entries() {
        return entries;
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

    ParsedKeyset result(Optional<Instant> writtenAt, Optional<ParsedKeyset> previous, Optional<ParsedKeyset> pending) {
        return entries.result(writtenAt, oneKeyPerPurpose, previous, pending);
    }

    void read(String content, Optional<String> kidBeside, DocumentFormat format) {
        int before = problems.count();
        reader.decodeSecrets(format.secretsAreBase64());
        if (format.kidBeside().isPresent() && !format.kidBeside().equals(kidBeside)) {
            problems.refuse(KeysetProblem.of(
                            "kid",
                            "another kid than the source's own setting beside it",
                            "make them agree, or drop one")
                    .withCode("ambiguous-active-key"));
        }
        if (format.memberName().isPresent()) {
            member(content, format.memberName().get(), kidBeside, format);
        } else if (!shaped(content, kidBeside)) {
            listOrStray(content.strip(), format);
        }
        kidBeside.ifPresent(kid -> entries.nameActive(Optional.empty(), kid));
        if (problems.count() == before) {
            entries.lookTogether();
        }
    }

    /** Whether the content says itself what it is; it has been read then. */
    private boolean shaped(String content, Optional<String> kidBeside) {
        String text = content.strip();
        if (text.isEmpty()) {
            problems.refuse(KeysetProblem.of("document", "empty", "write a keyset into it")
                    .withCode("not-a-keyset"));
        } else if (text.charAt(0) == '{') {
            json(content); // unstripped, so that the places told are those of the file
        } else if (text.charAt(0) == '[') {
            problems.refuse(KeysetProblem.of("document", "a JSON array", "write {\"keys\": [..]} around it")
                    .withCode("not-a-keyset"));
        } else if (PemReader.looksLikePem(text)) {
            shape = KeysetShape.PEM;
            oneKeyPerPurpose = true;
            reader.pem(text, kidBeside, "PEM");
        } else {
            return false;
        }
        return true;
    }

    private void listOrStray(String text, DocumentFormat format) {
        if (!format.listAllowed()
                || text.indexOf(':') <= 0
                || StrayText.noList(text).isPresent()) {
            problems.refuse(StrayText.problem(text));
        } else {
            shape = KeysetShape.LIST;
            list(text);
        }
    }

    /** One member of an object that holds other things besides, of which nothing is said. */
    private void member(String content, String name, Optional<String> kid, DocumentFormat format) {
        Map<String, @Nullable Object> around;
        if (!content.strip().startsWith("{")) {
            problems.refuse(KeysetProblem.of(
                            "document",
                            "no JSON object, of which a member is asked for",
                            "make it one, or ask for none")
                    .withCode("not-a-keyset"));
            return;
        }
        try {
            around = StrictJson.object(content);
        } catch (MalformedJson e) {
            problems.refuse(KeysetProblem.of(e.where(), e.rule(), "make the document valid JSON")
                    .withCode("not-a-keyset"));
            return;
        }
        Object value = around.get(name);
        problems.inside("the member");
        if (value instanceof Map<?, ?>) {
            object(value, "document").ifPresent(this::json);
        } else if (value instanceof String text) {
            if (!shaped(text, kid)) {
                if (kid.isPresent()) {
                    shape = KeysetShape.LIST; // the one that has its kid beside it
                    reader.secretOrPem(text, kid.get(), "secret");
                } else if (format.listAllowed()) {
                    listOrStray(text.strip(), format);
                } else {
                    problems.refuse(KeysetProblem.of(
                                    "secret", "no kid beside it", "give it one: ?kid=.., DocumentFormat.withKid(..)")
                            .withCode("missing-kid"));
                }
            }
        } else if (value == null) {
            problems.refuse(KeysetProblem.of("document", "missing", "name a member that the JSON object has")
                    .withCode("not-a-keyset"));
        } else {
            problems.refuse(KeysetProblem.of(
                            "document", "neither a text nor an object", "put a secret, a PEM or a keyset there")
                    .withCode("not-a-keyset"));
        }
    }

    private void json(String text) {
        Map<String, @Nullable Object> document;
        try {
            document = StrictJson.object(text);
        } catch (MalformedJson e) {
            problems.refuse(SecretReference.in(text)
                    .map(found -> KeysetProblem.of("document", "no keyset but ", found))
                    .orElseGet(() -> KeysetProblem.of(e.where(), e.rule(), "make the document valid JSON")
                            .withCode("not-a-keyset")));
            return;
        }
        json(document);
    }

    private void json(Map<String, @Nullable Object> document) {
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
            boolean looksAlike = LOOKALIKES.contains(Revocations.letters(member)) || Revocations.means(member);
            if (looksAlike && !OUR_MEMBERS.contains(member) && !isEntry(value)) {
                problems.add(
                        "document",
                        "a member that looks like active_kid or revoked, spelled another way",
                        "write active_kid or revoked");
            }
        });
    }

    /** What is wrong with the list; what it says was read apart. */
    private void revokedKids(Map<String, @Nullable Object> document) {
        boolean ofTheKey = document.get("kty") instanceof String && Revocations.marks(document);
        if (!document.containsKey(Revocations.MEMBER) || isEntry(document.get(Revocations.MEMBER)) || ofTheKey) {
            return;
        }
        if (document.get(Revocations.MEMBER) instanceof List<?> kids) {
            for (int i = 0; i < kids.size(); i++) {
                String where = "revoked[" + i + "]";
                if (!(kids.get(i) instanceof String kid)) {
                    problems.add(where, "not a string", "list kids");
                } else if (!Names.isKid(kid)) {
                    problems.add(where, Names.BAD_KID, "list kids");
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
            problems.refuse(KeysetProblem.of(
                            "document",
                            "a flat object, in which nothing says what is a key",
                            "write " + StrayText.SIMPLEST_KEYSET
                                    + " into a document of its own, or name the member that is the key:"
                                    + " ?member=.., DocumentFormat.withMember(..)")
                    .withCode("not-a-keyset"));
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
            if (entry.get().get("kty") != null || Revocations.marks(entry.get())) {
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

    /** {@code kid:secret,kid:secret}; only what is certain to be one, since any line with a colon would be another. */
    private void list(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            problems.add("document", "a list of more than one line", "write kid:secret,kid:secret, or a JSON keyset");
            return;
        }
        String[] items = text.split(",", -1);
        for (int i = 0; i < items.length && withinLimit(i); i++) {
            String where = "list, entry " + (i + 1);
            String item = items[i].strip();
            int colon = item.indexOf(':');
            if (colon < 0) {
                problems.add(where, "no colon between kid and secret", "write kid:secret; a secret has no comma");
                continue;
            }
            String kid = item.substring(0, colon);
            String secret = item.substring(colon + 1);
            Optional<KeysetProblem> reference = SecretReference.in(item)
                    .map(found -> KeysetProblem.of(where, "no kid and secret but ", found))
                    .or(() -> SecretReference.in(secret).map(found -> KeysetProblem.of(where, "a kid and ", found)));
            if (BLANK_OR_QUOTE.matcher(item).find()) {
                problems.add(where, "has blanks or quotes", "write kid:secret without them, or a JSON keyset");
            } else if (reference.isPresent()) {
                problems.refuse(reference.get());
            } else if (SecretReference.SCHEMES.contains(kid.toLowerCase(Locale.ROOT))) {
                problems.refuse(KeysetProblem.of(
                                where, "begins as a URI does", "put what it refers to there, or choose another kid")
                        .withCode("secret-reference"));
            } else {
                reader.secretOrPem(secret, kid, where);
            }
        }
    }

    private boolean withinLimit(int count) {
        if (count == MAX_KEYS) {
            problems.refuse(KeysetProblem.of(
                            "document", "more than " + MAX_KEYS + " keys", "remove keys whose tokens have expired")
                    .withCode("too-many-keys"));
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
