package io.github.keyset4j.evidence;

import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.encoding.Thumbprint;
import io.github.keyset4j.json.KeysetJson;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What evidence says of one key: an entry of {@code keyset.json}, as {@link KeysetJson} writes a key. */
record RecordedKey(JsonMembers members) {

    private static final String SYMMETRIC = "oct";

    /** The public members by key type (RFC 7518 section 6, RFC 8037 section 2), as RFC 7638 asks for them. */
    private static final Map<String, List<String>> PUBLIC = Map.of(
            "RSA", List.of("e", "n"), "EC", List.of("crv", "x", "y"), "OKP", List.of("crv", "x"), SYMMETRIC, List.of());

    /** What a timeline shows of a key. */
    private static final List<String> IN_TIME =
            List.of("kid", "alg", "purpose", "status", "published_at", "activate_at", "retire_at", "remove_at");

    /** What only the document decides, beside what a key is. */
    private static final List<String> DOCUMENTED = List.of("iat", "nbf", "exp", "can_sign", "named");

    /** Of what form a member is, by its name; public members are texts. */
    private static final Map<String, Predicate<@Nullable Object>> FORMS = new LinkedHashMap<>();

    static {
        List.of("kty", "kid", "alg", "purpose").forEach(name -> FORMS.put(name, String.class::isInstance));
        FORMS.put("use", "sig"::equals);
        FORMS.put("thumbprint", value -> value == null || value instanceof String);
        List.of("can_sign", "named", "kept").forEach(name -> FORMS.put(name, Boolean.class::isInstance));
        List.of("iat", "nbf", "exp").forEach(name -> FORMS.put(name, value -> value == null || value instanceof Long));
        FORMS.put(
                "status",
                value -> Arrays.stream(KeyStatus.values()).map(KeysetJson::word).anyMatch(word -> word.equals(value)));
        FORMS.put("published_at", RecordedKey::instant);
        List.of("activate_at", "retire_at", "remove_at")
                .forEach(name -> FORMS.put(name, value -> value == null || instant(value)));
    }

    private static boolean instant(@Nullable Object value) {
        return value instanceof String text
                && JsonMembers.instantOf(text).map(KeysetJson::instant).equals(Optional.of(text));
    }

    /** An entry of {@code keyset.json}, or the rule that it breaks. */
    static RecordedKey read(JsonMembers entry) throws BrokenEvidence {
        List<String> publicMembers = PUBLIC.get(entry.text("kty").orElse(""));
        if (publicMembers == null) {
            throw new BrokenEvidence("kty is none that evidence has");
        }
        Map<String, Predicate<@Nullable Object>> forms = new LinkedHashMap<>(FORMS);
        publicMembers.forEach(name -> forms.put(name, String.class::isInstance));
        for (Map.Entry<String, Predicate<@Nullable Object>> form : forms.entrySet()) {
            String name = form.getKey();
            if (!entry.all().containsKey(name)
                    || !form.getValue().test(entry.all().get(name))) {
                throw new BrokenEvidence(name + " is missing, or of another form");
            }
        }
        // Whatever else stands there may be a private member.
        if (!forms.keySet().containsAll(entry.all().keySet())) {
            throw new BrokenEvidence("there are members that evidence does not have");
        }
        return new RecordedKey(entry);
    }

    private String text(String name) {
        return members.text(name).orElseThrow();
    }

    String kid() {
        return text("kid");
    }

    String purpose() {
        return text("purpose");
    }

    Optional<String> thumbprint() {
        return members.text("thumbprint");
    }

    private boolean is(KeyStatus status) {
        return text("status").equals(KeysetJson.word(status));
    }

    boolean active() {
        return is(KeyStatus.ACTIVE);
    }

    /** Whether it still does anything. */
    boolean alive() {
        return !is(KeyStatus.REMOVED);
    }

    /** Whether the document lists it. */
    boolean listed() {
        return !members.isTrue("kept");
    }

    /** The thumbprint that the public members give. */
    Optional<String> computedThumbprint() {
        Map<String, String> required = new TreeMap<>();
        PUBLIC.getOrDefault(text("kty"), List.of()).forEach(name -> required.put(name, text(name)));
        if (required.isEmpty()) {
            return Optional.empty();
        }
        required.put("kty", text("kty"));
        return Optional.of(Thumbprint.of(required));
    }

    /**
     * Whether a key with these instants can stand where it is said to stand at this instant; within the millisecond of a
     * change, before it and after it.
     */
    boolean statusPossible(Instant at) {
        Optional<Instant> activation = members.instant("activate_at");
        if (is(KeyStatus.REMOVED)) {
            return members.instant("remove_at").filter(end -> !end.isAfter(at)).isPresent();
        }
        if (members.instant("remove_at").filter(at::isAfter).isPresent()) {
            return false;
        }
        boolean activated = activation.filter(begin -> !begin.isAfter(at)).isPresent();
        if (is(KeyStatus.PENDING)) {
            return activation.filter(at::isAfter).isEmpty();
        }
        boolean retired = members.instant("retire_at").filter(at::isAfter).isPresent();
        return active() ? activated && !retired : activated || activation.isEmpty();
    }

    /** The entry of the timeline in {@code summary.json}. */
    Map<String, @Nullable Object> timelineEntry() {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        IN_TIME.forEach(name -> entry.put(name, members.all().get(name)));
        return entry;
    }

    /** A line of what the fingerprint of the keys is made of: an HMAC key stands there by its kid alone. */
    String identity() {
        return thumbprint().orElse("kid:" + kid()) + "\t" + kid() + "\t" + text("alg") + "\t" + purpose();
    }

    /** A line of what the fingerprint of the document is made of. */
    String documented() {
        return DOCUMENTED.stream()
                .map(name ->
                        Objects.requireNonNullElse(members.all().get(name), "-").toString())
                .collect(Collectors.joining("\t", identity() + "\t", ""));
    }
}
