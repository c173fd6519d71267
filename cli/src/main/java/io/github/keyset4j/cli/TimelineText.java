package io.github.keyset4j.cli;

import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A keyset's keys over time, a line for each, in 80 columns.
 *
 * <pre>
 *          2026-02-24       now                                       2026-04-05
 * k1       ====================------------
 * k2              ....|.............=============================================
 * </pre>
 */
final class TimelineText {

    private static final int WIDTH = 80;
    private static final int LONGEST_LABEL = 16;
    private static final Duration SHORTEST_SPAN = Duration.ofHours(1);

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Keyset keyset;
    private final Instant now;
    private final Style style;
    private final int labels;
    private final int cells;
    private final Instant from;
    private final Duration span;

    TimelineText(Keyset keyset, Instant now, Style style) {
        this.keyset = keyset;
        this.now = now;
        this.style = style;
        int longest =
                keyset.keys().stream().mapToInt(key -> key.kid().length()).max().orElse(0);
        this.labels = Math.min(Math.max(longest, 3), LONGEST_LABEL) + 2;
        this.cells = WIDTH - labels;
        List<Instant> instants = instants();
        Instant first = instants.stream().min(Instant::compareTo).orElse(now);
        Instant last = instants.stream().max(Instant::compareTo).orElse(now);
        Duration inner = Duration.between(first, last);
        Duration shown = inner.compareTo(SHORTEST_SPAN) < 0 ? SHORTEST_SPAN : inner;
        this.from = first.minus(shown.dividedBy(20));
        this.span = shown.plus(shown.dividedBy(8));
    }

    /** Every instant that is set, and the present one. */
    private List<Instant> instants() {
        List<Instant> instants = new ArrayList<>(List.of(now));
        keyset.keys().stream()
                .flatMap(key ->
                        Stream.of(Optional.of(key.publishedAt()), key.activateAt(), key.retireAt(), key.removeAt()))
                .flatMap(Optional::stream)
                .filter(instant -> instant.isAfter(Instant.EPOCH)
                        && instant.isBefore(Instant.EPOCH.plus(Duration.ofDays(365_000))))
                .forEach(instants::add);
        return instants;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(axis());
        keyset.keys().forEach(key -> lines.add(line(key)));
        lines.add("");
        lines.add(" ".repeat(labels) + legend());
        return lines;
    }

    /** The first and the last instant, and the present one between them where there is room. */
    private String axis() {
        String left = label(from);
        String right = label(from.plus(span));
        StringBuilder axis = new StringBuilder(" ".repeat(cells));
        axis.replace(0, left.length(), left);
        axis.replace(cells - right.length(), cells, right);
        int at = Math.max(0, Math.min(cell(now) - 1, cells - 3));
        boolean room = at > left.length() && at + 3 < cells - right.length();
        if (room) {
            axis.replace(at, at + 3, "now");
        }
        return style.faint(" ".repeat(labels) + axis);
    }

    private String label(Instant instant) {
        return span.compareTo(Duration.ofDays(3)) < 0 ? TimeWords.of(instant) : DAY.format(instant);
    }

    private int cell(Instant instant) {
        double share = Duration.between(from, instant).toMillis() / (double) span.toMillis();
        return (int) Math.min(cells - 1, Math.max(0, Math.floor(share * cells)));
    }

    private String line(KeysetKey key) {
        StringBuilder line = new StringBuilder(style.strong(column(Style.safe(key.kid()), labels)));
        int present = cell(now);
        for (int i = 0; i < cells; i++) {
            Instant start = from.plus(span.multipliedBy(i).dividedBy(cells));
            Instant end = from.plus(span.multipliedBy(i + 1L).dividedBy(cells));
            line.append(i == present ? style.strong(style.unicode() ? "│" : "|") : mark(key, start, end));
        }
        return line.toString().stripTrailing();
    }

    /** What the key does at the end of a cell's time; what begins and ends within one cell is shown all the same. */
    private String mark(KeysetKey key, Instant start, Instant end) {
        Instant instant = end.minusMillis(1);
        if (instant.isBefore(key.publishedAt())) {
            return " ";
        }
        boolean endsHere =
                key.removeAt().filter(removed -> removed.isAfter(start)).isPresent();
        KeyStatus status =
                key.status(instant) == KeyStatus.REMOVED && endsHere ? key.status(start) : key.status(instant);
        return mark(status);
    }

    private String mark(KeyStatus status) {
        return switch (status) {
            case PENDING -> style.warning(style.unicode() ? "░" : ".");
            case ACTIVE -> style.good(style.unicode() ? "█" : "=");
            case VERIFICATION_ONLY -> style.unicode() ? "▒" : "-";
            case REMOVED -> " ";
        };
    }

    private String legend() {
        return mark(KeyStatus.PENDING) + " published   " + mark(KeyStatus.ACTIVE) + " signs   "
                + mark(KeyStatus.VERIFICATION_ONLY) + " verifies   times in UTC";
    }

    /** Text in a column of this width, cut where it is longer. */
    static String column(String text, int width) {
        if (text.length() > width - 2) {
            return text.substring(0, width - 3) + "~  ";
        }
        return text + " ".repeat(width - text.length());
    }
}
