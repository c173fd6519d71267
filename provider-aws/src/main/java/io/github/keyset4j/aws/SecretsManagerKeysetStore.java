package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.aws.secrets.SecretVersions;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

import static java.util.Objects.requireNonNull;

/**
 * A keyset document in an AWS Secrets Manager secret that can be written. It is read as {@link SecretsManagerKeysetSource}
 * reads it; the revision is the id of the version at AWSCURRENT.
 *
 * <p>A document is written as a version of its own, at the stage {@value #NEXT}, and AWSCURRENT is then moved to it from
 * the version that is to be replaced. Secrets Manager refuses that if AWSCURRENT is not there any more, so of two writers
 * one wins. Until the move, and when it fails, every reader finds the old document. AWSPREVIOUS follows by itself to the
 * version replaced.
 *
 * <p>What a writer that lost or failed has put is left without a stage, or at {@value #NEXT} until the next one comes:
 * nobody reads it, and Secrets Manager deletes it when there are about a hundred. It does not delete versions younger than
 * a day, so do not write more often than every ten minutes for long.
 *
 * <p>Threads. Safe for use by any number, here and in other processes.
 *
 * <p>Secrets. As {@link SecretsManagerKeysetSource} has it.
 */
public final class SecretsManagerKeysetStore implements KeysetStore {

    private static final Logger log = LoggerFactory.getLogger(SecretsManagerKeysetStore.class);

    /** Where a version stands between being written and being moved to. */
    static final String NEXT = "keyset4j-next";

    private static final String PUT = "secretsmanager:PutSecretValue";
    private static final String MOVE = "secretsmanager:UpdateSecretVersionStage";
    private static final String CREATE = "secretsmanager:CreateSecret";

    /**
     * The id of a first version. It is always the same, so that Secrets Manager takes the second of two first versions for
     * a repetition and refuses it for its other content.
     */
    private static final String FIRST =
            UUID.nameUUIDFromBytes("keyset4j".getBytes(StandardCharsets.UTF_8)).toString();

    private final SecretsManagerKeysetSource source;
    private final SecretVersions versions;
    private final Object oneLoad = new Object();

    SecretsManagerKeysetStore(SecretsManagerKeysetSource source) {
        this.source = source;
        this.versions = new SecretVersions(source.secret, source.client, source.failures);
    }

    /**
     * The secret of this name or ARN, in the region the SDK finds in its surroundings or the ARN names; with more to say,
     * see {@link SecretsManagerKeysetSource.Builder#buildStore()}.
     */
    public static SecretsManagerKeysetStore of(String nameOrArn) {
        return SecretsManagerKeysetSource.builder(nameOrArn).buildStore();
    }

    /**
     * Asks for the secret; blocks as {@link SecretsManagerKeysetSource#load()} does.
     *
     * @throws KeysetLoadException as there
     */
    @Override
    public KeysetDocument load() throws InterruptedException {
        synchronized (oneLoad) {
            return source.load();
        }
    }

    /**
     * Makes a secret, or gives its first value to one that has none; blocks for up to three calls, each bounded by the
     * call timeout. Encrypted with a key of your own is only what was made before, without a value: by your
     * infrastructure's code, with its key, its tags and its policy.
     *
     * @throws KeysetConflictException if the secret has a value
     * @throws KeysetLoadException NOT_FOUND if it is scheduled for deletion, DENIED if IAM, KMS or the credentials stand
     *     against it; TOO_LARGE over 65,536 bytes; THROTTLED, TIMED_OUT; UNAVAILABLE for everything else
     */
    @Override
    public String create(KeysetDocument document) throws InterruptedException {
        String value = versions.text(document);
        try {
            source.get(SecretVersions.CURRENT);
            throw exists();
        } catch (KeysetLoadException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
        }
        boolean there = source.failures.call(PUT, () -> {
            try {
                source.client
                        .get()
                        .putSecretValue(request -> request.secretId(source.secret)
                                .clientRequestToken(FIRST)
                                .secretString(value)
                                .overrideConfiguration(source.client::bound));
                return true;
            } catch (ResourceNotFoundException e) {
                return false;
            } catch (ResourceExistsException e) {
                throw exists();
            }
        });
        return there ? FIRST : createSecret(value);
    }

    private String createSecret(String value) throws InterruptedException {
        return source.failures.call(CREATE, () -> {
            try {
                return source.client
                        .get()
                        .createSecret(request -> request.name(source.secret)
                                .secretString(value)
                                .clientRequestToken(FIRST)
                                .overrideConfiguration(source.client::bound))
                        .versionId();
            } catch (ResourceExistsException e) {
                throw exists();
            }
        });
    }

    private KeysetConflictException exists() {
        return new KeysetConflictException(
                description() + ": create: it has a value already; look at it, and replace it or name another");
    }

    /**
     * Writes a version and moves AWSCURRENT to it; blocks for three calls, five when it is refused, each bounded by the
     * call timeout. One that fails can be tried again: it finds the old document, or a conflict if the move was made and
     * only its answer was lost.
     *
     * @throws KeysetConflictException if another version than this is at AWSCURRENT
     * @throws KeysetLoadException NOT_FOUND if there is no such secret or it is scheduled for deletion, DENIED if IAM, KMS
     *     or the credentials stand against it; TOO_LARGE over 65,536 bytes; THROTTLED, TIMED_OUT; UNAVAILABLE for
     *     everything else
     */
    @Override
    public String replace(KeysetDocument document, String expectedRevision) throws InterruptedException {
        versions.checkSize(document);
        requireNonNull(expectedRevision, "expectedRevision");
        if (!expectedRevision.equals(current())) {
            throw changed();
        }
        String next = UUID.randomUUID().toString();
        versions.put(document, next, List.of(NEXT));
        KeysetLoadException failure;
        try {
            if (versions.update(SecretVersions.CURRENT, expectedRevision, next)) {
                return next;
            }
            failure = source.failures.of(
                    Reason.UNAVAILABLE, MOVE, "refused, though nothing was changed", "look at the versions' stages");
        } catch (KeysetLoadException e) {
            failure = e;
        }
        // The answer may have been lost and not the question: of a call that is repeated, the repetition is refused.
        String current;
        try {
            current = current();
        } catch (KeysetLoadException e) {
            failure.addSuppressed(e);
            throw failure;
        }
        if (next.equals(current)) {
            return next;
        }
        abandon(next);
        throw expectedRevision.equals(current) ? failure : changed();
    }

    private String current() throws InterruptedException {
        return source.get(SecretVersions.CURRENT).versionId();
    }

    /** A version without a stage is one that Secrets Manager may delete. */
    private void abandon(String version) throws InterruptedException {
        try {
            versions.update(NEXT, version, null); // unless the next writer has it
        } catch (KeysetLoadException e) {
            log.warn(
                    "{} (the stage {} stays on a version that nobody reads, until the next is written)",
                    e.getMessage(),
                    NEXT);
        }
    }

    private KeysetConflictException changed() {
        return new KeysetConflictException(
                description() + ": replace: it was changed since it was read; read it again, and decide again");
    }

    /** An endpoint given instead of the region's own, if it is neither https nor on this machine. */
    @Override
    public List<KeysetProblem> findings() {
        return source.findings();
    }

    @Override
    public String description() {
        return source.description();
    }

    /** Closes the client, unless it is the application's own. */
    @Override
    public void close() {
        source.close();
    }

    @Override
    public String toString() {
        return description();
    }
}
