package io.github.keyset4j;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a manager has done since it was built, for whoever exports metrics. It may tell more some day.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. None.
 */
public final class Stats {

    private final List<Loads> loads;
    private final Optional<Health.Failure> lastFailure;
    private final long signed;
    private final long verified;
    private final long verifiedWithoutKid;
    private final Map<JwtRejectedException.Reason, Long> rejected;
    private final long events;
    private final long lostEvents;

    Stats(
            List<Loads> loads,
            Optional<Health.Failure> lastFailure,
            long signed,
            long verified,
            long verifiedWithoutKid,
            Map<JwtRejectedException.Reason, Long> rejected,
            long events,
            long lostEvents) {
        this.loads = List.copyOf(loads);
        this.lastFailure = lastFailure;
        this.signed = signed;
        this.verified = verified;
        this.verifiedWithoutKid = verifiedWithoutKid;
        this.rejected = Map.copyOf(rejected);
        this.events = events;
        this.lostEvents = lostEvents;
    }

    /** Loads of the source, by outcome and by the kind of the source that was asked. */
    public List<Loads> loads() {
        return loads;
    }

    /** The loads that ended so, from whatever source. */
    public long loads(LoadOutcome outcome) {
        return loads.stream()
                .filter(load -> load.outcome() == outcome)
                .mapToLong(Loads::count)
                .sum();
    }

    /** The last failure of a refresh. */
    public Optional<Health.Failure> lastFailure() {
        return lastFailure;
    }

    /** Tokens signed. */
    public long signed() {
        return signed;
    }

    /** Tokens verified and accepted. */
    public long verified() {
        return verified;
    }

    /** How many of them named no kid; see {@link JwtVerifier.Builder#tokensWithoutKid}. */
    public long verifiedWithoutKid() {
        return verifiedWithoutKid;
    }

    /** Tokens rejected, by reason. */
    public Map<JwtRejectedException.Reason, Long> rejected() {
        return rejected;
    }

    /** Events that happened: the number of the last one. */
    public long events() {
        return events;
    }

    /** How many of them no listener was told, since too many waited; see {@link KeysetListener}. */
    public long lostEvents() {
        return lostEvents;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Stats stats
                && loads.equals(stats.loads)
                && lastFailure.equals(stats.lastFailure)
                && signed == stats.signed
                && verified == stats.verified
                && verifiedWithoutKid == stats.verifiedWithoutKid
                && rejected.equals(stats.rejected)
                && events == stats.events
                && lostEvents == stats.lostEvents;
    }

    @Override
    public int hashCode() {
        return Objects.hash(loads, lastFailure, signed, verified, verifiedWithoutKid, rejected, events, lostEvents);
    }

    @Override
    public String toString() {
        return "Stats[loads " + loads + ", signed " + signed + ", verified " + verified + " (" + verifiedWithoutKid
                + " without kid), rejected " + rejected + ", events " + events + " (" + lostEvents + " lost)"
                + lastFailure.map(failure -> ", last failure " + failure).orElse("") + "]";
    }

    /**
     * Loads of one outcome from one kind of source. It may tell more some day.
     *
     * <p>Threads. Immutable.
     */
    public static final class Loads {

        private final LoadOutcome outcome;
        private final String sourceKind;
        private final long count;
        private final Duration total;
        private final Duration longest;

        Loads(LoadOutcome outcome, String sourceKind, long count, Duration total, Duration longest) {
            this.outcome = outcome;
            this.sourceKind = sourceKind;
            this.count = count;
            this.total = total;
            this.longest = longest;
        }

        /** How they ended. */
        public LoadOutcome outcome() {
            return outcome;
        }

        /** The kind of the source that was asked. */
        public String sourceKind() {
            return sourceKind;
        }

        /** How many there were. */
        public long count() {
            return count;
        }

        /** The time all of them took. */
        public Duration total() {
            return total;
        }

        /** The time the longest took. */
        public Duration longest() {
            return longest;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Loads loads
                    && outcome == loads.outcome
                    && sourceKind.equals(loads.sourceKind)
                    && count == loads.count
                    && total.equals(loads.total)
                    && longest.equals(loads.longest);
        }

        @Override
        public int hashCode() {
            return Objects.hash(outcome, sourceKind, count, total, longest);
        }

        @Override
        public String toString() {
            return count + " " + outcome + " from " + sourceKind + " in " + total + ", the longest " + longest;
        }
    }
}
