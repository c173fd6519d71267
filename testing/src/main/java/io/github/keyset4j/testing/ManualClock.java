package io.github.keyset4j.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

import static java.util.Objects.requireNonNull;

/**
 * A clock that stands still until it is told. Reading a keyset follows it at once; events about what the clock alone has
 * changed come with the next refresh, so call {@code refreshNow()} where a test waits for them.
 *
 * <p>Threads. Safe for use by any number.
 */
public final class ManualClock implements InstantSource {

    private volatile Instant now;

    private ManualClock(Instant now) {
        this.now = requireNonNull(now, "now");
    }

    /** A clock that stands at this instant. */
    public static ManualClock at(Instant now) {
        return new ManualClock(now);
    }

    /** A clock that stands at some instant, always the same. */
    public static ManualClock create() {
        return at(Instant.parse("2026-03-01T12:00:00Z"));
    }

    @Override
    public Instant instant() {
        return now;
    }

    /** Moves the clock on, or back with a negative duration. */
    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
    }

    /** Sets the clock. */
    public void set(Instant instant) {
        now = requireNonNull(instant, "instant");
    }
}
