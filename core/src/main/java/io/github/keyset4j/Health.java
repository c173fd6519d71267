package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How well a manager is supplied with keys.
 *
 * <p>Every state but {@link State#EMPTY} verifies tokens, so none of them is a reason to restart a process; {@link
 * State#EXPIRED} and {@link State#EMPTY} cannot sign and are reasons to send requests elsewhere.
 *
 * @param state the summary
 * @param source what the keys come from
 * @param lastSuccess when the source last confirmed the keyset in force
 * @param age how long ago that is
 * @param lastFailure the last failure of a refresh, also after recovery
 * @param failuresInRow how many refreshes have failed since the last success
 * @param fallback whether the keyset in force is a fallback's
 * @param rotationAtRisk whether the keyset is older than half the stale budget: were a rotation going on meanwhile, this
 *     process might publish its new key too late
 */
public record Health(
        State state,
        String source,
        Optional<Instant> lastSuccess,
        Optional<Duration> age,
        Optional<Failure> lastFailure,
        int failuresInRow,
        boolean fallback,
        boolean rotationAtRisk) {

    /** The kind of the source: what its description says before the colon, or {@code custom}. */
    public String sourceKind() {
        return kind(source);
    }

    static String kind(String description) {
        int colon = description.indexOf(':');
        return colon > 0 ? description.substring(0, colon) : "custom";
    }

    /** The summary of a manager's health. */
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
     * A failed refresh.
     *
     * @param kind what kind of failure
     * @param at when
     */
    public record Failure(FailureKind kind, Instant at) {}
}
