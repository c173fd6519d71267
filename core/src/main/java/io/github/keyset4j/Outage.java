package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    /** What was told of the source, under "", and of each fallback. */
    private final Map<String, Set<FailureKind>> toldKinds = new HashMap<>();

    private final Map<String, List<KeysetProblem>> toldProblems = new HashMap<>();

    /**
     * Notes a failure; true if nothing like it was told since the outage began. A fallback's failure, by the fallback's
     * name, is told as well and counts for nothing else.
     */
    synchronized boolean failed(KeysetException failure, Instant at, String fallback) {
        if (fallback.isEmpty()) {
            since = since == null ? at : since;
            failuresInRow++;
            last = failure;
            lastFailure = new Health.Failure(failure, at);
        }
        if (failure instanceof InvalidKeysetException invalid) {
            // Documents are mended in steps: what was told before is news again once it was something else.
            return !invalid.problems().equals(toldProblems.put(fallback, invalid.problems()));
        }
        return toldKinds.computeIfAbsent(fallback, name -> new HashSet<>()).add(FailureKind.of(failure));
    }

    /** Notes a success; how long the outage lasted, if there was one. */
    synchronized Optional<Duration> ended(Instant at) {
        Optional<Duration> lasted = Optional.ofNullable(since).map(began -> Duration.between(began, at));
        since = null;
        failuresInRow = 0;
        last = null;
        toldKinds.clear();
        toldProblems.clear();
        return lasted;
    }

    synchronized int failuresInRow() {
        return failuresInRow;
    }

    /** The failure that keeps the source from being fresh, if one does. */
    synchronized Optional<KeysetException> current() {
        return Optional.ofNullable(last);
    }

    /** Whether the source has asked to be left alone for a while. */
    synchronized boolean throttled() {
        return last != null && FailureKind.of(last) == FailureKind.THROTTLED;
    }

    /** The last failure, also after recovery. */
    synchronized Optional<Health.Failure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }
}
