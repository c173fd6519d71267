package io.github.keyset4j.examples;

import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.examples.RotationRun.Lane;
import io.github.keyset4j.examples.RotationRun.Span;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Draws a {@link RotationRun}. */
final class RotationPicture {

    private static final int WIDTH = 880;
    private static final int HEIGHT = 452;
    private static final double LEFT = 170;
    private static final double RIGHT = 852;
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMM", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** In its own colours on its own ground, so that it can be read on a page that is light or dark. */
    private static final String STYLE = """
            .ground{fill:#fff;stroke:#d0d7de}
            text{fill:#1f2328;font:12px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif}
            .title{font-size:16px;font-weight:600} .name{font-weight:600} .soft{fill:#59636e} .on{fill:#fff;font-weight:600}
            .small{font-size:11px} .grid{stroke:#eaeef2} .event{stroke:#59636e;stroke-dasharray:3 3}
            .old{fill:#0969da} .new{fill:#bc4c00} .oldpale{fill:#b6d7ff} .newpale{fill:#ffd0ad} .fail{stroke:#cf222e;stroke-width:2}
            .failtext{fill:#cf222e}
            @media (prefers-color-scheme:dark){
            .ground{fill:#0d1117;stroke:#3d444d} text{fill:#f0f6fc} .soft{fill:#9198a1} .on{fill:#fff} .grid{stroke:#21262d}
            .event{stroke:#9198a1} .old{fill:#1f6feb} .new{fill:#c2560c} .oldpale{fill:#143a72} .newpale{fill:#5f2c0a}
            .fail{stroke:#ff7b72} .failtext{fill:#ff7b72}}
            """;

    private final StringBuilder svg = new StringBuilder();
    private final RotationRun run;

    private RotationPicture(RotationRun run) {
        this.run = run;
    }

    static String of(RotationRun run) {
        return new RotationPicture(run).draw();
    }

