package io.github.keyset4j;

import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.config.KeysetSources;
import io.github.keyset4j.config.KeysetStores;
import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.encoding.Names;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Documents that do not say themselves how they are to be read. */
class DocumentFormatTest {

    private static final DocumentFormat MEMBER =
            DocumentFormat.standard().withMember("JWT_SECRET_KEY").withKid("k1");

    private ProvidersPresent present;

    @BeforeEach
    void provide() throws IOException {
        FakeProviders.ASKED.get().clear();
        present = ProvidersPresent.of(FakeProviders.Shelf.class, FakeProviders.Desk.class);
    }

    @AfterEach
    void takeAway() throws IOException {
        present.close();
    }

    /** An application's settings in one JSON object, the key for tokens among them. */
    private static KeysetDocument settings(Object key) {
        return KeysetDocument.of(SampleKeys.json(Map.of(
                "SECRET_KEY",
                "canary-" + SampleKeys.secret(30),
                "JWT_SECRET_KEY",
                key,
                "DB_HOST",
                "canary-db",
                "DB_PORT",
                "5432")));
    }

    private static Keyset read(KeysetDocument document) {
        return KeysetParser.of(KeysetPolicy.standard()).parse(document, Refusal.NOW);
    }

    private static KeysetKey only(KeysetDocument document) {
        Keyset keyset = read(document);
        assertThat(keyset.keys()).hasSize(1);
        return keyset.keys().get(0);
    }

    private static Refusal refused(KeysetDocument document, DocumentFormat format, String problem) {
        return Refusal.of("", problem).with(ignored -> document.withFormat(format));
    }

    @Test
    void member_aText_isTheSecretUnderItsKid() {
        String secret = SampleKeys.secret(48);
        KeysetKey key = only(settings(secret).withFormat(MEMBER));
        assertThat(key.kid()).isEqualTo("k1");
        assertThat(key.algorithm()).isEqualTo("HS256");
        assertThat(key.material().secret().getEncoded()).isEqualTo(secret.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void member_aTextWithAColon_isASecretAllTheSame() {
        assertThat(only(settings("k2:" + SampleKeys.secret(48)).withFormat(MEMBER))
                        .kid())
                .isEqualTo("k1");
    }

    @Test
    void member_aPem_needsNoKid() {
        String pem = SampleKeys.privatePem(SampleKeys.shared(SampleAlgorithm.ES256));
        DocumentFormat withoutKid = DocumentFormat.standard().withMember("JWT_SECRET_KEY");
        assertThat(only(settings(pem).withFormat(MEMBER)).kid()).isEqualTo("k1");
        assertThat(only(settings(pem).withFormat(withoutKid)).kid()).hasSize(43);
        assertThat(only(settings(PemSamples.wrapped(pem)).withFormat(withoutKid))
                        .algorithm())
                .isEqualTo("ES256");
    }

    @Test
    void member_aKeyset_isReadAsTextAndAsAnObject() {
        DocumentFormat withoutKid = DocumentFormat.standard().withMember("JWT_SECRET_KEY");
        Map<String, Object> keyset =
                Map.of("active_kid", "k2", "keys", Map.of("k1", SampleKeys.secret(48), "k2", SampleKeys.secret(48)));
        for (KeysetDocument document : List.of(settings(keyset), settings(SampleKeys.json(keyset)))) {
            assertThat(read(document.withFormat(withoutKid))
                            .activeKey(Names.DEFAULT_PURPOSE, Refusal.NOW)
                            .orElseThrow()
                            .kid())
                    .isEqualTo("k2");
        }
    }

    @Test
    void member_aList_isReadWhereThatIsAskedForToo() throws Exception {
        String list = "k1:" + SampleKeys.secret(48) + ",k2:" + SampleKeys.secret(48);
        DocumentFormat member = DocumentFormat.standard().withMember("JWT_SECRET_KEY");
        refused(settings(list), member, "the member: secret: no kid beside it").check();
        KeysetDocument document = settings("k1:" + SampleKeys.secret(48)).withFormat(member.asList());
        assertThat(only(document).kid()).isEqualTo("k1");
        KeysetSource variable = EnvKeysetSource.of("APP")
                .from(Map.of("APP", SampleKeys.json(Map.of("JWT_SECRET_KEY", list))))
                .reading(member);
        refused(variable.load(), DocumentFormat.standard(), "the member: secret: no kid beside it")
                .check();
    }

    @Test
    void member_missingOrOfAnotherType_isToldWithoutAWordOfTheOthers() {
        KeysetDocument none = KeysetDocument.of("{\"DB_HOST\":\"canary-database-host\"}");
        refused(none, MEMBER, "the member: document: missing").check();
        refused(KeysetDocument.of("{\"JWT_SECRET_KEY\":null,\"X\":1}"), MEMBER, "the member: document: missing")
                .check();
        refused(settings("  "), MEMBER, "the member: document: empty").check();
        refused(settings(5), MEMBER, "the member: document: neither a text nor an object")
                .check();
        refused(settings(List.of("a")), MEMBER, "the member: document: neither a text nor an object")
                .check();
        refused(settings("{\"keys\":"), MEMBER, "the member: line 1, column 9: not valid JSON")
                .check();
        refused(
                        KeysetDocument.of(SampleKeys.secret(48)),
                        MEMBER,
                        "document: no JSON object, of which a member is asked for")
                .check();
        refused(
                        settings("short"),
                        MEMBER,
                        "the member: secret: an HMAC secret of 5 octets is too short for HS256, which needs 32"
                                + " (RFC 7518 section 3.2)")
                .check();
        refused(
                        settings("/run/secrets/production/jwt.pem"),
                        MEMBER,
                        "the member: secret: an HMAC secret that is a path")
                .check();
    }

    @Test
    void member_ofAReload_doesNotRotateUnderTheSameKid() {
        ScriptedKeysetSource source = ScriptedKeysetSource.of(settings(SampleKeys.secret(48)));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source.reading(MEMBER))
                        .clock(ManualClock.create())
                        .start()) {
            assertThat(Managers.signs(keys).kid()).isEqualTo("k1");
            source.deliver(settings(SampleKeys.secret(48)));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(log.text()).contains("stood for another key before");
        }
    }

