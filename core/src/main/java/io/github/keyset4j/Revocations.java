package io.github.keyset4j;

import io.github.keyset4j.encoding.JsonReader;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.Names;
import io.github.keyset4j.encoding.Thumbprint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a document says is revoked: in the set's list, or in a key by itself, as OpenID Federation 1.0 section 8.7.2 has it.
 * Read apart from everything else and as far as the text can be read, so that it holds whatever becomes of the rest. It is
 * the one place that knows; who reads the rest is told.
 */
final class Revocations {

    static final String MEMBER = "revoked";

    /** A list of kids in a text that is no JSON, or one kid, with the name before it. */
    private static final Pattern LIST =
            Pattern.compile("\"([^\"\\\\]{1,64})\"\\s*:\\s*(\\[[^\\[\\]{}]*]|\"[^\"\\\\]*\")");

    /** A key in such a text. */
    private static final Pattern KEY = Pattern.compile("\\{[^{}]*}");

    private static final Pattern MARK =
            Pattern.compile("\"([^\"\\\\]{1,64})\"\\s*:\\s*(true|[1-9]|\")", Pattern.CASE_INSENSITIVE);
    private static final Pattern KID = Pattern.compile("\"kid\"\\s*:\\s*\"([^\"\\\\]+)\"");
    private static final Pattern TEXT = Pattern.compile("\"([^\"\\\\]+)\"");

    private static final byte[] BYTE_ORDER_MARK = "\uFEFF".getBytes(StandardCharsets.UTF_8);

    private final Set<String> kids = new LinkedHashSet<>();
    /** Of members at the top, which are keys only in a document without {@code keys}. */
    private final Set<String> byName = new LinkedHashSet<>();

    private boolean hasKeys;

    private Revocations() {}

    /** The kids that a document revokes. */
    static Set<String> in(KeysetDocument document) {
        Revocations found = new Revocations();
        Optional<String> member = document.format().memberName();
        if (member.isPresent()) {
            found.member(member.get(), document.content());
        } else {
            found.document(document.content());
        }
        if (!found.hasKeys) {
            found.kids.addAll(found.byName);
        }
        found.kids.removeIf(kid -> !Names.isKid(kid));
        return found.kids;
    }

    /** Whether a name is, or means, {@code revoked}: who writes it is not to be taken for a vendor. */
    static boolean means(String name) {
        String letters = letters(name);
        return letters.contains("revok") || letters.contains("revoc");
    }

    /** Of a text that breaks off, or is none of JSON, what can be made out; such a document is refused in any case. */
    private void noJson(String text) {
        Matcher list = LIST.matcher(text);
        while (list.find()) {
            if (means(list.group(1))) {
                TEXT.matcher(list.group(2)).results().forEach(kid -> kids.add(kid.group(1)));
            }
        }
        Matcher key = KEY.matcher(text);
        while (key.find()) {
            if (MARK.matcher(key.group()).results().anyMatch(mark -> means(mark.group(1)))) {
                KID.matcher(key.group()).results().forEach(kid -> kids.add(kid.group(1)));
            }
        }
    }

    private static JsonReader reader(byte[] content) throws MalformedJson {
        boolean marked = Arrays.mismatch(content, BYTE_ORDER_MARK) == BYTE_ORDER_MARK.length;
        return new JsonReader(marked ? Arrays.copyOfRange(content, BYTE_ORDER_MARK.length, content.length) : content);
    }

    /** The document is in a member of this object, as a text or as it is. */
    private void member(String wanted, byte[] around) {
        try {
            JsonReader json = reader(around);
            boolean more = json.beginsObject() && json.next() == JsonReader.Token.OBJECT;
            while (more && json.next() == JsonReader.Token.NAME) {
                String name = json.text();
                JsonReader.Token value = json.next();
                if (name.equals(wanted) && value == JsonReader.Token.OBJECT) {
                    object(json);
                } else if (name.equals(wanted) && value == JsonReader.Token.STRING) {
                    document(json.text().getBytes(StandardCharsets.UTF_8));
                } else {
                    skip(json);
                }
            }
        } catch (MalformedJson e) {
            // Told by whoever reads all of it; what stands in other members is none of ours.
        }
    }

    private void document(byte[] content) {
        try {
            JsonReader json = reader(content);
            if (json.beginsObject()) {
                json.next();
                object(json);
                json.next(); // the end, or a refusal
                return;
            }
        } catch (MalformedJson e) {
            // Told by whoever reads all of it.
        }
        noJson(new String(content, StandardCharsets.UTF_8).replace("\0", ""));
    }

