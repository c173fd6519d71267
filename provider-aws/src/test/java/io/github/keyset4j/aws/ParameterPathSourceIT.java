package io.github.keyset4j.aws;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.StrictJson;
import io.github.keyset4j.testing.KeysetSourceContract;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A parameter for each key, in the parameter store as moto plays it, through the real SDK. */
class ParameterPathSourceIT extends KeysetSourceContract {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private final String path = "/app/" + UUID.randomUUID() + "/jwt";
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
        return ParameterStoreKeysetSource.pathBuilder(path + "/")
                .endpoint(MOTO.endpoint())
                .build();
    }

    /** Spreads the contract's document, of one key, over the parameters. */
    @Override
    protected void store(String document) throws StrictJson.Refused {
        remove();
        Map<String, ?> members = StrictJson.object(document);
        put("active_kid", String.valueOf(members.get("active_kid")));
        ((Map<?, ?>) members.get("keys")).forEach((kid, key) -> put(String.valueOf(kid), String.valueOf(key)));
    }

    private void put(String name, String value) {
        put(name, value, ParameterType.SECURE_STRING);
    }

    private void put(String name, String value, ParameterType type) {
        aws.putParameter(request ->
                request.name(path + "/" + name).type(type).value(value).overwrite(true));
    }

    @Override
    protected void remove() {
        List<Parameter> there;
        do {
            there = aws.getParametersByPath(request -> request.path(path)).parameters();
            there.forEach(parameter -> aws.deleteParameter(request -> request.name(parameter.name())));
        } while (!there.isEmpty());
    }

    @Test
    void load_moreThanAPage_deliversThemAll() throws Exception {
        for (int i = 1; i <= 23; i++) {
            put("k" + i, SampleDocuments.secret());
        }
        put("active_kid", "k23\n", ParameterType.STRING);
        try (KeyManager keys = KeyManager.builder(source()).start()) {
            assertThat(keys.keyset().keys()).hasSize(23);
            Instant afterTheLead = Instant.now().plus(Duration.ofHours(1));
            assertThat(keys.keyset().activeKey("default", afterTheLead))
                    .map(KeysetKey::kid)
                    .hasValue("k23");
        }
    }

    @Test
    void load_jwkAndRevoked_areRead() throws Exception {
        put("k1", SampleDocuments.jwk());
        put("k2", SampleDocuments.secret());
        put("k3", SampleDocuments.secret());
        put("active_kid", "k1");
        put("revoked", "k0, k3", ParameterType.STRING_LIST);
        try (KeyManager keys = KeyManager.builder(source()).start()) {
            assertThat(keys.keyset().keys()).extracting(KeysetKey::kid).containsExactlyInAnyOrder("k1", "k2");
            assertThat(keys.keyset().revokedKids()).containsExactlyInAnyOrder("k0", "k3");
            assertThat(keys.verifier()
                            .build()
                            .verify(keys.signer().sign(new JwtClaims()))
                            .algorithm())
                    .isEqualTo("EdDSA");
        }
    }

    private KeyManager strict() {
        return KeyManager.builder(source())
                .policy(KeysetPolicy.strictProduction())
                .startInBackground();
    }

    @Test
    void start_publicKeysAndNamesInPlainStrings_areTakenByStrict() throws Exception {
        put("k1", SampleDocuments.jwk());
        put("k2", SampleDocuments.publicPem(), ParameterType.STRING);
        put("active_kid", "k1", ParameterType.STRING);
        put("revoked", "k0", ParameterType.STRING_LIST);
        try (KeyManager keys = strict()) {
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
        }
    }

    @Test
    void start_onePrivateKeyInAPlainString_isRefusedByStrict() throws Exception {
        put("k1", SampleDocuments.jwk());
        put("k2", SampleDocuments.secret(), ParameterType.STRING);
        put("active_kid", "k1");
        try (KeyManager keys = strict()) {
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
        }
    }

    @Test
    void load_pathsBelow_areLeftAlone() throws Exception {
        put("k1", SampleDocuments.secret());
        put("other/k2", SampleDocuments.secret());
        try (KeyManager keys = KeyManager.builder(source()).start()) {
            assertThat(keys.keyset().keys()).extracting(KeysetKey::kid).containsExactly("k1");
        }
    }

    @Test
    void refresh_newestParameterTakenAway_isNotAnOlderRevision() throws Exception {
        put("k1", SampleDocuments.secret());
        put("active_kid", "k1");
        Instant first = lastModified("active_kid");
        do { // until the store's clock has moved on
            put("k2", SampleDocuments.secret());
        } while (!lastModified("k2").isAfter(first));
        try (KeyManager keys = KeyManager.builder(source()).start()) {
            aws.deleteParameter(request -> request.name(path + "/k2"));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(keys.keyset().keys()).extracting(KeysetKey::kid).containsExactly("k1");
        }
    }

    private Instant lastModified(String name) {
        return aws.getParameter(request -> request.name(path + "/" + name))
                .parameter()
                .lastModifiedDate();
    }

    @Test
    void load_brokenJwk_isRefusedByPlaceAndNotTakenForASecret() throws Exception {
        put("active_kid", "k1");
        for (String broken : List.of(
                "{\"kty\":\"OKP\",\"d\":\"canary",
                "{\"kty\":\"OKP\"} canary",
                "{\"kty\":\"OKP\"},\"k9\":{\"kty\":\"canary\"}")) {
            put("k1", broken);
            KeysetDocument document;
            try (KeysetSource source = source()) {
                document = source.load();
            }
            assertThatExceptionOfType(InvalidKeysetException.class)
                    .isThrownBy(() -> KeysetParser.of(KeysetPolicy.standard()).parse(document, Instant.now()))
                    .satisfies(e -> assertThat(e.problems().get(0).where()).isEqualTo("keys, entry 1"))
                    .satisfies(e -> assertThat(e).hasMessageNotContaining("canary"));
        }
    }

    @Test
    void load_versions_areTheRevision() throws Exception {
        put("k1", SampleDocuments.secret());
        put("active_kid", "k1");
        put("active_kid", "k1");
        try (KeysetSource source = source()) {
            KeysetDocument document = source.load();
            assertThat(document.revision().orElseThrow().split(",")).containsExactlyInAnyOrder("active_kid:2", "k1:1");
            assertThat(document.revisionTime()).isPresent();
        }
    }

    @Test
    void load_pagesWithoutEnd_isTooLarge() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws();
                KeysetSource source = ParameterStoreKeysetSource.pathBuilder(path)
                        .endpoint(scripted.endpoint())
                        .build()) {
            scripted.answer(ScriptedAws.json(
                    200,
                    "{\"Parameters\":[{\"Name\":\"/n/k\",\"Value\":\"" + "x".repeat(300_000)
                            + "\"}],\"NextToken\":\"again\"}"));
            assertThatThrownBy(source::load)
                    .isInstanceOfSatisfying(
                            KeysetLoadException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
            assertThat(scripted.calls()).hasSize(4);
        }
    }
}
