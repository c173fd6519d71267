package io.github.keyset4j;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * When to refresh next: after the interval and up to a tenth more; after failures sooner, doubling from a quarter of a
 * second up to the interval, so that the time in which every replica has a new document is not exceeded.
 */
final class Backoff {

    static final Duration FIRST_RETRY = Duration.ofMillis(250);
    /** 250 ms doubled this often is three days: beyond every interval, and far from an overflow. */
    private static final int MOST_DOUBLINGS = 20;

    private final Duration interval;
    private final Duration firstRetry;
    private final DoubleSupplier random;

    /** The random numbers are from 0 to 1, 1 excluded. */
    Backoff(Duration interval, Duration firstRetry, DoubleSupplier random) {
        this.interval = interval;
        this.firstRetry = firstRetry;
        this.random = random;
    }

    Duration afterSuccess() {
        return interval.plus(scaled(RotationTimes.jitter(interval), random.getAsDouble()));
    }

    Duration afterFailure(int failuresInRow, boolean throttled) {
        int doublings = Math.min(Math.max(failuresInRow, 1) - 1, MOST_DOUBLINGS);
        Duration doubled = firstRetry.multipliedBy(1L << doublings);
        Duration ceiling = throttled || doubled.compareTo(interval) > 0 ? interval : doubled;
        return scaled(ceiling, 0.5 + random.getAsDouble() / 2);
    }

    private static Duration scaled(Duration duration, double factor) {
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }
}
