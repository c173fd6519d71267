package io.github.keyset4j.evidence;

import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.evidence.TimelineSvg.Bar;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Evidence for people: one page without scripts or other files. It shows what the summaries say, and is itself no
 * evidence.
 */
final class EvidenceReport {

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width">
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; color: #1b1b1b; margin: 2em auto; max-width: 66em; padding: 0 1em }
            h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em }
            table { border-collapse: collapse; width: 100% }
            th, td { border-bottom: 1px solid #ccc; padding: .25em .6em .25em 0; text-align: left; vertical-align: top }
            td, li, h1 { overflow-wrap: anywhere }
            code, .digest { font: 12px ui-monospace, monospace; overflow-wrap: anywhere }
            .good { color: #1b5e20; font-weight: 700 } .bad, .forced { color: #b00020; font-weight: 700 }
            section.forced { border: 2px solid #b00020; color: inherit; font-weight: 400; padding: 0 1em }
            svg text { font: 12px system-ui, sans-serif; fill: #1b1b1b }
            .pending { fill: #f2c14e; background: #f2c14e } .active { fill: #2e7d32; background: #2e7d32 }
            .verification { fill: #90a4ae; background: #90a4ae } .captured { background: #1565c0 }
            line.captured { stroke: #1565c0; stroke-dasharray: 3 3 }
            .legend span { display: inline-block; width: 1em; height: .8em; margin-left: 1em }
            @media print {
              body { margin: 0; max-width: none; font-size: 11px }
              * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
              tr, section { break-inside: avoid }
            }
            </style>
            """;

    private final Html html = new Html();

    private EvidenceReport() {}

    /** The report of one event, as it lies beside its summary. */
    static byte[] of(EvidenceEvent event) {
        EvidenceReport report = new EvidenceReport();
        report.begin("Keyset rotation: " + event.id());
        report.event(event);
        report.timeline(List.of(event));
        report.keys(event.members());
        report.times(event.members());
        return report.end();
    }

    /** The report of everything that was looked at, with what was found. */
    static byte[] of(
            Path directory,
            List<EvidenceEvent> verified,
            List<EvidenceEvent> heads,
            List<KeysetProblem> problems,
            List<String> notes) {
        EvidenceReport report = new EvidenceReport();
        List<EvidenceEvent> events = verified.stream()
                .sorted(Comparator.comparing(EvidenceEvent::capturedAt))
                .toList();
        report.begin("Keyset rotations: " + directory.getFileName());
        report.result(heads, problems, notes);
        report.timeline(events);
        report.events(events);
        events.stream()
                .filter(event ->
                        events.size() == 1 || event.members().object("step").isPresent())
                .forEach(report::event);
        if (!events.isEmpty()) {
            EvidenceEvent last = events.get(events.size() - 1);
            report.keys(last.members());
            report.times(last.members());
        }
        return report.end();
    }

    private void begin(String title) {
        html.raw(HEAD).element("title", "", title).raw("</head>\n<body>\n").element("h1", "", title);
    }

    private byte[] end() {
        return html.raw("</body>\n</html>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private void result(List<EvidenceEvent> heads, List<KeysetProblem> problems, List<String> notes) {
        int count = problems.size();
        html.element("h2", "", "Verification");
        if (problems.isEmpty()) {
            html.element("p", "class=\"good\"", "PASSED: nothing is wrong with these events.");
        } else {
            html.element("p", "class=\"bad\"", "FAILED: " + count + (count == 1 ? " problem." : " problems."));
            html.raw("<ul class=\"bad\">\n");
            problems.stream().map(KeysetProblem::toString).forEach(each -> html.element("li", "", each));
            html.raw("</ul>\n");
        }
        if (!notes.isEmpty()) {
            html.items(notes);
        }
        html.element("p", "", "Digests to keep elsewhere; each proves its event and all before it:");
        html.items(heads.stream()
                .map(head -> head.summarySha256() + "  " + head.id())
                .toList());
    }

    private void events(List<EvidenceEvent> events) {
        html.element("h2", "", "Events").raw("<table>\n<tr>");
        for (String title : List.of("No.", "Event", "Captured (UTC)", "State", "Signs", "Signed before", "Gates")) {
            html.element("th", "scope=\"col\"", title);
        }
        html.raw("</tr>\n");
        for (EvidenceEvent event : events) {
            JsonMembers summary = event.members();
            html.raw("<tr>")
                    .element("td", "", Long.toString(event.position()))
                    .element("td", "", event.id())
                    .element("td", "", event.capturedAt().toString())
                    .element("td", "", event.rotationState())
                    .element("td", "", event.activeKid().orElse("-"))
                    .element("td", "", summary.text("previous_active_kid").orElse("-"));
            verdict("td", event);
            html.raw("</tr>\n");
        }
        html.raw("</table>\n");
    }

    private void verdict(String element, EvidenceEvent event) {
        if (event.forced()) {
            html.element(element, "class=\"forced\"", "FORCED");
        } else {
            html.element(element, "", event.members().text("gate_verdict").orElse("no step"));
        }
    }

    private void event(EvidenceEvent event) {
        JsonMembers summary = event.members();
        html.element("h2", "", "Event " + event.id()).raw("<table>\n");
        List<String> names = List.of(
                "captured_at_utc",
                "source_mode",
                "source",
                "revision",
                "recorded_by",
                "rotation_state",
                "active_kid",
                "previous_active_kid",
                "keys_count",
                "keys_added",
                "keys_removed",
                "keys_retired",
                "keys_revoked",
                "chain_position",
                "previous_event_id",
                "fingerprint",
                "keys_fingerprint",
                "tool");
        names.forEach(
                name -> html.row(name.replace('_', ' '), shown(summary.all().get(name))));
        html.row("digest of this summary", event.summarySha256()).raw("</table>\n");
        summary.object("step").ifPresent(step -> step(event, step));
    }

    private void step(EvidenceEvent event, JsonMembers step) {
        html.raw(event.forced() ? "<section class=\"forced\">\n" : "<section>\n");
        html.element("h3", "", "Step: " + step.text("name").orElse("?"));
        if (event.forced()) {
            html.element(
                    "p",
                    "class=\"forced\"",
                    "FORCED, against the rules. Reason given: "
                            + step.text("forced_because").orElse("none"));
            html.items(step.objects("overridden").orElse(List.of()).stream()
                    .map(gate -> gate.text("gate").orElse("?") + ": "
                            + gate.text("rule").orElse("?")
                            + gate.text("allowed_from")
                                    .map(from -> "; allowed from " + from)
                                    .orElse(""))
                    .toList());
        } else {
            html.element("p", "class=\"good\"", "Within the rules.");
        }
        html.items(step.texts("done"));
        if (!step.texts("next").isEmpty()) {
            html.element("p", "", "Next:").items(step.texts("next"));
        }
        html.raw("</section>\n");
    }

    private void timeline(List<EvidenceEvent> events) {
        html.element("h2", "", "Timeline");
        Map<String, Bar> bars = new LinkedHashMap<>();
        Map<String, Set<String>> lastSeen = new HashMap<>();
        for (EvidenceEvent event : events) {
            List<Bar> now = event.members().objects("timeline").orElse(List.of()).stream()
                    .flatMap(entry -> Bar.of(entry).stream())
                    .toList();
            Set<String> kids = now.stream().map(Bar::kid).collect(Collectors.toSet());
            Set<String> before = lastSeen.put(event.recorder().orElse(""), kids);
            if (before != null) {
                before.stream()
                        .filter(kid -> !kids.contains(kid))
                        .forEach(gone -> bars.computeIfPresent(gone, (kid, bar) -> bar.endingAt(event.capturedAt())));
            }
            now.forEach(bar -> bars.put(bar.kid(), bar));
        }
        List<Instant> captured = events.stream().map(EvidenceEvent::capturedAt).toList();
        new TimelineSvg(new ArrayList<>(bars.values()), captured).writeTo(html);
    }

    private void keys(JsonMembers summary) {
        List<String> names =
                List.of("kid", "alg", "purpose", "status", "published_at", "activate_at", "retire_at", "remove_at");
        html.element("h2", "", "Keys").raw("<table>\n<tr>");
        names.forEach(name -> html.element("th", "scope=\"col\"", name.replace('_', ' ')));
        html.raw("</tr>\n");
        for (JsonMembers key : summary.objects("timeline").orElse(List.of())) {
            html.raw("<tr>");
            names.forEach(name -> html.element("td", "", key.text(name).orElse("-")));
            html.raw("</tr>\n");
        }
        html.raw("</table>\n");
    }

    private void times(JsonMembers summary) {
        summary.object("times").ifPresent(times -> {
            html.element("h2", "", "Durations in force").raw("<table>\n");
            times.all().forEach((name, value) -> html.row(name.replace('_', ' '), shown(value)));
            html.raw("</table>\n");
        });
    }

    private static String shown(@Nullable Object value) {
        if (value == null) {
            return "-";
        }
        if (value instanceof List<?> list) {
            return list.isEmpty() ? "none" : list.stream().map(String::valueOf).collect(Collectors.joining(", "));
        }
        return String.valueOf(value);
    }
}