    private void object(JsonReader json) throws MalformedJson {
        Entry alone = new Entry(null);
        try {
            while (json.next() == JsonReader.Token.NAME) {
                String name = json.text();
                JsonReader.Token value = json.next();
                alone.member(name, value, json);
                if (means(name)) {
                    list(json, name);
                } else if (name.equals("keys") && value == JsonReader.Token.ARRAY) {
                    hasKeys = true;
                    while (json.next() != JsonReader.Token.END_ARRAY) {
                        entry(json, null, kids);
                    }
                } else if (name.equals("keys") && value == JsonReader.Token.OBJECT) {
                    keys(json);
                } else {
                    entry(json, name, byName);
                }
            }
        } finally {
            alone.tell(kids);
        }
    }

    /** Keys by kid; or a key of this name. */
    private void keys(JsonReader json) throws MalformedJson {
        Entry itself = new Entry("keys");
        Set<String> inside = new LinkedHashSet<>();
        try {
            while (json.next() == JsonReader.Token.NAME) {
                String kid = json.text();
                itself.member(kid, json.next(), json);
                entry(json, kid, inside);
            }
        } finally {
            if (itself.isKey) {
                itself.tell(byName);
            } else {
                hasKeys = true;
                kids.addAll(inside);
            }
        }
    }

    static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }

    /** Whatever form it has, and whatever else is in it: but for an array of kids, its document is refused. */
    private void list(JsonReader json, String name) throws MalformedJson {
        Entry itself = new Entry(name);
        Set<String> listed = new LinkedHashSet<>();
        int outside = json.depth() - 1;
        if (json.token() == JsonReader.Token.STRING) {
            kids.add(json.text());
        }
        boolean more = json.token() == JsonReader.Token.ARRAY || json.token() == JsonReader.Token.OBJECT;
        boolean object = json.token() == JsonReader.Token.OBJECT;
        try {
            while (more) {
                JsonReader.Token token = json.next();
                more = json.depth() > outside;
                if (token == JsonReader.Token.NAME) {
                    String inner = json.text();
                    listed.add(inner);
                    if (object && json.depth() == outside + 1) {
                        token = json.next();
                        itself.member(inner, token, json);
                    }
                }
                if (token == JsonReader.Token.STRING) {
                    listed.add(json.text());
                }
            }
        } finally {
            if (itself.isKey) {
                itself.tell(byName);
            } else {
                kids.addAll(listed);
            }
        }
    }

    /** Reads on to the end of a value, whatever is in it. */
    private static void skip(JsonReader json) throws MalformedJson {
        if (json.token() == JsonReader.Token.OBJECT || json.token() == JsonReader.Token.ARRAY) {
            int outside = json.depth() - 1;
            while (json.depth() > outside) {
                json.next();
            }
        }
    }

    /** A value that may be a key. */
    private static void entry(JsonReader json, @Nullable String outside, Set<String> into) throws MalformedJson {
        Entry entry = new Entry(outside);
        if (json.token() != JsonReader.Token.OBJECT) {
            skip(json);
            return;
        }
        try {
            while (json.next() == JsonReader.Token.NAME) {
                String name = json.text();
                entry.member(name, json.next(), json);
                skip(json);
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
        private boolean isKey;

        Entry(@Nullable String outside) {
            this.outside = outside;
        }

        void member(String name, JsonReader.Token value, JsonReader json) throws MalformedJson {
            if (Revocations.means(name)) {
                revoked |= Revocations.means(value);
            }
            switch (name) {
                case "privateKeyPem", "publicKeyPem" -> {
                    isKey = true;
                    outside = null; // which is the purpose
                }
                case "kid", "kty", "crv", "x", "y", "n", "e" -> {
                    if (value == JsonReader.Token.STRING) {
                        isKey |= name.equals("kty");
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
        Optional<KeyType> type = KeyTypes.ofKty(String.valueOf(entry.get("kty")));
        for (String name : type.map(KeyType::publicMembers).orElse(List.of())) {
            if (!(entry.get(name) instanceof String text)) {
                return Optional.empty();
            }
            members.put(name, text);
        }
        return members.isEmpty() ? Optional.empty() : Optional.of(Thumbprint.of(members));
    }
}
