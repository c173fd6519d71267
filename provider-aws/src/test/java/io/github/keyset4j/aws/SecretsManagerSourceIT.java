package io.github.keyset4j.aws;

import io.github.keyset4j.DocumentParts;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.testing.KeysetSourceContract;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ours.LogCapture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Secrets Manager as moto plays it, through the real SDK. */
class SecretsManagerSourceIT extends KeysetSourceContract {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private final String name = "sophon/prod/auth/" + UUID.randomUUID();
    private SecretsManagerClient aws;

    @BeforeEach
    void openClient() {
        aws = SecretsManagerClient.builder()
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @AfterEach
    void closeClient() {
        aws.close();
    }

    @Override
    protected KeysetSource source() {
        return builder().build();
    }

    private SecretsManagerKeysetSource.Builder builder() {
        return SecretsManagerKeysetSource.builder(name).endpoint(MOTO.endpoint());
    }

    @Override
    protected void store(String document) {
        try {
            aws.createSecret(request -> request.name(name).secretString(document));
        } catch (ResourceExistsException e) {
            put(document);
        }
    }

    private String put(String document) {
        return aws.putSecretValue(request -> request.secretId(name).secretString(document))
                .versionId();
    }

    private String putPending(String document) {
        return aws.putSecretValue(
                        request -> request.secretId(name).secretString(document).versionStages("AWSPENDING"))
                .versionId();
    }

    private void promote(String from, String to) {
        aws.updateSecretVersionStage(request -> request.secretId(name)
                .versionStage("AWSCURRENT")
                .removeFromVersionId(from)
                .moveToVersionId(to));
    }

    @Override
    protected void remove() {
        aws.deleteSecret(request -> request.secretId(name).forceDeleteWithoutRecovery(true));
    }

    @Test
    void load_byArn_delivers() throws Exception {
        store(SampleDocuments.keyset("k1"));
        String arn = aws.describeSecret(request -> request.secretId(name)).arn();
        try (KeysetSource byArn = SecretsManagerKeysetSource.builder(arn)
                .endpoint(MOTO.endpoint())
                .build()) {
            assertThat(byArn.load().size()).isPositive();
        }
    }

    @Test
    void load_binary_deliversItsBytes() throws Exception {
        String document = SampleDocuments.keyset("k1");
        aws.createSecret(request -> request.name(name).secretBinary(SdkBytes.fromUtf8String(document)));
        try (KeysetSource source = source()) {
            assertThat(kids(source.load())).containsExactly("k1");
        }
    }

    @Test
    void load_version_isRevisionAndTime() throws Exception {
        store(SampleDocuments.keyset("k1"));
        String version = put(SampleDocuments.keyset("k2"));
        try (KeysetSource source = source()) {
            KeysetDocument document = source.load();
            assertThat(document.revision()).hasValue(version);
            assertThat(document.revisionTime())
                    .hasValueSatisfying(time -> assertThat(
                                    Duration.between(time, Instant.now()).abs())
                            .isLessThan(Duration.ofMinutes(1)));
        }
    }

    @Test
    void load_stageMovedByHand_deliversWhatIsAtAwscurrent() throws Exception {
        store(SampleDocuments.keyset("k1"));
        String pending = putPending(SampleDocuments.keyset("k2"));
        promote(current(), pending);
        try (KeysetSource source = source()) {
            assertThat(source.load().revision()).hasValue(pending);
        }
    }

    @Test
    void load_deletedAndRestored_isNotFoundInBetween() throws Exception {
        store(SampleDocuments.keyset("k1"));
        for (KeysetSource source :
                List.of(builder().build(), builder().withoutPrevious().build())) {
            try (source) {
                source.load(); // so that a version kept must not hide what has happened
                aws.deleteSecret(request -> request.secretId(name).recoveryWindowInDays(7L));
                assertThatThrownBy(source::load)
                        .isInstanceOfSatisfying(
                                KeysetLoadException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND))
                        .hasMessageContaining("RestoreSecret");
                aws.restoreSecret(request -> request.secretId(name));
                assertThat(kids(source.load())).containsExactly("k1");
            }
        }
    }

