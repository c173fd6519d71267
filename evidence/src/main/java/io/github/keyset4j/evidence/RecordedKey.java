package io.github.keyset4j.evidence;

import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.KeysetKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What evidence says of one key: an entry of {@code keyset.json}, which is a public JWK with its place in time.
 *
 * @param publicMembers those that the thumbprint is of (RFC 7638 section 3.2); of an HMAC key none
 */
record RecordedKey(
        String kid,
        String keyType,
        String algorithm,
        String purpose,
        KeyStatus status,
        Map<String, String> publicMembers,
        Optional<String> thumbprint,
        Instant publishedAt,
        Optional<Instant> activateAt,
        Optional<Instant> retireAt,
        Optional<Instant> removeAt) {

    static final String SYMMETRIC = "oct";

    /** The public members by key type (RFC 7518 section 6, RFC 8037 section 2), as RFC 7638 asks for them. */
    private static final Map<String, List<String>> PUBLIC = Map.of(
            "RSA", List.of("e", "n"), "EC", List.of("crv", "x", "y"), "OKP", List.of("crv", "x"), SYMMETRIC, List.of());

    private static final List<String> REQUIRED = List.of("kty", "kid", "use", "alg");
    private static final List<String> TIMES = List.of("published_at", "activate_at", "retire_at", "remove_at");

    static RecordedKey of(KeysetKey key, Instant at) {
        Map<String, String> jwk = key.publicJwk();
        String keyType = jwk.getOrDefault("kty", SYMMETRIC);
        Map<String, String> members = new TreeMap<>(jwk);
        REQUIRED.forEach(members::remove);
        return new RecordedKey(
                key.kid(),
                keyType,
                key.algorithm(),
                key.purpose(),
                key.status(at),
                members,
                key.thumbprint(),
                key.publishedAt(),
                key.activateAt(),
                key.retireAt(),
                key.removeAt());
    }

    /** An entry of {@code keyset.json}, or the rule that it breaks. */
    static RecordedKey read(Members entry) throws BrokenEvidence {
        String keyType = required(entry, "kty");
        List<String> names = PUBLIC.get(keyType);
        if (names == null) {
            throw new BrokenEvidence("kty is none that evidence has");
        }
        Map<String, String> members = new TreeMap<>();
        for (String name : names) {
            members.put(name, required(entry, name));
        }
        RecordedKey key = new RecordedKey(
                required(entry, "kid"),
                keyType,
                required(entry, "alg"),
                required(entry, "purpose"),
                status(required(entry, "status")),
                members,
                entry.text("thumbprint"),
                entry.instant("published_at")
                        .orElseThrow(() -> new BrokenEvidence("published_at is missing, or no instant")),
                entry.instant("activate_at"),
                entry.instant("retire_at"),
                entry.instant("remove_at"));
        // Whatever else stands there was not read, and may be a private member.
        if (!key.json().equals(entry.all())) {
            throw new BrokenEvidence("there are members that evidence does not have, or values of another form");
        }
        return key;
    }

    private static String required(Members entry, String name) throws BrokenEvidence {
        return entry.text(name).orElseThrow(() -> new BrokenEvidence(name + " is missing, or no text"));
    }

    private static KeyStatus status(String word) throws BrokenEvidence {
        for (KeyStatus status : KeyStatus.values()) {
            if (word(status).equals(word)) {
                return status;
            }
        }
        throw new BrokenEvidence("status is none that evidence has");
    }

    private static String word(KeyStatus status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    boolean active() {
        return status == KeyStatus.ACTIVE;
    }

    /** The thumbprint that the public members give. */
    Optional<String> computedThumbprint() {
        if (keyType.equals(SYMMETRIC)) {
            return Optional.empty();
        }
        Map<String, String> members = new TreeMap<>(publicMembers);
        members.put("kty", keyType);
        return Optional.of(Sha256.thumbprint(members));
    }

    /** Whether a key with these instants can stand where it is said to stand at this instant. */
    boolean statusPossible(Instant at) {
        boolean activated = activateAt.filter(instant -> !instant.isAfter(at)).isPresent();
        boolean retired = retireAt.filter(instant -> !instant.isAfter(at)).isPresent();
        boolean removed = removeAt.filter(instant -> !instant.isAfter(at)).isPresent();
        if (removed) {
            return false; // it would not be listed
        }
        return switch (status) {
            case PENDING -> !activated;
            case ACTIVE -> activated && !retired;
            case VERIFICATION_ONLY -> activated || activateAt.isEmpty();
            case REMOVED -> false;
        };
    }

    /** The entry of {@code keyset.json}. */
    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("kty", keyType);
        entry.put("kid", kid);
        entry.put("use", "sig");
        entry.put("alg", algorithm);
        entry.putAll(publicMembers);
        entry.put("purpose", purpose);
        entry.put("status", word(status));
        putTimes(entry);
        entry.put("thumbprint", thumbprint.orElse(null));
        return entry;
    }

    /** The entry of the timeline in {@code summary.json}. */
    Map<String, @Nullable Object> timelineEntry() {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("kid", kid);
        entry.put("alg", algorithm);
        entry.put("purpose", purpose);
        entry.put("status", word(status));
        putTimes(entry);
        return entry;
    }

    private void putTimes(Map<String, @Nullable Object> entry) {
        List<Optional<Instant>> instants = List.of(Optional.of(publishedAt), activateAt, retireAt, removeAt);
        for (int i = 0; i < TIMES.size(); i++) {
            entry.put(TIMES.get(i), instants.get(i).map(Instant::toString).orElse(null));
        }
    }

    /** A line of what the fingerprint of the keys is made of: an HMAC key stands there by its kid alone. */
    String identity() {
        return thumbprint.orElse("kid:" + kid) + "\t" + kid + "\t" + algorithm + "\t" + purpose;
    }

    /** A line of what the fingerprint of the timeline is made of. */
    String identityInTime() {
        StringBuilder line = new StringBuilder(identity());
        for (Optional<Instant> instant : List.of(Optional.of(publishedAt), activateAt, retireAt, removeAt)) {
            line.append('\t').append(instant.map(Instant::toString).orElse("-"));
        }
        return line.toString();
    }
}
