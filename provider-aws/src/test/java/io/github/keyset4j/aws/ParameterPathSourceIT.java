package io.github.keyset4j.aws;

import io.github.keyset4j.DocumentParts;
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
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.testing.KeysetSourceContract;
import io.github.keyset4j.testing.ours.LogCapture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
        return ParameterStoreKeysetSource.builder(path + "/")
                .path()
                .endpoint(MOTO.endpoint())
                .build();
    }

    /** Spreads the contract's document, of one key, over the parameters. */
    @Override
    protected void store(String document) throws MalformedJson {
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
            keys.refreshNow(); // or the load that the start asked for
            assertThat(keys.keyset().keys()).extracting(KeysetKey::kid).containsExactly("k1", "k2");
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

    /** At a time that no parameter has been written at before. */
    private Instant putLater(String name) {
        do {
            if (exists(name) && lastModified(name).equals(newest)) {
                aws.deleteParameter(request -> request.name(path + "/" + name));
            }
            put(name, name.equals("active_kid") ? "k1" : SampleDocuments.secret());
        } while (!lastModified(name).isAfter(newest));
        newest = lastModified(name);
        return newest;
    }

    private Instant newest = Instant.MIN;

    private boolean exists(String name) {
        return aws.getParametersByPath(request -> request.path(path)).parameters().stream()
                .anyMatch(parameter -> parameter.name().equals(path + "/" + name));
    }

    private static Map<String, Long> byKid(KeysetDocument document) {
        return DocumentParts.versions(document).entrySet().stream()
                .collect(Collectors.toMap(part -> part.getKey().replaceAll(".*/", ""), Map.Entry::getValue));
    }

    private static KeysetDocument previous(KeysetDocument document) {
        return DocumentParts.previous(document).orElseThrow();
    }

    @Test
    void load_parameters_areVersionsByName() throws Exception {
        put("k1", SampleDocuments.secret());
        put("k1", SampleDocuments.secret());
        put("active_kid", "k1");
        try (KeysetSource source = source()) {
            assertThat(DocumentParts.versions(source.load()))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(path + "/k1", 2L, path + "/active_kid", 1L));
        }
    }

    @Test
    void load_previous_isTheStateBeforeTheLastWrite() throws Exception {
        try (KeysetSource source = source()) {
            putLater("active_kid");
            Instant first = putLater("k1");
            assertThat(DocumentParts.previous(source.load()))
                    .as("no keys before")
                    .isEmpty();
            Instant second = putLater("k2");
            KeysetDocument withNewKey = source.load();
            assertThat(withNewKey.revisionTime()).hasValue(second);
            assertThat(byKid(previous(withNewKey))).isEqualTo(Map.of("k1", 1L, "active_kid", 1L));
            assertThat(previous(withNewKey).revisionTime()).hasValue(first);
            Instant third = putLater("active_kid");
            KeysetDocument named = source.load();
            assertThat(named.revisionTime()).hasValue(third);
            assertThat(byKid(named)).isEqualTo(Map.of("k1", 1L, "k2", 1L, "active_kid", 2L));
            assertThat(byKid(previous(named))).isEqualTo(Map.of("k1", 1L, "k2", 1L, "active_kid", 1L));
            assertThat(previous(named).revisionTime())
                    .as("the second, not that of active_kid")
                    .hasValue(second);
        }
        try (KeysetSource without = ParameterStoreKeysetSource.builder(path)
                .path()
                .endpoint(MOTO.endpoint())
                .withoutPrevious()
                .build()) {
            assertThat(DocumentParts.previous(without.load())).isEmpty();
        }
    }

    @Test
    void load_deletedAndCreatedAgain_isNotInTheStateBefore() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws();
                KeysetSource source = ParameterStoreKeysetSource.builder("/n")
                        .path()
                        .endpoint(scripted.endpoint())
                        .build()) {
            scripted.answer(path(parameter("k1", 1, 10), parameter("k2", 1, 20)));
            assertThat(byKid(previous(source.load()))).isEqualTo(Map.of("k1", 1L));
            scripted.answer(path(parameter("k1", 1, 30), parameter("k2", 1, 20)));
            assertThat(byKid(previous(source.load())))
                    .as("the same numbers, and another write that was the last")
                    .isEqualTo(Map.of("k2", 1L));
        }
    }

    /** A parameter in the answer to GetParametersByPath. */
    private static String parameter(String kid, int version, int modified) {
        String value = kid.equals("active_kid") ? "k" + version : SampleDocuments.secret();
        return "{\"Name\":\"/n/" + kid + "\",\"Type\":\"SecureString\",\"Value\":\"" + value + "\",\"Version\":"
                + version + ",\"LastModifiedDate\":" + modified + "}";
    }

    private static ScriptedAws.Answer path(String... parameters) {
        return exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Matcher version = Pattern.compile("/n/(\\w+):(\\d+)").matcher(asked);
            String answer = version.find()
                    ? "{\"Parameter\":" + parameter(version.group(1), Integer.parseInt(version.group(2)), 5) + "}"
                    : "{\"Parameters\":[" + String.join(",", parameters) + "]}";
            ScriptedAws.json(200, answer).to(exchange);
        };
    }

    @Test
    void load_writtenAtTheSameTime_isOneWrite() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws();
                KeysetSource source = ParameterStoreKeysetSource.builder("/n")
                        .path()
                        .endpoint(scripted.endpoint())
                        .build()) {
            scripted.answer(path(
                    parameter("k1", 1, 10),
                    parameter("k2", 3, 20),
                    parameter("k3", 1, 20),
                    parameter("active_kid", 2, 20)));
            KeysetDocument document = source.load();
            assertThat(byKid(previous(document))).isEqualTo(Map.of("k1", 1L, "k2", 2L, "active_kid", 1L));
            assertThat(previous(document).revisionTime()).hasValue(Instant.ofEpochSecond(10));
            source.load();
            assertThat(scripted.calls().stream().map(call -> call.substring(0, call.indexOf(' '))))
                    .containsExactly("GetParametersByPath", "GetParameter", "GetParameter", "GetParametersByPath");
        }
    }

    @Test
    void load_previousWithoutTheKeyThatSigned_isNone() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws();
                KeysetSource source = ParameterStoreKeysetSource.builder("/n")
                        .path()
                        .endpoint(scripted.endpoint())
                        .build()) {
            ScriptedAws.Answer k2Named = path(parameter("k2", 1, 20), parameter("active_kid", 2, 30));
            scripted.answer(k2Named); // the version before of active_kid names a key that has been deleted since
            assertThat(DocumentParts.previous(source.load())).isEmpty();
            scripted.answer(path(parameter("k1", 1, 10), parameter("k2", 1, 20), parameter("active_kid", 1, 30)));
            assertThat(DocumentParts.previous(source.load()))
                    .as("none was named")
                    .isEmpty();
            scripted.answer(path(parameter("k1", 1, 10), parameter("k2", 1, 20)));
            assertThat(byKid(previous(source.load()))).isEqualTo(Map.of("k1", 1L));
        }
    }

    @Test
    void refresh_staleAnswer_isRefused() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws()) {
            String first = parameter("k1", 1, 10);
            String second = parameter("k2", 1, 20);
            ScriptedAws.Answer stale = path(first, second, parameter("active_kid", 1, 15));
            scripted.answer(path(first, second, parameter("active_kid", 2, 20)));
            try (KeyManager keys = KeyManager.builder(ParameterStoreKeysetSource.builder("/n")
                            .path()
                            .endpoint(scripted.endpoint())
                            .build())
                    .start()) {
                scripted.answer(stale);
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            }
        }
    }

    @Test
    void load_versionBeforeDenied_isLeftOutAndToldOnce() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws();
                KeysetSource source = ParameterStoreKeysetSource.builder("/n")
                        .path()
                        .endpoint(scripted.endpoint())
                        .build();
                LogCapture log = LogCapture.start()) {
            for (int version = 2; version < 4; version++) {
                ScriptedAws.Answer readable = path(parameter("k1", version, 10 * version));
                scripted.answer(exchange -> {
                    boolean one = ScriptedAws.operation(exchange).equals("GetParameter");
                    (one ? ScriptedAws.error(400, "AccessDeniedException", "m") : readable).to(exchange);
                });
                assertThat(DocumentParts.previous(source.load())).isEmpty();
                source.load();
            }
            assertThat(log.lines("WARN")).singleElement().asString().contains("allow ssm:GetParameter on it");
            assertThat(scripted.calls()).hasSize(6);
        }
    }

    @Test
    void load_pagesWithoutEnd_isTooLarge() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws();
                KeysetSource source = ParameterStoreKeysetSource.builder(path)
                        .path()
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
