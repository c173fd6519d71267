package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the source has been failing lately, and which of its failures were told already. Threads: any, under its lock.
 */
final class Outage {

    private @Nullable Instant since;
    private int failuresInRow;
    private @Nullable KeysetException last;
    private Health.@Nullable Failure lastFailure;
    private final Set<Object> told = new HashSet<>();

    /** Notes a failure; true if nothing like it was told since the outage began. A fallback's failure counts for less. */
    synchronized boolean failed(KeysetException failure, Instant at, boolean primary) {
        if (primary) {
            since = since == null ? at : since;
            failuresInRow++;
            last = failure;
            lastFailure = new Health.Failure(FailureKind.of(failure), at);
        }
        Object kind = failure instanceof InvalidKeysetException invalid ? invalid.problems() : FailureKind.of(failure);
        if (failure instanceof InvalidKeysetException) {
            // Documents are mended in steps: remember the last set of problems only.
            told.removeIf(known -> !(known instanceof FailureKind) && !known.equals(kind));
        }
        return told.add(kind);
    }

    /** Notes a success; how long the outage lasted, if there was one. */
    synchronized Optional<Duration> ended(Instant at) {
        Optional<Duration> lasted = Optional.ofNullable(since).map(began -> Duration.between(began, at));
        since = null;
        failuresInRow = 0;
        last = null;
        told.clear();
        return lasted;
    }

    synchronized int failuresInRow() {
        return failuresInRow;
    }

    /** The failure that keeps the source from being fresh, if one does. */
    synchronized Optional<KeysetException> current() {
        return Optional.ofNullable(last);
    }

    /** The last failure, also after recovery. */
    synchronized Optional<Health.Failure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
