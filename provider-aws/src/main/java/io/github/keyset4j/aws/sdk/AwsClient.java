package io.github.keyset4j.aws.sdk;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetProblem;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/**
 * The SDK's client of one source: the application's own, which is never closed here, or one that is made at the first
 * load and closed with the source.
 *
 * <p>Everything that the SDK would take from its surroundings and that decides how long a call may last is said here:
 * left alone it tries four times for thirty seconds each, with whichever HTTP client the class path has.
 *
 * <p>Threads. Safe for use by any number.
 */
public final class AwsClient<C extends SdkClient> {

    /** How often a call is made before it has failed. */
    public static final int ATTEMPTS = 3;

    /** How long a call may last, its retries included, unless told otherwise. */
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(2);

    private final Maker<C> maker;
    private final @Nullable C borrowed;
    private final @Nullable String region;
    private final @Nullable URI endpoint;
    private final Duration callTimeout;
    private @Nullable C made;
    private boolean closed;

    /** The one given, or one that {@code maker} makes with these settings. */
    public AwsClient(
            Maker<C> maker,
            @Nullable C borrowed,
            @Nullable String region,
            @Nullable URI endpoint,
            Duration callTimeout) {
        this.maker = maker;
        this.borrowed = borrowed;
        this.region = region;
        this.endpoint = endpoint;
        this.callTimeout = callTimeout;
    }

    /** The region that an ARN names, as {@code arn:aws:ssm:eu-west-1:..} does; none in a name. */
    public static @Nullable String regionOf(String nameOrArn) {
        String[] parts = nameOrArn.split(":", 5);
        boolean arn = parts.length == 5 && parts[0].equals("arn") && !parts[3].isEmpty();
        return arn ? parts[3] : null;
    }

    /** One with the same settings and a life of its own. */
    public AwsClient<C> another() {
        return new AwsClient<>(maker, borrowed, region, endpoint, callTimeout);
    }

    /** The client, made now if there is none yet. */
    public synchronized C get() {
        if (borrowed != null) {
            return borrowed;
        }
        if (closed) {
            throw new IllegalStateException("the source is closed");
        }
        if (made == null) {
            made = maker.make(this);
        }
        return made;
    }

    /** Closes the client that was made here, if any, for good. */
    public synchronized void close() {
        closed = true;
        if (made != null) {
            made.close();
            made = null;
        }
    }

    /** How long one call may last, also where the client is the application's. */
    public void bound(AwsRequestOverrideConfiguration.Builder request) {
        request.apiCallTimeout(callTimeout);
    }

    /** What is wrong with the way to the service. */
    public List<KeysetProblem> findings() {
        boolean readable = givenEndpoint()
                .filter(given -> !"https".equalsIgnoreCase(given.getScheme()) && !loopback(given))
                .isPresent();
        return readable
                ? List.of(KeysetProblem.of(
                                "endpoint",
                                "not https, so that others on the way may read the keys",
                                "use an https endpoint")
                        .withCode("plain-http"))
                : List.of();
    }

    /**
     * The endpoint that stands in for the region's own, if one does. The SDK is asked, since it may be given in its
     * surroundings, by variables, properties and profiles with a precedence of their own.
     */
    private Optional<URI> givenEndpoint() {
        if (endpoint != null) {
            return Optional.of(endpoint);
        }
        try {
            return get().serviceClientConfiguration().endpointOverride();
        } catch (SdkClientException | IllegalStateException e) {
            return Optional.empty(); // no client can be made, so that nothing goes anywhere: loading will tell
        } catch (UnsupportedOperationException e) {
            return Optional.empty(); // the application's own, which need not know it
        }
    }

    private static boolean loopback(URI endpoint) {
        String host = endpoint.getHost() == null ? "" : endpoint.getHost().toLowerCase(Locale.ROOT);
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
    }

    /** Makes a client: of Secrets Manager, or of the Systems Manager. */
    public interface Maker<C extends SdkClient> {

        /** With what these settings say. */
        C make(AwsClient<C> settings);
    }

    /** A client of the SDK with these settings; the credentials are those of the SDK's default chain. */
    public <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C build(B builder) {
        Duration attempt = callTimeout.compareTo(ATTEMPT_TIMEOUT) < 0 ? callTimeout : ATTEMPT_TIMEOUT;
        builder.httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(attempt)
                        .socketTimeout(attempt))
                .overrideConfiguration(override -> override.apiCallTimeout(callTimeout)
                        .apiCallAttemptTimeout(attempt)
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(ATTEMPTS)
                                .build()));
        if (region != null) {
            builder.region(Region.of(region));
        }
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        return builder.build();
    }

    /** With the time that the service said it was. */
    public static KeysetDocument answered(KeysetDocument document, SdkResponse answer) {
        SdkHttpResponse http = answer.sdkHttpResponse(); // none of a client that somebody made for a test
        Optional<String> date = http == null ? Optional.empty() : http.firstMatchingHeader("Date");
        try {
            return date.map(said -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(said)))
                    .map(document::withAnsweredAt)
                    .orElse(document);
        } catch (DateTimeException e) {
            return document; // a proxy's own idea of a date says nothing
        }
    }
}
