package io.github.keyset4j.cli;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a keyset is: its problems, its keys, and their places in time. */
@Command(
        name = "inspect",
        description = "Describes a keyset: every problem and warning, each key with its status and its four"
                + " instants, and the timeline. Exits with 1 if a service would refuse it. Shows no secret.")
final class InspectCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SourceOptions source;

    @Mixin
    private TimesOptions times;

    @Mixin
    private RecordOption record;

    @Option(names = "--json", description = "Write one line of JSON instead.")
    private boolean json;

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        LoadedSource loaded = source.load();
        Instant now = Instant.now();
        Inspection inspection = Inspection.of(loaded, source.policy(), times, now);
        InspectionReport report = new InspectionReport(
                loaded, inspection, inspection.keyset().map(record::since).orElse(Map.of()), now);
        if (json) {
            terminal.json(report.json());
        } else {
            report.lines(terminal.style()).forEach(terminal::data);
        }
        return inspection.valid() ? ExitCode.OK : ExitCode.PROBLEM;
    }
}
