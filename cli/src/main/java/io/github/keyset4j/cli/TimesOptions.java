package io.github.keyset4j.cli;

import io.github.keyset4j.RotationTimes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The durations of the services that read the keyset: what is safe for their tokens follows from them. */
final class TimesOptions {

    @Option(
            names = "--times",
            defaultValue = "standard",
            paramLabel = "TIMES",
            converter = Times.class,
            description = "Who verifies: internal (a publish lead of 15 min), gateways (2.5 h), strangers (48 h), or"
                    + " standard. Default: ${DEFAULT-VALUE}.")
    private RotationTimes times;

    @Option(
            names = "--refresh-every",
            defaultValue = "1m",
            paramLabel = "DURATION",
            converter = Arguments.PositiveDuration.class,
            description = "R: the services' refresh interval. Default: ${DEFAULT-VALUE}.")
    private Duration refreshEvery;

    @Option(
            names = "--publish-lead",
            paramLabel = "DURATION",
            converter = Arguments.PositiveDuration.class,
            description = "How long a key is public before it signs, if not as --times has it.")
    private @Nullable Duration publishLead;

    @Option(
            names = "--token-lifetime",
            paramLabel = "DURATION",
            converter = Arguments.PositiveDuration.class,
            description = "T: the longest lifetime of a token. Default: 24h.")
    private @Nullable Duration tokenLifetime;

    @Option(
            names = "--leeway",
            paramLabel = "DURATION",
            converter = Arguments.PositiveDuration.class,
            description = "How long verifiers let a token outlive its exp. Default: 5m.")
    private @Nullable Duration leeway;

    @Option(
            names = "--no-shared-cache",
            description = "No CDN or proxy caches the JWKS between the services and their verifiers.")
    private boolean noSharedCache;

    /** Rotation times by their name. */
    static final class Times implements ITypeConverter<RotationTimes> {

        @Override
        public RotationTimes convert(String value) {
            return switch (value) {
                case "standard" -> RotationTimes.standard();
                case "internal" -> RotationTimes.internal();
                case "gateways" -> RotationTimes.gateways();
                case "strangers" -> RotationTimes.strangers();
                default ->
                    throw new TypeConversionException("unknown times; use standard, internal, gateways or strangers");
            };
        }
    }

    RotationTimes times() {
        RotationTimes.Builder builder = times.toBuilder().refreshEvery(refreshEvery);
        if (publishLead != null) {
            builder.publishLead(publishLead);
        }
        if (tokenLifetime != null) {
            builder.maxTokenLifetime(tokenLifetime);
        }
        if (leeway != null) {
            builder.verifierLeeway(leeway);
        }
        if (noSharedCache) {
            builder.noSharedCache();
        }
        return builder.build();
    }
}
