package io.github.keyset4j.encoding;

import java.time.Duration;

import static java.util.Objects.requireNonNull;

/** The rules for durations that are settings. */
public final class Durations {

    /** Longer than anything set here, and far from where instants end. */
    public static final Duration LONGEST_SETTING = Duration.ofDays(365_000);

    private Durations() {}

    /** This duration, for the setting of this name. */
    public static Duration positive(Duration duration, String name, Duration longest) {
        if (notNegative(duration, name, longest).isZero()) {
            throw new IllegalArgumentException(name + ": not positive; give a positive duration");
        }
        return duration;
    }

    /** This lifetime of tokens, for the setting of this name. */
    public static Duration lifetime(Duration lifetime, String name) {
        if (positive(lifetime, name, LONGEST_SETTING).toSeconds() == 0) {
            throw new IllegalArgumentException(name + ": less than a second; exp counts in seconds, give one or more");
        }
        return lifetime;
    }

    /** This duration, for the setting of this name, which zero switches off. */
    public static Duration notNegative(Duration duration, String name, Duration longest) {
        if (requireNonNull(duration, name).isNegative()) {
            throw new IllegalArgumentException(name + ": negative; give zero or more");
        }
        if (duration.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    name + ": longer than " + longest.toDays() + " days; give a shorter duration");
        }
        return duration;
    }
}
