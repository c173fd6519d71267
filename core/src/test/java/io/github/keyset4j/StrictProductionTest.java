package io.github.keyset4j;

import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Everything that strict production refuses, each with what to do about it. */
class StrictProductionTest {

    private static final String GENERATE = "generate one: openssl rand -base64 48";
    private static final String WELL_KNOWN =
            "the secret is a well-known default, or made of words that defaults are made of; " + GENERATE;

    private static InvalidKeysetException refusal(KeysetPolicy policy, String document) {
        return catchThrowableOfType(
                InvalidKeysetException.class,
                () -> KeysetParser.of(policy)
                        .parse(
                                KeysetDocument.of(document)
                                        .withFormat(DocumentFormat.standard().asList()),
                                ManualClock.create().instant()));
    }

    static Stream<Arguments> defaultSecrets() {
        return Stream.of(
                        "changeme",
                        "secret",
                        "dev-insecure-change-me",
                        "CHANGEME",
                        "ChangeMe",
                        "change_me",
                        "Secret",
                        "  secret  ",
                        "secret\\t",
                        "secret123",
                        "secret-0001",
                        "DEV-INSECURE-CHANGE-ME",
                        "dev_insecure_change_me",
                        "dev-insecure-change-me-dev-insecure-change-me",
                        "dev-insecure-change-me!!!!!!!!!!!!!!!!!!!!!!!!",
                        "                    secret                    ",
                        "secretsecretsecretsecretsecretsecret",
                        "changeme12345678901234567890123456789012",
                        "changeme00000000000000000000000000000000",
                        "change-me-in-production-please-20260101")
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("defaultSecrets")
    void defaultSecret_anyCaseAndPadding_isRefusedWithTheRemedy(String secret) {
        String document = "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + secret + "\"}}";
        assertThat(refusal(KeysetPolicy.strictProduction(), document))
                .isNotNull()
                .hasMessageContaining(WELL_KNOWN);
        assertThat(refusal(KeysetPolicy.strictProduction().allowInlineSources(), document))
                .isNotNull()
                .hasMessageContaining(WELL_KNOWN);
    }

    static Stream<Arguments> documents() {
        String one = SampleKeys.secret(48);
        return Stream.of(
                Arguments.argumentSet(
                        "short",
                        "k1:" + SampleKeys.secret(31),
                        "an HMAC secret of 31 octets is too short for HS256, which needs 32",
                        GENERATE),
                Arguments.argumentSet(
                        "low entropy", "k1:" + "xq".repeat(24), "the secret repeats itself too much", GENERATE),
                Arguments.argumentSet(
                        "same material",
                        "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + one + "\",\"k2\":\"" + one + "\"}}",
                        "the same key as keys, entry 1 under another kid",
                        "generate a key for every kid"));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void document_weak_isRefusedWithTheRemedy(String document, String rule, String remedy) {
        assertThat(refusal(KeysetPolicy.strictProduction(), document))
                .isNotNull()
                .hasMessageContaining(rule)
                .hasMessageContaining("; " + remedy);
    }

    static Stream<Arguments> predictableSecrets() {
        String repeats = "the secret repeats itself too much to be random";
        return Stream.of(
                Arguments.of("abcdefghijklmnopqrstuvwxyz0123456789", repeats),
                Arguments.of("ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210", repeats));
    }

    @ParameterizedTest
    @MethodSource("predictableSecrets")
    void predictableSecret_isRefusedAndElsewhereWarnedOf(String secret, String rule) {
        String document = "{\"keys\":{\"k1\":\"" + secret + "\"}}";
        assertThat(refusal(KeysetPolicy.strictProduction(), document))
                .isNotNull()
                .hasMessageContaining(rule);
        assertThat(KeysetParser.of(KeysetPolicy.standard())
                        .read(KeysetDocument.of(document), "test")
                        .warnings())
                .extracting(KeysetProblem::rule)
                .containsExactly(rule);
        assertThat(refusal(KeysetPolicy.development(), document)).isNull();
    }

    @Test
    void randomSecrets_ofEveryUsualAlphabet_pass() {
        for (int i = 0; i < 200; i++) {
            String base64 = SampleKeys.secret(43);
            String hex = new BigInteger(1, base64.getBytes(StandardCharsets.US_ASCII)).toString(16);
            assertThat(refusal(
                            KeysetPolicy.strictProduction(),
                            "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + base64 + "\",\"k2\":\"" + hex + "\"}}"))
                    .isNull();
        }
    }

    @Test
    void inlineAlone_isRefusedWithBothWaysOut() {
        KeysetSource inline = EnvKeysetSource.of("KEYS").from(Map.of("KEYS", "k1:" + SampleKeys.secret(48)));
        assertThatThrownBy(() -> KeyManager.builder(inline)
                        .policy(KeysetPolicy.strictProduction())
                        .start())
                .isInstanceOf(InvalidKeysetException.class)
                .hasMessageStartingWith("env:KEYS: source: keys inside the process's own configuration")
                .hasMessageContaining("use a file, a command or a secret store, whose fallback an inline source may be")
                .hasMessageContaining("KeysetPolicy.strictProduction().allowInlineSources()");
    }

    @Test
    void inlineAlone_allowedByName_works() {
        KeysetSource inline = EnvKeysetSource.of("KEYS").from(Map.of("KEYS", "k1:" + SampleKeys.secret(48)));
        KeysetPolicy policy = KeysetPolicy.strictProduction().allowInlineSources();
        assertThat(policy).hasToString("KeysetPolicy[STRICT, allowing inline sources]");
        try (KeyManager keys = KeyManager.builder(inline).policy(policy).start()) {
            assertThat(keys.signer().sign(new JwtClaims())).isNotEmpty();
        }
    }

    @Test
    void policy_choices_addUp() {
        KeysetPolicy all = KeysetPolicy.strictProduction()
                .rejectUnpublishedActivation()
                .allowInlineSources()
                .ignoreUnsupportedKeys();
        assertThat(all.strict()).isTrue();
        assertThat(all.ignoresUnsupportedKeys()).isTrue();
        assertThat(all.rejectsUnpublishedActivation()).isTrue();
        assertThat(all.refusesInlineSources()).isFalse();
        assertThat(KeysetPolicy.strictProduction().refusesInlineSources()).isTrue();
        assertThat(KeysetPolicy.standard().refusesInlineSources()).isFalse();
    }

    static Stream<Arguments> findings() {
        return Stream.of(
                Arguments.of(KeysetProblem.of("file mode 0644", "others have access", "chmod 600")),
                Arguments.of(KeysetProblem.of("command", "run by a shell", "name the program and its arguments")),
                Arguments.of(KeysetProblem.of("endpoint", "plain http to another host", "use https")));
    }

    /** A source that has something against its own place, and would deliver all the same. */
    private static KeysetSource place(KeysetProblem finding) {
        KeysetSource delivers =
                ScriptedKeysetSource.of(SampleKeys.json(Map.of("keys", Map.of("k1", SampleKeys.secret(48)))));
        return new KeysetSource() {
            @Override
            public KeysetDocument load() throws Exception {
                return delivers.load();
            }

            @Override
            public String description() {
                return "fake:place";
            }

            @Override
            public List<KeysetProblem> findings() {
                return List.of(finding);
            }
        };
    }

    @ParameterizedTest
    @MethodSource("findings")
    void findings_ofTheSource_areRefusedWithTheRemedy(KeysetProblem finding) {
        for (KeysetPolicy policy : List.of(
                KeysetPolicy.strictProduction(), KeysetPolicy.strictProduction().allowInlineSources())) {
            assertThatThrownBy(() ->
                            KeyManager.builder(place(finding)).policy(policy).start())
                    .isInstanceOf(InvalidKeysetException.class)
                    .hasMessage("fake:place: " + finding);
        }
    }

    @ParameterizedTest
    @MethodSource("findings")
    void findings_ofTheOtherPolicies_areLoggedOnce(KeysetProblem finding) {
        for (KeysetPolicy policy : List.of(KeysetPolicy.standard(), KeysetPolicy.development())) {
            try (LogCapture log = LogCapture.start();
                    KeyManager keys =
                            KeyManager.builder(place(finding)).policy(policy).start()) {
                keys.refreshNow();
                assertThat(log.lines("WARN"))
                        .extracting(LogCapture.Line::message)
                        .containsExactly("fake:place: " + finding);
            }
        }
    }

    @Test
    void unpublishedActivation_whenSoConfigured_isRefusedWithTheRemedy() {
        String k1 = "\"k1\":\"" + SampleKeys.secret(48) + "\"";
        String k2 = "\"k2\":\"" + SampleKeys.secret(48) + "\"";
        ScriptedKeysetSource source = ScriptedKeysetSource.of("{\"active_kid\":\"k1\",\"keys\":{" + k1 + "}}");
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .policy(KeysetPolicy.strictProduction().rejectUnpublishedActivation())
                        .start()) {
            source.deliver("{\"active_kid\":\"k2\",\"keys\":{" + k1 + "," + k2 + "}}");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(log.lines("ERROR"))
                    .singleElement()
                    .asString()
                    .contains("not public for the publish lead", "publish it first");
        }
    }
}
