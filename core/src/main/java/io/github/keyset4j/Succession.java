package io.github.keyset4j;

import io.github.keyset4j.PlacedKey.Turn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who signs, as two functions of an instant. <em>Steady</em> is what the document says. <em>Hold</em> is for how long the
 * key before goes on because the one that the document means is not known everywhere yet. Nothing of a process's past
 * matters but who signed when the document came, and since when each key is known.
 *
 * <p>Threads. Immutable.
 */
final class Succession {

    /** What a key signs for: a purpose, with one algorithm or with whatever its keys have. */
    record Chair(String purpose, @Nullable JwsAlgorithm algorithm) {

        static Chair of(String purpose) {
            return new Chair(purpose, null);
        }

        boolean fits(PlacedKey key) {
            return key.purpose().equals(purpose)
                    && (algorithm == null || key.material().algorithm().equals(algorithm));
        }

        @Override
        public String toString() {
            return "purpose " + purpose + (algorithm == null ? "" : " and the algorithm " + algorithm.joseName());
        }
    }

    /** Who signed in a chair when the document came, and since when. */
    record Seat(String kid, Instant since) {}

    private final List<PlacedKey> keys;
    private final Map<String, String> named;
    private final boolean revokes;
    private final Map<Chair, Seat> before;
    private final RotationTimes times;

    /**
     * Of these keys, in the order of the document.
     *
     * @param named the kid that the document names, by purpose
     * @param revokes whether any key was revoked, which are none of these
     * @param before who signed when the document came
     */
    Succession(
            List<PlacedKey> keys,
            Map<String, String> named,
            boolean revokes,
            Map<Chair, Seat> before,
            RotationTimes times) {
        this.keys = keys;
        this.named = named;
        this.revokes = revokes;
        this.before = before;
        this.times = times;
    }

    /** Who signs. */
    @Nullable
    PlacedKey signer(Chair chair, Instant now) {
        PlacedKey steady = steady(chair, now);
        if (steady == null) {
            return revokes ? successorOfRevoked(chair, now) : null;
        }
        boolean held =
                steady.entry().activateAt() == null && knownEverywhere(steady).isAfter(now);
        return held ? holder(chair, now).orElse(steady) : steady;
    }

    /**
     * Who signs by the document and the clock alone: of the keys whose time has come the last, if it has not ended; else
     * the one that is named, and has no time; else the only one without a time.
     */
    private @Nullable PlacedKey steady(Chair chair, Instant now) {
        Optional<PlacedKey> last = able(chair).stream()
                .filter(key -> !activation(key).isAfter(now))
                .max(Comparator.comparing(Succession::activation));
        if (last.isPresent() && !last.get().endedAt(now)) {
            return last.get();
        }
        List<PlacedKey> undated = able(chair).stream()
                .filter(key -> key.entry().activateAt() == null && !key.endedAt(now))
                .toList();
        return undated.stream()
                .filter(key -> key.kid().equals(named.get(chair.purpose())))
                .findFirst()
                .orElse(undated.size() == 1 ? undated.get(0) : null);
    }

    /** Where a revocation leaves nobody: the next to be activated, else the last listed. */
    private @Nullable PlacedKey successorOfRevoked(Chair chair, Instant now) {
        List<PlacedKey> left =
                able(chair).stream().filter(key -> !key.endedAt(now)).toList();
        return left.stream()
                .filter(key -> activation(key).isAfter(now) && key.entry().activateAt() != null)
                .min(Comparator.comparing(Succession::activation))
                .orElse(left.isEmpty() ? null : left.get(left.size() - 1));
    }

    /** The key before, if it still may sign. */
    private Optional<PlacedKey> holder(Chair chair, Instant now) {
        Seat seat = before.get(chair);
        return keys.stream()
                .filter(key -> seat != null && key.kid().equals(seat.kid()))
                .filter(key -> key.able() || key.standing() == PlacedKey.Standing.HOLDING)
                .filter(key -> chair.fits(key) && !key.endedAt(now))
                .findFirst();
    }

    private List<PlacedKey> able(Chair chair) {
        return keys.stream().filter(key -> key.able() && chair.fits(key)).toList();
    }

    private static Instant activation(PlacedKey key) {
        return Objects.requireNonNullElse(key.entry().activateAt(), Instant.MAX);
    }

    private Instant knownEverywhere(PlacedKey key) {
        return key.knownSince().plus(times.lead(key.material().symmetric()));
    }

    /**
     * Who signs when: before the document came, what its times say alone; what is without a time there was not signing by
     * it.
     */
    List<Turn> turns(Chair chair, Instant came) {
        return allTurns(chair).stream()
                .filter(turn -> turn.to().isAfter(came)
                        || keys.stream()
                                .anyMatch(key -> key.kid().equals(turn.kid())
                                        && key.entry().activateAt() != null))
                .toList();
    }

    private List<Turn> allTurns(Chair chair) {
        NavigableSet<Instant> changes = new TreeSet<>(List.of(Instant.MIN));
        for (PlacedKey key : keys) {
            if (chair.fits(key)) {
                changes.add(activation(key));
                changes.add(key.end());
                changes.add(knownEverywhere(key));
            }
        }
        List<Turn> turns = new ArrayList<>();
        String present = null;
        Instant since = Instant.MIN;
        for (Instant change : changes) {
            PlacedKey signer = signer(chair, change);
            String next = signer == null ? null : signer.kid();
            if (!Objects.equals(next, present)) {
                if (present != null) {
                    turns.add(new Turn(present, since, change));
                }
                present = next;
                since = change;
            }
        }
        return turns; // at the last change every key has ended
    }
}
