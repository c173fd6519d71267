package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.aws.secrets.DocumentText;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.ssm.model.GetParameterHistoryResponse;
import software.amazon.awssdk.services.ssm.model.ParameterAlreadyExistsException;
import software.amazon.awssdk.services.ssm.model.ParameterHistory;
import software.amazon.awssdk.services.ssm.model.ParameterTier;
import software.amazon.awssdk.services.ssm.model.ParameterType;
import software.amazon.awssdk.services.ssm.model.PutParameterRequest;

import static java.util.Objects.requireNonNull;

/**
 * A keyset document in one parameter of the parameter store of AWS Systems Manager that can be written. The revision is
 * the number of the version that the document came with.
 *
 * <p>The parameter store cannot be asked to write only if nothing has changed; a version is written in any case and gets
 * the next number. So every writer says, at the end of the parameter's description, after which version its own is meant
 * to come: {@code [keyset4j 3f2a91bc: after version 11]}. A version that did not get the number right after counts for
 * nothing. Its writer sees that from the number, writes the document that counts once more, and reports a conflict.
 *
 * <p>So of writers that use this class one wins, and no update is lost. What cannot be had: for the moment between two
 * calls, a plain reader may find the document of a writer that lost, since it reads the latest version. If that writer is
 * killed in this moment, its document stays until this store is next written, which begins with bringing back the one that
 * counts; {@link #load()} here reads that one all along. Whoever writes by other means does not look and is not refused:
 * what he writes counts. A parameter that is deleted and made anew counts its versions from 1 again, which an old revision
 * may fit.
 *
 * <p>The parameter's type, tier and KMS key stay as they are.
 *
 * <p>Threads. Safe for use by any number, here and in other processes.
 */
public final class ParameterStoreKeysetStore implements KeysetStore {

    private static final Logger log = LoggerFactory.getLogger(ParameterStoreKeysetStore.class);

    private static final int MAX_STANDARD = 4_096;
    private static final int MAX_ADVANCED = 8_192;

    private static final String PUT = "ssm:PutParameter";
    private static final String HISTORY = "ssm:GetParameterHistory";
    private static final int PAGE = 50;
    private static final int MAX_PAGES = 20;

    /** How often the document is brought back before somebody has to look: each time another writer came between. */
    private static final int TRIES = 20;

    private final ParameterStoreKeysetSource source;

    ParameterStoreKeysetStore(ParameterStoreKeysetSource source) {
        this.source = source;
        if (source.path) {
            throw new IllegalArgumentException("path: cannot be written, since its parameters do not change together;"
                    + " keep the keyset in one parameter or in a secret");
        }
        if (ParameterStoreKeysetSource.namesVersion(source.name)) {
            throw new IllegalArgumentException(
                    "nameOrArn: names a version or a label, which stay as they are; leave out what follows the name");
        }
    }

    /**
     * The parameter of this name or ARN; with more to say, see {@link ParameterStoreKeysetSource.Builder#buildStore()}.
     *
     * @throws IllegalArgumentException if the name is that of one version of a parameter
     */
    public static ParameterStoreKeysetStore of(String nameOrArn) {
        return ParameterStoreKeysetSource.builder(nameOrArn).buildStore();
    }

    /**
     * Asks for the parameter's versions and for the one that counts; blocks for two calls to five, each bounded by the
     * call timeout.
     *
     * @throws KeysetLoadException as {@link ParameterStoreKeysetSource#load()}
     */
    @Override
    public KeysetDocument load() throws InterruptedException {
        ParameterVersions versions = versions();
        return counting(versions).withRevision(String.valueOf(versions.revision()));
    }

    private KeysetDocument counting(ParameterVersions versions) throws InterruptedException {
        return source.oneParameter(source.name + ":" + versions.counting().version());
    }

    /**
     * Makes a parameter, a SecureString of the standard tier under the account's key; blocks for one call, bounded by the
     * call timeout. Make it by other means where it shall have another tier or key, with the document in it.
     *
     * @throws KeysetConflictException if there is a parameter of this name
     * @throws KeysetLoadException DENIED if IAM, KMS or the credentials stand against it; TOO_LARGE over 4,096 bytes;
     *     THROTTLED, TIMED_OUT; UNAVAILABLE for everything else
     */
    @Override
    public String create(KeysetDocument document) throws InterruptedException {
        String value = value(document, ParameterTier.STANDARD);
        return String.valueOf(source.failures.call(PUT, () -> {
            try {
                return put(PutParameterRequest.builder()
                        .type(ParameterType.SECURE_STRING)
                        .overwrite(false)
                        .value(value));
            } catch (ParameterAlreadyExistsException e) {
                throw new KeysetConflictException(description()
                        + ": create: there is a parameter of this name; look at it, and replace it or name another");
            }
        }));
    }

