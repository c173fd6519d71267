package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a document says is revoked: in the set's list, or in a key by itself, as OpenID Federation 1.0 section 8.7.2 has it.
 * Read apart from everything else and as far as the text can be read, so that it holds whatever becomes of the rest. It is
 * the one place that knows; who reads the rest is told.
 */
final class Revocations {

    static final String MEMBER = "revoked";

    /** Spellings of the list, by their letters; a document with another one than {@link #MEMBER} is refused. */
    static final Set<String> SPELLINGS =
            Set.of(MEMBER, "revoke", "revokedkid", "revokedkids", "revokedkey", "revokedkeys", "revocations");

    /** What RFC 7638 makes a thumbprint of. */
    private static final Map<String, List<String>> THUMBPRINTED = Map.of(
            "RSA", List.of("e", "kty", "n"), "EC", List.of("crv", "kty", "x", "y"), "OKP", List.of("crv", "kty", "x"));

    private static final byte[] BYTE_ORDER_MARK = "\uFEFF".getBytes(StandardCharsets.UTF_8);

    private final Set<String> kids = new LinkedHashSet<>();
    /** Of members at the top, which are keys only in a document without {@code keys}. */
    private final Set<String> byName = new LinkedHashSet<>();

    private boolean hasKeys;

    private Revocations() {}

    /** The kids that a document revokes. */
    static Set<String> in(KeysetDocument document) {
        Revocations found = new Revocations();
        try {
            Optional<String> member = document.format().memberName();
            if (member.isPresent()) {
                found.member(member.get(), document.content());
            } else {
                found.document(document.content());
            }
        } catch (StrictJson.Refused e) {
            // Told by whoever reads all of it.
        }
        if (!found.hasKeys) {
            found.kids.addAll(found.byName);
        }
        found.kids.removeIf(kid -> !Names.isKid(kid));
        return found.kids;
    }

    private static JsonReader reader(byte[] content) throws StrictJson.Refused {
        boolean marked = Arrays.mismatch(content, BYTE_ORDER_MARK) == BYTE_ORDER_MARK.length;
        return new JsonReader(marked ? Arrays.copyOfRange(content, BYTE_ORDER_MARK.length, content.length) : content);
    }

    /** The document is in a member of this object, as a text or as it is. */
    private void member(String wanted, byte[] around) throws StrictJson.Refused {
        JsonReader json = reader(around);
        if (!json.beginsObject()) {
            return;
        }
        json.next();
        while (json.next() == JsonReader.Token.NAME) {
            String name = json.text();
            JsonReader.Token value = json.next();
            if (name.equals(wanted) && value == JsonReader.Token.OBJECT) {
                object(json);
            } else if (name.equals(wanted) && value == JsonReader.Token.STRING) {
                document(json.text().getBytes(StandardCharsets.UTF_8));
            } else {
                json.skipValue();
            }
        }
    }

    private void document(byte[] content) throws StrictJson.Refused {
        JsonReader json = reader(content);
        if (json.beginsObject()) {
            json.next();
            object(json);
        }
    }

    private void object(JsonReader json) throws StrictJson.Refused {
        Entry alone = new Entry(null);
        try {
            while (json.next() == JsonReader.Token.NAME) {
                String name = json.text();
                JsonReader.Token value = json.next();
                boolean list = value == JsonReader.Token.ARRAY || value == JsonReader.Token.STRING;
                if (list && SPELLINGS.contains(letters(name))) {
                    list(json, value);
                } else if (name.equals("keys") && value == JsonReader.Token.ARRAY) {
                    hasKeys = true;
                    while (json.next() != JsonReader.Token.END_ARRAY) {
                        entry(json, null, kids);
                    }
                } else if (name.equals("keys") && value == JsonReader.Token.OBJECT) {
                    hasKeys = true;
                    while (json.next() == JsonReader.Token.NAME) {
                        String kid = json.text();
                        json.next();
                        entry(json, kid, kids);
                    }
                } else {
                    alone.member(name, value, json);
                    entry(json, name, byName);
                }
            }
        } finally {
            alone.tell(kids);
        }
    }

    static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }

    private void list(JsonReader json, JsonReader.Token value) throws StrictJson.Refused {
        if (value == JsonReader.Token.STRING) {
            kids.add(json.text());
            return;
        }
        for (JsonReader.Token token = json.next(); token != JsonReader.Token.END_ARRAY; token = json.next()) {
            if (token == JsonReader.Token.STRING) {
                kids.add(json.text());
            }
            json.skipValue();
        }
    }

    /** A value that may be a key. */
    private static void entry(JsonReader json, @Nullable String outside, Set<String> into) throws StrictJson.Refused {
        Entry entry = new Entry(outside);
        if (json.token() != JsonReader.Token.OBJECT) {
            json.skipValue();
            return;
        }
        try {
            while (json.next() == JsonReader.Token.NAME) {
                String name = json.text();
                entry.member(name, json.next(), json);
                json.skipValue();
            }
        } finally {
            entry.tell(into);
        }
    }

    /** What is seen of a key, which may break off. */
    private static final class Entry {

        private final Map<String, String> texts = new LinkedHashMap<>();
        private @Nullable String outside;
        private boolean revoked;

        Entry(@Nullable String outside) {
            this.outside = outside;
        }

        void member(String name, JsonReader.Token value, JsonReader json) throws StrictJson.Refused {
            switch (name) {
                case MEMBER -> revoked |= means(value);
                case "privateKeyPem", "publicKeyPem" -> outside = null; // which is the purpose
                case "kid", "kty", "crv", "x", "y", "n", "e" -> {
                    if (value == JsonReader.Token.STRING) {
                        texts.put(name, json.text());
                    }
                }
                default -> {}
            }
        }

        void tell(Set<String> into) {
            if (revoked) {
                kid(texts, outside).ifPresent(into::add);
            }
        }
    }

    /** Whoever writes it means it, unless it is no, nothing, or the list of others that a key alone may carry. */
    private static boolean means(JsonReader.Token value) {
        return switch (value) {
            case FALSE, NULL, ARRAY -> false;
            default -> true;
        };
    }

    /** Whether a key says of itself that it is revoked. */
    static boolean marks(Map<String, @Nullable Object> entry) {
        Object value = entry.get(MEMBER);
        return value != null && !Boolean.FALSE.equals(value) && !(value instanceof List);
    }

    /** The kid of a key, which may stand outside of it, or be the thumbprint of what it shows. */
    static Optional<String> kid(Map<String, ?> entry, @Nullable String outside) {
        if (entry.get("kid") instanceof String inside) {
            return Optional.of(inside);
        }
        return outside == null ? thumbprint(entry) : Optional.of(outside);
    }

    private static Optional<String> thumbprint(Map<String, ?> entry) {
        Map<String, String> members = new LinkedHashMap<>();
        for (String name : THUMBPRINTED.getOrDefault(String.valueOf(entry.get("kty")), List.of(""))) {
            if (!(entry.get(name) instanceof String text)) {
                return Optional.empty();
            }
            members.put(name, text);
        }
        return Optional.of(KeyMaterial.thumbprint(members));
    }
}
