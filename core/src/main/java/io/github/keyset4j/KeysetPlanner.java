package io.github.keyset4j;

import io.github.keyset4j.PlacedKey.Standing;
import io.github.keyset4j.Succession.Chair;
import io.github.keyset4j.Succession.Seat;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the facts that the place of a document's keys in time follows from: since when each is known, which are kept
 * though they are not listed, who signed before. Who signs is worked out from them by {@link Succession}. Pure.
 *
 * <p>A process that starts from a source which keeps the version before, with dates, places the keys as one that has
 * loaded each version when it came.
 */
final class KeysetPlanner {

    /**
     * What a process has worked with until now.
     *
     * @param confirmedAt when its document was last seen: what that does not list was not there before then
     */
    record Past(Keyset keyset, Instant confirmedAt) {}

    private final ParsedKeyset parsed;
    private final @Nullable Past past;
    private final CryptoProvider crypto;
    private final RotationTimes times;
    private final Instant now;
    /** When the document came: at its own time, where that of the version before is known and nothing disproves it. */
    private final Instant came;

    private final Map<String, PlacedKey> placed = new LinkedHashMap<>();

    private KeysetPlanner(
            ParsedKeyset parsed, @Nullable Past past, CryptoProvider crypto, RotationTimes times, Instant now) {
        this.parsed = parsed;
        this.past = past;
        this.crypto = crypto;
        this.times = times;
        this.now = now;
        this.came = parsed.writtenAt()
                .filter(time -> parsed.succeedsPrevious()
                        && !time.plus(times.clockSkew()).isBefore(lastSeen(past)))
                .map(time -> earlier(time, now))
                .orElse(now);
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
            RotationTimes times,
            Instant now) {
        Past before = past;
        if (parsed.succeedsPrevious()) {
            ParsedKeyset previous = parsed.previous().orElseThrow();
            Instant came = earlier(parsed.writtenAt().orElse(now), now);
            Instant then = earlier(previous.writtenAt().orElse(came), came);
            if (then.isAfter(lastSeen(past))) {
                Keyset told = plan(previous, past, revokedHere, null, crypto, times, then);
                boolean taken = !told.seats(then).isEmpty(); // nobody took a document by which nothing signs
                before = taken ? new Past(told, came) : past;
            }
        }
        return new KeysetPlanner(parsed, before, crypto, times, now).keyset(revokedHere, standIn);
    }

    private static Instant lastSeen(@Nullable Past past) {
        return past == null ? Instant.MIN : past.confirmedAt();
    }

    private Keyset keyset(Set<String> revokedHere, @Nullable Keyset standIn) {
        for (ParsedKeyset.Entry entry : parsed.keys()) {
            place(entry, Standing.LISTED, Instant.MAX);
        }
        if (past != null) {
            past.keyset().keys().forEach(key -> keep(key, past.keyset()));
        }
        parsed.pending().ifPresent(this::announce);
        parsed.previous().ifPresent(this::keep);
        if (standIn != null) {
            standIn.keys().forEach(this::retire);
        }
        Set<String> revoked = new LinkedHashSet<>(revokedHere);
        revoked.addAll(parsed.revokedAnywhere());
        boolean revokes = !parsed.revoked().isEmpty()
                || parsed.keys().stream().map(ParsedKeyset.Entry::kid).anyMatch(revoked::contains);
        placed.keySet().removeAll(revoked);
        Map<Chair, Seat> before = past == null ? Map.of() : past.keyset().seats(came);
        List<PlacedKey> keys = List.copyOf(placed.values());
        return new Keyset(keys, parsed.active(), revoked, revokes, before, times, came);
    }

    private void place(ParsedKeyset.Entry entry, Standing standing, Instant until) {
        KeysetKey known = known(entry.kid());
        Instant absent =
                known == null ? absentUntil(entry.kid()) : known.placed().absentUntil();
        Instant first = standing == Standing.TO_COME ? now : oldest(entry.kid());
        Instant seen = known == null ? first : earlier(known.placed().seenSince(), oldest(entry.kid()));
        placed.computeIfAbsent(
                entry.kid(),
                kid -> new PlacedKey(
                        entry,
                        jws(entry.material(), kid),
                        standing,
                        seen,
                        absent,
                        until,
                        known == null ? null : known.signedUntil(came)));
    }

