package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.KeysetSources;
import java.net.URI;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Where the keyset is, how long to wait for it, and how much is asked of it. */
final class SourceOptions {

    @Option(
            names = "--source",
            required = true,
            paramLabel = "URI",
            converter = Arguments.SourceUri.class,
            description = "Where the keyset is: file:PATH, env:VARIABLE, command:PROGRAM, aws-secretsmanager:NAME,"
                    + " aws-ssm:NAME; AWS's own variables (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL) apply.")
    private URI source;

    @Option(
            names = "--timeout",
            defaultValue = "10s",
            paramLabel = "DURATION",
            converter = Arguments.PositiveDuration.class,
            description = "How long to wait for the source: 500ms, 10s, 1m. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(
            names = "--policy",
            defaultValue = "standard",
            paramLabel = "POLICY",
            converter = Arguments.Policy.class,
            description = "How strict to be with keys: standard, strict or development. Default: ${DEFAULT-VALUE}.")
    private KeysetPolicy policy;

    KeysetSource source() {
        return KeysetSources.of(source);
    }

    URI uri() {
        return source;
    }

    KeysetPolicy policy() {
        return policy;
    }

    Duration timeout() {
        return timeout;
    }

    /** The document as it is now; blocks until it is there, for the timeout at most. */
    LoadedSource load() {
        return LoadedSource.of(source(), timeout);
    }
}
