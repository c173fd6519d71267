package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.encoding.DurationWords;
import io.github.keyset4j.encoding.UriText;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What the values of options are read as. No refusal repeats the value, which may be a secret in the wrong place. */
final class Arguments {

    private Arguments() {}

    /** A URI. */
    static final class SourceUri implements ITypeConverter<URI> {

        @Override
        public URI convert(String value) {
            try {
                return UriText.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    /** The address of something served over HTTP. */
    static final class HttpUrl implements ITypeConverter<URI> {

        @Override
        public URI convert(String value) {
            URI url = new SourceUri().convert(value);
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
                throw new TypeConversionException(
                        "not an address of HTTP; write it as in https://host/.well-known/jwks.json");
            }
            return url;
        }
    }

    /** A positive duration: {@code 30s}, {@code 1h30m}, {@code 90d}, {@code PT1M}. */
    static final class PositiveDuration implements ITypeConverter<Duration> {

        @Override
        public Duration convert(String value) {
            return DurationWords.parse(value)
                    .orElseThrow(() -> new TypeConversionException(
                            "not a positive duration; write it with its unit: 500ms, 30s, 15m, 1h30m, 90d"));
        }
    }

    /** A policy by its name. */
    static final class Policy implements ITypeConverter<KeysetPolicy> {

        @Override
        public KeysetPolicy convert(String value) {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "standard" -> KeysetPolicy.standard();
                case "strict" -> KeysetPolicy.strictProduction();
                case "development" -> KeysetPolicy.development();
                default -> throw new TypeConversionException("unknown policy; use standard, strict or development");
            };
        }
    }

    /** A shape of documents by its name. */
    static final class Shape implements ITypeConverter<KeysetShape> {

        @Override
        public KeysetShape convert(String value) {
            return Arrays.stream(KeysetShape.values())
                    .filter(shape -> shape.label().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("unknown shape; use one of "
                            + Arrays.stream(KeysetShape.values())
                                    .map(KeysetShape::label)
                                    .collect(Collectors.joining(", "))));
        }
    }

    /** An instant. */
    static final class When implements ITypeConverter<Instant> {

        @Override
        public Instant convert(String value) {
            try {
                return Instant.parse(value);
            } catch (DateTimeException e) {
                throw new TypeConversionException("not an instant; write it in UTC, as in 2026-03-01T12:00:00Z");
            }
        }
    }
}
