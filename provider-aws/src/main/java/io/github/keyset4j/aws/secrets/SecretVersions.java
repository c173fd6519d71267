package io.github.keyset4j.aws.secrets;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.aws.sdk.AwsClient;
import io.github.keyset4j.aws.sdk.AwsFailures;
import io.github.keyset4j.aws.sdk.AwsSdk;
import io.github.keyset4j.rotation.KeysetConflictException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.InvalidParameterException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

import static java.util.Objects.requireNonNull;

/**
 * The versions of one secret of AWS Secrets Manager and the stages they are at: read by id, put, and staged. What writes
 * a secret is made of this; to read one, take {@link io.github.keyset4j.aws.SecretsManagerKeysetSource}.
 *
 * <p>Every method that asks the service blocks for at most one call's time and fails with a {@link KeysetLoadException}
 * that says which call, why, and what to do.
 *
 * <p>Threads. Safe for use by any number.
 *
 * <p>Secrets. Documents come and go; none is kept or shown.
 */
public final class SecretVersions implements AutoCloseable {

    /** The stage of the version that is in use. */
    public static final String CURRENT = "AWSCURRENT";

    /** The stage of the version before that. */
    public static final String PREVIOUS = "AWSPREVIOUS";

    /** The stage of the version that a rotation makes. */
    public static final String PENDING = "AWSPENDING";

    /** The largest a secret may be. */
    public static final int MAX_BYTES = 65_536;

    private static final String DESCRIBE = "secretsmanager:DescribeSecret";
    private static final String GET = "secretsmanager:GetSecretValue";
    private static final String PUT = "secretsmanager:PutSecretValue";
    private static final String STAGE = "secretsmanager:UpdateSecretVersionStage";

    private final String secret;
    private final AwsClient<SecretsManagerClient> client;
    private final AwsFailures failures;

    /** Those of the secret that this client asks for and these failures name. */
    public SecretVersions(String secret, AwsClient<SecretsManagerClient> client, AwsFailures failures) {
        this.secret = secret;
        this.client = client;
        this.failures = failures;
    }

    /**
     * Those of the secret of this name or ARN, in the region the SDK finds in its surroundings or the ARN names, by a client
     * that is closed with them.
     */
    public static SecretVersions of(String nameOrArn) {
        return by(null, AwsSdk.name(nameOrArn, "nameOrArn"));
    }

    /** The same by the application's own client, which is never closed here. */
    public static SecretVersions of(String nameOrArn, SecretsManagerClient client) {
        return by(requireNonNull(client, "client"), AwsSdk.name(nameOrArn, "nameOrArn"));
    }

    private static SecretVersions by(@Nullable SecretsManagerClient client, String secret) {
        return new SecretVersions(
                secret,
                new AwsClient<>(
                        settings -> settings.build(SecretsManagerClient.builder()),
                        client,
                        AwsClient.regionOf(secret),
                        null,
                        AwsClient.CALL_TIMEOUT),
                new AwsFailures("aws-secretsmanager:" + secret, SecretsManagerException.class));
    }

    /**
     * Where the stages are.
     *
     * @param rotates whether Secrets Manager rotates the secret
     * @param byVersion the stages of each version that has any, by its id
     */
    public record Stages(boolean rotates, Map<String, Set<String>> byVersion) {

        public Stages {
            Map<String, Set<String>> copy = new LinkedHashMap<>();
            byVersion.forEach(
                    (version, stages) -> copy.put(version, Collections.unmodifiableSet(new LinkedHashSet<>(stages))));
            byVersion = Collections.unmodifiableMap(copy);
        }

        /** The stages of a version; none for one that is not known. */
        public Set<String> of(String version) {
            return byVersion.getOrDefault(requireNonNull(version, "version"), Set.of());
        }

        /** The version at a stage. */
        public Optional<String> at(String stage) {
            requireNonNull(stage, "stage");
            return byVersion.entrySet().stream()
                    .filter(version -> version.getValue().contains(stage))
                    .map(Map.Entry::getKey)
                    .findFirst();
        }
    }

    /** Asks where the stages are; blocks. */
    public Stages stages() throws InterruptedException {
        DescribeSecretResponse described = failures.call(
                DESCRIBE,
                () -> client.get()
                        .describeSecret(request -> request.secretId(secret).overrideConfiguration(client::bound)));
        if (described.deletedDate() != null) { // it is described all the same
            throw failures.of(
                    Reason.NOT_FOUND,
                    DESCRIBE,
                    "it is scheduled for deletion",
                    "bring it back with RestoreSecret, or name another");
        }
        Map<String, Set<String>> byVersion = new LinkedHashMap<>();
        described.versionIdsToStages().forEach((version, at) -> byVersion.put(version, new LinkedHashSet<>(at)));
        return new Stages(Boolean.TRUE.equals(described.rotationEnabled()), byVersion);
    }