    /** The time of the oldest version that has the key, as far as the source tells. */
    private Instant oldest(String kid) {
        return predecessor()
                .filter(version -> version.lists(kid, came))
                .flatMap(ParsedKeyset::writtenAt)
                .map(time -> earlier(time, came))
                .orElse(came);
    }

    /** When a document without the key was last in force, as far as this process saw or the source tells. */
    private Instant absentUntil(String kid) {
        return predecessor()
                .filter(version -> !version.lists(kid, came))
                .flatMap(version -> parsed.writtenAt())
                .map(replaced -> later(earlier(replaced, came), lastSeen(past)))
                .orElse(lastSeen(past));
    }

    private Optional<ParsedKeyset> predecessor() {
        return parsed.previous().filter(version -> parsed.succeedsPrevious());
    }

    /** Keys of a version to come; one that has signed, and may be asked to hold still, is kept meanwhile. */
    private void announce(ParsedKeyset version) {
        for (ParsedKeyset.Entry entry : version.unrevoked()) {
            PlacedKey kept = placed.get(entry.kid());
            if (kept == null) {
                place(entry.withoutActivation(), Standing.TO_COME, Instant.MAX);
            } else {
                placed.put(entry.kid(), kept.until(Instant.MAX));
            }
        }
    }

    private @Nullable KeysetKey known(String kid) {
        KeysetKey key = past == null ? null : past.keyset().find(kid);
        return key == null || key.status(came) == KeyStatus.REMOVED ? null : key;
    }

    /** A key that the process knows and the document does not list any more. */
    private void keep(KeysetKey key, Keyset from) {
        PlacedKey known = key.placed();
        if (placed.containsKey(key.kid()) || known(key.kid()) == null || known.standing() == Standing.TO_COME) {
            return;
        }
        Instant until = known.keptUntil();
        if (until.equals(Instant.MAX) || from.signs(key, came)) {
            Instant anew = came.plus(retention(key.material(), key.purpose()));
            until = until.equals(Instant.MAX) ? anew : later(until, anew);
        }
        boolean holds = parsed.oneKeyPerPurpose() && known.standing() != Standing.KEPT;
        if (until.isAfter(came)) {
            Standing standing = holds ? Standing.HOLDING : Standing.KEPT;
            placed.put(key.kid(), known.kept(standing, until, key.signedUntil(came), oldest(key.kid()), came));
        }
    }

    /** Keys of the version beside this one: of a newer one, which somebody went back from, for as long as it stands there. */
    private void keep(ParsedKeyset version) {
        // From its own date on, also on a clock that is behind: one that starts later does not know by how much.
        Instant left = parsed.succeedsPrevious() ? parsed.writtenAt().orElse(now) : now;
        for (ParsedKeyset.Entry entry : version.unrevoked()) {
            PlacedKey kept = placed.get(entry.kid());
            Instant until = parsed.rolledBack() ? Instant.MAX : left.plus(retention(entry.material(), entry.purpose()));
            if (kept == null && until.isAfter(now)) {
                place(entry, Standing.KEPT, until);
            } else if (kept != null && kept.standing() != Standing.LISTED && kept.standing() != Standing.TO_COME) {
                placed.put(entry.kid(), kept.timed(entry).until(later(until, kept.keptUntil())));
            }
        }
    }

    private Duration retention(KeyMaterial material, String purpose) {
        return times.retention(material, purpose, parsed.oneKeyPerPurpose() || parsed.rolledBack());
    }

    /** A fallback's keys that are not the source's: they have signed, and sign no more. */
    private void retire(KeysetKey key) {
        Instant until = now.plus(times.removalDelay(key.purpose()));
        placed.putIfAbsent(key.kid(), key.placed().kept(Standing.KEPT, until, key.signedUntil(now), now, now));
    }

    private JwsKey jws(KeyMaterial material, String kid) {
        KeysetKey known = past == null ? null : past.keyset().find(kid);
        if (known != null
                && known.material().sameAs(material)
                && known.material().algorithm().equals(material.algorithm())
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
