package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetProblem;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.utils.SdkAutoCloseable;

import static java.util.Objects.requireNonNull;

/**
 * The SDK's client of one source: the application's own, which is never closed here, or one that is made at the first
 * load and closed with the source.
 *
 * <p>Everything that the SDK would take from its surroundings and that decides how long a call may last is said here:
 * left alone it tries four times for thirty seconds each, with whichever HTTP client the class path has.
 */
final class AwsClient<C extends SdkAutoCloseable> {

    static final int ATTEMPTS = 3;
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(2);

    private final Settings<C> settings;
    private @Nullable C made;
    private boolean closed;

    AwsClient(Settings<C> settings) {
        this.settings = settings;
    }

    /** The client, made now if there is none yet. */
    synchronized C get() {
        if (settings.borrowed != null) {
            return settings.borrowed;
        }
        if (closed) {
            throw new IllegalStateException("the source is closed");
        }
        if (made == null) {
            made = settings.maker.make(settings);
        }
        return made;
    }

    synchronized void close() {
        closed = true;
        if (made != null) {
            made.close();
            made = null;
        }
    }

    /** How long one call may last, also where the client is the application's. */
    void bound(AwsRequestOverrideConfiguration.Builder request) {
        request.apiCallTimeout(settings.callTimeout);
    }

    /** What is wrong with the way to the service. */
    List<KeysetProblem> findings() {
        List<KeysetProblem> findings = new ArrayList<>();
        settings.endpoint()
                .filter(endpoint -> !"https".equalsIgnoreCase(endpoint.getScheme()) && !loopback(endpoint))
                .ifPresent(endpoint -> findings.add(new KeysetProblem(
                        "endpoint",
                        "not https, so that others on the way may read the keys",
                        "use an https endpoint")));
        return findings;
    }

    private static boolean loopback(URI endpoint) {
        String host = endpoint.getHost() == null ? "" : endpoint.getHost().toLowerCase(Locale.ROOT);
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
    }

    /** A name to ask for. */
    static String name(String name, String parameter) {
        if (requireNonNull(name, parameter).isBlank()) {
            throw new IllegalArgumentException(parameter + ": blank; give a name or an ARN");
        }
        return name;
    }

    /** Makes a client: of Secrets Manager, or of the Systems Manager. */
    interface Maker<C> {
        C make(Settings<?> settings);
    }

    /** A value by its name, or none. */
    interface Lookup {
        @Nullable
        String apply(String name);
    }

    /** What there is to say of a client. */
    static final class Settings<C extends SdkAutoCloseable> {

        private final Maker<C> maker;
        private final String service;
        private @Nullable C borrowed;
        private Optional<URI> borrowedEndpoint = Optional.empty();
        private final @Nullable String arnRegion;
        private @Nullable String region;
        private @Nullable URI endpoint;
        private Duration callTimeout = Duration.ofSeconds(5);
        Lookup environment = System::getenv;
        Lookup properties = System::getProperty;

        /** For a service, named as in AWS_ENDPOINT_URL_SECRETS_MANAGER. */
        Settings(Maker<C> maker, String service, String nameOrArn) {
            this.maker = maker;
            this.service = service;
            this.arnRegion = regionOf(nameOrArn);
        }

        /** An ARN says where it lives: {@code arn:aws:ssm:eu-west-1:..}. */
        private static @Nullable String regionOf(String nameOrArn) {
            String[] parts = nameOrArn.split(":", 5);
            boolean arn = parts.length == 5 && parts[0].equals("arn") && !parts[3].isEmpty();
            return arn ? parts[3] : null;
        }

        void region(String region) {
            this.region = requireNonNull(region, "region");
        }

        void endpoint(URI endpoint) {
            this.endpoint = requireNonNull(endpoint, "endpoint");
        }

        void callTimeout(Duration timeout) {
            if (requireNonNull(timeout, "timeout").isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("callTimeout: not positive; give a positive duration");
            }
            this.callTimeout = timeout;
        }

        void borrow(C client, Optional<URI> endpointOverride) {
            this.borrowed = requireNonNull(client, "client");
            this.borrowedEndpoint = endpointOverride;
        }

        /** A borrowed client knows its region and endpoint; a second opinion would go unheard. */
        void check() {
            if (borrowed != null && (region != null || endpoint != null)) {
                throw new IllegalArgumentException((region != null ? "region" : "endpoint")
                        + ": the client given has its own; set it there, or give no client");
            }
        }

        /** The endpoint that stands in for the region's own, if one does: the client's, or one from the surroundings. */
        Optional<URI> endpoint() {
            if (endpoint != null) {
                return Optional.of(endpoint);
            }
            if (borrowedEndpoint.isPresent()) {
                return borrowedEndpoint;
            }
            if ("true".equalsIgnoreCase(environment.apply("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) {
                return Optional.empty();
            }
            String camel = service.equals("SSM") ? "Ssm" : "SecretsManager";
            String[] found = {
                properties.apply("aws.endpointUrl" + camel),
                environment.apply("AWS_ENDPOINT_URL_" + service),
                properties.apply("aws.endpointUrl"),
                environment.apply("AWS_ENDPOINT_URL")
            };
            for (String one : found) {
                if (one != null && !one.isBlank()) {
                    return Optional.of(URI.create(one.strip()));
                }
            }
            return Optional.empty();
        }

        /** A client of the SDK with these settings; the credentials are those of the SDK's default chain. */
        <B extends AwsSyncClientBuilder<B, T> & AwsClientBuilder<B, T>, T> T build(B builder) {
            Duration attempt = callTimeout.compareTo(ATTEMPT_TIMEOUT) < 0 ? callTimeout : ATTEMPT_TIMEOUT;
            builder.httpClientBuilder(UrlConnectionHttpClient.builder()
                            .connectionTimeout(attempt)
                            .socketTimeout(attempt))
                    .overrideConfiguration(override -> override.apiCallTimeout(callTimeout)
                            .apiCallAttemptTimeout(attempt)
                            .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                    .maxAttempts(ATTEMPTS)
                                    .build()));
            String where = region == null ? arnRegion : region;
            if (where != null) {
                builder.region(Region.of(where));
            }
            if (endpoint != null) {
                builder.endpointOverride(endpoint);
            }
            return builder.build();
        }
    }
}
