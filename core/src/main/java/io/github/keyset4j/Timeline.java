package io.github.keyset4j;

import io.github.keyset4j.PlacedKey.Standing;
import io.github.keyset4j.Succession.Chair;
import io.github.keyset4j.Succession.Seat;
import io.github.keyset4j.Succession.Turn;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the facts that the place of a document's keys in time follows from: since when each is known, which are kept
 * though they are not listed, who signed before. Who signs is worked out from them by {@link Succession}. Pure.
 *
 * <p>A process that starts from a source which keeps the version before, with dates, places the keys as one that has
 * loaded each version when it came.
 */
final class Timeline {

    /**
     * What a process has worked with until now.
     *
     * @param confirmedAt when its document was last seen: what that does not list was not there before then
     */
    record Past(Keyset keyset, Instant confirmedAt) {}

    private final ParsedKeyset parsed;
    private final @Nullable Past past;
    private final CryptoProvider crypto;
    private final ResolvedTimes times;
    private final Instant now;
    /** When the document came: at its own time, unless that is disproved. */
    private final Instant came;

    private final boolean oneKeyPerPurpose;
    private final Map<String, PlacedKey> placed = new LinkedHashMap<>();

    private Timeline(
            ParsedKeyset parsed, @Nullable Past past, CryptoProvider crypto, ResolvedTimes times, Instant now) {
        this.parsed = parsed;
        this.past = past;
        this.crypto = crypto;
        this.times = times;
        this.now = now;
        this.came = parsed.writtenAt()
                .filter(this::isBelieved)
                .map(time -> earlier(time, now))
                .orElse(now);
        this.oneKeyPerPurpose =
                parsed.oneKeyPerPurpose() || (past != null && past.keyset().oneKeyPerPurpose());
    }

    /**
     * The keyset of a document.
     *
     * @param past what the process has worked with, if with anything
     * @param revokedHere what it knows to be revoked besides
     * @param standIn the keys of a fallback that the source's own take over from
     */
    static Keyset plan(
            ParsedKeyset parsed,
            @Nullable Past past,
            Set<String> revokedHere,
            @Nullable Keyset standIn,
            CryptoProvider crypto,
            ResolvedTimes times,
            Instant now) {
        Past before = past;
        if (before == null && parsed.succeedsPrevious()) {
            Instant came = earlier(parsed.writtenAt().orElse(now), now);
            ParsedKeyset previous = parsed.previous().orElseThrow();
            Instant then = earlier(previous.writtenAt().orElse(came), came);
            before = new Past(plan(previous, null, revokedHere, null, crypto, times, then), came);
        }
        return new Timeline(parsed, before, crypto, times, now).keyset(revokedHere, standIn);
    }

    private Keyset keyset(Set<String> revokedHere, @Nullable Keyset standIn) {
        for (ParsedKeyset.Entry entry : parsed.keys()) {
            place(entry, Standing.LISTED, parsed.writtenAt().orElse(null), Instant.MAX);
        }
        parsed.pending()
                .ifPresent(version -> version.unrevoked()
                        .forEach(entry -> place(
                                entry.withoutActivation(),
                                Standing.TO_COME,
                                version.writtenAt().orElse(null),
                                Instant.MAX)));
        if (past != null) {
            past.keyset().keys().forEach(key -> keep(key, past.keyset()));
        }
        parsed.previous().ifPresent(this::keep);
        if (standIn != null) {
            standIn.keys().forEach(this::retire);
        }
        Set<String> revoked = new LinkedHashSet<>(revokedHere);
        revoked.addAll(parsed.revoked());
        placed.keySet().removeAll(revoked);
        List<PlacedKey> keys = List.copyOf(placed.values());
        return new Keyset(keys, parsed.active(), revoked, seats(), parsed.oneKeyPerPurpose(), times, came);
    }

    private void place(ParsedKeyset.Entry entry, Standing standing, @Nullable Instant written, Instant until) {
        placed.computeIfAbsent(
                entry.kid(),
                kid -> new PlacedKey(
                        entry, jws(entry.material(), kid), standing, knownSince(entry, written), until, signed(kid)));
    }

