package io.github.keyset4j.aws;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.RotationRefusedException;
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
import java.util.List;
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
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterTier;
import software.amazon.awssdk.services.ssm.model.ParameterType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** The parameter store as moto plays it, and with something between it and the store that spoils calls. */
@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ParameterStoreStoreIT extends KeysetStoreContract {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static final int ROUNDS = 200;
    private static final String PUT = "PutParameter";

    private final String name = "/app/" + UUID.randomUUID() + "/jwt";
    private SsmClient aws;
    private ScriptedAws between;

    @BeforeEach
    void open() throws IOException {
        between = new ScriptedAws();
        aws = SsmClient.builder()
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        aws.describeParameters(); // moto takes its time for the first call
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
        return ParameterStoreKeysetSource.builder(name).endpoint(endpoint).buildStore();
    }

    @Override
    protected void remove() {
        aws.deleteParameter(request -> request.name(name));
    }

    private static KeysetDocument document(String kid) {
        return KeysetDocument.of(SampleDocuments.keyset(kid));
    }

    /** What a plain reader gets. */
    private String latest() {
        return aws.getParameter(request -> request.name(name).withDecryption(true))
                .parameter()
                .value();
    }

    private static String counting(KeysetStore store) throws Exception {
        return StoreRace.text(store.load());
    }

    /** Lets everything through to moto but this operation, which is answered so. */
    private KeysetStore spoiling(String operation, ScriptedAws.Answer answer) {
        ScriptedAws.Answer moto = ScriptedAws.of(MOTO.endpoint());
        between.answer(exchange -> (ScriptedAws.operation(exchange).equals(operation) ? answer : moto).to(exchange));
        return store(between.endpoint());
    }

    /** Something done before the first of these calls is made. */
    private static ScriptedAws.Answer after(Runnable first) {
        AtomicInteger calls = new AtomicInteger();
        ScriptedAws.Answer moto = ScriptedAws.of(MOTO.endpoint());
        return exchange -> {
            if (calls.getAndIncrement() == 0) {
                first.run();
            }
            moto.to(exchange);
        };
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

    private static void replace(KeysetStore store, KeysetDocument document, String revision) {
        try {
            store.replace(document, revision);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void replace_twoAtOnce_200Rounds_oneWinsEachAndNoUpdateIsLost() throws Exception {
        try (KeysetStore one = store();
                KeysetStore other = store()) {
            one.create(KeysetDocument.of("start"));
            assertThat(StoreRace.run(List.of(one, other), ROUNDS)).hasSize(ROUNDS);
            assertThat(latest()).isEqualTo(counting(one));
        }
    }

    @Test
    void replace_fourAtOnce_atMostOneWinsEachAndNoUpdateIsLost() throws Exception {
        try (KeysetStore one = store();
                KeysetStore two = store();
                KeysetStore three = store();
                KeysetStore four = store()) {
            one.create(KeysetDocument.of("start"));
            assertThat(StoreRace.run(List.of(one, two, three, four), 25)).hasSize(25);
            assertThat(latest()).isEqualTo(counting(one));
        }
    }

    @Test
    void replace_anotherBetweenLookingAndWriting_conflictsAndBringsTheOtherBack() throws Exception {
        try (LogCapture log = LogCapture.start();
                KeysetStore direct = store()) {
            String revision = direct.create(document("k1"));
            KeysetDocument theirs = document("theirs");
            try (KeysetStore store = spoiling(PUT, after(() -> replace(direct, theirs, revision)))) {
                assertThatThrownBy(() -> store.replace(document("k2"), revision))
                        .isInstanceOf(KeysetConflictException.class);
            }
            assertThat(latest()).isEqualTo(StoreRace.text(theirs)).isEqualTo(counting(direct));
            assertThat(direct.load().revision()).as("as the other was told").hasValue("2");
            direct.replace(document("k3"), "2");
            assertThat(log.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void replace_loserDiesBeforeBringingBack_isUndoneByTheNext() throws Exception {
        try (KeysetStore direct = store()) {
            String revision = direct.create(document("k1"));
            KeysetDocument theirs = document("theirs");
            KeysetDocument mine = document("k2");
            AtomicInteger calls = new AtomicInteger();
            ScriptedAws.Answer moto = ScriptedAws.of(MOTO.endpoint());
            try (KeysetStore store = spoiling(PUT, exchange -> {
                if (calls.getAndIncrement() == 0) {
                    replace(direct, theirs, revision);
                    moto.to(exchange);
                } else {
                    ScriptedAws.error(400, "AccessDeniedException", "").to(exchange);
                }
            })) {
                assertThatExceptionOfType(KeysetLoadException.class).isThrownBy(() -> store.replace(mine, revision));
            }
            assertThat(latest()).as("for a plain reader").isEqualTo(StoreRace.text(mine));
            assertThat(counting(direct)).isEqualTo(StoreRace.text(theirs));
            assertThat(direct.load().revision()).hasValue("2");
            assertThatThrownBy(() -> direct.replace(document("k3"), "3")).isInstanceOf(KeysetConflictException.class);
            assertThat(latest()).isEqualTo(StoreRace.text(theirs));
            KeysetDocument next = document("k4");
            direct.replace(next, "2");
            assertThat(latest()).isEqualTo(StoreRace.text(next));
        }
    }

    @Test
    void replace_answerLost_isWrittenAllTheSame() throws Exception {
        try (KeysetStore direct = store()) {
            String revision = direct.create(document("k1"));
            AtomicInteger calls = new AtomicInteger();
            ScriptedAws.Answer moto = ScriptedAws.of(MOTO.endpoint());
            KeysetDocument fresh = document("k2");
            try (KeysetStore store = spoiling(PUT, exchange -> {
                if (calls.getAndIncrement() == 0) {
                    moto.to(new Unheard(exchange));
                    ScriptedAws.error(500, "InternalServerError", "").to(exchange);
                } else {
                    moto.to(exchange);
                }
            })) {
                String written = store.replace(fresh, revision);
                assertThat(direct.load().revision()).hasValue(written);
            }
            assertThat(latest()).isEqualTo(StoreRace.text(fresh));
            direct.replace(document("k3"), direct.load().revision().orElseThrow());
        }
    }

    @Test
    void replace_losersAnswerLost_isRefusedAllTheSame() throws Exception {
        try (KeysetStore direct = store()) {
            String revision = direct.create(document("k1"));
            KeysetDocument theirs = document("theirs");
            AtomicInteger calls = new AtomicInteger();
            ScriptedAws.Answer moto = ScriptedAws.of(MOTO.endpoint());
            try (KeysetStore store = spoiling(PUT, exchange -> {
                if (calls.getAndIncrement() == 0) {
                    replace(direct, theirs, revision);
                    moto.to(new Unheard(exchange));
                    ScriptedAws.error(500, "InternalServerError", "").to(exchange);
                } else {
                    moto.to(exchange);
                }
            })) {
                assertThatThrownBy(() -> store.replace(document("k2"), revision))
                        .isInstanceOf(KeysetConflictException.class);
            }
            assertThat(latest()).isEqualTo(StoreRace.text(theirs)).isEqualTo(counting(direct));
        }
    }

    @Test
    void load_writtenByOtherMeans_counts() throws Exception {
        try (KeysetStore store = store()) {
            String revision = store.create(document("k1"));
            String second = store.replace(document("k2"), revision);
            String theirs = SampleDocuments.keyset("theirs");
            aws.putParameter(request -> request.name(name).overwrite(true).value(theirs)); // keeps the description
            assertThat(counting(store)).isEqualTo(theirs);
            assertThatThrownBy(() -> store.replace(document("k3"), second)).isInstanceOf(KeysetConflictException.class);
            assertThat(latest()).isEqualTo(theirs);
            store.replace(document("k4"), store.load().revision().orElseThrow());
        }
    }

    @Test
    void replace_always_keepsTypeTierKeyAndDescription() throws Exception {
        aws.putParameter(request -> request.name(name)
                .type(ParameterType.SECURE_STRING)
                .tier(ParameterTier.ADVANCED)
                .keyId("alias/app")
                .description("keys of the app")
                .value(SampleDocuments.keyset("k1")));
        try (KeysetStore store = spoiling("none", ScriptedAws.json(200, "{}"))) {
            String second = store.replace(document("k2"), "1");
            store.replace(KeysetDocument.of(SampleDocuments.keyset("k3") + " ".repeat(5_000)), second);
        }
        assertThat(between.calls()) // said each time, since AWS takes the account's own key where none is said
                .filteredOn(call -> call.startsWith(PUT))
                .hasSize(2)
                .allSatisfy(call -> assertThat(call)
                        .contains("\"KeyId\":\"alias/app\"", "\"Tier\":\"Advanced\"", "\"Type\":\"SecureString\""));
        var history = aws.getParameterHistory(request -> request.name(name)).parameters();
        assertThat(history).hasSize(3).allSatisfy(version -> {
            assertThat(version.type()).isEqualTo(ParameterType.SECURE_STRING);
            assertThat(version.tier()).isEqualTo(ParameterTier.ADVANCED);
            assertThat(version.keyId()).isEqualTo("alias/app");
        });
        assertThat(history.get(2).description()).matches("keys of the app \\[keyset4j [0-9a-f]{8}: after version 2]");
    }

    @Test
    void replace_callFails_leavesTheOldAndWorksTheNextTime() throws Exception {
        try (KeysetStore direct = store();
                KeysetStore store = spoiling(PUT, ScriptedAws.error(500, "InternalServerError", "down"))) {
            KeysetDocument old = document("k1");
            String revision = direct.create(old);
            assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(() -> store.replace(document("k2"), revision))
                    .withMessageContaining(PUT);
            assertThat(latest()).isEqualTo(StoreRace.text(old));
            between.answer(ScriptedAws.of(MOTO.endpoint()));
            assertThat(store.replace(document("k3"), revision)).isEqualTo("2");
        }
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                arguments(PUT, "AccessDeniedException", Reason.DENIED, "allow ssm:PutParameter"),
                arguments("GetParameterHistory", "AccessDeniedException", Reason.DENIED, "ssm:GetParameterHistory"),
                arguments(PUT, "InvalidKeyId", Reason.DENIED, "kms:Encrypt"),
                arguments(PUT, "ParameterMaxVersionLimitExceeded", Reason.UNAVAILABLE, "take the labels off"),
                arguments(PUT, "TooManyUpdates", Reason.THROTTLED, "write less often"),
                arguments(PUT, "ValidationException", Reason.UNAVAILABLE, "check the name"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void replace_refusedByAws_saysWhatToDo(String operation, String code, Reason reason, String remedy)
            throws Exception {
        try (KeysetStore direct = store();
                KeysetStore store = spoiling(operation, ScriptedAws.error(400, code, "no"))) {
            KeysetDocument old = document("k1");
            String revision = direct.create(old);
            assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(() -> store.replace(document("k2"), revision))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                    .withMessageStartingWith(store.description() + ": " + operation)
                    .withMessageContaining(remedy);
            assertThat(latest()).isEqualTo(StoreRace.text(old));
        }
    }

    @Test
    void replace_tooLargeForItsTier_isRefusedBeforeTheCall() throws Exception {
        try (KeysetStore store = spoiling("none", ScriptedAws.json(200, "{}"))) {
            String revision = store.create(document("k1"));
            long before = between.calls().size();
            assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(() -> store.replace(KeysetDocument.of("x".repeat(4_097)), revision))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE))
                    .withMessageContaining("make it an advanced parameter")
                    .withMessageContaining("Ed25519");
            assertThat(between.calls().subList((int) before, between.calls().size()))
                    .noneMatch(call -> call.startsWith(PUT));
        }
    }

    @Test
    void create_tooLargeForAStandardParameter_isRefusedBeforeTheCall() {
        try (KeysetStore store = store(between.endpoint())) {
            assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(() -> store.create(KeysetDocument.of("x".repeat(4_097))))
                    .withMessageContaining("advanced");
            assertThat(between.calls()).isEmpty();
        }
    }

    @Test
    void replace_plainString_isRefused() {
        String old = SampleDocuments.keyset("k1");
        aws.putParameter(
                request -> request.name(name).type(ParameterType.STRING).value(old));
        try (KeysetStore store = store()) {
            assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(() -> store.replace(document("k2"), "1"))
                    .withMessageContaining("not a SecureString");
        }
        assertThat(latest()).isEqualTo(old);
    }

    @Test
    void of_whatCannotBeWritten_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ParameterStoreKeysetSource.builder("/app/keys").path().buildStore())
                .withMessageContaining("keep the keyset in one parameter or in a secret");
        assertThatIllegalArgumentException().isThrownBy(() -> ParameterStoreKeysetStore.of("/app/keys:3"));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ParameterStoreKeysetStore.of("arn:aws:ssm:eu-west-1:123456789012:parameter/app/keys:current"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysetStores.of(URI.create("aws-ssm:/app/keys?path=true")))
                .withMessage("aws-ssm: parameter path: cannot be written, since a path's parameters do not change"
                        + " together; keep the keyset in one parameter or in a secret");
    }

    @Test
    void of_uri_isTheParameterItNames() throws Exception {
        try (KeysetStore store = KeysetStores.of(URI.create("aws-ssm:" + name + "?endpoint=" + MOTO.endpoint()))) {
            String first = store.create(document("k1"));
            String second = store.replace(document("k2"), first);
            assertThat(store.load().revision()).hasValue(second);
        }
    }
}
