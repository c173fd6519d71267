package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The events of a manager, which get their numbers when they are told. */
final class Events {

    private Events() {}

    /** An event that was not told yet, and has the number 0. */
    interface Event extends KeysetEvent {

        /** The same, with its number. */
        Event numbered(long sequence);
    }

    record Loaded(
            long sequence,
            Instant at,
            String source,
            Optional<String> revision,
            Keyset keyset,
            boolean fallback,
            RotationTimes rotation)
            implements Event, KeysetEvent.Loaded {

        @Override
        public Event numbered(long number) {
            return new Events.Loaded(number, at, source, revision, keyset, fallback, rotation);
        }
    }

    record Unchanged(long sequence, Instant at, String source) implements Event, KeysetEvent.Unchanged {

        @Override
        public Event numbered(long number) {
            return new Events.Unchanged(number, at, source);
        }
    }

    record Rejected(long sequence, Instant at, String source, List<KeysetProblem> problems, boolean lastKnownGood)
            implements Event, KeysetEvent.Rejected {

        @Override
        public Event numbered(long number) {
            return new Events.Rejected(number, at, source, problems, lastKnownGood);
        }
    }

    record Failed(long sequence, Instant at, String source, KeysetException failure, boolean lastKnownGood)
            implements Event, KeysetEvent.Failed {

        @Override
        public FailureKind kind() {
            return FailureKind.of(failure);
        }

        @Override
        public Event numbered(long number) {
            return new Events.Failed(number, at, source, failure, lastKnownGood);
        }
    }

    record Recovered(long sequence, Instant at, String source, Duration outage)
            implements Event, KeysetEvent.Recovered {

        @Override
        public Event numbered(long number) {
            return new Events.Recovered(number, at, source, outage);
        }
    }

    record ActivationScheduled(long sequence, Instant at, String kid, String purpose, Instant activateAt)
            implements Event, KeysetEvent.ActivationScheduled {

        @Override
        public Event numbered(long number) {
            return new Events.ActivationScheduled(number, at, kid, purpose, activateAt);
        }
    }

    record Activated(long sequence, Instant at, String kid, String purpose, Optional<String> previousKid)
            implements Event, KeysetEvent.Activated {

        @Override
        public Event numbered(long number) {
            return new Events.Activated(number, at, kid, purpose, previousKid);
        }
    }

    record Retired(long sequence, Instant at, String kid, String purpose) implements Event, KeysetEvent.Retired {

        @Override
        public Event numbered(long number) {
            return new Events.Retired(number, at, kid, purpose);
        }
    }

    record Removed(long sequence, Instant at, String kid, String purpose, boolean early)
            implements Event, KeysetEvent.Removed {

        @Override
        public Event numbered(long number) {
            return new Events.Removed(number, at, kid, purpose, early);
        }
    }

    record Revoked(long sequence, Instant at, String kid, String purpose, Keyset keyset)
            implements Event, KeysetEvent.Revoked {

        @Override
        public Event numbered(long number) {
            return new Events.Revoked(number, at, kid, purpose, keyset);
        }
    }

    record Expired(long sequence, Instant at, String source, Duration age) implements Event, KeysetEvent.Expired {

        @Override
        public Event numbered(long number) {
            return new Events.Expired(number, at, source, age);
        }
    }
}
