package io.github.keyset4j.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Instants and durations as people read them: in UTC, and in their two largest units. */
final class TimeWords {

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private TimeWords() {}

    /** {@code 2026-03-01 12:00}. */
    static String of(Instant instant) {
        return MINUTE.format(instant);
    }

    /** {@code 3 d 4 h}, {@code 15 min}, {@code 100 ms}. */
    static String of(Duration duration) {
        Duration length = duration.abs();
        if (length.compareTo(Duration.ofSeconds(1)) < 0) {
            return length.toMillis() + " ms";
        }
        long[] parts = {length.toDays(), length.toHoursPart(), length.toMinutesPart(), length.toSecondsPart()};
        String[] units = {" d", " h", " min", " s"};
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] > 0) {
                boolean more = i + 1 < parts.length && parts[i + 1] > 0 && parts[i] < 100;
                return parts[i] + units[i] + (more ? " " + parts[i + 1] + units[i + 1] : "");
            }
        }
        return "0 s";
    }

    /** {@code in 3 d 4 h}, or {@code 3 d 4 h ago}. */
    static String relative(Instant instant, Instant now) {
        Duration distance = Duration.between(now, instant);
        return distance.isNegative() ? of(distance) + " ago" : "in " + of(distance);
    }
}
