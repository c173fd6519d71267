package io.github.keyset4j.aws;

import io.github.keyset4j.aws.sdk.AwsClient;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkClient;

import static java.util.Objects.requireNonNull;

/**
 * What there is to say of the SDK's client, whatever is kept with it: the part that the builders of this package have in
 * common.
 *
 * @param <C> the SDK's client
 * @param <B> the builder
 */
abstract class ClientSettings<C extends SdkClient, B extends ClientSettings<C, B>> {

    final AwsClient.Maker<C> maker;
    final @Nullable String arnRegion;

    @Nullable
    C borrowed;

    @Nullable
    String region;

    @Nullable
    URI endpoint;

    Duration callTimeout = AwsClient.CALL_TIMEOUT;

    ClientSettings(String nameOrArn, AwsClient.Maker<C> maker) {
        this.maker = maker;
        this.arnRegion = AwsClient.regionOf(nameOrArn);
    }

    /** This builder, by its own type. */
    abstract B self();

    /** The region, such as {@code eu-west-1}; without it the ARN's, or the one the SDK finds in its surroundings. */
    public B region(String region) {
        this.region = requireNonNull(region, "region");
        return self();
    }

    /** An endpoint in place of the region's own, such as one in a VPC or a simulator's. */
    public B endpoint(URI endpoint) {
        this.endpoint = requireNonNull(endpoint, "endpoint");
        return self();
    }

    /**
     * The application's own client, with its region, credentials, retries and HTTP client. It is never closed here; the
     * call timeout applies to it as well.
     */
    public B client(C client) {
        this.borrowed = requireNonNull(client, "client");
        return self();
    }

    /** How long a call may last, its retries included: 5 s unless told otherwise. */
    public B callTimeout(Duration timeout) {
        if (requireNonNull(timeout, "timeout").isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("callTimeout: not positive; give a positive duration");
        }
        this.callTimeout = timeout;
        return self();
    }

    /**
     * The client these settings describe.
     *
     * @throws IllegalArgumentException if a region or an endpoint is given besides a client: it has its own, and a second
     *     opinion would go unheard
     */
    AwsClient<C> toClient() {
        if (borrowed != null && (region != null || endpoint != null)) {
            throw new IllegalArgumentException((region != null ? "region" : "endpoint")
                    + ": the client given has its own; set it there, or give no client");
        }
        return new AwsClient<>(maker, borrowed, region == null ? arnRegion : region, endpoint, callTimeout);
    }
}
