package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A change of state, told once to every listener and written once to the log; {@link Unchanged} alone is no change, is
 * told at every load that brings nothing new, and is not logged.
 *
 * <p>Secrets. Events hold kids, times and descriptions only.
 */
public sealed interface KeysetEvent {

    /** When it happened. */
    Instant at();

    /**
     * A document was accepted, and this keyset is in force.
     *
     * @param fallback whether it is a fallback's, since the source has not delivered yet
     */
    record Loaded(Instant at, String source, Optional<String> revision, Keyset keyset, boolean fallback)
            implements KeysetEvent {}

    /** A document came that says what the one in force says. */
    record Unchanged(Instant at, String source) implements KeysetEvent {}

    /**
     * A document was refused. Told again only when the problems are others.
     *
     * @param lastKnownGood whether there is a keyset that stays in force
     */
    record Rejected(Instant at, String source, List<KeysetProblem> problems, boolean lastKnownGood)
            implements KeysetEvent {}

    /**
     * No document came. Told once for each kind of failure in an outage.
     *
     * @param lastKnownGood whether there is a keyset that stays in force
     */
    record Failed(Instant at, String source, FailureKind kind, String message, boolean lastKnownGood)
            implements KeysetEvent {}

    /** The source delivers good documents again. */
    record Recovered(Instant at, String source, Duration outage) implements KeysetEvent {}

    /** A key is known to begin signing at an instant to come. */
    record ActivationScheduled(Instant at, String kid, String purpose, Instant activateAt) implements KeysetEvent {}

    /** A key began to sign. */
    record Activated(Instant at, String kid, String purpose) implements KeysetEvent {}

    /** A key stopped signing and goes on verifying. */
    record Retired(Instant at, String kid, String purpose) implements KeysetEvent {}

    /**
     * A key is gone.
     *
     * @param early whether tokens it signed may still be alive, and are rejected from now on
     */
    record Removed(Instant at, String kid, String purpose, boolean early) implements KeysetEvent {}

    /** A key was revoked, and this keyset is in force. */
    record Revoked(Instant at, String kid, String purpose, Keyset keyset) implements KeysetEvent {}

    /** The keyset has not been confirmed for longer than it may; signing refuses. */
    record Expired(Instant at, String source, Duration age) implements KeysetEvent {}
}
