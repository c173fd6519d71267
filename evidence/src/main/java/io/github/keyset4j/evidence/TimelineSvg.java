package io.github.keyset4j.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The timeline as an inline SVG: a bar for each key, and a line where the evidence was captured. */
final class TimelineSvg {

    private static final int LABELS = 230;
    private static final int BARS = 700;
    private static final int ROW = 24;
    private static final int LONGEST_LABEL = 28;
    /** What lies further away would only press together what happens now. */
    private static final Duration HORIZON = Duration.ofDays(400);

    private final List<Bar> bars;
    private final List<Instant> captured;
    private final Instant from;
    private final Instant to;

    /** A key with the instants it has. */
    record Bar(
            String kid,
            String purpose,
            Instant publishedAt,
            Optional<Instant> activateAt,
            Optional<Instant> retireAt,
            Optional<Instant> removeAt) {

        static Optional<Bar> of(JsonMembers entry) {
            return entry.instant("published_at")
                    .map(published -> new Bar(
                            entry.text("kid").orElse("?"),
                            entry.text("purpose").orElse("?"),
                            published,
                            entry.instant("activate_at"),
                            entry.instant("retire_at"),
                            entry.instant("remove_at")));
        }

        /** The same key, gone at this instant at the latest. */
        Bar endingAt(Instant gone) {
            boolean earlier = removeAt.filter(end -> end.isBefore(gone)).isPresent();
            return earlier ? this : new Bar(kid, purpose, publishedAt, activateAt, retireAt, Optional.of(gone));
        }
    }

    /** These keys, as they were at these instants, of which the last is the present. */
    TimelineSvg(List<Bar> bars, List<Instant> captured) {
        this.bars = bars;
        this.captured = captured;
        Instant now = captured.isEmpty() ? Instant.EPOCH : captured.get(captured.size() - 1);
        Instant first = captured.isEmpty() ? now : captured.get(0);
        Instant last = now;
        for (Bar bar : bars) {
            first = bar.publishedAt().isBefore(first) ? bar.publishedAt() : first;
            for (Optional<Instant> instant : List.of(bar.activateAt(), bar.retireAt(), bar.removeAt())) {
                last = instant.filter(last::isBefore).orElse(last);
            }
        }
        Instant earliest = now.minus(HORIZON);
        Instant latest = now.plus(HORIZON);
        Instant begin = first.isBefore(earliest) ? earliest : first;
        Instant end = last.isAfter(latest) ? latest : last;
        Duration margin = Duration.between(begin, end).dividedBy(20).plus(Duration.ofMinutes(1));
        this.from = begin.minus(margin);
        this.to = end.plus(margin);
    }

    void writeTo(Html html) {
        int height = ROW * (bars.size() + 2);
        html.raw("<svg role=\"img\" aria-label=\"Timeline of the keys\" viewBox=\"0 0 " + (LABELS + BARS + 10) + " "
                + height + "\" width=\"100%\">\n");
        for (int i = 0; i < bars.size(); i++) {
            bar(html, bars.get(i), ROW * (i + 1));
        }
        captured.forEach(at -> html.raw("<line class=\"captured\" x1=\"" + x(at) + "\" x2=\"" + x(at) + "\" y1=\"" + ROW
                + "\" y2=\"" + (height - ROW) + "\"/>\n"));
        label(html, LABELS, ROW - 8, "start", from.toString());
        label(html, LABELS + BARS, ROW - 8, "end", to.toString());
        html.raw("</svg>\n<p class=\"legend\"><span class=\"pending\"></span> published, not yet signing")
                .raw(" <span class=\"active\"></span> signs <span class=\"verification\"></span> verifies only")
                .raw(" <span class=\"captured\"></span> evidence captured</p>\n");
    }

    private void bar(Html html, Bar bar, int y) {
        String label = bar.kid() + (bar.purpose().equals("default") ? "" : " (" + bar.purpose() + ")");
        label(html, 0, y + 15, "start", shortened(label));
        Instant end = bar.removeAt().orElse(to);
        Instant activate = bar.activateAt().orElse(bar.publishedAt());
        Instant retire = bar.activateAt().isPresent() ? bar.retireAt().orElse(end) : activate;
        segment(html, "pending", bar.publishedAt(), earlier(activate, end), y, label);
        segment(html, "active", activate, earlier(retire, end), y, label);
        segment(html, "verification", retire, end, y, label);
    }

    private void segment(Html html, String phase, Instant begin, Instant end, int y, String label) {
        double left = x(begin);
        double width = x(end) - left;
        if (width > 0) {
            html.raw("<rect class=\"" + phase + "\" x=\"" + left + "\" y=\"" + (y + 3) + "\" width=\""
                            + String.format(Locale.ROOT, "%.1f", width) + "\" height=\"" + (ROW - 8) + "\"><title>")
                    .text(label + ": " + phase + " from " + begin + " to " + (end.equals(to) ? "open" : end.toString()))
                    .raw("</title></rect>\n");
        }
    }

    private static void label(Html html, int x, int y, String anchor, String text) {
        html.element("text", "x=\"" + x + "\" y=\"" + y + "\" text-anchor=\"" + anchor + "\"", text);
    }

    private static String shortened(String label) {
        int length = label.codePointCount(0, label.length());
        return length <= LONGEST_LABEL
                ? label
                : label.substring(0, label.offsetByCodePoints(0, LONGEST_LABEL - 1)) + "…";
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /** The place of an instant, cut off at the edges. */
    private double x(Instant instant) {
        double whole = seconds(Duration.between(from, to));
        double part = seconds(Duration.between(from, instant));
        double share = Math.max(0, Math.min(1, part / whole));
        return Math.round((LABELS + share * BARS) * 10) / 10.0;
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }
}
