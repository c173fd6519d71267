package io.github.keyset4j.encoding;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: Go's ({@code 1h30m}), with {@code d} for days, and ISO 8601's ({@code PT1H30M}). */
public final class DurationWords {

    public static final String RULE = "not a positive duration of at most 100 years";
    public static final String REMEDY = "write it with its unit, as in 30s, 1m, 1h30m, 500ms or PT1M";

    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final Pattern PART = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,18})?)(ns|us|µs|μs|ms|s|m|h|d)");
    private static final Pattern GO = Pattern.compile("(?:" + PART.pattern() + ")+");
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "μs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L);

    private DurationWords() {}

    /** The duration, if these words are one that is positive and not longer than a hundred years. */
    public static Optional<Duration> parse(String text) {
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