    private String draw() {
        KeysetKey old = run.keys.get(0);
        KeysetKey successor = run.keys.get(1);
        Instant published = successor.publishedAt();
        Instant handover = successor.activateAt().orElseThrow();
        Instant removed = old.removeAt().orElseThrow();
        put("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH, HEIGHT);
        put("<title>One rotation: the new key is published, signs after the publish lead, and the old key is removed"
                + " when its last token has expired</title>");
        svg.append("<style>\n").append(STYLE).append("</style>\n");
        put("<rect class=\"ground\" x=\".5\" y=\".5\" width=\"%d\" height=\"%d\" rx=\"6\"/>", WIDTH - 1, HEIGHT - 1);
        text("title", 20, 30, "One rotation, minute by minute");
        legend();
        for (Instant tick = RotationRun.START;
                tick.isBefore(RotationRun.END);
                tick = tick.plus(Duration.ofMinutes(10))) {
            put("<path class=\"grid\" d=\"M%s 98V402\"/>", at(tick));
            centred("small soft", x(tick), 416, CLOCK.format(tick));
        }
        event(published, "rotate", "a new key is published");
        event(handover, "handover", "after a publish lead of " + minutes(published, handover));
        event(removed, "removal", "the old key's last token has expired");

        label(112, "old key", old.kid());
        bar("old", RotationRun.START, handover, 100, 24, "on", "signs");
        bar("oldpale", handover, removed, 100, 24, "", "signs no more; its tokens still verify");
        text("small soft", 20, 140, "publishedAt " + DAY.format(old.publishedAt()));
        text("small soft", 20, 153, "activateAt " + DAY.format(old.activateAt().orElseThrow()));
        instant(handover, "retireAt", 137);
        instant(removed, "removeAt", 137);

        label(180, "new key", successor.kid());
        bar("newpale", published, handover, 168, 24, "", "public, not yet signing");
        bar("new", handover, RotationRun.END, 168, 24, "on", "signs");
        instant(published, "publishedAt", 205);
        instant(handover, "activateAt", 205);
        ending("small soft", x(removed) - 6, 205, "retireAt, removeAt: set by the next rotation");

        lane(238, "Replica A", run.replicaA);
        lane(296, "Replica B", run.replicaB);
        for (Instant failure : run.replicaB.failures) {
            put("<path class=\"fail\" d=\"m%s 331 6 6m0-6-6 6\"/>", at(failure, -3));
        }
        text(
                "small failtext",
                x(handover) + 6,
                338,
                "\u2190 " + run.replicaB.failures.size() + " failed refreshes: late to publish, on time to sign");
        text("name", 20, 370, "A verifier elsewhere");
        text("small soft", 20, 384, "its cached JWKS lists");
        stripes(run.cached, 364);
        put("<path class=\"grid\" d=\"M20 424H%s\"/>", RIGHT);
        text("", 20, 441, tally());
        return svg.append("</svg>\n").toString();
    }

    private String tally() {
        return String.format(
                Locale.ROOT,
                "%d tokens, verified with that cached JWKS when new and just before they expire: %d verifications, %d rejected.",
                run.signed,
                run.verifications,
                run.rejected);
    }

    private void legend() {
        double x = 430;
        for (String[] entry : new String[][] {
            {"old", "oldpale", "old key"},
            {"new", "newpale", "new key"},
        }) {
            put(
                    "<path class=\"%s\" d=\"M%s 19h14v12h-14z\"/><path class=\"%s\" d=\"M%s 19h14v12h-14z\"/>",
                    entry[0], x, entry[1], x + 14);
            text("small", x + 34, 29, entry[2]);
            x += 90;
        }
        text("small soft", x, 29, "strong: signs; faint: verifies only");
    }

    private void label(double y, String name, String kid) {
        text("name", 20, y, name);
        text("small soft", 20, y + 14, "kid " + kid);
    }

    private void event(Instant instant, String name, String what) {
        put("<path class=\"event\" d=\"M%s 82V402\"/>", at(instant));
        String when = CLOCK.format(instant) + " " + name;
        if (x(instant) > WIDTH * 0.7) {
            centred("small name", x(instant), 62, when);
            centred("small soft", x(instant), 76, what);
        } else {
            text("small name", x(instant) - 3, 62, when);
            text("small soft", x(instant) - 3, 76, what);
        }
    }

    private void instant(Instant instant, String name, double y) {
        text("small", x(instant) + 4, y, name);
        text("small soft", x(instant) + 4, y + 12, CLOCK.format(instant));
    }

    private void lane(double y, String name, Lane lane) {
        text("name", 20, y + 10, name);
        text("small soft", 96, y + 10, "signs with");
        text("small soft", 96, y + 28, "JWKS lists");
        for (Span span : lane.signing) {
            String kid = span.kids().get(0);
            bar(kid.equals(RotationRun.OLD) ? "old" : "new", span.from(), span.to(), y, 14, "on small", kid);
        }
        stripes(lane.publishing, y + 18);
    }

    /** A stripe for each of the keys that are in a set, from the first set that has it to the last. */
    private void stripes(List<Span> sets, double y) {
        stripe(RotationRun.OLD, "oldpale", sets, y);
        stripe(RotationRun.NEW, "newpale", sets, y + 7);
    }

    private void stripe(String kid, String colour, List<Span> sets, double y) {
        List<Span> with = sets.stream().filter(set -> set.kids().contains(kid)).toList();
        bar(colour, with.get(0).from(), with.get(with.size() - 1).to(), y, 6, "", "");
    }

    private void bar(String colour, Instant from, Instant to, double y, int height, String style, String text) {
        put(
                "<path class=\"%s\" d=\"M%s %sh%sv%dh-%4$sz\"/>",
                colour, at(from), number(y), number(x(to) - x(from)), height);
        if (!text.isEmpty()) {
            centred(style, (x(from) + x(to)) / 2, y + height / 2.0 + 4, text);
        }
    }

    private void text(String style, double x, double y, String text) {
        put("<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>", style, number(x), number(y), text);
    }

    private void centred(String style, double x, double y, String text) {
        put("<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"middle\">%s</text>", style, number(x), number(y), text);
    }

    private void ending(String style, double x, double y, String text) {
        put("<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"end\">%s</text>", style, number(x), number(y), text);
    }

    private void put(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private static String minutes(Instant from, Instant to) {
        return Duration.between(from, to).toMinutes() + " min";
    }

    private static double x(Instant instant) {
        double whole = Duration.between(RotationRun.START, RotationRun.END).toSeconds();
        return LEFT
                + (RIGHT - LEFT) * Duration.between(RotationRun.START, instant).toSeconds() / whole;
    }

    private static String at(Instant instant) {
        return at(instant, 0);
    }

    private static String at(Instant instant, double aside) {
        return number(x(instant) + aside);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", "");
    }
}
