package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.aws.sdk.AwsClient;
import io.github.keyset4j.aws.sdk.AwsFailures;
import io.github.keyset4j.aws.sdk.AwsSdk;
import io.github.keyset4j.aws.secrets.SecretVersions;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

/**
 * A keyset document in an AWS Secrets Manager secret: its string or its bytes, of the version that stands at AWSCURRENT
 * at each load. The version's id is the revision, its creation the revision's time, so that all replicas date its keys
 * alike.
 *
 * <p>A load is one call. At the start, and with each new version, one more fetches the version at AWSPREVIOUS: its keys
 * verify, so that documents that name one key alone survive a restart in the middle of a rotation, and it dates the keys
 * that both versions have. Where it may not be read it is left out, and a warning says so once.
 *
 * <p>Credentials are found by the SDK's default chain.
 *
 * <p>Threads. As {@link KeysetSource} has it: one load at a time.
 *
 * <p>Secrets. The document at AWSPREVIOUS is kept; it is not shown.
 */
public final class SecretsManagerKeysetSource implements KeysetSource {

    private static final String GET = "secretsmanager:GetSecretValue";

    /** How often AWSCURRENT is read when it moves each time before AWSPREVIOUS is. */
    private static final int TRIES = 3;

    final String secret;
    private final boolean withPrevious;
    private final boolean withPending;
    private final String stage;
    final AwsClient<SecretsManagerClient> client;
    final AwsFailures failures;
    private final VersionsBeside beside = new VersionsBeside();
    private Optional<KeysetDocument> previous = Optional.empty();
    private Optional<String> previousOf = Optional.empty();

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
     * <p>A manager says that it works from a fallback, and never asks for it once it had the current version.
     */
    public KeysetSource previousVersion() {
        return new SecretsManagerKeysetSource(secret, SecretVersions.PREVIOUS, false, false, client.another());
    }

    /**
     * Asks for the secret; blocks for as long as its calls last: one, with AWSPENDING two, and with a new version one more
     * or, if it moves meanwhile, up to five; each bounded by {@link Builder#callTimeout(java.time.Duration)}.
     *
     * @throws KeysetLoadException NOT_FOUND if there is no such secret, it has no value or is scheduled for deletion;
     *     DENIED if IAM, KMS or the credentials stand against it; THROTTLED, TIMED_OUT; UNAVAILABLE for everything else
     */
    @Override
    public KeysetDocument load() throws InterruptedException {
        // In the order in which a version moves on: one that does so meanwhile is seen twice, and never not at all.
        Optional<KeysetDocument> pending = withPending ? beside(SecretVersions.PENDING) : Optional.empty();
        KeysetDocument current = document(stage);
        for (int i = 1; withPrevious && !current.revision().equals(previousOf); i++) {
            Optional<KeysetDocument> found = beside(SecretVersions.PREVIOUS);
            if (!same(found, current)) {
                previous = found;
                previousOf = current.revision();
                break;
            }
            if (i == TRIES) {
                throw failures.of(
                        Reason.UNAVAILABLE,
                        GET,
                        "AWSCURRENT has moved each time before AWSPREVIOUS was read",
                        "move it less often");
            }
            current = document(stage);
        }
        KeysetDocument document = previous.map(current::withPrevious).orElse(current);
        boolean known = same(pending, current) || (pending.isPresent() && same(previous, pending.get()));
        KeysetDocument whole =
                known ? document : pending.map(document::withPending).orElse(document);
        return whole.withFindings(findings());
    }

    private static boolean same(Optional<KeysetDocument> one, KeysetDocument other) {
        return one.flatMap(KeysetDocument::revision).equals(other.revision())
                && other.revision().isPresent();
    }

    /** One without a value is none: a rotation begins by putting AWSPENDING on such a version. */
    private Optional<KeysetDocument> beside(String at) throws InterruptedException {
        return beside.at(at, () -> Optional.of(document(at)));
    }

    private KeysetDocument document(String at) throws InterruptedException {
        return SecretVersions.document(get(at), failures);
    }

    GetSecretValueResponse get(String stage) throws InterruptedException {
        return failures.call(
                GET,
                () -> client.get()
                        .getSecretValue(request ->
                                request.secretId(secret).versionStage(stage).overrideConfiguration(client::bound)));
    }

    /** An endpoint given instead of the region's own, if it is neither https nor on this machine. */
    @Override
    public List<KeysetProblem> findings() {
        return client.findings();
    }

    @Override
    public String description() {
        return "aws-secretsmanager:" + secret + (stage.equals(SecretVersions.CURRENT) ? "" : " at " + stage);
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
        private boolean previous = true;
        private boolean pending;

        private Builder(String nameOrArn) {
            super(AwsSdk.name(nameOrArn, "nameOrArn"), client -> client.build(SecretsManagerClient.builder()));
            this.secret = nameOrArn;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Leaves out the version at AWSPREVIOUS. A process that starts in the middle of a rotation then knows nothing of the
         * key before, and of no key since when it is known.
         */
        public Builder withoutPrevious() {
            this.previous = false;
            return this;
        }

        /**
         * Takes in the version at AWSPENDING, by one more call at each load: keys that stand only there are published before
         * they sign.
         */
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
            return new SecretsManagerKeysetSource(secret, SecretVersions.CURRENT, previous, pending, toClient());
        }

        /**
         * The secret as one that can be written, and is read as the source would read it.
         *
         * @throws IllegalArgumentException as {@link #build()}
         */
        public SecretsManagerKeysetStore buildStore() {
            return new SecretsManagerKeysetStore(build());
        }
    }
}
