package io.github.keyset4j.cli;

import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.json.KeysetJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An inspection as people read it, and as programs do. */
final class InspectionReport {

    private static final String INDENT = "  ";

    private final LoadedSource loaded;
    private final Inspection inspection;
    private final Map<String, Instant> onRecord;
    private final Instant now;

    InspectionReport(LoadedSource loaded, Inspection inspection, Map<String, Instant> onRecord, Instant now) {
        this.loaded = loaded;
        this.inspection = inspection;
        this.onRecord = onRecord;
        this.now = now;
    }

    Map<String, @Nullable Object> json() {
        KeysetDocument document = loaded.document();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("source", loaded.description());
        json.put("valid", inspection.valid());
        json.put("at", KeysetJson.instant(now));
        json.put("bytes", document.size());
        json.put("revision", document.revision().orElse(null));
        json.put("revision_time", KeysetJson.instant(document.revisionTime()));
        json.put(
                "problems",
                inspection.problems().stream().map(KeysetJson::problem).toList());
        json.put(
                "warnings",
                inspection.warnings().stream().map(KeysetJson::problem).toList());
        Optional<Keyset> keyset = inspection.keyset();
        json.put("keys", keyset.map(keys -> KeysetJson.keys(keys, now)).orElse(List.of()));
        json.put("revoked_count", keyset.map(keys -> keys.revokedKids().size()).orElse(0));
        json.put("next_change", KeysetJson.instant(keyset.flatMap(keys -> keys.nextChange(now))));
        Map<String, String> since = new TreeMap<>();
        onRecord.forEach((kid, at) -> since.put(kid, KeysetJson.instant(at)));
        json.put("on_record_since", since);
        return json;
    }

    List<String> lines(Style style) {
        List<String> lines = new ArrayList<>();
        KeysetDocument document = loaded.document();
        lines.add(style.strong(Style.safe(loaded.description())));
        lines.add(INDENT + document.size() + " bytes"
                + document.revision()
                        .map(revision -> ", revision " + Style.safe(revision))
                        .orElse("")
                + document.revisionTime()
                        .map(time -> " of " + TimeWords.of(time))
                        .orElse("")
                + (inspection.valid() ? ", " + style.good("valid") : ", " + style.bad("refused")));
        inspection.problems().forEach(problem -> problem(lines, style.bad("problem"), problem));
        inspection.warnings().forEach(problem -> problem(lines, style.warning("warning"), problem));
        inspection.keyset().ifPresent(keyset -> {
            keyset.keys().forEach(key -> key(lines, key, style));
            lines.add("");
            lines.addAll(new TimelineText(keyset, now, style).lines());
            lines.add("");
            lines.add(nextChange(keyset));
        });
        return lines;
    }

    private static void problem(List<String> lines, String mark, KeysetProblem problem) {
        lines.add("");
        List<String> rule = Wrap.at(70, Style.safe(problem.where() + ": " + problem.rule()));
        lines.add(mark + INDENT + rule.get(0));
        rule.stream().skip(1).forEach(line -> lines.add(" ".repeat(9) + line));
        Wrap.at(67, Style.safe(problem.remedy())).forEach(line -> lines.add(" ".repeat(9) + "-> " + line));
    }

    private void key(List<String> lines, KeysetKey key, Style style) {
        String status = KeysetJson.word(key.status(now));
        boolean active = key.status(now) == KeyStatus.ACTIVE;
        lines.add("");
        lines.add(style.strong(Style.safe(key.kid()))
                + INDENT
                + key.algorithm()
                + INDENT
                + Style.safe(key.purpose())
                + INDENT
                + (active ? style.good(status) : status)
                + (key.canSign() ? "" : INDENT + "public half only"));
        key.thumbprint().ifPresent(thumbprint -> lines.add(INDENT + "thumbprint " + thumbprint));
        instant(lines, "on record", Optional.ofNullable(onRecord.get(key.kid())));
        instant(lines, "published", Optional.of(key.publishedAt()));
        instant(lines, "activated", key.activateAt());
        instant(lines, "retired", key.retireAt());
        instant(lines, "removed", key.removeAt());
    }

    private void instant(List<String> lines, String what, Optional<Instant> instant) {
        instant.ifPresent(at -> lines.add(INDENT
                + TimelineText.column(what, 11)
                + TimeWords.of(at)
                + (at.equals(now) ? INDENT + "now" : INDENT + TimeWords.relative(at, now))));
    }

    private String nextChange(Keyset keyset) {
        return keyset.nextChange(now)
                .map(next -> "next change: " + TimeWords.of(next) + " UTC, " + TimeWords.relative(next, now))
                .orElse("next change: none planned");
    }
}
