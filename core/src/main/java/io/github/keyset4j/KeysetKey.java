package io.github.keyset4j;

import io.github.keyset4j.PlacedKey.Turn;
import io.github.keyset4j.encoding.Names;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One key of a keyset and its four instants.
 *
 * <pre>
 * publishedAt ------- activateAt ------- retireAt ------- removeAt
 *    PENDING             ACTIVE        VERIFICATION_ONLY     (gone)
 * </pre>
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. There is no accessor to private material, and {@link #toString()} shows none.
 */
public final class KeysetKey {

    /** The purpose of keys of which nothing is said. */
    public static final String DEFAULT_PURPOSE = Names.DEFAULT_PURPOSE;

    private final PlacedKey placed;
    private final List<Turn> turns;
    private final @Nullable Instant activateAt;
    private final @Nullable Instant retireAt;
    private final Instant publishedAt;
    private final boolean prepared;

    /**
     * A key in its place.
     *
     * @param turns who signs for its purpose, and when
     * @param signing since when it signs if it always does
     * @param newestSigning when the last of them was published, by the document
     */
    KeysetKey(PlacedKey placed, List<Turn> turns, Instant signing, Instant newestSigning) {
        this.placed = placed;
        this.turns =
                turns.stream().filter(turn -> turn.kid().equals(placed.kid())).toList();
        this.activateAt = activation(signing);
        this.retireAt = retirement(turns);
        Instant known = placed.publishedAt();
        this.publishedAt = activateAt != null && activateAt.isBefore(known) ? activateAt : known;
        this.prepared = placed.standing() == PlacedKey.Standing.TO_COME
                || (activateAt == null
                        && placed.able()
                        && placed.entry().publishedAt() != null
                        && placed.entry().removeAt() == null
                        && !newestSigning.isAfter(placed.entry().publishedAt()));
    }

    private @Nullable Instant activation(Instant signing) {
        Instant dated =
                placed.able() || placed.signed() != null ? placed.entry().activateAt() : null;
        if (turns.isEmpty()) {
            return dated != null || placed.signed() == null
                    ? dated
                    : placed.signed().from();
        }
        Instant first =
                turns.get(0).from().equals(Instant.MIN) ? signing : turns.get(0).from();
        if (dated != null) {
            return dated.isBefore(first) ? dated : first;
        }
        return placed.signed() == null ? first : placed.signed().from();
    }

    /** The end of its last turn, if another's follows; or of one that it had before. */
    private @Nullable Instant retirement(List<Turn> all) {
        if (turns.isEmpty()) {
            return placed.signed() == null ? null : placed.signed().to();
        }
        Instant end = turns.get(turns.size() - 1).to();
        return all.stream().anyMatch(turn -> turn.from().equals(end)) ? end : null;
    }

    /** The key's name, as tokens and the JWKS carry it. */
    public String kid() {
        return placed.kid();
    }

    /** The one algorithm the key is used with, by its JOSE name: {@code ES256}. */
    public String algorithm() {
        return material().algorithm().joseName();
    }

    /** What the key's tokens are for, such as {@code access}; {@code default} where nothing is said. */
    public String purpose() {
        return placed.purpose();
    }

    /** The first instant at which the JWKS shows the key. */
    public Instant publishedAt() {
        return publishedAt;
    }

    /** The first instant at which the key signs; none for a key that only verifies. */
    public Optional<Instant> activateAt() {
        return Optional.ofNullable(activateAt);
    }

    /** The instant at which another key takes over signing, where one is in sight. */
    public Optional<Instant> retireAt() {
        return Optional.ofNullable(retireAt);
    }

    /** The first instant at which the key does nothing any more, where one is set. */
    public Optional<Instant> removeAt() {
        return Optional.of(placed.end()).filter(Instant.MAX::isAfter);
    }

    /**
     * What the document itself says of the key's times, whoever reads it and whenever: {@code iat}, {@code nbf} and {@code
     * exp}, those of them that it says.
     */
    public Map<String, Instant> writtenTimes() {
        Map<String, Instant> times = new LinkedHashMap<>();
        put(times, "iat", placed.entry().publishedAt());
        put(times, "nbf", placed.entry().activateAt());
        put(times, "exp", placed.entry().removeAt());
        return Collections.unmodifiableMap(times);
    }

    private static void put(Map<String, Instant> times, String name, @Nullable Instant instant) {
        if (instant != null) {
            times.put(name, instant);
        }
    }

    /** Whether its document does not list it any more, so that it is only kept for its retention. */
    public boolean kept() {
        return placed.standing() == PlacedKey.Standing.KEPT || placed.standing() == PlacedKey.Standing.HOLDING;
    }

    /** Where the key stands at an instant. */
    public KeyStatus status(Instant instant) {
        if (placed.endedAt(instant)) {
            return KeyStatus.REMOVED;
        }
        if (turns.stream().anyMatch(turn -> turn.at(instant))) {
            return KeyStatus.ACTIVE;
        }
        return prepared || (activateAt != null && instant.isBefore(activateAt))
                ? KeyStatus.PENDING
                : KeyStatus.VERIFICATION_ONLY;
    }

    /** Whether it is published before it is said when it signs: dated later than the keys that do. */
    boolean prepared() {
        return prepared;
    }

    /** When it signed, as far as that was before this instant. */
    @Nullable
    Turn signedUntil(Instant instant) {
        if (activateAt == null || activateAt.isAfter(instant)) {
            return null;
        }
        return new Turn(kid(), activateAt, retireAt != null && retireAt.isBefore(instant) ? retireAt : instant);
    }

    /** The RFC 7638 thumbprint; none for an HMAC key, whose thumbprint would be a means to guess the secret. */
    public Optional<String> thumbprint() {
        return material().thumbprint();
    }

    /** The public half; none for an HMAC key. */
    public Optional<PublicKey> publicKey() {
        return material().publicKey();
    }

    /**
     * What a JWKS says of this key (RFC 7517 section 4): {@code kty}, {@code kid}, {@code use}, {@code alg} and the public
     * members; none for an HMAC key, which has no public half.
     */
    public Map<String, String> publicJwk() {
        if (material().symmetric()) {
            return Map.of();
        }
        Map<String, String> publicMembers = new LinkedHashMap<>(material().publicMembers());
        Map<String, String> members = new LinkedHashMap<>();
        members.put("kty", String.valueOf(publicMembers.remove("kty")));
        members.put("kid", kid());
        members.put("use", "sig");
        members.put("alg", algorithm());
        members.putAll(publicMembers);
        return Collections.unmodifiableMap(members);
    }

    /** Whether the private half, or the HMAC secret, is known here. */
    public boolean canSign() {
        return material().canSign();
    }

    /** Whether the JWKS shows the key at an instant; never an HMAC key. */
    public boolean published(Instant instant) {
        return !material().symmetric() && !instant.isBefore(publishedAt) && status(instant) != KeyStatus.REMOVED;
    }

    /** Whether it is one to sign tokens of this purpose with. */
    boolean signs(String purpose) {
        return canSign() && purpose().equals(purpose);
    }

    PlacedKey placed() {
        return placed;
    }

    KeyMaterial material() {
        return placed.material();
    }

    JwsKey jws() {
        return placed.jws();
    }

    @Override
    public String toString() {
        return "KeysetKey[" + kid() + ", " + algorithm() + ", " + purpose() + ", published " + publishedAt
                + (activateAt == null ? "" : ", activated " + activateAt)
                + (retireAt == null ? "" : ", retired " + retireAt)
                + removeAt().map(end -> ", removed " + end).orElse("")
                + "]";
    }
}
