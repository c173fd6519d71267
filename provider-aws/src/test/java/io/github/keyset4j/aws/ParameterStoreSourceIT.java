package io.github.keyset4j.aws;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.testing.KeysetSourceContract;
import io.github.keyset4j.testing.LogCapture;
import java.time.Duration;
import java.util.List;
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
        return ParameterStoreKeysetSource.builder(name)
                .endpoint(MOTO.endpoint())
                .build();
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

    @Test
    void load_denied_namesTheAction() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws();
                KeysetSource one = ParameterStoreKeysetSource.builder("n")
                        .endpoint(scripted.endpoint())
                        .build();
                KeysetSource path = ParameterStoreKeysetSource.pathBuilder("/n")
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