    /**
     * Writes a version; blocks for two calls to five, and for some more each time another writer came between, each
     * bounded by the call timeout. One that fails can be tried again: it finds the old document, or a conflict if the
     * document was written and only the answer was lost.
     *
     * @throws KeysetConflictException if the document that counts is not of this revision, or if another writer was
     *     faster; then its document has been brought back
     * @throws KeysetLoadException NOT_FOUND if there is no such parameter, DENIED if IAM, KMS or the credentials stand
     *     against it; TOO_LARGE over what the parameter's tier holds, 4,096 or 8,192 bytes; THROTTLED, TIMED_OUT;
     *     UNAVAILABLE for everything else, and for a parameter that is not a SecureString
     */
    @Override
    public String replace(KeysetDocument document, String expectedRevision) throws InterruptedException {
        requireNonNull(document, "document");
        requireNonNull(expectedRevision, "expectedRevision");
        ParameterVersions found = versions();
        refusePlain(found.latest());
        ParameterVersions versions = settle(found);
        if (!expectedRevision.equals(String.valueOf(versions.revision()))) {
            throw changed();
        }
        ParameterHistory latest = versions.latest();
        String value = value(document, latest.tier());
        ParameterReservation reservation = ParameterReservation.after(latest.version());
        long version = put(latest, value, reservation);
        if (version == reservation.after() + 1) {
            return String.valueOf(version);
        }
        ParameterVersions now = settle(versions());
        if (now.id().equals(reservation.id())) {
            return String.valueOf(now.revision()); // a call that was repeated, since its answer was lost
        }
        throw changed();
    }

    /** Before anything is written, be it only the document that counts. */
    private void refusePlain(ParameterHistory latest) {
        if (latest.type() != ParameterType.SECURE_STRING) {
            throw source.failures.of(
                    Reason.UNAVAILABLE,
                    PUT,
                    "not a SecureString, so that keys would be readable to whoever may list parameters",
                    "make it one");
        }
    }

    /** Sees to it that a reader gets the document that counts. */
    private ParameterVersions settle(ParameterVersions found) throws InterruptedException {
        ParameterVersions versions = found;
        for (int i = 0; !versions.settled(); i++) {
            if (i == TRIES) {
                throw source.failures.of(
                        Reason.UNAVAILABLE,
                        PUT,
                        "version " + versions.latest().version() + " came too late and stands before version "
                                + versions.counting().version(),
                        "stop the other writers, and put that version's value again");
            }
            log.warn(
                    "{}: version {} was written after another change, and counts for nothing; version {} is brought back",
                    description(),
                    versions.latest().version(),
                    versions.counting().version());
            put(
                    versions.latest(),
                    DocumentText.of(counting(versions)),
                    ParameterReservation.restoring(
                            versions.revision(), versions.latest().version()));
            versions = versions();
        }
        return versions;
    }

    private ParameterVersions versions() throws InterruptedException {
        List<ParameterHistory> history = history(false);
        if (ParameterVersions.needValues(history)) {
            history = history(true);
        }
        return ParameterVersions.of(history)
                .orElseThrow(() -> source.failures.of(
                        Reason.NOT_FOUND, HISTORY, "it has no version that counts", "write its value once by hand"));
    }

    private List<ParameterHistory> history(boolean values) throws InterruptedException {
        List<ParameterHistory> history = new ArrayList<>();
        @Nullable String next = null;
        for (int page = 0; page == 0 || (next != null && page < MAX_PAGES); page++) {
            @Nullable String token = next;
            GetParameterHistoryResponse answer = source.failures.call(
                    HISTORY,
                    () -> source.client
                            .get()
                            .getParameterHistory(request -> request.name(source.name)
                                    .withDecryption(values)
                                    .maxResults(PAGE)
                                    .nextToken(token)
                                    .overrideConfiguration(source.client::bound)));
            history.addAll(answer.parameters());
            next = answer.nextToken();
        }
        return history;
    }

    /** The number of the version that it became. */
    private long put(ParameterHistory latest, String value, ParameterReservation reservation)
            throws InterruptedException {
        return source.failures.call(
                PUT,
                () -> put(PutParameterRequest.builder()
                        .type(latest.type())
                        .tier(latest.tier())
                        .keyId(latest.keyId())
                        .description(reservation.describe(latest.description()))
                        .overwrite(true)
                        .value(value)));
    }

    private long put(PutParameterRequest.Builder request) {
        return source.client
                .get()
                .putParameter(request.name(source.name)
                        .overrideConfiguration(override -> source.client.bound(override))
                        .build())
                .version();
    }

    private KeysetConflictException changed() {
        return new KeysetConflictException(
                description() + ": replace: it was changed since it was read; read it again, and decide again");
    }

    private String value(KeysetDocument document, @Nullable ParameterTier tier) {
        String value = DocumentText.of(document);
        boolean advanced = tier == ParameterTier.ADVANCED || tier == ParameterTier.INTELLIGENT_TIERING;
        int most = advanced ? MAX_ADVANCED : MAX_STANDARD;
        if (value.getBytes(StandardCharsets.UTF_8).length > most) {
            throw source.failures.of(
                    Reason.TOO_LARGE,
                    PUT,
                    "larger than the " + most + " bytes a parameter of its tier may have",
                    (advanced ? "" : "make it an advanced parameter, ")
                            + "use EC or Ed25519 keys, or keep the keyset in a secret");
        }
        return value;
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
