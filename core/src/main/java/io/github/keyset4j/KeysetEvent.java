package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A change of state, told once to every listener and written once to the log; {@link Unchanged} alone is no change, is
 * told at every load that brings nothing new, and is not logged.
 *
 * <p>For a listener to read, and not to implement outside of tests: events and accessors may be added some day, so a
 * listener leaves alone what it does not know.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. Events hold kids, times and descriptions only.
 */
public interface KeysetEvent {

    /** When it happened, by the manager's clock. */
    Instant at();

    /** Its number: each event of a manager has one more than the event before it, the first 1. A gap is what was lost. */
    long sequence();

    /** Something about one key. */
    interface OfKey extends KeysetEvent {

        /** The key's name. */
        String kid();

        /** What its tokens are for. */
        String purpose();
    }

    /** Something about the source, or about a fallback. */
    interface OfSource extends KeysetEvent {

        /** Which, by its description. */
        String source();
    }

    /** A document was accepted, and its keyset is in force. */
    interface Loaded extends OfSource {

        /** The source's own name for this version of the document. */
        Optional<String> revision();

        /** What is in force from now on. */
        Keyset keyset();

        /** Whether it is a fallback's, since the source has not delivered yet. */
        boolean fallback();

        /** The durations by which the manager places the keys in time. */
        RotationTimes rotation();
    }

    /** A document came that says what the one in force says. */
    interface Unchanged extends OfSource {}

    /** A document was refused. Told again only when the problems are others. */
    interface Rejected extends OfSource {

        /** Everything that is wrong with it. */
        List<KeysetProblem> problems();

        /** Whether there is a keyset that stays in force. */
        boolean lastKnownGood();
    }

    /** No document came. Told once for each kind of failure in an outage. */
    interface Failed extends OfSource {

        /** What kind of failure. */
        FailureKind kind();

        /** The failure; its message is safe to log. */
        KeysetException failure();

        /** Whether there is a keyset that stays in force. */
        boolean lastKnownGood();
    }

    /** The source delivers good documents again. */
    interface Recovered extends OfSource {

        /** How long it did not. */
        Duration outage();
    }

    /** A key is known to begin signing at an instant to come. */
    interface ActivationScheduled extends OfKey {

        /** When it will. */
        Instant activateAt();
    }

    /** A key began to sign; told of the keys that sign at the start, too. */
    interface Activated extends OfKey {

        /** The key that signed before it; none at the start, and for a purpose's first key. */
        Optional<String> previousKid();
    }

    /** A key stopped signing and goes on verifying. */
    interface Retired extends OfKey {}

    /** A key is gone. */
    interface Removed extends OfKey {

        /** Whether tokens it signed may still be alive, and are rejected from now on. */
        boolean early();
    }

    /** A key was revoked. */
    interface Revoked extends OfKey {

        /** What is in force from now on. */
        Keyset keyset();
    }

    /** The keyset has not been confirmed for longer than it may; signing refuses. */
    interface Expired extends OfSource {

        /** How long ago it was confirmed. */
        Duration age();
    }
}
