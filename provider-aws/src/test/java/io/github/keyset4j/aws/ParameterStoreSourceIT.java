package io.github.keyset4j.aws;

import io.github.keyset4j.DocumentParts;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.config.KeysetSources;
import io.github.keyset4j.testing.KeysetSourceContract;
import io.github.keyset4j.testing.ours.LogCapture;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** One parameter, in the parameter store as moto plays it, through the real SDK. */
class ParameterStoreSourceIT extends KeysetSourceContract {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private final String name = "/app/prod/" + UUID.randomUUID();
    private SsmClient aws;

    @BeforeEach
    void openClient() {
        aws = SsmClient.builder()
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
        return source(name, MOTO.endpoint());
    }

    private static KeysetSource source(String name, URI endpoint) {
        return ParameterStoreKeysetSource.builder(name).endpoint(endpoint).build();
    }

    @Override
    protected void store(String document) {
        put(ParameterType.SECURE_STRING, document);
    }

    private void put(ParameterType type, String document) {
        aws.putParameter(
                request -> request.name(name).type(type).value(document).overwrite(true));
    }

    @Override
    protected void remove() {
        aws.deleteParameter(request -> request.name(name));
    }

    @Test
    void close_ownClient_isClosedAndOneGivenIsNot() throws Exception {
        store(SampleDocuments.keyset("k1"));
        KeysetSource own = source();
        own.load();
        own.close();
        assertThatThrownBy(own::load).isInstanceOf(IllegalStateException.class);
        KeysetSource given =
                ParameterStoreKeysetSource.builder(name).client(aws).build();
        given.load();
        given.close();
        assertThat(given.load().size()).isPositive();
    }

    @Test
    void load_secureStringOrString_deliversWhatWasStored() throws Exception {
        for (ParameterType type : List.of(ParameterType.SECURE_STRING, ParameterType.STRING)) {
            String document = SampleDocuments.keyset("k1");
            put(type, document);
            try (KeysetSource source = source()) {
                assertThat(source.load().size()).isEqualTo(document.length());
            }
            remove();
        }
    }

    private static KeyManager.Builder strict(KeysetSource source) {
        return KeyManager.builder(source).policy(KeysetPolicy.strictProduction());
    }

    @Test
    void start_privateKeysInAPlainString_areRefusedByStrictAndWarnedOfByStandard() {
        for (ParameterType type : List.of(ParameterType.STRING, ParameterType.STRING_LIST)) {
            put(type, SampleDocuments.keyset("k1"));
            assertThatThrownBy(() -> strict(source())
                            .startDeadline(Duration.ofSeconds(2))
                            .start())
                    .hasStackTraceContaining("parameter type: not SecureString")
                    .hasStackTraceContaining("rotate its keys");
            try (LogCapture log = LogCapture.start();
                    KeyManager keys = KeyManager.builder(source()).start()) {
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
                assertThat(log.lines("WARN"))
                        .filteredOn(line -> line.message().contains("not SecureString"))
                        .hasSize(1);
            }
            remove();
        }
    }

    @Test
    void refresh_madeASecureString_isTakenByStrictAtLast() {
        put(ParameterType.STRING, SampleDocuments.keyset("k1"));
        try (KeyManager keys = strict(source()).startInBackground()) {
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            remove();
            put(ParameterType.SECURE_STRING, SampleDocuments.keyset("k1"));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            remove();
            put(ParameterType.STRING, SampleDocuments.keyset("k1"));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(keys.keyset().key("k1")).isPresent();
        }
    }

    @Test
    void start_publicKeysInAPlainString_areTakenByStrict() throws Exception {
        put(ParameterType.STRING, SampleDocuments.publicKey("k1"));
        try (KeyManager keys = strict(source()).verifyOnly().start()) {
            assertThat(keys.keyset().key("k1")).isPresent();
        }
    }

    @Test
    void load_version_isRevisionAndTime() throws Exception {
        store(SampleDocuments.keyset("k1"));
        store(SampleDocuments.keyset("k2"));
        try (KeysetSource source = source()) {
            KeysetDocument document = source.load();
            assertThat(document.revision()).hasValue("2");
            assertThat(document.revisionTime()).isPresent();
        }
    }

    @Test
    void load_versionNamed_deliversThatOne() throws Exception {
        store(SampleDocuments.keyset("k1"));
        store(SampleDocuments.keyset("k2"));
        try (KeysetSource source = ParameterStoreKeysetSource.builder(name + ":1")
                .endpoint(MOTO.endpoint())
                .build()) {
            assertThat(source.load().revision()).hasValue("1");
        }
    }

