package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.KeysetSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

/**
 * A keyset document in an AWS Secrets Manager secret: its string or its bytes, of the version that stands at AWSCURRENT
 * at each load. The version's id is the revision, its creation the revision's time, so that all replicas date its keys
 * alike.
 *
 * <p>The plain source makes one call a load. With {@link Builder#withPrevious()} or {@link Builder#withPending()} it asks
 * which versions the stages are at and fetches those it does not have yet, each by its id, so that a rotation going on
 * cannot mix two states; a version never changes, so it is fetched once.
 *
 * <p>Credentials are found by the SDK's default chain.
 *
 * <p>Threads. As {@link KeysetSource} has it: one load at a time.
 *
 * <p>Secrets. The documents of the present versions are kept; none is shown.
 */
public final class SecretsManagerKeysetSource implements KeysetSource {

    private static final Logger log = LoggerFactory.getLogger(SecretsManagerKeysetSource.class);

    private static final String CURRENT = SecretVersions.CURRENT;
    private static final String PREVIOUS = SecretVersions.PREVIOUS;
    private static final String PENDING = SecretVersions.PENDING;

    private static final String GET = "secretsmanager:GetSecretValue";
    private static final String DESCRIBE = "secretsmanager:DescribeSecret";

    final String secret;
    private final boolean withPrevious;
    private final boolean withPending;
    private final String stage;
    final AwsClient<SecretsManagerClient> client;
    final AwsFailures failures;
    private final Map<String, KeysetDocument> byVersion = new HashMap<>();
    private boolean describeDenied;
    private boolean previousDelivered;
    private @Nullable String leftOut;

    private SecretsManagerKeysetSource(
            String secret,
            String stage,
            boolean withPrevious,
            boolean withPending,
            AwsClient<SecretsManagerClient> client) {
        this.secret = secret;
        this.stage = stage;
        this.withPrevious = withPrevious;
        this.withPending = withPending;
        this.client = client;
        this.failures = new AwsFailures(description(), SecretsManagerException.class);
    }

    /** The secret of this name or ARN, in the region the SDK finds in its surroundings or the ARN names. */
    public static SecretsManagerKeysetSource of(String nameOrArn) {
        return builder(nameOrArn).build();
    }

    /** The secret of this name or ARN, with more to say. */
    public static Builder builder(String nameOrArn) {
        return new Builder(nameOrArn);
    }

    /**
     * The version before the current one, as a source of its own: to start from while the current version cannot be
     * read, as when the key it is encrypted with is out of reach.
     *
     * <pre>{@code
     * KeyManager.builder(source.orElse(source.previousVersion())).start()
     * }</pre>
     *
     * <p>A manager says that it works from a fallback, and never asks for it once it had the current version: this is not
     * the way to keep the previous version's keys verifying, which {@link Builder#withPrevious()} is.
     */
    public KeysetSource previousVersion() {
        return new SecretsManagerKeysetSource(secret, PREVIOUS, false, false, client.another());
    }

    /**
     * Asks for the secret; blocks for as long as its calls last: one, or with other stages up to four, each bounded by
     * {@link Builder#callTimeout(java.time.Duration)}.
     *
     * @throws KeysetLoadException NOT_FOUND if there is no such secret, it has no value or is scheduled for deletion;
     *     DENIED if IAM, KMS or the credentials stand against it; THROTTLED, TIMED_OUT; UNAVAILABLE for everything else
     */
    @Override
    public KeysetDocument load() throws InterruptedException {
        if (!withPrevious && !withPending) {
            return document(get(stage, null));
        }
        Optional<DescribeSecretResponse> described = describeDenied ? Optional.empty() : describe();
        if (described.isPresent()) {
            return pinned(described.get());
        }
        KeysetDocument document = byStages();
        if (!describeDenied) {
            describeDenied = true; // the other calls are allowed: so it is this one, not the credentials or the name
            log.warn(
                    "{}: DescribeSecret: not allowed, so every version is fetched at every load; allow {}",
                    description(),
                    DESCRIBE);
        }
        return document;
    }

    /** Which versions the stages are at; empty if asking is not allowed. */
    private Optional<DescribeSecretResponse> describe() throws InterruptedException {
        DescribeSecretResponse described;
        try {
            described = failures.call(
                    DESCRIBE,
                    () -> client.get()
                            .describeSecret(request -> request.secretId(secret).overrideConfiguration(client::bound)));
        } catch (KeysetLoadException e) {
            if (e.reason() == Reason.DENIED) {
                return Optional.empty();
            }
            throw e;
        }
        if (described.deletedDate() != null) { // it is described all the same
            throw failures.of(
                    Reason.NOT_FOUND,
                    DESCRIBE,
                    "it is scheduled for deletion",
                    "bring it back with RestoreSecret, or name another");
        }
        return Optional.of(described);
    }

    /** The versions that the stages were at in one instant. */
    private KeysetDocument pinned(DescribeSecretResponse described) throws InterruptedException {
        Map<String, String> ids = new HashMap<>();
        described.versionIdsToStages().forEach((id, stages) -> stages.forEach(at -> ids.put(at, id)));
        String current = ids.get(CURRENT);
        if (current == null) {
            throw failures.of(Reason.NOT_FOUND, DESCRIBE, "no version is at AWSCURRENT", "put a value into the secret");
        }
        byVersion.keySet().retainAll(ids.values());
        KeysetDocument document = version(current);
        Optional<KeysetDocument> previous = beside(PREVIOUS, withPrevious, ids.get(PREVIOUS));
        Optional<KeysetDocument> pending = beside(PENDING, withPending, ids.get(PENDING));
        return together(document, previous, pending);
    }

