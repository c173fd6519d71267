package io.github.keyset4j.cli;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.rotation.Evidence;
import io.github.keyset4j.rotation.EvidenceDirectory;
import io.github.keyset4j.rotation.EvidenceEvent;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.KeysetStore;
import io.github.keyset4j.rotation.KeysetStores;
import io.github.keyset4j.rotation.RotationReport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
            description = "How much is asked of keys: standard, strict or development. Default: ${DEFAULT-VALUE}.")
    private KeysetPolicy policy;

    @Option(
            names = "--convert",
            description = "Write the document as a JWK set, which can carry every step, whatever its shape is.")
    private boolean convert;

    @Option(names = "--dry-run", description = "Write nothing; say what would be done.")
    private boolean dryRun;

    @Option(names = "--force", description = "Take the step although it breaks tokens. It is recorded as forced.")
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
            description = "The event's name, with --evidence. Default: one made of the time and the active kid.")
    private @Nullable String eventId;

    @Option(names = "--json", description = "Say what was done as JSON, in one line.")
    private boolean json;

    /** Takes a step, and tells of it. */
    int take(Terminal terminal, Function<KeysetRotator, RotationReport> step) {
        try (KeysetStore opened = KeysetStores.of(store)) {
            KeysetRotator.Builder builder = KeysetRotator.builder(opened)
                    .rotation(times.times())
                    .refreshEvery(times.refreshEvery())
                    .parser(KeysetParser.of(policy));
            if (convert) {
                builder.convertTo(KeysetShape.JWK_SET);
            }
            KeysetRotator rotator = builder.build();
            rotator = dryRun ? rotator.dryRun() : rotator;
            rotator = force ? rotator.forced(reason) : rotator;
            RotationReport report = step.apply(rotator);
            tell(terminal, report, record(report));
            return ExitCode.OK;
        } catch (RotationRefusedException refused) {
            if (json) {
                terminal.json(refusal(refused));
            }
            throw refused;
        }
    }

    private @Nullable EvidenceEvent record(RotationReport report) {
        if (evidence == null || !report.written()) {
            return null;
        }
        Evidence of = Evidence.of(report).withTimes(times.times(), times.refreshEvery());
        return EvidenceDirectory.of(evidence).capture(eventId == null ? of : of.withEventId(eventId));
    }

    private void tell(Terminal terminal, RotationReport report, @Nullable EvidenceEvent event) {
        if (json) {
            terminal.json(json(report, event));
            return;
        }
        Style style = terminal.wordsStyle();
        report.overridden()
                .forEach(refusal ->
                        terminal.words(style.bad("FORCED ") + Style.safe(String.valueOf(refusal.getMessage()))));
        String prefix = report.changed() && !report.written() ? "would have: " : "";
        report.done().forEach(line -> terminal.words(prefix + Style.safe(line)));
        if (!report.changed()) {
            terminal.words("nothing to change");
        }
        report.next().forEach(line -> terminal.words("next: " + Style.safe(line)));
        if (event != null) {
            terminal.words("recorded as " + Style.safe(event.directory().toString()));
        }
    }

    private static Map<String, @Nullable Object> json(RotationReport report, @Nullable EvidenceEvent event) {
        Map<String, @Nullable Object> told = new LinkedHashMap<>();
        told.put("step", report.step());
        told.put("at", report.at().toString());
        told.put("changed", report.changed());
        told.put("written", report.written());
        told.put("forced", report.forced());
        told.put(
                "overridden",
                report.overridden().stream().map(StepOptions::refusal).toList());
        told.put("done", report.done());
        told.put("next", report.next());
        told.put("keys", keys(report.after(), report.at()));
        told.put("evidence", event == null ? null : event.directory().toString());
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
                        "--alg: nothing signs for the purpose that the new key could be like; name its algorithm"));
        return key.template(like, purpose);
    }

    /** A key for the purpose of this one, like it unless another algorithm is named. */
    static KeyTemplate after(KeysetRotator rotator, String kid, @Nullable String algorithm) {
        KeyTemplate like = rotator.keyset()
                .key(kid)
                .map(KeyTemplate::like)
                .orElseThrow(
                        () -> new IllegalArgumentException("--kid: names no key of the keyset; name one of its keys"));
        return algorithm == null ? like : KeyTemplate.of(algorithm).purpose(like.purpose());
    }

    /** The key of the purpose that another has succeeded, or is about to, and whose end nobody has set. */
    static String succeeded(KeysetRotator rotator, String purpose) {
        List<String> kids = rotator.keyset().keys().stream()
                .filter(key -> key.purpose().equals(purpose) && key.canSign())
                .filter(key -> key.retireAt().isPresent() && key.removeAt().isEmpty())
                .map(KeysetKey::kid)
                .toList();
        if (kids.size() != 1) {
            throw new IllegalArgumentException("--kid: "
                    + (kids.isEmpty() ? "no key is succeeded by another" : "several keys are succeeded by others")
                    + " without having an end; name the one to retire");
        }
        return kids.get(0);
    }
}