    /** The document of a version; blocks. None if there is no such version, or none of it but its stages. */
    public Optional<KeysetDocument> read(String version) throws InterruptedException {
        requireNonNull(version, "version");
        try {
            GetSecretValueResponse answer = failures.call(
                    GET,
                    () -> client.get()
                            .getSecretValue(request ->
                                    request.secretId(secret).versionId(version).overrideConfiguration(client::bound)));
            return Optional.of(document(answer, failures));
        } catch (KeysetLoadException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What the service answered, as a document of its version. */
    public static KeysetDocument document(GetSecretValueResponse answer, AwsFailures failures) {
        KeysetDocument document;
        if (answer.secretString() != null) {
            document = KeysetDocument.of(answer.secretString());
        } else if (answer.secretBinary() != null) {
            document = KeysetDocument.of(answer.secretBinary().asByteArrayUnsafe());
        } else {
            throw failures.of(
                    Reason.UNAVAILABLE,
                    GET,
                    "the answer has neither a SecretString nor a SecretBinary",
                    AwsFailures.PROXIES);
        }
        if (answer.versionId() != null) {
            document = document.withRevision(answer.versionId());
        }
        document = AwsClient.answered(document, answer);
        return answer.createdDate() == null ? document : document.withRevisionTime(answer.createdDate());
    }

    /**
     * Puts a document as a new version, at these stages, as a string; blocks.
     *
     * @param version the id it is to have; a version never changes, so the same document may be put again under it
     * @throws KeysetConflictException if there is a version of this id with another document
     */
    public void put(KeysetDocument document, String version, Collection<String> stages) throws InterruptedException {
        putVersion(document, version, stages, null);
    }

    /**
     * The same on behalf of Secrets Manager, which gives a function that rotates this token to say so.
     *
     * @throws KeysetConflictException as there
     */
    public void put(KeysetDocument document, String version, Collection<String> stages, String rotationToken)
            throws InterruptedException {
        putVersion(document, version, stages, requireNonNull(rotationToken, "rotationToken"));
    }

    private void putVersion(
            KeysetDocument document, String version, Collection<String> stages, @Nullable String rotationToken)
            throws InterruptedException {
        requireNonNull(version, "version");
        requireNonNull(stages, "stages");
        String text = text(document);
        boolean put = failures.call(PUT, () -> {
            try {
                client.get()
                        .putSecretValue(request -> request.secretId(secret)
                                .clientRequestToken(version)
                                .rotationToken(rotationToken)
                                .secretString(text)
                                .versionStages(stages)
                                .overrideConfiguration(client::bound));
                return true;
            } catch (ResourceExistsException e) {
                return false;
            }
        });
        if (!put) {
            throw new KeysetConflictException(description() + ": PutSecretValue: the version " + version
                    + " exists already, with another document; read it");
        }
    }

    /** The document as a secret holds it. */
    public String text(KeysetDocument document) {
        checkSize(document);
        return DocumentText.of(document);
    }

    /**
     * Whether a secret may hold the document.
     *
     * @throws KeysetLoadException TOO_LARGE if not
     */
    public void checkSize(KeysetDocument document) {
        if (requireNonNull(document, "document").size() > MAX_BYTES) {
            throw failures.of(
                    Reason.TOO_LARGE,
                    PUT,
                    "larger than the " + MAX_BYTES + " bytes a secret may have",
                    "take out keys that have ended, or use EC or Ed25519 keys");
        }
    }

    /**
     * Moves a stage from one version to another, if it is at the first; blocks. AWSPREVIOUS follows AWSCURRENT by itself.
     * Where the stage is at the second already, nothing happens.
     *
     * @throws KeysetConflictException if it is elsewhere
     */
    public void move(String stage, String from, String to) throws InterruptedException {
        requireNonNull(to, "to");
        if (!update(stage, from, to) && !stages().of(to).contains(stage)) {
            throw new KeysetConflictException(description() + ": UpdateSecretVersionStage: " + stage
                    + " is not at the version " + from + " any more; look at the secret as it is now");
        }
    }

    /** Takes a stage from a version; blocks. Where it is not there, nothing happens. */
    public void remove(String stage, String from) throws InterruptedException {
        if (!update(stage, from, null) && stages().of(from).contains(stage)) {
            throw failures.of(
                    Reason.UNAVAILABLE,
                    STAGE,
                    stage + " was not taken from the version " + from,
                    "look it up in the documentation of " + STAGE);
        }
    }

    /** Whether the service did it; if not, the stage is not where it was said to be. */
    public boolean update(String stage, String from, @Nullable String to) throws InterruptedException {
        requireNonNull(stage, "stage");
        requireNonNull(from, "from");
        return failures.call(STAGE, () -> {
            try {
                client.get()
                        .updateSecretVersionStage(request -> request.secretId(secret)
                                .versionStage(stage)
                                .removeFromVersionId(from)
                                .moveToVersionId(to)
                                .overrideConfiguration(client::bound));
                return true;
            } catch (InvalidParameterException e) {
                return false;
            }
        });
    }

    /** What to call the secret: {@code aws-secretsmanager:NAME}. */
    public String description() {
        return "aws-secretsmanager:" + secret;
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
}