    @Test
    void load_byArn_delivers() throws Exception {
        store(SampleDocuments.keyset("k1"));
        String arn = aws.getParameter(request -> request.name(name)).parameter().arn();
        try (KeysetSource source = ParameterStoreKeysetSource.builder(arn)
                .endpoint(MOTO.endpoint())
                .build()) {
            assertThat(source.load().size()).isPositive();
        }
    }

    private static Optional<String> previous(KeysetDocument document) {
        return DocumentParts.previous(document).flatMap(KeysetDocument::revision);
    }

    private Instant modified(int version) {
        return aws.getParameter(request -> request.name(name + ":" + version))
                .parameter()
                .lastModifiedDate();
    }

    /** What was asked for since the last time. */
    private static List<String> asked(ScriptedAws between) {
        List<String> asked = between.calls().stream()
                .map(call -> call.replaceAll("^(\\w+) .*\"Name\":\"[^:\"]*(:[^\"]*)?\".*$", "$1$2"))
                .toList();
        between.calls().clear();
        return asked;
    }

    @Test
    void load_secondVersion_hasTheFirstBesideItWithItsOwnTimeAndNumber() throws Exception {
        store(SampleDocuments.keyset("k1"));
        store(SampleDocuments.keyset("k2"));
        String arn = aws.getParameter(request -> request.name(name)).parameter().arn();
        for (String named : List.of(name, arn)) {
            try (KeysetSource source = source(named, MOTO.endpoint())) {
                KeysetDocument document = source.load();
                assertThat(document.revisionTime()).hasValue(modified(2));
                assertThat(DocumentParts.versions(document)).containsExactly(Map.entry(named, 2L));
                KeysetDocument previous = DocumentParts.previous(document).orElseThrow();
                assertThat(previous.revision()).hasValue("1");
                assertThat(previous.revisionTime()).hasValue(modified(1)).isNotEqualTo(document.revisionTime());
                assertThat(DocumentParts.versions(previous)).containsExactly(Map.entry(named, 1L));
                assertThat(kids(previous)).containsExactly("k1");
            }
        }
    }

    @Test
    void load_versionBefore_isOneMoreCallAtTheStartAndWithEachNewVersion() throws Exception {
        store(SampleDocuments.keyset("k1"));
        try (ScriptedAws between = new ScriptedAws();
                KeysetSource source = source(name, between.endpoint())) {
            between.answer(ScriptedAws.of(MOTO.endpoint()));
            source.load();
            assertThat(asked(between)).as("the first version").containsExactly("GetParameter");
            store(SampleDocuments.keyset("k2"));
            source.load();
            source.load();
            assertThat(asked(between)).containsExactly("GetParameter", "GetParameter:1", "GetParameter");
            store(SampleDocuments.keyset("k3"));
            assertThat(previous(source.load())).hasValue("2");
            assertThat(asked(between)).containsExactly("GetParameter", "GetParameter:2");
        }
    }

    @Test
    void load_withoutPreviousOrOfOneVersion_isOneCall() throws Exception {
        store(SampleDocuments.keyset("k1"));
        store(SampleDocuments.keyset("k2"));
        aws.labelParameterVersion(request -> request.name(name).labels("live").parameterVersion(2L));
        try (ScriptedAws between = new ScriptedAws();
                KeysetSource byNumber = source(name + ":2", between.endpoint());
                KeysetSource byLabel = source(name + ":live", between.endpoint());
                KeysetSource byUri = KeysetSources.of(
                        URI.create("aws-ssm:" + name + "?previous=false&endpoint=" + between.endpoint()));
                KeysetSource without = ParameterStoreKeysetSource.builder(name)
                        .endpoint(between.endpoint())
                        .withoutPrevious()
                        .build()) {
            between.answer(ScriptedAws.of(MOTO.endpoint()));
            for (KeysetSource source : List.of(byNumber, byLabel, byUri, without)) {
                KeysetDocument document = source.load();
                assertThat(document.revision()).hasValue("2");
                assertThat(previous(document)).isEmpty();
                assertThat(between.calls()).hasSize(1);
                between.calls().clear();
            }
        }
    }

    @Test
    void load_deletedAndCreatedAgain_isLaterAndHasNothingBeforeIt() throws Exception {
        store(SampleDocuments.keyset("k1"));
        store(SampleDocuments.keyset("k2"));
        try (KeysetSource source = source()) {
            KeysetDocument before = source.load();
            remove();
            store(SampleDocuments.keyset("k3"));
            KeysetDocument after = source.load();
            assertThat(DocumentParts.versions(after)).containsExactly(Map.entry(name, 1L));
            assertThat(after.revisionTime().orElseThrow())
                    .isAfter(before.revisionTime().orElseThrow());
            assertThat(previous(after)).isEmpty();
            store(SampleDocuments.keyset("k4"));
            assertThat(kids(DocumentParts.previous(source.load()).orElseThrow()))
                    .as("the same number as once before, and another document")
                    .containsExactly("k3");
        }
    }

