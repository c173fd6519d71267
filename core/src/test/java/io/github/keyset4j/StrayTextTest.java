package io.github.keyset4j;

import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What arrives where a keyset was asked for: references, errors, pages, quoted values. None of it becomes a key. */
class StrayTextTest {

    private static final List<KeysetPolicy> POLICIES =
            List.of(KeysetPolicy.development(), KeysetPolicy.standard(), KeysetPolicy.strictProduction());

    private static Arguments row(String text, String rule) {
        return Arguments.argumentSet(text.length() > 40 ? text.substring(0, 40) : text, text, rule);
    }

    static Stream<Arguments> texts() {
        String quotes = "document: quotes around the whole of it; take them off";
        String uri = "document: no keyset but a URI; put what it refers to in its place";
        String error = "document: no keyset but an error message; see what wrote it";
        String keyset = SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.ES256));
        String list = "k1:" + SampleKeys.secret(48) + ",k2:" + SampleKeys.secret(48);
        return Stream.of(
                row("vault:secret/data/prod/auth/jwt-signing#keyset", uri),
                row("vault:v1:" + SampleKeys.secret(60), uri),
                row("arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/prod/jwt-keys-AbCdEf", uri),
                row("arn:aws:ssm:eu-west-1:123456789012:parameter/app/prod/jwt", uri),
                row("op://production/jwt signing/keyset", uri),
                row("aws-secretsmanager:sophon/prod/auth/jwt-keys?region=eu-west-1", uri),
                row("aws-ssm:/app/prod/jwt", uri),
                row("https://vault.example/v1/secret/data/jwt", uri),
                row(
                        "@Microsoft.KeyVault(SecretUri=https://contoso.vault.azure.net/secrets/k1)",
                        "a reference to a secret"),
                row("projects/123456/secrets/jwt-keyset/versions/latest", "a reference to a secret"),
                row("/run/secrets/jwt-keyset.json", "document: no keyset but a path"),
                row("<!DOCTYPE html>\n<html><body>Sign in: to go on</body></html>", "the start of a web page"),
                row("<html><head><title>502 Bad Gateway: nginx</title></head></html>", "the start of a web page"),
                row("Error from server (NotFound): secrets \"jwt-keyset\" not found", error),
                row("error: You must be logged in to the server (the server has asked for credentials)", error),
                row("Error: Code: 403. Errors: permission denied reading secret/data/jwt", error),
                row("ERROR: (gcloud.secrets.versions.access) PERMISSION_DENIED: Permission denied", error),
                row("/bin/sh: 1: kms-client-production-build: not found", error),
                row(
                        "An error occurred (AccessDeniedException) when calling the GetSecretValue operation: User:"
                                + " arn:aws:sts::123456789012:assumed-role/app/i-0abc is not authorized",
                        error),
                row("JWT_SECRET_KEY=" + SampleKeys.secret(48), "a line of an env file"),
                row("jwt.secret = " + SampleKeys.secret(48), "a line of an env file"),
                row("DB_HOST=db\nJWT_KEYSET=k1:" + SampleKeys.secret(48), "a line of an env file"),
                row("'" + keyset + "'", quotes),
                row("\"" + keyset.replace("\"", "\\\"") + "\"", quotes),
                row("\"k1:" + SampleKeys.secret(48) + "\"", quotes),
                row("'" + list + "'", quotes),
                row("${JWT_KEYSET}", "document: no keyset but a placeholder"),
                row("{{ .Values.jwt.keyset }}", "document: no keyset but a placeholder"),
                row("{cipher}" + SampleKeys.secret(64), "document: no keyset but an encrypted value"),
                row("ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)", "document: no keyset but an encrypted value"));
    }

    static Stream<Arguments> listsAndWords() {
        return Stream.of(
                row(
                        "k1:" + SampleKeys.secret(48),
                        "document: a list kid:secret, which is read from a variable alone unless it is asked for; write a"
                                + " JSON keyset, or ask for it: ?format=list, DocumentFormat.asList()"),
                row(SampleKeys.secret(48), "document: a single word, in which nothing says what it is"),
                row("first: second word", "document: none of the shapes a keyset has"));
    }

    private static void isRefused(KeysetDocument document, String rule) {
        for (KeysetPolicy policy : POLICIES) {
            assertThatExceptionOfType(InvalidKeysetException.class)
                    .isThrownBy(() -> KeysetParser.of(policy).parse(document, Refusal.NOW))
                    .withMessageContaining(rule);
        }
    }

    @ParameterizedTest
    @MethodSource({"texts", "listsAndWords"})
    void document_ofAFileOrACommand_isRefusedForWhatItIs(String text, String rule) {
        isRefused(KeysetDocument.of(text), rule);
        isRefused(KeysetDocument.of("  " + text + "\n"), rule);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void variable_isRefusedForWhatItIs(String text, String rule) throws Exception {
        isRefused(
                EnvKeysetSource.of("KEYSET").from(Map.of("KEYSET", text)).load(), rule.replaceAll(".*env file.*", ""));
    }

    @ParameterizedTest
    @MethodSource({"texts", "listsAndWords"})
    void reload_bringsOne_keysetInForceStaysAndHealthSaysSo(String text, String rule) {
        ScriptedKeysetSource source =
                ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.ES256)));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .clock(ManualClock.create())
                        .policy(KeysetPolicy.strictProduction())
                        .start()) {
            String before = keys.signer().sign(new JwtClaims());
            source.deliver(text);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(keys.verifier().build().verify(before).kid()).isEqualTo("k1");
            assertThat(Managers.signs(keys).algorithm()).isEqualTo("ES256");
            assertThat(log.text()).contains(rule);
        }
    }

    @Test
    void list_whereItIsAskedFor_keepsItsNarrowGrammar() {
        String secret = SampleKeys.secret(48);
        String blanks = "list, entry 1: has blanks or quotes";
        for (Map.Entry<String, String> row : Map.of(
                        "k 1:" + secret, blanks,
                        "k1: " + secret, blanks,
                        "k1:" + secret + " " + secret, blanks,
                        "k1:'" + secret + "'", blanks,
                        "\"k1\":" + secret, "list, entry 1: has blanks or quotes",
                        "k1\t:" + secret, "document: a list of more than one line",
                        "kms:" + secret + "!", "list, entry 1: begins as a URI does",
                        "k2:" + secret + ",k1:config/secrets/jwt/private.pem", "document: no keyset but a URI",
                        "k1:/run/secrets/" + secret, "document: no keyset but a URI")
                .entrySet()) {
            isRefused(
                    KeysetDocument.of(row.getKey())
                            .withFormat(DocumentFormat.standard().asList()),
                    row.getValue());
        }
    }
}