    private Optional<KeysetDocument> beside(String at, boolean wanted, @Nullable String id)
            throws InterruptedException {
        return wanted && id != null ? beside(at, () -> version(id)) : Optional.empty();
    }

    private KeysetDocument version(String id) throws InterruptedException {
        KeysetDocument known = byVersion.get(id);
        if (known == null) {
            known = document(get(null, id));
            byVersion.put(id, known);
        }
        return known;
    }

    /**
     * Each stage by itself, in the order in which a version moves through them: one that moves on meanwhile is then seen
     * twice, and never not at all.
     */
    private KeysetDocument byStages() throws InterruptedException {
        Optional<KeysetDocument> pending =
                withPending ? beside(PENDING, () -> document(get(PENDING, null))) : Optional.empty();
        KeysetDocument current = document(get(CURRENT, null));
        Optional<KeysetDocument> previous =
                withPrevious ? beside(PREVIOUS, () -> document(get(PREVIOUS, null))) : Optional.empty();
        return together(current, previous, pending);
    }

    /** The current version with those beside it that are not the same: AWSPENDING may stay where it was. */
    private static KeysetDocument together(
            KeysetDocument current, Optional<KeysetDocument> previous, Optional<KeysetDocument> pending) {
        KeysetDocument document = current;
        if (previous.isPresent() && !same(previous.get(), current)) {
            document = document.withPrevious(previous.get());
        }
        boolean known = pending.isEmpty()
                || same(pending.get(), current)
                || (previous.isPresent() && same(pending.get(), previous.get()));
        return known ? document : document.withPending(pending.get());
    }

    private static boolean same(KeysetDocument one, KeysetDocument other) {
        return one.revision().isPresent() && one.revision().equals(other.revision());
    }

    /** Fetches one version. */
    private interface Fetch {
        KeysetDocument fetch() throws InterruptedException;
    }

    /**
     * A version beside the current one. One without a value is none: a rotation begins by putting AWSPENDING on such a
     * version. One that may not be read does not stand in the way of the current one either, unless keys that this
     * process had from there would be lost.
     */
    private Optional<KeysetDocument> beside(String at, Fetch version) throws InterruptedException {
        try {
            Optional<KeysetDocument> fetched = Optional.of(version.fetch());
            previousDelivered |= at.equals(PREVIOUS);
            return fetched;
        } catch (KeysetLoadException e) {
            boolean keysLost = at.equals(PREVIOUS) && previousDelivered;
            if (e.reason() == Reason.NOT_FOUND) {
                return Optional.empty();
            }
            if (e.reason() != Reason.DENIED || keysLost) {
                throw e;
            }
            String what = e.getMessage() + " (the version at " + at + " is left out)";
            if (!what.equals(leftOut)) {
                leftOut = what;
                log.warn(what);
            }
            return Optional.empty();
        }
    }

    GetSecretValueResponse get(@Nullable String stage, @Nullable String version) throws InterruptedException {
        Consumer<GetSecretValueRequest.Builder> request = builder ->
                builder.secretId(secret).versionStage(stage).versionId(version).overrideConfiguration(client::bound);
        return failures.call(GET, () -> client.get().getSecretValue(request));
    }

    private KeysetDocument document(GetSecretValueResponse version) {
        return SecretVersions.document(version, failures);
    }

    /** An endpoint given instead of the region's own, if it is neither https nor on this machine. */
    @Override
    public List<KeysetProblem> findings() {
        return client.findings();
    }

    @Override
    public String description() {
        return "aws-secretsmanager:" + secret + (stage.equals(CURRENT) ? "" : " at " + stage);
    }

    /** Closes the client, unless it is the application's own. */
    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return description();
    }

    /**
     * Collects what there is to say of the secret.
     *
     * <p>Threads. For one thread; used up by building.
     */
    public static final class Builder extends ClientSettings<SecretsManagerClient, Builder> {

        private final String secret;
        private boolean previous;
        private boolean pending;

        private Builder(String nameOrArn) {
            super(AwsClient.name(nameOrArn, "nameOrArn"), client -> client.build(SecretsManagerClient.builder()));
            this.secret = nameOrArn;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Takes in the version at AWSPREVIOUS: keys that stand only there verify and do not sign. So PEM pairs, and other
         * documents that name one key alone, survive a restart in the middle of a rotation.
         */
        public Builder withPrevious() {
            this.previous = true;
            return this;
        }

        /** Takes in the version at AWSPENDING: keys that stand only there are published before they sign. */
        public Builder withPending() {
            this.pending = true;
            return this;
        }

        /**
         * The source.
         *
         * @throws IllegalArgumentException if a region or an endpoint is given besides a client, which has its own
         */
        public SecretsManagerKeysetSource build() {
            return new SecretsManagerKeysetSource(secret, CURRENT, previous, pending, toClient());
        }
    }
}
