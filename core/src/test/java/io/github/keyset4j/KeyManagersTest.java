package io.github.keyset4j;

import io.github.keyset4j.config.KeyManagers;
import io.github.keyset4j.config.KeysetSourceUri;
import io.github.keyset4j.secret.WeakSecret;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class KeyManagersTest {

    private static final String LIST = "k1:" + SampleKeys.secret(48) + ",k2:" + SampleKeys.secret(48);

    private ProvidersPresent present;

    @BeforeEach
    void provide() throws IOException {
        FakeProviders.ASKED.get().clear();
        present = ProvidersPresent.of(FakeProviders.Command.class, FakeProviders.File.class, FakeProviders.Shelf.class);
    }

    @AfterEach
    void takeAway() throws IOException {
        present.close();
    }

    private static Map<String, String> variables(String... namesAndValues) {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put("APP_" + namesAndValues[i], namesAndValues[i + 1]);
        }
        return variables;
    }

    private static KeyManager.Builder from(String... namesAndValues) {
        return KeyManagers.from(variables(namesAndValues), "APP");
    }

    /** Why these variables are refused. */
    private static String refusal(String... namesAndValues) {
        return assertThatIllegalArgumentException()
                .isThrownBy(() -> from(namesAndValues))
                .actual()
                .getMessage();
    }

    private static KeysetSourceUri asked() {
        return FakeProviders.ASKED.get().get(0);
    }

    static Stream<Arguments> precedence() {
        String[] all = {
            "JWT_KEYSET_SOURCE",
            "shelf:one",
            "JWT_KEYSET_FILE",
            "/etc/app/keys.json",
            "JWT_KEYSET_COMMAND",
            "kms get",
            "JWT_KEYSET",
            LIST
        };
        List<String> descriptions =
                List.of("shelf:one", "file:/etc/app/keys.json", "command:kms", "env:APP_JWT_KEYSET");
        List<Arguments> rows = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String[] left = Arrays.copyOfRange(all, i * 2, 8);
            rows.add(Arguments.of(left, descriptions.get(i), 3 - i));
        }
        return rows.stream();
    }

    @ParameterizedTest
    @MethodSource("precedence")
    void from_severalSources_takesTheFirstAndNamesTheOthers(String[] configured, String source, int ignored) {
        try (LogCapture log = LogCapture.start()) {
            assertThat(from(configured).draft.source.description()).isEqualTo(source);
            assertThat(log.lines("WARN"))
                    .hasSize(ignored)
                    .allSatisfy(line -> assertThat(line.message())
                            .contains(": not used, since APP_" + configured[0] + " comes first"));
        }
    }

    @Test
    void from_blankVariables_countAsAbsent() {
        KeyManager.Builder builder = from(
                "JWT_KEYSET_SOURCE", "", "JWT_KEYSET_FILE", " \t", "JWT_KEYSET", LIST, "STRICT_PRODUCTION_MODE", " ");
        assertThat(builder.draft.source.description()).isEqualTo("env:APP_JWT_KEYSET");
        assertThat(builder.draft.settings().rotation.refreshInterval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(builder.draft.policy).hasToString("KeysetPolicy[STANDARD]");
    }

    @Test
    void from_nothing_namesTheVariables() {
        assertThat(refusal("JWT_ACTIVE_KID", "k1"))
                .isEqualTo("no keyset is configured; set APP_JWT_KEYSET_SOURCE to a URI, APP_JWT_KEYSET_FILE to a path,"
                        + " APP_JWT_KEYSET_COMMAND to a command, or APP_JWT_KEYSET to a keyset");
    }

    @Test
    void fromEnvironment_prefixNobodyUses_namesTheVariables() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyManagers.fromEnvironment("KEYSET4J_NOBODY_SETS_THIS"))
                .withMessageContaining("KEYSET4J_NOBODY_SETS_THIS_JWT_KEYSET_FILE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "APP_", "_APP", "A-P", "A P", "1A"})
    void from_prefixThatIsNone_isRefused(String prefix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyManagers.from(Map.of(), prefix))
                .withMessageStartingWith("prefix: ");
    }

    @ParameterizedTest
    @CsvSource({"1m,PT1M", "30s,PT30S", "1h30m,PT1H30M", "500ms,PT0.5S", "PT1M,PT1M"})
    void refreshInterval_goOrIso_isTaken(String text, Duration interval) {
        assertThat(from("JWT_KEYSET", LIST, "JWT_KEYSET_REFRESH_INTERVAL", text)
                        .draft
                        .settings()
                        .rotation
                        .refreshInterval())
                .isEqualTo(interval);
    }

    @ParameterizedTest
    @ValueSource(strings = {"60", "0s", "-1m", "soon", "1 minute"})
    void refreshInterval_garbage_isRefusedByName(String text) {
        assertThat(refusal("JWT_KEYSET", LIST, "JWT_KEYSET_REFRESH_INTERVAL", text))
                .isEqualTo(
                        "APP_JWT_KEYSET_REFRESH_INTERVAL: "
                                + "not a positive duration of at most 100 years; write it with its unit, as in 30s, 1m, 1h30m, 500ms or PT1M");
    }

    @ParameterizedTest
    @CsvSource({
        "true,true",
        "TRUE,true",
        "yes,true",
        "Yes,true",
        "1,true",
        "' true ',true",
        "false,false",
        "False,false",
        "no,false",
        "NO,false",
        "0,false"
    })
    void strictProductionMode_switch_setsThePolicy(String text, boolean strict) {
        assertThat(from("JWT_KEYSET_FILE", "x", "STRICT_PRODUCTION_MODE", text)
                        .draft
                        .policy
                        .strict())
                .isEqualTo(strict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"STRICT_PRODUCTION_MODE", "STRICT_EXTERNAL_JWT_KEYSET"})
    void switches_garbage_areRefusedByName(String variable) {
        for (String text : List.of("on", "2", "ture", "enabled")) {
            assertThat(refusal("JWT_KEYSET_FILE", "x", variable, text))
                    .isEqualTo("APP_" + variable + ": not a switch; write true or false (or 1, 0, yes, no)");
        }
    }

    @Test
    void strictExternal_byDefaultInStrictMode_refusesInlineKeys() {
        assertThat(refusal("JWT_KEYSET", LIST, "STRICT_PRODUCTION_MODE", "true"))
                .isEqualTo("APP_JWT_KEYSET: keys inside the process's own configuration, which"
                        + " APP_STRICT_EXTERNAL_JWT_KEYSET refuses (as APP_STRICT_PRODUCTION_MODE has it by default);"
                        + " set APP_JWT_KEYSET_FILE, APP_JWT_KEYSET_COMMAND or APP_JWT_KEYSET_SOURCE instead, or"
                        + " APP_STRICT_EXTERNAL_JWT_KEYSET=false");
    }

    @Test
    void strictExternal_outsideStrictMode_refusesInlineKeysToo() {
        assertThat(refusal("JWT_KEYSET", LIST, "STRICT_EXTERNAL_JWT_KEYSET", "yes"))
                .startsWith("APP_JWT_KEYSET: ")
                .doesNotContain("by default");
        assertThat(from("JWT_KEYSET_FILE", "x", "STRICT_EXTERNAL_JWT_KEYSET", "yes")
                        .draft
                        .policy
                        .strict())
                .isFalse();
    }

    @Test
    void strictExternal_uriOfTheEnvironment_isInlineAllTheSame() {
        assertThat(refusal("JWT_KEYSET_SOURCE", "env:OTHER", "STRICT_PRODUCTION_MODE", "true"))
                .startsWith("APP_JWT_KEYSET_SOURCE: keys inside the process's own configuration");
    }

    @Test
    void strictExternal_inlineBesideAFile_isNotUsed() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = from("JWT_KEYSET_FILE", "x", "JWT_KEYSET", "k9:secret", "STRICT_PRODUCTION_MODE", "1")
                        .start()) {
            assertThat(keys.health().source()).isEqualTo("file:x");
            assertThat(keys.keyset().key("k9")).isEmpty();
            assertThat(log.lines("WARN"))
                    .extracting(LogCapture.Line::message)
                    .containsExactly(
                            "APP_JWT_KEYSET: not used, since APP_JWT_KEYSET_FILE comes first; take one of them away");
        }
    }

    @Test
    void strictExternal_switchedOff_letsStrictModeWorkFromInlineKeys() {
        try (KeyManager keys = from(
                        "JWT_KEYSET", LIST,
                        "JWT_ACTIVE_KID", "k2",
                        "STRICT_PRODUCTION_MODE", "true",
                        "STRICT_EXTERNAL_JWT_KEYSET", "false")
                .start()) {
            assertThat(keys.keyset().keys()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"changeme", "secret", "dev-insecure-change-me", "Dev-Insecure-Change-Me-Dev-Insecure-Change-Me"})
    void strictExternal_switchedOff_stillRefusesDefaultSecrets(String secret) {
        KeyManager.Builder builder = from(
                "JWT_KEYSET", "k1:" + secret, "STRICT_PRODUCTION_MODE", "true", "STRICT_EXTERNAL_JWT_KEYSET", "false");
        try (LogCapture log = LogCapture.start();
                KeyManager keys = builder.startInBackground()) {
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(log.lines("ERROR"))
                    .singleElement()
                    .asString()
                    .contains("env:APP_JWT_KEYSET: ", WeakSecret.WELL_KNOWN_DEFAULT, "openssl rand -base64 48");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/app/keys.json", "keys.json", "a b?c#d%e.json", "C:\\keys.json"})
    void file_anyPath_isTakenLiterally(String path) {
        from("JWT_KEYSET_FILE", path);
        assertThat(asked().name()).isEqualTo(path);
    }

    @Test
    void source_parameters_reachTheProvider() {
        from("JWT_KEYSET_SOURCE", "shelf:sophon/prod/jwt?region=eu-west-1");
        assertThat(asked().name()).isEqualTo("sophon/prod/jwt");
        assertThat(asked().text("region")).contains("eu-west-1");
    }

    @ParameterizedTest
    @CsvSource({
        "hunter2 hunter2,source URI: not a URI from character 8 on; percent-encode",
        "/etc/hunter2.json,source URI: no scheme; write",
        "hunter2:x,source URI: no provider of its scheme is present",
        "aws-ssm:/hunter2,aws-ssm: no provider of this scheme is present",
        "shelf:hunter2?size=hunter2,shelf: parameter size: unknown"
    })
    void source_thatWillNotDo_isRefusedByNameAndNotQuoted(String uri, String problem) {
        assertThat(refusal("JWT_KEYSET_SOURCE", uri))
                .startsWith("APP_JWT_KEYSET_SOURCE: " + problem)
                .doesNotContain("hunter2");
    }

    @Test
    void fileAndCommand_withoutTheirArtifacts_nameThem() throws IOException {
        present.close();
        try {
            assertThat(refusal("JWT_KEYSET_FILE", "x"))
                    .startsWith("APP_JWT_KEYSET_FILE: file: no provider")
                    .endsWith("add the artifact io.github.keyset4j:keyset4j-provider-file");
            assertThat(refusal("JWT_KEYSET_COMMAND", "x"))
                    .endsWith("add the artifact io.github.keyset4j:keyset4j-provider-command");
        } finally {
            provide();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void command_withoutShellSyntax_isAProgramAndItsArguments(String strict) {
        from("JWT_KEYSET_COMMAND", "kms-client get-jwt-keyset --format json 'a b'", "STRICT_PRODUCTION_MODE", strict);
        assertThat(asked().name()).isEqualTo("kms-client");
        assertThat(asked().texts("arg")).containsExactly("get-jwt-keyset", "--format", "json", "a b");
        assertThat(asked().flag("shell")).isFalse();
    }

    @Test
    void command_withShellSyntax_isGivenToAShellOutsideStrictMode() {
        from("JWT_KEYSET_COMMAND", "kms-client get | jq .keyset");
        assertThat(asked().name()).isEqualTo("kms-client get | jq .keyset");
        assertThat(asked().flag("shell")).isTrue();
        assertThat(asked().texts("arg")).isEmpty();
    }

    @Test
    void command_withShellSyntax_isRefusedByStrictModeWithTheRemedy() {
        assertThat(refusal("JWT_KEYSET_COMMAND", "kms-client hunter2 | jq .x", "STRICT_PRODUCTION_MODE", "true"))
                .isEqualTo(
                        "APP_JWT_KEYSET_COMMAND: character 20 means something to a shell, which strict production does"
                                + " not run; quote it if it is meant literally, or put the command into an executable script and"
                                + " name that");
    }

    @Test
    void command_quoteNotClosed_isRefusedByName() {
        assertThat(refusal("JWT_KEYSET_COMMAND", "kms 'hunter2"))
                .isEqualTo(
                        "APP_JWT_KEYSET_COMMAND: the quote at character 5 is not closed; quote arguments as in a POSIX"
                                + " shell");
    }

    @Test
    void command_emptyProgram_isRefusedByName() {
        assertThat(refusal("JWT_KEYSET_COMMAND", "'' x")).startsWith("APP_JWT_KEYSET_COMMAND: command: name: missing");
    }

    @Test
    void fromProperties_lowerCaseAndDots_areTheSame() {
        Properties defaults = new Properties();
        defaults.setProperty("rgs.jwt.keyset.refresh.interval", "30s");
        Properties properties = new Properties(defaults);
        properties.setProperty("rgs.jwt.keyset", LIST);
        properties.setProperty("rgs.jwt.active.kid", "k1");
        KeyManager.Builder builder = KeyManagers.fromProperties(properties, "RGS");
        assertThat(builder.draft.settings().rotation.refreshInterval()).isEqualTo(Duration.ofSeconds(30));
        try (KeyManager keys = builder.start()) {
            assertThat(keys.health().source()).isEqualTo("env:rgs.jwt.keyset");
            assertThat(keys.activeKey().orElseThrow().kid()).isEqualTo("k1");
        }
    }

    @Test
    void fromProperties_refusals_nameProperties() {
        Properties properties = new Properties();
        properties.setProperty("app.strict.production.mode", "perhaps");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyManagers.fromProperties(properties, "app"))
                .withMessageStartingWith("app.strict.production.mode: not a switch");
    }
}
