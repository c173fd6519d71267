package io.github.keyset4j.aws.lambda;

import java.time.Instant;
import java.time.InstantSource;

/** The time in a rehearsal. */
final class PaperClock implements InstantSource {

    private volatile Instant now;

    PaperClock(Instant now) {
        this.now = now;
    }

    void set(Instant instant) {
        this.now = instant;
    }

    @Override
    public Instant instant() {
        return now;
    }
}