    /** Since when a key is known: what was seen counts, and what is claimed unless something else was seen after it. */
    private Instant knownSince(ParsedKeyset.Entry entry, @Nullable Instant written) {
        KeysetKey known = known(entry.kid());
        if (known != null) {
            return earlier(known.placed().knownSince(), now); // the clock may have been ahead
        }
        Instant claimed = entry.publishedAt() != null ? entry.publishedAt() : written;
        if (claimed == null || !isBelieved(claimed)) {
            return came;
        }
        return entry.publishedAt() != null ? claimed : earlier(claimed, now);
    }

    private boolean isBelieved(Instant claimed) {
        return past == null || !claimed.isBefore(past.confirmedAt());
    }

    private @Nullable KeysetKey known(String kid) {
        KeysetKey key = past == null ? null : past.keyset().find(kid);
        return key == null || key.status(came) == KeyStatus.REMOVED ? null : key;
    }

    private @Nullable Turn signed(String kid) {
        KeysetKey key = known(kid);
        return key == null ? null : key.signedUntil(came);
    }

    /** A key that the process knows and the document does not list any more. */
    private void keep(KeysetKey key, Keyset from) {
        PlacedKey known = key.placed();
        if (placed.containsKey(key.kid()) || known(key.kid()) == null || known.standing() == Standing.TO_COME) {
            return;
        }
        boolean left = known.standing() == Standing.LISTED;
        Instant until = known.keptUntil();
        if (left || from.signs(key, came)) {
            Duration retention = retention(key.material(), key.purpose());
            if (left && retention.isZero()) {
                return;
            }
            until = left ? came.plus(retention) : later(until, came.plus(retention));
        }
        Standing standing = left ? (oneKeyPerPurpose ? Standing.HOLDING : Standing.KEPT) : known.standing();
        placed.put(
                key.kid(),
                new PlacedKey(
                        known.entry(),
                        known.jws(),
                        standing,
                        earlier(known.knownSince(), now),
                        until,
                        key.signedUntil(came)));
    }

    /** Keys of the version before that the process has not seen. */
    private void keep(ParsedKeyset version) {
        Instant left = parsed.succeedsPrevious() ? earlier(parsed.writtenAt().orElse(now), now) : now;
        for (ParsedKeyset.Entry entry : version.unrevoked()) {
            Instant until = left.plus(retention(entry.material(), entry.purpose()));
            if (until.isAfter(now)) {
                place(entry, Standing.KEPT, version.writtenAt().orElse(null), until);
            }
        }
    }

    private Duration retention(KeyMaterial material, String purpose) {
        return times.retention(material, purpose, oneKeyPerPurpose || parsed.rolledBack());
    }

    /** A fallback's keys that are not the source's: they have signed, and sign no more. */
    private void retire(KeysetKey key) {
        Instant until = now.plus(times.times().removalDelay(key.purpose()));
        PlacedKey known = key.placed();
        placed.putIfAbsent(
                key.kid(),
                new PlacedKey(
                        known.entry(), known.jws(), Standing.KEPT, known.knownSince(), until, key.signedUntil(now)));
    }

    /** Who signed when the document came. */
    private Map<Chair, Seat> seats() {
        Map<Chair, Seat> seats = new HashMap<>();
        if (past != null) {
            past.keyset().chairs().forEach(chair -> {
                KeysetKey key = past.keyset().active(chair, came);
                if (key != null) {
                    seats.put(chair, new Seat(key.kid(), key.activateAt().orElse(came)));
                }
            });
        }
        return seats;
    }

    private JwsKey jws(KeyMaterial material, String kid) {
        KeysetKey known = past == null ? null : past.keyset().find(kid);
        if (known != null
                && known.material().sameAs(material)
                && known.material().algorithm() == material.algorithm()
                && known.canSign() == material.canSign()) {
            return known.jws();
        }
        try {
            return new JwsKey(material, crypto);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(crypto + " does not take a key that passed every check", e);
        }
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
