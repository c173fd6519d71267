package io.github.keyset4j.aws;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.aws.secrets.SecretVersions;
import io.github.keyset4j.config.KeysetStores;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.KeysetStore;
import io.github.keyset4j.testing.KeysetStoreContract;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Secrets Manager as moto plays it, and with something between it and the store that spoils calls. */
@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SecretsManagerStoreIT extends KeysetStoreContract {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static final int ROUNDS = 200;
    private static final String PUT = "PutSecretValue";
    private static final String MOVE = "UpdateSecretVersionStage";

    private final String name = "sophon/prod/auth/" + UUID.randomUUID();
    private SecretsManagerClient aws;
    private ScriptedAws between;

    @BeforeEach
    void open() throws IOException {
        between = new ScriptedAws();
        aws = SecretsManagerClient.builder()
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @AfterEach
    void close() {
        aws.close();
        between.close();
    }

    @Override
    protected KeysetStore store() {
        return store(MOTO.endpoint());
    }

    private KeysetStore store(URI endpoint) {
        return SecretsManagerKeysetSource.builder(name).endpoint(endpoint).buildStore();
    }

    @Override
    protected void remove() {
        aws.deleteSecret(request -> request.secretId(name).forceDeleteWithoutRecovery(true));
    }

    private static KeysetDocument document(String kid) {
        return KeysetDocument.of(SampleDocuments.keyset(kid));
    }

    private Map<String, List<String>> stages() {
        return aws.describeSecret(request -> request.secretId(name)).versionIdsToStages();
    }

    private String at(String stage) {
        return aws.getSecretValue(request -> request.secretId(name).versionStage(stage))
                .versionId();
    }

    /** Lets everything through to moto but this operation, which is answered so. */
    private KeysetStore spoiling(String operation, ScriptedAws.Answer answer) {
        ScriptedAws.Answer moto = ScriptedAws.of(MOTO.endpoint());
        between.answer(exchange -> (ScriptedAws.operation(exchange).equals(operation) ? answer : moto).to(exchange));
        return store(between.endpoint());
    }

    /** The first call is made and its answer lost; the later ones go through. */
    private static ScriptedAws.Answer firstAnswerLost() {
        AtomicInteger calls = new AtomicInteger();
        ScriptedAws.Answer moto = ScriptedAws.of(MOTO.endpoint());
        return exchange -> {
            if (calls.getAndIncrement() == 0) {
                moto.to(new Unheard(exchange));
                ScriptedAws.error(500, "InternalServiceError", "").to(exchange);
            } else {
                moto.to(exchange);
            }
        };
    }

    @Override
    protected int rotations() {
        return ROUNDS;
    }

    @Test
    void replace_twoAtOnce_200Rounds_oneWinsEachAndNoUpdateIsLost() throws Exception {
        try (KeysetStore one = store();
                KeysetStore other = store()) {
            one.create(KeysetDocument.of("start"));
            List<String> winners = StoreRace.run(List.of(one, other), ROUNDS);
            assertThat(winners).hasSize(ROUNDS);
        }
        assertThat(stages().values().stream().flatMap(List::stream))
                .contains("AWSCURRENT", "AWSPREVIOUS")
                .filteredOn(stage -> stage.equals(SecretsManagerKeysetStore.NEXT))
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void rotate_byAClockThatTheServicesAnswersContradict_isRefused() throws Exception {
        try (KeysetStore store = store()) {
            store.create(document("k1"));
            KeysetRotator slow = KeysetRotator.builder(store)
                    .clock(() -> Instant.now().minus(Duration.ofDays(2)))
                    .build();

            RotationRefusedException refused =
                    catchThrowableOfType(RotationRefusedException.class, () -> slow.rotate(KeyTemplate.of("ES256")));

            assertThat(refused.gate()).isEqualTo(RotationRefusedException.Gate.CLOCK);
            assertThat(refused).hasMessageContaining("behind that of the place");
        }
    }

    @Test
    void replace_always_leavesTheOldVersionAtPrevious() throws Exception {
        try (KeysetStore store = store()) {
            String first = store.create(document("k1"));
            String second = store.replace(document("k2"), first);
            assertThat(at("AWSCURRENT")).isEqualTo(second);
            assertThat(at("AWSPREVIOUS")).isEqualTo(first);
            String third = store.replace(document("k3"), second);
            assertThat(at("AWSPREVIOUS")).isEqualTo(second);
            assertThat(stages().get(third)).contains("AWSCURRENT");
        }
    }

    @Test
    void create_secretWithoutAValue_givesItsFirst() throws Exception {
        aws.createSecret(request -> request.name(name));
        try (KeysetStore store = store()) {
            String revision = store.create(document("k1"));
            assertThat(store.load().revision()).hasValue(revision);
            assertThatThrownBy(() -> store.create(document("k2"))).isInstanceOf(KeysetConflictException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({PUT, MOVE})
    void replace_aCallFails_leavesTheOldCurrentAndWorksTheNextTime(String operation) throws Exception {
        try (KeysetStore direct = store();
                KeysetStore store = spoiling(operation, ScriptedAws.error(500, "InternalServiceError", "down"))) {
            KeysetDocument old = document("k1");
            String revision = direct.create(old);
            assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(() -> store.replace(document("k2"), revision))
                    .withMessageContaining(operation);
            assertThat(StoreRace.text(direct.load())).isEqualTo(StoreRace.text(old));
            assertThat(direct.load().revision()).hasValue(revision);
            between.answer(ScriptedAws.of(MOTO.endpoint()));
            String again = store.replace(document("k3"), revision);
            assertThat(direct.load().revision()).hasValue(again);
        }
    }

    @ParameterizedTest
    @CsvSource({PUT, MOVE})
    void replace_anAnswerIsLost_isWrittenOnceAllTheSame(String operation) throws Exception {
        try (KeysetStore direct = store();
                KeysetStore store = spoiling(operation, firstAnswerLost())) {
            String revision = direct.create(document("k1"));
            KeysetDocument fresh = document("k2");
            String written = store.replace(fresh, revision);
            assertThat(direct.load().revision()).hasValue(written);
            assertThat(StoreRace.text(direct.load())).isEqualTo(StoreRace.text(fresh));
            assertThat(stages()).hasSize(2);
        }
    }

    @Test
    void replace_anotherBetweenWritingAndMoving_conflictsAndLeavesNoStageBehind() throws Exception {
        try (KeysetStore direct = store()) {
            String revision = direct.create(document("k1"));
            KeysetDocument theirs = document("theirs");
            AtomicInteger calls = new AtomicInteger();
            ScriptedAws.Answer moto = ScriptedAws.of(MOTO.endpoint());
            try (KeysetStore store = spoiling(MOVE, exchange -> {
                if (calls.getAndIncrement() == 0) {
                    aws.putSecretValue(request -> request.secretId(name).secretString(StoreRace.text(theirs)));
                }
                moto.to(exchange);
            })) {
                assertThatThrownBy(() -> store.replace(document("k2"), revision))
                        .isInstanceOf(KeysetConflictException.class);
            }
            assertThat(StoreRace.text(direct.load())).isEqualTo(StoreRace.text(theirs));
            Set<String> left = new HashSet<>();
            stages().values().forEach(left::addAll);
            assertThat(left).containsExactlyInAnyOrder("AWSCURRENT", "AWSPREVIOUS");
        }
    }

    @Test
    void replace_staleFromTheBeginning_writesNoVersion() throws Exception {
        try (KeysetStore store = store()) {
            String first = store.create(document("k1"));
            store.replace(document("k2"), first);
            int versions = stages().size();
            assertThatThrownBy(() -> store.replace(document("k3"), first)).isInstanceOf(KeysetConflictException.class);
            assertThat(stages()).hasSize(versions);
        }
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                arguments(PUT, "AccessDeniedException", "no", Reason.DENIED, "allow secretsmanager:PutSecretValue"),
                arguments(
                        MOVE, "AccessDeniedException", "no", Reason.DENIED, "secretsmanager:UpdateSecretVersionStage"),
                arguments(
                        PUT,
                        "AccessDeniedException",
                        "Access to KMS is not allowed",
                        Reason.DENIED,
                        "kms:GenerateDataKey"),
                arguments(PUT, "EncryptionFailure", "no", Reason.DENIED, "kms:GenerateDataKey"),
                arguments(PUT, "LimitExceededException", "no", Reason.THROTTLED, "write less often"),
                arguments(PUT, "InvalidRequestException", "marked for deletion", Reason.NOT_FOUND, "RestoreSecret"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void replace_refusedByAws_saysWhatToDo(String operation, String code, String message, Reason reason, String remedy)
            throws Exception {
        try (LogCapture log = LogCapture.start();
                KeysetStore direct = store();
                KeysetStore store = spoiling(operation, ScriptedAws.error(400, code, message))) {
            String revision = direct.create(document("k1"));
            assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(() -> store.replace(document("k2"), revision))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                    .withMessageStartingWith(store.description() + ": " + operation)
                    .withMessageContaining(remedy);
            assertThat(direct.load().revision()).hasValue(revision);
            assertThat(log.lines("WARN")).hasSize(operation.equals(MOVE) ? 1 : 0);
        }
    }

    @Test
    void create_notAllowed_saysWhatToAllow() {
        try (KeysetStore store = spoiling("CreateSecret", ScriptedAws.error(400, "AccessDeniedException", "no"))) {
            assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(() -> store.create(document("k1")))
                    .withMessageContaining("allow secretsmanager:CreateSecret");
        }
    }

    @Test
    void create_firstValueOfSomebodyElse_conflicts() {
        aws.createSecret(request -> request.name(name));
        try (KeysetStore store = spoiling(PUT, ScriptedAws.error(400, "ResourceExistsException", "other content"))) {
            assertThatThrownBy(() -> store.create(document("k1"))).isInstanceOf(KeysetConflictException.class);
        }
    }

    @Test
    void replace_tooLarge_isRefusedBeforeTheCall() throws Exception {
        KeysetDocument large = KeysetDocument.of("x".repeat(SecretVersions.MAX_BYTES + 1));
        try (KeysetStore store = store(between.endpoint())) {
            assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(() -> store.replace(large, "r"))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE))
                    .withMessageContaining("Ed25519");
            assertThat(between.calls()).isEmpty();
        }
    }

    @Test
    void of_uri_isTheSecretItNames() throws Exception {
        URI uri = URI.create("aws-secretsmanager:" + name + "?previous=false&endpoint=" + MOTO.endpoint());
        try (KeysetStore store = KeysetStores.of(uri)) {
            String first = store.create(document("k1"));
            String second = store.replace(document("k2"), first);
            assertThat(store.load().revision()).hasValue(second);
        }
    }
}
