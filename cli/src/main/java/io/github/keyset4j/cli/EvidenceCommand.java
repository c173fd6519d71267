package io.github.keyset4j.cli;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.evidence.Evidence;
import io.github.keyset4j.evidence.EvidenceDirectory;
import io.github.keyset4j.evidence.EvidenceEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Puts the keys as they are now on record. */
@Command(
        name = "evidence",
        description = "Writes evidence of the keys as they are now to DIR/ID/: keyset.json (public members only),"
                + " summary.json and fingerprint.sha256. Exits with 4 if there already is an event with this id.")
final class EvidenceCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SourceOptions source;

    @Option(
            names = "--workdir",
            required = true,
            paramLabel = "DIR",
            description = "Where events are written; created if missing. Each event follows the latest one there.")
    private Path workdir;

    @Option(
            names = "--event-id",
            paramLabel = "ID",
            description = "The event's name. Default: made from the time and the active kid.")
    private @Nullable String eventId;

    @Option(
            names = "--previous-summary",
            paramLabel = "FILE",
            description = "The summary.json to continue from, if it is not in DIR.")
    private @Nullable Path previousSummary;

    @Option(
            names = "--recorder",
            paramLabel = "NAME",
            description = "Who is recording, such as a replica; each recorder has its own chain of events.")
    private @Nullable String recorder;

    @Option(
            names = "--times",
            paramLabel = "TIMES",
            converter = TimesOptions.Times.class,
            description = "Record the durations in force: standard, internal, gateways or strangers.")
    private @Nullable RotationTimes times;

    @Option(
            names = "--refresh-every",
            defaultValue = "1m",
            paramLabel = "DURATION",
            converter = Arguments.PositiveDuration.class,
            description = "The services' refresh interval, for --times. Default: ${DEFAULT-VALUE}.")
    private Duration refreshEvery;

    @Option(
            names = "--of-last",
            description = "Make up for a change that was made but not recorded (exit code 5): record the keys as they"
                    + " are now as late evidence, unless the latest event already has them.")
    private boolean ofLast;

    @Option(names = "--html", description = "Also write a report.html into the event.")
    private boolean html;

    @Option(names = "--json", description = "Report what was written as one line of JSON.")
    private boolean json;

    EvidenceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        EvidenceDirectory directory = EvidenceDirectory.of(workdir);
        EvidenceDirectory target = html ? directory.withReports() : directory;
        Evidence evidence = evidence();
        if (ofLast && directory.hasAsLatest(evidence)) {
            terminal.words("nothing to make up for: the latest event already has these keys");
            return ExitCode.OK;
        }
        EvidenceEvent event =
                previousSummary == null ? target.capture(evidence) : target.capture(evidence, previousSummary);
        tell(event);
        return ExitCode.OK;
    }

    private Evidence evidence() {
        LoadedSource loaded = source.load();
        KeyManager.Builder builder = loaded.manager(source.policy()).verifyOnly();
        RotationTimes inForce = times == null
                ? null
                : times.toBuilder().refreshEvery(refreshEvery).build();
        if (inForce != null) {
            builder.rotation(inForce);
        }
        Evidence evidence;
        try (KeyManager keys = builder.start()) {
            evidence = Evidence.of(keys.keyset(), loaded.description(), Instant.now());
        }
        evidence = ofLast ? evidence.late() : evidence;
        evidence = loaded.document().revision().map(evidence::withRevision).orElse(evidence);
        evidence = inForce == null ? evidence : evidence.withTimes(inForce);
        evidence = recorder == null ? evidence : evidence.withRecorder(recorder);
        return eventId == null ? evidence : evidence.withEventId(eventId);
    }

    private void tell(EvidenceEvent event) {
        Map<String, @Nullable Object> told = new LinkedHashMap<>();
        told.put("event_id", event.id());
        told.put("directory", event.directory().toString());
        told.put("rotation_state", event.rotationState());
        told.put("active_kid", event.activeKid().orElse(null));
        told.put("chain_position", event.position());
        told.put("summary_sha256", event.summarySha256());
        if (json) {
            terminal.json(told);
        } else {
            told.forEach((name, value) -> terminal.data(
                    "%-16s %s".formatted(name.replace('_', ' '), Style.safe(value == null ? "-" : value.toString()))));
        }
    }
}
