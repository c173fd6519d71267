package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * How well a manager is supplied with keys. It may tell more some day.
 *
 * <p>Every state but {@link State#EMPTY} verifies tokens, so none of them is a reason to restart a process; {@link
 * State#EXPIRED} and {@link State#EMPTY} cannot sign and are reasons to send requests elsewhere.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. None.
 */
public final class Health {

    private final State state;
    private final String source;
    private final @Nullable Instant lastSuccess;
    private final @Nullable Duration age;
    private final @Nullable Failure lastFailure;
    private final int failuresInRow;
    private final boolean fallback;
    private final boolean rotationAtRisk;

    private Health(Draft from) {
        this.state = from.state;
        this.source = from.source;
        this.lastSuccess = from.lastSuccess;
        this.age = from.age;
        this.lastFailure = from.lastFailure;
        this.failuresInRow = from.failuresInRow;
        this.fallback = from.fallback;
        this.rotationAtRisk = from.rotationAtRisk;
    }

    /** A health being put together: of a manager that has no keyset yet, unless more is said. */
    static final class Draft {

        State state = State.EMPTY;
        String source;

        @Nullable
        Instant lastSuccess;

        @Nullable
        Duration age;

        @Nullable
        Failure lastFailure;

        int failuresInRow;
        boolean fallback;
        boolean rotationAtRisk;

        Draft(String source) {
            this.source = source;
        }

        Health health() {
            return new Health(this);
        }
    }

    /** The summary. */
    public State state() {
        return state;
    }

    /** What the keys come from. */
    public String source() {
        return source;
    }

    /** The kind of the source: what its description says before the colon, or {@code custom}. */
    public String sourceKind() {
        return kind(source);
    }

    static String kind(String description) {
        int colon = description.indexOf(':');
        return colon > 0 ? description.substring(0, colon) : "custom";
    }

    /** When the source last confirmed the keyset in force. */
    public Optional<Instant> lastSuccess() {
        return Optional.ofNullable(lastSuccess);
    }

    /** How long ago that is. */
    public Optional<Duration> age() {
        return Optional.ofNullable(age);
    }

    /** The last failure of a refresh, also after recovery. */
    public Optional<Failure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /** How many refreshes have failed since the last success. */
    public int failuresInRow() {
        return failuresInRow;
    }

    /** Whether the keyset in force is a fallback's. */
    public boolean fallback() {
        return fallback;
    }

    /**
     * Whether the keyset is older than half the stale budget: were a rotation going on meanwhile, this process might publish
     * its new key too late.
     */
    public boolean rotationAtRisk() {
        return rotationAtRisk;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Health health
                && state == health.state
                && source.equals(health.source)
                && Objects.equals(lastSuccess, health.lastSuccess)
                && Objects.equals(age, health.age)
                && Objects.equals(lastFailure, health.lastFailure)
                && failuresInRow == health.failuresInRow
                && fallback == health.fallback
                && rotationAtRisk == health.rotationAtRisk;
    }

    @Override
    public int hashCode() {
        return Objects.hash(state, source, lastSuccess, age, lastFailure, failuresInRow, fallback, rotationAtRisk);
    }

    @Override
    public String toString() {
        return "Health[" + state + ", " + source
                + (lastSuccess == null ? "" : ", confirmed " + lastSuccess)
                + (age == null ? "" : ", " + age + " ago")
                + (failuresInRow == 0 ? "" : ", " + failuresInRow + " failures in a row")
                + (lastFailure == null ? "" : ", last failure " + lastFailure)
                + (fallback ? ", fallback" : "")
                + (rotationAtRisk ? ", rotation at risk" : "")
                + "]";
    }

    /** The summary of a manager's health. There may be more of them some day: a {@code switch} has to have a default. */
    public enum State {
        /** The source has just confirmed the keyset in force. */
        FRESH,
        /** The last-known-good keyset, or a fallback, is in force because the source does not deliver. */
        STALE,
        /** The keyset in force is older than it may be, or a purpose's last key has ended; signing refuses. */
        EXPIRED,
        /** There is no key to work with. */
        EMPTY
    }

    /**
     * A failed refresh. It may tell more some day.
     *
     * <p>Threads. Immutable.
     *
     * <p>Secrets. None: its words are safe to log.
     */
    public static final class Failure {

        private final FailureKind kind;
        private final Instant at;
        private final String message;
        private final List<KeysetProblem> problems;

        Failure(KeysetException failure, Instant at) {
            this.kind = FailureKind.of(failure);
            this.at = requireNonNull(at, "at");
            this.message = String.valueOf(failure.getMessage());
            this.problems = failure instanceof InvalidKeysetException invalid ? invalid.problems() : List.of();
        }

        /** What kind of failure. */
        public FailureKind kind() {
            return kind;
        }

        /** When. */
        public Instant at() {
            return at;
        }

        /** The message of the exception that {@link KeyManager.Builder#start()} would have thrown; safe to log. */
        public String message() {
            return message;
        }

        /** What was wrong with the document, if one came; otherwise empty. */
        public List<KeysetProblem> problems() {
            return problems;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Failure failure
                    && kind == failure.kind
                    && at.equals(failure.at)
                    && message.equals(failure.message)
                    && problems.equals(failure.problems);
        }

        @Override
        public int hashCode() {
            return Objects.hash(kind, at, message, problems);
        }

        @Override
        public String toString() {
            return kind + " at " + at + ": " + message;
        }
    }
}
