package io.github.keyset4j;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.util.Objects.requireNonNull;

/** Durations as configuration writes them: Go's ({@code 1h30m}) and ISO 8601's ({@code PT1H30M}). */
final class Durations {

    static final String RULE = "not a positive duration of at most 365 days";
    static final String REMEDY = "write it with its unit, as in 30s, 1m, 1h30m, 500ms or PT1M";

    /** Longer than anything set here, and far from where instants end. */
    static final Duration LONGEST_SETTING = Duration.ofDays(365_000);

    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Pattern PART = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,18})?)(ns|us|µs|μs|ms|s|m|h)");
    private static final Pattern GO = Pattern.compile("(?:" + PART.pattern() + ")+");
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "μs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private Durations() {}

    /** This duration, for the setting of this name. */
    static Duration positive(Duration duration, String name, Duration longest) {
        if (notNegative(duration, name, longest).isZero()) {
            throw new IllegalArgumentException(name + ": not positive; give a positive duration");
        }
        return duration;
    }

    /** This lifetime of tokens, for the setting of this name. */
    static Duration lifetime(Duration lifetime, String name) {
        if (positive(lifetime, name, LONGEST_SETTING).toSeconds() == 0) {
            throw new IllegalArgumentException(name + ": less than a second; exp counts in seconds, give one or more");
        }
        return lifetime;
    }

    /** This duration, for the setting of this name, which zero switches off. */
    static Duration notNegative(Duration duration, String name, Duration longest) {
        if (requireNonNull(duration, name).isNegative()) {
            throw new IllegalArgumentException(name + ": negative; give zero or more");
        }
        if (duration.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    name + ": longer than " + longest.toDays() + " days; give a shorter duration");
        }
        return duration;
    }

    static Optional<Duration> parse(String text) {
        String stripped = text.strip();
        Optional<Duration> parsed = GO.matcher(stripped).matches() ? go(stripped) : iso(stripped);
        return parsed.filter(
                duration -> !duration.isNegative() && !duration.isZero() && duration.compareTo(LONGEST) <= 0);
    }

    private static Optional<Duration> go(String text) {
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            nanos = nanos.add(
                    new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(NANOS.getOrDefault(part.group(2), 0L))));
        }
        return nanos.compareTo(BigDecimal.valueOf(LONGEST.toNanos())) > 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(nanos.longValue()));
    }

    private static Optional<Duration> iso(String text) {
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }
}
