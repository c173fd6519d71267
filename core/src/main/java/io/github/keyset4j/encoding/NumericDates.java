package io.github.keyset4j.encoding;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Times as JWTs and JWKs have them: seconds since 1970 as a number (RFC 7519 section 2). Up to the end of the year 9999:
 * beyond it are milliseconds, taken for seconds.
 */
public final class NumericDates {

    private static final long LAST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final BigDecimal LAST_SECOND = BigDecimal.valueOf(LAST);

    private NumericDates() {}

    /** The instant that this value stands for, to the nanosecond, or null if it is no NumericDate. */
    public static @Nullable Instant instant(@Nullable Object value) {
        if (value instanceof Long seconds) {
            return seconds >= 0 && seconds <= LAST ? Instant.ofEpochSecond(seconds) : null;
        }
        BigDecimal number = decimal(value);
        if (number == null || number.signum() < 0 || number.compareTo(LAST_SECOND) > 0) {
            return null;
        }
        BigDecimal nanos = number.setScale(9, RoundingMode.DOWN);
        long seconds = nanos.longValue();
        return Instant.ofEpochSecond(
                seconds,
                nanos.subtract(BigDecimal.valueOf(seconds)).movePointRight(9).longValue());
    }

    /** This NumericDate as it is best written: whole seconds as a whole number, however they were given. */
    public static @Nullable Object plain(@Nullable Object date) {
        BigDecimal number = date instanceof Long ? null : decimal(date);
        if (number == null) {
            return date;
        }
        BigDecimal shortest = number.stripTrailingZeros();
        return shortest.scale() <= 0 ? (Number) shortest.longValueExact() : shortest;
    }

    /** The exact number, or null if there is none that can be read: one of too many places costs too much to look at. */
    private static @Nullable BigDecimal decimal(@Nullable Object value) {
        if (value instanceof BigDecimal number) {
            return Math.abs((long) number.scale()) > 2 * JsonScanner.MAX_DIGITS ? null : number;
        }
        if (value instanceof BigInteger number) {
            return new BigDecimal(number);
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte || value instanceof Long) {
            return BigDecimal.valueOf(((Number) value).longValue());
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return Double.isFinite(number) ? BigDecimal.valueOf(number) : null;
        }
        return null;
    }
}