    static UnaryOperator<String> encoding(String name) {
        return text -> {
            byte[] octets = text.getBytes(StandardCharsets.UTF_8);
            return switch (name) {
                case "base64" -> Base64.getEncoder().encodeToString(octets);
                case "base64 unpadded" -> Base64.getEncoder().withoutPadding().encodeToString(octets);
                case "base64url" -> Base64.getUrlEncoder().encodeToString(octets);
                default -> Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
            };
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"base64", "base64 unpadded", "base64url", "base64url unpadded"})
    void base64Secrets_ofEveryShapeWithTexts_areTheOctetsMeant(String encoding) {
        String octets = SampleKeys.secret(40) + "?>~ü";
        String text = encoding(encoding).apply(octets);
        DocumentFormat base64 = DocumentFormat.standard().withBase64Secrets();
        List<KeysetDocument> documents = List.of(
                KeysetDocument.of(SampleKeys.json(Map.of("keys", Map.of("k1", text))))
                        .withFormat(base64),
                KeysetDocument.of("k1:" + text).withFormat(base64.asList()),
                settings(text).withFormat(MEMBER).withFormat(base64));
        for (KeysetDocument document : documents) {
            assertThat(only(document).material().secret().getEncoded())
                    .isEqualTo(octets.getBytes(StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @CsvSource({"AAAA=", "AAA==", "AAB=", "AA+_", "AAAAA", "=", "AA AA", "AAÄA"})
    void base64Secrets_notCanonical_areRefused(String text) {
        refused(
                        KeysetDocument.of(SampleKeys.json(Map.of("keys", Map.of("k1", text)))),
                        DocumentFormat.standard().withBase64Secrets(),
                        "keys, entry 1: a secret that is not base64, which it is said to be")
                .check();
    }

    @Test
    void base64Secrets_pemsAndJwks_areWhatTheyAre() {
        String pem = SampleKeys.privatePem(SampleKeys.shared(SampleAlgorithm.ES256));
        KeysetDocument document = KeysetDocument.of(SampleKeys.json(Map.of(
                        "active_kid",
                        "k1",
                        "keys",
                        Map.of("k1", pem, "k2", SampleKeys.jwk("k2", SampleAlgorithm.HS256)))))
                .withFormat(DocumentFormat.standard().withBase64Secrets());
        assertThat(read(document).keys()).extracting(KeysetKey::algorithm).contains("ES256", "HS256");
    }

    @Test
    void base64Secrets_keyBehindOneMoreLayer_isRefusedAsEver() {
        String wrapped = Base64.getEncoder()
                .encodeToString(
                        SampleKeys.shared(SampleAlgorithm.ES256).getPublic().getEncoded());
        refused(
                        KeysetDocument.of(SampleKeys.json(Map.of("keys", Map.of("k1", wrapped)))),
                        DocumentFormat.standard().withBase64Secrets(),
                        "keys, entry 1: an HMAC secret that is a public key (SubjectPublicKeyInfo), under whatever"
                                + " encodings")
                .check();
    }

    @Test
    void edit_secretsOfBase64_areWrittenAsWhatTheyMean() {
        String octets = SampleKeys.secret(40);
        String text = encoding("base64").apply(octets);
        KeysetDocument document = KeysetDocument.of(SampleKeys.json(Map.of("keys", Map.of("k1", text))))
                .withFormat(DocumentFormat.standard().withBase64Secrets());
        KeysetEdit edit = KeysetEdit.open(document, KeysetParser.of(KeysetPolicy.standard()), "test");
        assertThat(only(edit.document()).material().secret().getEncoded())
                .isEqualTo(octets.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void edit_member_convertsToAKeysetOfItsOwn() {
        String secret = SampleKeys.secret(48);
        KeysetEdit edit =
                KeysetEdit.open(settings(secret).withFormat(MEMBER), KeysetParser.of(KeysetPolicy.standard()), "test");
        KeysetDocument written = edit.as(KeysetShape.KEYSET).document();
        assertThat(new String(written.content(), StandardCharsets.UTF_8)).doesNotContain("canary");
        assertThat(only(written).material().secret().getEncoded()).isEqualTo(secret.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void kid_besideAnother_mustAgree() {
        KeysetDocument document = KeysetDocument.of("k1:" + SampleKeys.secret(48) + ",k2:" + SampleKeys.secret(48))
                .withActiveKid("k2");
        refused(
                        document,
                        DocumentFormat.standard().asList().withKid("k1"),
                        "kid: another kid than the source's own setting beside it")
                .check();
    }

    @Test
    void digest_ofAnotherFormat_isAnother() {
        KeysetDocument document = settings(SampleKeys.secret(48));
        List<DocumentFormat> formats = List.of(
                DocumentFormat.standard(),
                DocumentFormat.standard().asList(),
                DocumentFormat.standard().withMember("A"),
                DocumentFormat.standard().withMember("B"),
                DocumentFormat.standard().withMember("A").withKid("k1"),
                DocumentFormat.standard().withBase64Secrets());
        assertThat(formats.stream()
                        .map(document::withFormat)
                        .map(KeysetDocument::digest)
                        .distinct())
                .hasSize(formats.size());
        assertThat(formats.get(2))
                .isEqualTo(DocumentFormat.standard().withMember("A"))
                .hasSameHashCodeAs(formats.get(2));
        assertThat(formats.get(4)).hasToString("DocumentFormat[member A, kid k1, utf8 secrets]");
    }

    @Test
    void versionsBeside_areReadAlike() {
        KeysetDocument previous = settings(SampleKeys.secret(48));
        KeysetDocument document = KeysetDocument.of(SampleKeys.json(
                        Map.of("JWT_SECRET_KEY", Map.of("keys", Map.of("k2", SampleKeys.secret(48))))))
                .withPending(KeysetDocument.of(SampleKeys.json(
                        Map.of("JWT_SECRET_KEY", Map.of("keys", Map.of("k1", SampleKeys.secret(48)))))))
                .withFormat(DocumentFormat.standard().withMember("JWT_SECRET_KEY"));
        assertThat(read(document).keys()).extracting(KeysetKey::kid).containsExactlyInAnyOrder("k1", "k2");
        assertThat(previous.withFormat(MEMBER).digest()).isNotEqualTo(previous.digest());
    }

    @Test
    void reading_everythingElseOfASource_staysAsItIs() throws Exception {
        List<String> calls = new ArrayList<>();
        KeysetSource source = new KeysetSource() {
            @Override
            public KeysetDocument load() {
                return KeysetDocument.of("k1:" + SampleKeys.secret(48)).withRevision("7");
            }

            @Override
            public String description() {
                return "mine:place";
            }

            @Override
            public boolean inline() {
                return true;
            }

            @Override
            public List<KeysetProblem> findings() {
                return List.of(KeysetProblem.of("place", "open", "close it"));
            }

            @Override
            public void watch(Runnable hint) {
                calls.add("hint");
            }

            @Override
            public void close() {
                calls.add("close");
            }

            @Override
            public String toString() {
                return "mine";
            }
        };
        try (KeysetSource list = source.reading(DocumentFormat.standard().asList())) {
            assertThat(list.description()).isEqualTo("mine:place");
            assertThat(list.inline()).isTrue();
            assertThat(list.findings()).hasSize(1);
            assertThat(list).hasToString("mine:place");
            list.watch(() -> {});
            assertThat(list.load().revision()).contains("7");
            assertThat(only(list.load()).kid()).isEqualTo("k1");
        }
        assertThat(calls).containsExactly("hint", "close");
        assertThat(((KeysetSource) () -> null).reading(MEMBER).load()).isNull();
    }

    @Test
    void reading_ofASourceWithAFallback_isOfBoth() {
        ScriptedKeysetSource primary = ScriptedKeysetSource.failing(new IOException("away"));
        KeysetSource fallback = KeysetSource.of(KeysetDocument.of("k1:" + SampleKeys.secret(48)));
        KeysetSource both =
                primary.orElse(fallback).reading(DocumentFormat.standard().asList());
        try (KeyManager keys =
                Managers.onlyWhenTold(both).clock(ManualClock.create()).start()) {
            assertThat(Managers.signs(keys).kid()).isEqualTo("k1");
            primary.deliver("k2:" + SampleKeys.secret(48));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(keys.keyset().key("k2")).isPresent();
        }
    }

    @Test
    void uri_ofAnyScheme_saysHowItsDocumentsAreRead() throws Exception {
        KeysetSource list = KeysetSources.of(URI.create("shelf:list?format=list&region=eu-west-1"));
        assertThat(only(list.load()).kid()).isEqualTo("k1");
        assertThat(FakeProviders.ASKED.get().get(0).text("region")).contains("eu-west-1");
        KeysetDocument document = KeysetSources.of(
                        URI.create("shelf:x?member=JWT_SECRET_KEY&kid=k%231&secretEncoding=base64"))
                .load();
        assertThat(document.format())
                .isEqualTo(DocumentFormat.standard()
                        .withMember("JWT_SECRET_KEY")
                        .withKid("k#1")
                        .withBase64Secrets());
        assertThat(KeysetSources.of(URI.create("shelf:x?secretEncoding=utf8"))
                        .load()
                        .format())
                .isEqualTo(DocumentFormat.standard());
        KeysetSource variable = KeysetSources.of(URI.create("env:PATH?member=A"));
        assertThat(variable.inline()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shelf:x?format=json|shelf: parameter format: unknown; write list",
                "shelf:x?secretEncoding=hex|shelf: parameter secretEncoding: unknown; write utf8 or base64",
                "shelf:x?member=|shelf: parameter member: blank",
                "shelf:x?member=a&member=b|shelf: parameter member: given 2 times",
                "shelf:x?kid=k%0a|shelf: parameter kid: a kid that is blank",
                "shelf:x?Member=a|shelf: parameter Member: unknown; the known ones are arg, format, kid, member, region,"
            })
    void uri_whatCannotBeUnderstood_isRefusedByName(String uri, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysetSources.of(URI.create(uri)))
                .withMessageStartingWith(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"format=list", "member=A", "kid=k1", "secretEncoding=base64"})
    void uri_ofAStore_cannotBeReadInAnotherWay(String parameter) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysetStores.of(URI.create("desk:x?" + parameter)))
                .withMessage("desk: parameter " + parameter.replaceAll("=.*", "")
                        + ": says how to read a document, and one read so cannot be written; leave it out, and keep the"
                        + " keyset in a document of its own");
    }
}
