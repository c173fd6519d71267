package io.github.keyset4j.cli;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.config.KeysetStores;
import io.github.keyset4j.evidence.Evidence;
import io.github.keyset4j.evidence.EvidenceDirectory;
import io.github.keyset4j.evidence.EvidenceEvent;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.KeysetStore;
import io.github.keyset4j.rotation.RotationReport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all steps of a rotation have in common: the store, the rules they are measured by, and what is told of them. */
final class StepOptions {

    @Option(
            names = "--store",
            required = true,
            paramLabel = "URI",
            converter = Arguments.SourceUri.class,
            description = "The keyset to change: file:PATH, aws-secretsmanager:NAME, aws-ssm:NAME.")
    private URI store;

    @Mixin
    private TimesOptions times;

    @Option(
            names = "--policy",
            defaultValue = "standard",
            paramLabel = "POLICY",
            converter = Arguments.Policy.class,
            description = "How strict to be with keys: standard, strict or development. Default: ${DEFAULT-VALUE}.")
    private KeysetPolicy policy;

    @Option(names = "--convert", description = "Write the document as a JWK set, the shape that can carry every step.")
    private boolean convert;

    @Option(names = "--dry-run", description = "Write nothing; say what would be done.")
    private boolean dryRun;

    @Option(names = "--force", description = "Take the step even though it breaks tokens; it is recorded as forced.")
    private boolean force;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "forced on the command line",
            description = "Why it is forced, for the record; no secrets. Default: ${DEFAULT-VALUE}.")
    private String reason;

    @Option(
            names = "--evidence",
            paramLabel = "DIR",
            description = "Write evidence of the step to DIR, if it changed anything.")
    private @Nullable Path evidence;

    @Option(
            names = "--event-id",
            paramLabel = "ID",
            description = "The event's name, with --evidence. Default: made from the time and the active kid.")
    private @Nullable String eventId;

    @Option(names = "--json", description = "Report what was done as one line of JSON.")
    private boolean json;

    /** Takes a step, and tells of it. */
    int take(Terminal terminal, Function<KeysetRotator, RotationReport> step) {
        try (KeysetStore opened = KeysetStores.of(store)) {
            KeysetRotator.Builder builder =
                    KeysetRotator.builder(opened).rotation(times.times()).parser(KeysetParser.of(policy));
            if (convert) {
                builder.convertTo(KeysetShape.JWK_SET);
            }
            if (evidence != null) {
                EvidenceDirectory directory = EvidenceDirectory.of(evidence);
                builder.beforeWriting(() -> checkRoom(directory));
            }
            KeysetRotator rotator = builder.build();
            rotator = dryRun ? rotator.dryRun() : rotator;
            rotator = force ? rotator.forced(reason) : rotator;
            RotationReport report = step.apply(rotator);
            tell(terminal, report);
            if (evidence != null && report.written()) {
                record(terminal, report, EvidenceDirectory.of(evidence));
            }
            return ExitCode.OK;
        } catch (RotationRefusedException refused) {
            if (json) {
                terminal.json(refusal(refused));
            }
            throw refused;
        }
    }

    /** A directory that gives no room is a refusal here: nothing was done, and the store is not what is missing. */
    private void checkRoom(EvidenceDirectory directory) {
        try {
            if (eventId == null) {
                directory.checkRoom();
            } else {
                directory.checkRoom(eventId);
            }
        } catch (KeysetLoadException e) {
            throw new Refusal(e.getMessage() + "; nothing was done");
        }
    }

    private void record(Terminal terminal, RotationReport report, EvidenceDirectory directory) {
        try {
            Evidence of = Evidence.of(report).withTimes(times.times());
            EvidenceEvent event = directory.capture(eventId == null ? of : of.withEventId(eventId));
            terminal.words("recorded as " + Style.safe(event.directory().toString()));
        } catch (RuntimeException e) {
            throw new NotRecorded(report, e);
        }
    }

    private void tell(Terminal terminal, RotationReport report) {
        forced(terminal, report);
        if (json) {
            terminal.json(json(report));
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
    private static void forced(Terminal terminal, RotationReport report) {
        String mark = terminal.wordsStyle().bad("FORCED ");
        report.overridden().forEach(refusal -> terminal.words(mark + Style.safe(String.valueOf(refusal.getMessage()))));
        report.forcedBecause().ifPresent(reason -> terminal.words(mark + "for the reason: " + Style.safe(reason)));
    }

    private static Map<String, @Nullable Object> json(RotationReport report) {
        Map<String, @Nullable Object> told = new LinkedHashMap<>();
        told.put("step", report.step());
        told.put("at", report.at().toString());
        told.put("changed", report.changed());
        told.put("written", report.written());
        told.put("forced", report.forced());
        told.put(
                "overridden",
                report.overridden().stream().map(StepOptions::refusal).toList());
        told.put("forcedBecause", report.forcedBecause().orElse(null));
        told.put("done", report.done());
        told.put("next", report.next());
        told.put("revision", report.revision().orElse(null));
        told.put("keys", keys(report.after(), report.at()));
        return told;
    }

    private static List<Map<String, @Nullable Object>> keys(Keyset keyset, Instant now) {
        return keyset.keys().stream()
                .map(key -> {
                    Map<String, @Nullable Object> told = new LinkedHashMap<>();
                    told.put("kid", key.kid());
                    told.put("alg", key.algorithm());
                    told.put("purpose", key.purpose());
                    told.put("status", key.status(now).name());
                    told.put("publishedAt", key.publishedAt().toString());
                    told.put(
                            "activateAt",
                            key.activateAt().map(Instant::toString).orElse(null));
                    told.put("retireAt", key.retireAt().map(Instant::toString).orElse(null));
                    told.put("removeAt", key.removeAt().map(Instant::toString).orElse(null));
                    return told;
                })
                .toList();
    }

    private static Map<String, @Nullable Object> refusal(RotationRefusedException refused) {
        Map<String, @Nullable Object> told = new LinkedHashMap<>();
        told.put("refused", refused.gate().name());
        told.put("message", refused.getMessage());
        told.put("shortBySeconds", refused.shortBy().map(by -> by.toSeconds()).orElse(null));
        told.put("allowedFrom", refused.allowedFrom().map(Instant::toString).orElse(null));
        told.put("forceable", refused.gate().forceable());
        return told;
    }

    /** The purpose named, or the only one there is. */
    static String purpose(KeysetRotator rotator, @Nullable String named) {
        if (named != null) {
            return named;
        }
        Set<String> purposes = rotator.keyset().purposes();
        if (purposes.size() != 1) {
            throw new IllegalArgumentException(
                    "--purpose: the keyset has several; name one of " + Style.safe(String.join(", ", purposes)));
        }
        return purposes.iterator().next();
    }

    /** A key like the one that signs for the purpose, but for what was said. */
    static KeyTemplate template(KeysetRotator rotator, KeyOptions key, String purpose) {
        KeyTemplate like = rotator.keyset()
                .activeKey(purpose, Instant.now())
                .map(KeyTemplate::like)
                .or(() -> key.algorithm().map(KeyTemplate::of))
                .orElseThrow(() -> new IllegalArgumentException(
                        "--alg: no key signs for the purpose, so there is none to copy; name an algorithm"));
        return key.template(like, purpose);
    }

    /** A key for the purpose of this one, like it unless another algorithm is named; one that was replaced needs none. */
    static KeyTemplate after(KeysetRotator rotator, String kid, @Nullable String algorithm) {
        Keyset keyset = rotator.keyset();
        KeyTemplate like = keyset.key(kid)
                .map(KeyTemplate::like)
                .or(() -> keyset.revokedKids().contains(kid) ? Optional.of(KeyTemplate.of("ES256")) : Optional.empty())
                .orElseThrow(
                        () -> new IllegalArgumentException("--kid: names no key of the keyset; name one of its keys"));
        return algorithm == null ? like : KeyTemplate.of(algorithm).purpose(like.purpose());
    }

    /**
     * The key of the purpose that another has succeeded, or is about to, and whose end nobody has set; else the last whose
     * end was set already.
     */
    static String succeeded(KeysetRotator rotator, String purpose) {
        List<KeysetKey> succeeded = rotator.keyset().keys().stream()
                .filter(key -> key.purpose().equals(purpose) && key.canSign())
                .filter(key -> key.retireAt().isPresent())
                .toList();
        List<KeysetKey> endless =
                succeeded.stream().filter(key -> key.removeAt().isEmpty()).toList();
        if (endless.size() > 1) {
            throw new IllegalArgumentException(
                    "--kid: several keys have a successor but no end; name the one to retire");
        }
        return Stream.concat(
                        endless.stream(),
                        succeeded.stream()
                                .sorted(Comparator.comparing((KeysetKey key) ->
                                                key.retireAt().orElseThrow())
                                        .reversed()))
                .findFirst()
                .map(KeysetKey::kid)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--kid: no key has a successor; promote one, or name the one to retire"));
    }
}