    /** Answers as moto does, and so where a version is named. */
    private static ScriptedAws.Answer forVersions(ScriptedAws between, ScriptedAws.Answer answer) {
        return exchange -> {
            boolean version = between.calls().get(between.calls().size() - 1).matches(".*\"Name\":\"[^\"]*:\\d+\".*");
            (version ? answer : ScriptedAws.of(MOTO.endpoint())).to(exchange);
        };
    }

    @Test
    void load_versionBeforeDenied_isLeftOutAndToldOnce() throws Exception {
        store(SampleDocuments.keyset("k1"));
        store(SampleDocuments.keyset("k2"));
        try (ScriptedAws between = new ScriptedAws();
                KeysetSource source = source(name, between.endpoint());
                LogCapture log = LogCapture.start()) {
            between.answer(forVersions(between, ScriptedAws.error(400, "AccessDeniedException", "m")));
            assertThat(previous(source.load())).isEmpty();
            source.load();
            assertThat(asked(between)).hasSize(3);
            store(SampleDocuments.keyset("k3"));
            assertThat(source.load().revision()).hasValue("3");
            assertThat(log.lines("WARN"))
                    .singleElement()
                    .asString()
                    .contains("allow ssm:GetParameter", "(the version before is left out)");
        }
    }

    @Test
    void load_versionBeforeGone_isNoneAndNotTold() throws Exception {
        store(SampleDocuments.keyset("k1"));
        store(SampleDocuments.keyset("k2"));
        try (ScriptedAws between = new ScriptedAws();
                KeysetSource source = source(name, between.endpoint());
                LogCapture log = LogCapture.start()) {
            between.answer(forVersions(between, ScriptedAws.error(400, "ParameterVersionNotFound", "m")));
            assertThat(previous(source.load())).isEmpty();
            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void load_versionBeforeThrottled_failsUntilItIsThere() throws Exception {
        store(SampleDocuments.keyset("k1"));
        store(SampleDocuments.keyset("k2"));
        try (ScriptedAws between = new ScriptedAws();
                KeysetSource source = source(name, between.endpoint())) {
            between.answer(forVersions(between, ScriptedAws.error(400, "ThrottlingException", "m")));
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(KeysetLoadException.class)
                        .isThrownBy(source::load)
                        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.THROTTLED));
            }
            between.answer(ScriptedAws.of(MOTO.endpoint()));
            assertThat(previous(source.load())).hasValue("1");
        }
    }

    private static ScriptedAws.Answer version(int number, int modified) {
        return ScriptedAws.json(
                200,
                "{\"Parameter\":{\"Name\":\"n\",\"Type\":\"SecureString\",\"Version\":" + number
                        + ",\"LastModifiedDate\":" + modified + ",\"Value\":\""
                        + SampleDocuments.keyset("k" + number).replace("\"", "\\\"") + "\"}}");
    }

    @Test
    void refresh_lowerVersionOfTheSameTime_isRefusedAndOneCreatedAgainIsTaken() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws()) {
            scripted.answer(version(3, 10));
            try (KeyManager keys = KeyManager.builder(ParameterStoreKeysetSource.builder("n")
                            .endpoint(scripted.endpoint())
                            .withoutPrevious()
                            .build())
                    .start()) {
                scripted.answer(version(2, 10));
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
                scripted.answer(version(1, 20));
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            }
        }
    }

    private static List<String> kids(KeysetDocument document) {
        return KeysetParser.of(KeysetPolicy.standard()).parse(document, Instant.now()).keys().stream()
                .map(KeysetKey::kid)
                .toList();
    }

    @Test
    void load_denied_namesTheAction() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws();
                KeysetSource one = ParameterStoreKeysetSource.builder("n")
                        .endpoint(scripted.endpoint())
                        .build();
                KeysetSource path = ParameterStoreKeysetSource.builder("/n")
                        .path()
                        .endpoint(scripted.endpoint())
                        .build()) {
            scripted.answer(ScriptedAws.error(400, "AccessDeniedException", "not authorized to perform this"));
            assertDenied(one, "allow ssm:GetParameter on it");
            assertDenied(path, "allow ssm:GetParametersByPath on it");
            scripted.answer(ScriptedAws.error(400, "AccessDeniedException", "The ciphertext refers to a customer key"));
            assertDenied(one, "allow kms:Decrypt on its key through ssm");
            scripted.answer(ScriptedAws.error(400, "InvalidKeyId", "is disabled"));
            assertDenied(path, "allow kms:Decrypt on its key through ssm");
        }
    }

    private static void assertDenied(KeysetSource source, String remedy) {
        assertThatExceptionOfType(KeysetLoadException.class)
                .isThrownBy(source::load)
                .withMessageContaining(remedy)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.DENIED));
    }
}
