package io.github.keyset4j.cli;

import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.evidence.EvidenceEvent;
import io.github.keyset4j.json.KeysetJson;
import io.github.keyset4j.rotation.RotationReport;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is told of a step: words on stderr, or JSON on stdout. */
final class StepTold {

    private final Terminal terminal;
    private final boolean json;

    StepTold(Terminal terminal, boolean json) {
        this.terminal = terminal;
        this.json = json;
    }

    void report(RotationReport report) {
        forced(report);
        if (json) {
            Map<String, @Nullable Object> told = new LinkedHashMap<>();
            told.put("step", KeysetJson.step(report));
            told.put("keys", KeysetJson.keys(report.after(), report.at()));
            terminal.json(told);
            return;
        }
        String prefix = report.changed() && !report.written() ? "would have: " : "";
        report.done().forEach(line -> terminal.words(prefix + Style.safe(line)));
        if (!report.changed()) {
            terminal.words("nothing to change");
        }
        report.next().forEach(line -> terminal.words("next: " + Style.safe(line)));
    }

    /** Said to whoever watches, whatever form the rest is asked for in. */
    private void forced(RotationReport report) {
        String mark = terminal.wordsStyle().bad("FORCED ");
        report.overridden().forEach(refusal -> terminal.words(mark + Style.safe(String.valueOf(refusal.getMessage()))));
        report.forcedBecause().ifPresent(reason -> terminal.words(mark + "for the reason: " + Style.safe(reason)));
    }

    void recorded(EvidenceEvent event) {
        terminal.words("recorded as " + Style.safe(event.directory().toString()));
    }

    /** In words, it is told as every failure is. */
    void refusal(RotationRefusedException refused) {
        if (json) {
            terminal.json(Map.of("refused", KeysetJson.refusal(refused)));
        }
    }
}