    private String current() {
        return aws.getSecretValue(request -> request.secretId(name)).versionId();
    }

    private static Optional<String> previous(KeysetDocument document) {
        return DocumentParts.previous(document).flatMap(KeysetDocument::revision);
    }

    @Test
    void load_previous_isTheVersionBeforeWithItsOwnTime() throws Exception {
        store(SampleDocuments.keyset("k1"));
        String first = current();
        try (KeysetSource source = source()) {
            assertThat(previous(source.load())).isEmpty();
            put(SampleDocuments.keyset("k2"));
            KeysetDocument document = source.load();
            assertThat(previous(document)).hasValue(first);
            assertThat(DocumentParts.previous(document).orElseThrow().revisionTime())
                    .hasValue(
                            aws.getSecretValue(request -> request.secretId(name).versionId(first))
                                    .createdDate());
        }
        try (KeysetSource without = builder().withoutPrevious().build()) {
            assertThat(previous(without.load())).isEmpty();
        }
    }

    @Test
    void load_awscurrentMovedBack_deliversTheNewerVersionAsPrevious() throws Exception {
        store(SampleDocuments.keyset("k1"));
        String first = current();
        String second = put(SampleDocuments.keyset("k2"));
        try (KeysetSource running = source();
                KeysetSource starting = source()) {
            running.load();
            promote(second, first);
            for (KeysetSource source : List.of(running, starting)) {
                KeysetDocument document = source.load();
                assertThat(document.revision()).hasValue(first);
                assertThat(previous(document)).hasValue(second);
            }
        }
    }

    @Test
    void load_pending_isPublishedBeforeItSigns() throws Exception {
        store(SampleDocuments.keyset("k1"));
        putPending(SampleDocuments.keyset("k2"));
        KeysetDocument document;
        try (KeysetSource source = builder().withPending().build()) {
            document = source.load();
        }
        try (KeyManager keys = KeyManager.builder(() -> document).start()) {
            KeysetKey pending = keys.keyset().key("k2").orElseThrow();
            assertThat(pending.status(Instant.now())).isEqualTo(KeyStatus.PENDING);
            assertThat(keys.verifier()
                            .build()
                            .verify(keys.signer().sign(new JwtClaims()))
                            .kid())
                    .isEqualTo("k1");
        }
    }

    @Test
    void load_noOtherVersion_isLeftOut() throws Exception {
        store(SampleDocuments.keyset("k1"));
        try (KeysetSource source = builder().withPending().build()) {
            assertThat(kids(source.load())).containsExactly("k1");
        }
    }

    @Test
    void load_awspendingLeftOnThePromotedVersion_isNotPendingAnyMore() throws Exception {
        store(SampleDocuments.keyset("k1"));
        String current = current();
        String pending = putPending(SampleDocuments.keyset("k2"));
        promote(current, pending);
        assertThat(aws.describeSecret(request -> request.secretId(name))
                        .versionIdsToStages()
                        .get(pending))
                .contains("AWSPENDING", "AWSCURRENT");
        try (KeysetSource source = builder().withPending().build()) {
            KeysetDocument document = source.load();
            assertThat(DocumentParts.pending(document)).isEmpty();
            assertThat(previous(document)).hasValue(current);
        }
    }

