package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetPolicy;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that all steps of a rotation have: the store, the rules they are measured by, and what is told of them. */
final class StepOptions {

    @Option(
            names = "--store",
            required = true,
            paramLabel = "URI",
            converter = Arguments.SourceUri.class,
            description = "The keyset to change: file:PATH, aws-secretsmanager:NAME, aws-ssm:NAME.")
    URI store;

    @Mixin
    TimesOptions times;

    @Option(
            names = "--policy",
            defaultValue = "standard",
            paramLabel = "POLICY",
            converter = Arguments.Policy.class,
            description = "How strict to be with keys: standard, strict or development. Default: ${DEFAULT-VALUE}.")
    KeysetPolicy policy;

    @Option(names = "--convert", description = "Write the document as a JWK set, the shape that can carry every step.")
    boolean convert;

    @Option(names = "--dry-run", description = "Write nothing; say what would be done.")
    boolean dryRun;

    @Option(names = "--force", description = "Take the step even though it breaks tokens; it is recorded as forced.")
    boolean force;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "forced on the command line",
            description = "Why it is forced, for the record; no secrets. Default: ${DEFAULT-VALUE}.")
    String reason;

    @Option(
            names = "--evidence",
            paramLabel = "DIR",
            description = "Write evidence of the step to DIR, if it changed anything.")
    @Nullable
    Path evidence;

    @Option(
            names = "--event-id",
            paramLabel = "ID",
            description = "The event's name, with --evidence. Default: made from the time and the active kid.")
    @Nullable
    String eventId;

    @Option(names = "--json", description = "Report what was done as one line of JSON.")
    boolean json;
}
