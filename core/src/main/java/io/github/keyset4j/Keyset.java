package io.github.keyset4j;

import io.github.keyset4j.PlacedKey.Turn;
import io.github.keyset4j.Succession.Chair;
import io.github.keyset4j.Succession.Seat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * The keys a process works with, each with its place in time. Which key signs, which verify and which are published is
 * a function of the keyset and an instant, so replicas with the same keyset change keys at the same instant.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. {@link #toString()} shows kids, algorithms and times only, and of what was revoked its number: a secret put into
 * that list by mistake is no kid of a key.
 */
public final class Keyset {

    private final Map<String, KeysetKey> keys = new LinkedHashMap<>();
    private final Map<Chair, List<Turn>> turns = new LinkedHashMap<>();
    private final List<PlacedKey> placed;
    private final Map<String, String> named;
    private final Set<String> revoked;
    private final Map<Chair, Seat> before;
    private final boolean revokes;
    private final RotationTimes times;
    private final Instant came;

    Keyset(
            List<PlacedKey> placed,
            Map<String, String> named,
            Set<String> revoked,
            boolean revokes,
            Map<Chair, Seat> before,
            RotationTimes times,
            Instant came) {
        this.placed = placed;
        this.named = named;
        this.revoked = Set.copyOf(revoked);
        this.before = before;
        this.revokes = revokes;
        this.times = times;
        this.came = came;
        Succession succession = new Succession(placed, named, revokes, before, times);
        for (PlacedKey key : placed) {
            turns.computeIfAbsent(Chair.of(key.purpose()), chair -> succession.turns(chair, came));
            turns.computeIfAbsent(
                    new Chair(key.purpose(), key.material().algorithm()), chair -> succession.turns(chair, came));
        }
        Map<Chair, Instant> newest = new HashMap<>();
        for (PlacedKey key : placed) {
            Chair chair = Chair.of(key.purpose());
            Instant newestSigning = newest.computeIfAbsent(chair, this::newestSigning);
            keys.put(key.kid(), new KeysetKey(key, turns(chair), since(chair, key), newestSigning));
        }
    }

    /** Since when a key signs that does so all the time; not later than the document came, on a clock that was ahead. */
    private Instant since(Chair chair, PlacedKey key) {
        Seat seat = before.get(chair);
        Instant since = key.knownSince();
        if (seat != null) {
            since = seat.kid().equals(key.kid()) ? seat.since() : came;
        }
        return since.isBefore(came) ? since : came;
    }

    /** When the document says that the last of those keys was published that sign at some time. */
    private Instant newestSigning(Chair chair) {
        Set<String> signing = turns(chair).stream().map(Turn::kid).collect(Collectors.toSet());
        return placed.stream()
                .filter(key -> signing.contains(key.kid()))
                .flatMap(key -> Stream.of(key.entry().publishedAt(), key.entry().activateAt())
                        .filter(Objects::nonNull)
                        .limit(1))
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
    }

    private List<Turn> turns(Chair chair) {
        return turns.getOrDefault(chair, List.of());
    }

    /** The same without these kids, which are revoked from now on. */
    Keyset without(Set<String> kids, Instant now) {
        Set<String> all = new LinkedHashSet<>(revoked);
        all.addAll(kids);
        List<PlacedKey> left =
                placed.stream().filter(key -> !kids.contains(key.kid())).toList();
        // As for a process that starts and is told: one that is not listed means nothing to it.
        boolean any = revokes
                || placed.stream()
                        .anyMatch(key -> key.standing() == PlacedKey.Standing.LISTED && kids.contains(key.kid()));
        Map<Chair, Seat> seats = seats(now);
        // Whom the revoked key succeeded may hold still.
        seats.replaceAll((chair, seat) -> kids.contains(seat.kid()) ? before.getOrDefault(chair, seat) : seat);
        return new Keyset(left, named, all, any, seats, times, now);
    }

    /** Who signs at an instant, and since when; by a clock that was set back, who did when the document came. */
    Map<Chair, Seat> seats(Instant instant) {
        Instant now = instant.isBefore(came) ? came : instant;
        Map<Chair, Seat> seats = new HashMap<>();
        for (Chair chair : chairs()) {
            KeysetKey key = active(chair, now);
            if (key != null) {
                seats.put(chair, new Seat(key.kid(), key.activateAt().orElse(now)));
            }
        }
        return seats;
    }

    /** All keys, in the order of the document; keys kept beyond their document last. */
    public List<KeysetKey> keys() {
        return List.copyOf(keys.values());
    }

    /** The key of this name, whatever its status. */
    public Optional<KeysetKey> key(String kid) {
        return Optional.ofNullable(keys.get(requireNonNull(kid, "kid")));
    }

    /**
     * The key that signs for a purpose at an instant, whatever its algorithm. None if the one activated last is past its
     * removal, and none without an {@code nbf} is there: a retired key does not come back because its successor has ended.
     */
    public Optional<KeysetKey> activeKey(String purpose, Instant instant) {
        return Optional.ofNullable(active(requireNonNull(purpose, "purpose"), requireNonNull(instant, "instant")));
    }

    /**
     * The key that signs for a purpose at an instant with this algorithm, by its JOSE name: {@code RS256}. Only keys of
     * that algorithm are looked at, as if the document listed no others.
     */
    public Optional<KeysetKey> activeKey(String purpose, String algorithm, Instant instant) {
        requireNonNull(purpose, "purpose");
        requireNonNull(instant, "instant");
        return KeyTypes.algorithm(requireNonNull(algorithm, "algorithm"))
                .map(named -> active(new Chair(purpose, named), instant));
    }

    /** The kid that the document has sign for a purpose whose keys have no times that would say so. */
    public Optional<String> namedKid(String purpose) {
        return Optional.ofNullable(named.get(requireNonNull(purpose, "purpose")));
    }

    @Nullable
    KeysetKey active(String purpose, Instant instant) {
        return active(Chair.of(purpose), instant);
    }

    @Nullable
    KeysetKey active(Chair chair, Instant instant) {
        List<Turn> list = turns(chair);
        for (int i = list.size() - 1; i >= 0; i--) { // asked at every signature, and mostly of the last
            if (list.get(i).at(instant)) {
                return keys.get(list.get(i).kid());
            }
        }
        return null;
    }

    /** Whether the key signs at an instant, for whoever names its algorithm or for everybody. */
    boolean signs(KeysetKey key, Instant instant) {
        return chairs().stream().anyMatch(chair -> active(chair, instant) == key);
    }

    Set<Chair> chairs() {
        return turns.keySet();
    }

    /** The purposes of the keys, in the order of the document. */
    public Set<String> purposes() {
        Set<String> purposes = new LinkedHashSet<>();
        keys.values().forEach(key -> purposes.add(key.purpose()));
        return purposes;
    }

    /** The kids that were revoked, by the document or in this process. */
    public Set<String> revokedKids() {
        return revoked;
    }

    /** The next instant after this one at which a key's status changes or the published set does. */
    public Optional<Instant> nextChange(Instant after) {
        List<Instant> changes = new ArrayList<>();
        turns.values().forEach(list -> list.forEach(turn -> changes.addAll(List.of(turn.from(), turn.to()))));
        keys.values().forEach(key -> {
            changes.add(key.publishedAt());
            key.removeAt().ifPresent(changes::add);
        });
        return changes.stream()
                .filter(instant -> instant.isAfter(after) && instant.isBefore(Instant.MAX))
                .min(Comparator.naturalOrder());
    }

    @Nullable
    KeysetKey find(String kid) {
        return keys.get(kid);
    }

    @Override
    public String toString() {
        return "Keyset" + keys.values() + (revoked.isEmpty() ? "" : ", " + revoked.size() + " revoked");
    }
}
