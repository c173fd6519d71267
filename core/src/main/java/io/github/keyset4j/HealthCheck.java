package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;

/** Works out a manager's health from what its refresher knows. */
final class HealthCheck {

    /** A load that takes this long beyond its time hangs. */
    private static final Duration HANG = Duration.ofSeconds(30);

    private final Refresher refresher;
    private final RotationTimes times;
    private final String source;
    private final boolean verifyOnly;

    HealthCheck(Refresher refresher, RotationTimes times, String source, boolean verifyOnly) {
        this.verifyOnly = verifyOnly;
        this.refresher = refresher;
        this.times = times;
        this.source = source;
    }

    Health at(Instant now) {
        Outage outage = refresher.outage();
        Snapshot held = refresher.snapshot();
        Health.Draft health = new Health.Draft(held == null ? source : held.source());
        health.lastFailure = outage.lastFailure().orElse(null);
        health.failuresInRow = outage.failuresInRow();
        if (held != null) {
            Duration age = held.endless() ? Duration.ZERO : Duration.between(held.confirmedAt(), now);
            health.state = state(held, age, health.failuresInRow, now);
            health.lastSuccess = held.confirmedAt();
            health.age = age;
            health.fallback = held.fallback();
            health.rotationAtRisk = age.compareTo(times.staleBudget().dividedBy(2)) > 0;
        }
        return health.health();
    }

    private Health.State state(Snapshot held, Duration age, int failuresInRow, Instant now) {
        Instant at = held.at(now);
        if (held.keyset().keys().stream().allMatch(key -> key.status(at) == KeyStatus.REMOVED)) {
            return Health.State.EMPTY;
        }
        if (refresher.expired(held, now) || signerEnded(held.keyset(), at)) {
            return Health.State.EXPIRED;
        }
        boolean stale = failuresInRow > 0 || held.fallback() || overdue(age);
        return stale ? Health.State.STALE : Health.State.FRESH;
    }

    /** A purpose has had keys to sign with, and the last of them has ended. */
    private boolean signerEnded(Keyset keyset, Instant at) {
        return !verifyOnly
                && keyset.keys().stream()
                        .filter(key -> key.canSign() && key.status(at) == KeyStatus.REMOVED)
                        .anyMatch(key -> keyset.active(key.purpose(), at) == null);
    }

    /** A load that hangs fails nothing and confirms nothing: its absence has to be noticed. */
    private boolean overdue(Duration age) {
        Duration interval = times.refreshInterval();
        Duration grace = interval.compareTo(HANG) > 0 ? interval : HANG;
        Duration due = interval.plus(RotationTimes.jitter(interval)).plus(grace);
        return age.compareTo(due) > 0;
    }
}