    @Test
    void load_noValueYet_isNotFound() throws Exception {
        aws.createSecret(request -> request.name(name));
        try (KeysetSource source = builder().build()) {
            assertThatThrownBy(source::load)
                    .isInstanceOfSatisfying(
                            KeysetLoadException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
        }
    }

    @Test
    void previousVersion_current_isTheVersionBefore() throws Exception {
        store(SampleDocuments.keyset("k1"));
        put(SampleDocuments.keyset("k2"));
        try (SecretsManagerKeysetSource source = builder().build();
                KeysetSource previous = source.previousVersion()) {
            assertThat(kids(previous.load())).containsExactly("k1");
            assertThat(previous.description()).isEqualTo("aws-secretsmanager:" + name + " at AWSPREVIOUS");
        }
    }

    @Test
    void close_clientGiven_leavesItOpen() throws Exception {
        store(SampleDocuments.keyset("k1"));
        KeysetSource source =
                SecretsManagerKeysetSource.builder(name).client(aws).build();
        source.load();
        source.close();
        assertThat(aws.describeSecret(request -> request.secretId(name)).name()).isEqualTo(name);
        assertThat(source.load().size()).isPositive();
    }

    @Test
    void close_previousVersion_leavesTheSourceOpen() throws Exception {
        store(SampleDocuments.keyset("k1"));
        String second = put(SampleDocuments.keyset("k2"));
        try (SecretsManagerKeysetSource source = builder().build()) {
            KeysetSource previous = source.previousVersion();
            previous.load();
            previous.close();
            assertThat(source.load().revision()).hasValue(second);
            assertThatThrownBy(previous::load).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void load_everythingLogged_holdsNoSecret() throws Exception {
        String secret = SampleDocuments.secret();
        store(SampleDocuments.keyset("k1", secret));
        try (LogCapture log = LogCapture.of("software.amazon.awssdk");
                KeysetSource source = builder().build()) {
            source.load();
            assertThat(log.lines()).isNotEmpty();
            assertThat(log.text()).doesNotContain(secret);
        }
    }

    /** The one-step rotation of PEM pairs: put-secret-value with new pairs, and nothing else. */
    @Test
    void rotate_pemPairsSwapped_rejectsNoValidToken() throws Exception {
        store(SampleDocuments.pemPairs("1"));
        ManualClock clock = ManualClock.at(Instant.now());
        try (KeyManager running = manager(clock)) {
            String before = sign(running, "access");
            String refreshBefore = sign(running, "refresh");
            put(SampleDocuments.pemPairs("2"));
            clock.advance(Duration.ofMinutes(1));
            running.refreshNow();

            assertThat(verify(running, "access", before)).isEqualTo("access-1");
            assertThat(verify(running, "access", sign(running, "access"))).isEqualTo("access-1");
            assertThat(running.jwks().json()).contains("access-1").contains("access-2");
            try (KeyManager startedMeanwhile = manager(clock)) {
                assertThat(verify(startedMeanwhile, "access", before)).isEqualTo("access-1");
                assertThat(verify(startedMeanwhile, "refresh", refreshBefore)).isEqualTo("refresh-1");
                String there = sign(startedMeanwhile, "access");
                assertThat(verify(running, "access", there)).isEqualTo("access-1");

                clock.advance(running.rotation().publishLead());
                String afterwards = sign(running, "access");
                assertThat(verify(startedMeanwhile, "access", afterwards)).isEqualTo("access-2");
                assertThat(verify(running, "access", sign(startedMeanwhile, "access")))
                        .isEqualTo("access-2");
                assertThat(verify(running, "access", before)).isEqualTo("access-1");
                assertThat(verify(startedMeanwhile, "refresh", refreshBefore)).isEqualTo("refresh-1");
            }
        }
    }

    private KeyManager manager(ManualClock clock) {
        return KeyManager.builder(builder().build())
                .clock(clock)
                .tokenLifetime(Duration.ofHours(1))
                .start();
    }

    private static String sign(KeyManager keys, String purpose) {
        return keys.signer(purpose).sign(new JwtClaims());
    }

    private static String verify(KeyManager keys, String purpose, String token) {
        return keys.verifier(purpose).build().verify(token).kid();
    }

    private static List<String> kids(KeysetDocument document) {
        try (KeyManager keys = KeyManager.builder(() -> document).start()) {
            return keys.keyset().keys().stream().map(KeysetKey::kid).toList();
        }
    }
}
