package io.github.keyset4j.cli;

import io.github.keyset4j.cli.Check.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks as people read them: a table in 80 columns, with the remedy below what needs one. */
final class CheckTable {

    private static final int WIDTH = 80;
    private static final int VERDICTS = 6;
    private static final int NAMES = 14;

    private final List<Check> checks;
    private final Style style;

    CheckTable(List<Check> checks, Style style) {
        this.checks = checks;
        this.style = style;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        String previous = "";
        for (Check check : checks) {
            String name = check.name().equals(previous) ? "" : check.name();
            previous = check.name();
            List<String> what = Wrap.at(WIDTH - VERDICTS - NAMES, Style.safe(check.what()));
            lines.add(verdict(check.verdict()) + TimelineText.column(name, NAMES) + what.get(0));
            what.stream().skip(1).forEach(line -> lines.add(" ".repeat(VERDICTS + NAMES) + line));
            if (!check.remedy().isEmpty()) {
                List<String> remedy = Wrap.at(WIDTH - VERDICTS - NAMES - 3, Style.safe(check.remedy()));
                for (int i = 0; i < remedy.size(); i++) {
                    lines.add(" ".repeat(VERDICTS + NAMES) + (i == 0 ? arrow() : "   ") + remedy.get(i));
                }
            }
        }
        lines.add("");
        lines.add(checks.size() + " checks: " + count(checks, Verdict.PASS) + " passed, " + count(checks, Verdict.WARN)
                + " warned, " + count(checks, Verdict.FAIL) + " failed");
        return lines;
    }

    private String arrow() {
        return style.unicode() ? "→  " : "-> ";
    }

    private String verdict(Verdict verdict) {
        String word = TimelineText.column(word(verdict), VERDICTS);
        return switch (verdict) {
            case PASS -> style.good(word);
            case WARN -> style.warning(word);
            case FAIL -> style.bad(word);
        };
    }

    static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    static long count(List<Check> checks, Verdict verdict) {
        return checks.stream().filter(check -> check.verdict() == verdict).count();
    }
}
