package io.github.keyset4j;

import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.config.KeysetSourceUri;
import io.github.keyset4j.config.KeysetSources;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class KeysetSourcesTest {

    private ProvidersPresent present;

    @BeforeEach
    void provide() throws IOException {
        FakeProviders.ASKED.get().clear();
        present = ProvidersPresent.of(FakeProviders.Shelf.class, FakeProviders.Forgetful.class);
    }

    @AfterEach
    void takeAway() throws IOException {
        present.close();
    }

    private static KeysetSourceUri asked(String uri) {
        return asked(uri, Map.of());
    }

    /** What the provider is given. */
    private static KeysetSourceUri asked(String uri, Map<String, String> settings) {
        KeysetSources.of(URI.create(uri), settings);
        return FakeProviders.ASKED.get().get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "shelf:keys.json,keys.json",
        "shelf:/etc/app/keys.json,/etc/app/keys.json",
        "shelf:///etc/app/keys.json,///etc/app/keys.json",
        "shelf:sophon/prod/auth/jwt-keys?region=eu-west-1,sophon/prod/auth/jwt-keys",
        "shelf:arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-AbCdEf?region=eu-west-1,"
                + "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-AbCdEf",
        "shelf:/app/prod/jwt?region=eu-west-1,/app/prod/jwt",
        "shelf:a%20b%3Fc%23d%25e,a b?c#d%e",
        "shelf:a+b,a+b",
        "shelf:sch%C3%BCssel,schüssel",
        "shelf:schüssel,schüssel",
        "SHELF:name,name"
    })
    void of_whateverTheName_isWhatStandsBetweenColonAndQuestionMark(String uri, String name) {
        assertThat(asked(uri).name()).isEqualTo(name);
        assertThat(asked(uri).scheme()).isEqualTo("shelf");
    }

    @Test
    void of_parameters_areDecodedAndKeepTheirOrder() {
        KeysetSourceUri uri = asked("shelf:x?arg=--json&arg=a%26b%3Dc&region=eu-west-1&arg=&tall=TRUE&timeout=1m30s");
        assertThat(uri.texts("arg")).containsExactly("--json", "a&b=c", "");
        assertThat(uri.text("region")).contains("eu-west-1");
        assertThat(uri.flag("tall")).isTrue();
        assertThat(uri.duration("timeout")).contains(Duration.ofSeconds(90));
    }

    @Test
    void of_parametersLeftOut_areAbsent() {
        KeysetSourceUri uri = asked("shelf:x");
        assertThat(uri.texts("arg")).isEmpty();
        assertThat(uri.text("region")).isEmpty();
        assertThat(uri.flag("tall")).isFalse();
        assertThat(uri.duration("timeout")).isEmpty();
    }

    @Test
    void of_settings_overrideParametersOfTheSameName() {
        KeysetSourceUri uri =
                asked("shelf:x?region=eu-west-1&arg=a&arg=b&tall=true", Map.of("region", "us-east-1", "arg", "c"));
        assertThat(uri.text("region")).contains("us-east-1");
        assertThat(uri.texts("arg")).containsExactly("c");
        assertThat(uri.flag("tall")).isTrue();
    }

    static Stream<Arguments> refused() {
        String secret = SampleKeys.secret(32);
        return Stream.of(
                Arguments.of(
                        "shelf:x?regoin=" + secret,
                        "shelf: parameter regoin: unknown; the known ones are"
                                + " arg, format, kid, member, region, secretEncoding, tall, timeout"),
                Arguments.of(
                        "env:X?region=" + secret,
                        "env: parameter region: unknown; the known ones are"
                                + " activeKidVariable, format, kid, member, secretEncoding"),
                Arguments.of("shelf:x?Region=" + secret, "parameter Region: unknown"),
                Arguments.of("forgetful:x?a=" + secret, "forgetful: parameter a: unknown; the known ones are format"),
                Arguments.of("shelf:x?" + secret, "parameter 1: not of the form name=value"),
                Arguments.of("shelf:x?tall=true&" + secret, "parameter 2: not of the form name=value"),
                Arguments.of("shelf:x?", "parameter 1: not of the form name=value"),
                Arguments.of("shelf:x?tall", "parameter 1: not of the form name=value"),
                Arguments.of("shelf:x?=" + secret, "parameter 1: not of the form name=value"),
                Arguments.of("shelf:x?region=%FF" + secret, "parameter region: not UTF-8"),
                Arguments.of("shelf:%FF" + secret, "name: not UTF-8"),
                Arguments.of("shelf:" + secret + "%0A", "name: has a control character"),
                Arguments.of("shelf:%20", "name: missing"),
                Arguments.of("shelf:?region=" + secret, "name: missing"),
                Arguments.of("shelf:x#" + secret, "has a fragment; write # as %23"),
                Arguments.of("env:k1:" + secret, "env: name: not the name of a variable"),
                Arguments.of("env:X?activeKidVariable=a:" + secret, "activeKidVariable: not the name of a variable"),
                Arguments.of("/etc/" + secret, "no scheme; write, for a file, file:/etc/app/keys.json"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void of_uriThatWillNotDo_isRefusedByPlaceWithoutAQuotation(String uri, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysetSources.of(URI.create(uri)))
                .withMessageContaining(problem)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secretOf(uri)));
    }

    /** The last run that is long enough to be the planted secret. */
    private static String secretOf(String uri) {
        return Stream.of(uri.split("[^A-Za-z0-9_-]", -1))
                .filter(run -> run.length() >= 32)
                .findFirst()
                .orElse("nothing planted");
    }

    @ParameterizedTest
    @CsvSource({
        "region=a&region=b,parameter region: given 2 times; give it once",
        "region=%20,parameter region: blank",
        "tall=maybe-hunter2,parameter tall: not a switch; write true or false",
        "timeout=5hunter2,parameter timeout: not a positive duration",
        "timeout=0s,parameter timeout: not a positive duration"
    })
    void values_malformed_areRefusedByNameAndNotQuoted(String query, String problem) {
        KeysetSourceUri uri = asked("shelf:x?" + query);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    uri.text("region");
                    uri.flag("tall");
                    uri.duration("timeout");
                })
                .withMessageStartingWith("shelf: " + problem)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    }

    @Test
    void of_settingUnknown_isRefusedLikeAParameter() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> asked("shelf:x", Map.of("colour", "hunter2")))
                .withMessageContaining("parameter colour: unknown")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    }

    @ParameterizedTest
    @CsvSource({
        "file,keyset4j-provider-file",
        "command,keyset4j-provider-command",
        "aws-secretsmanager,keyset4j-provider-aws",
        "aws-ssm,keyset4j-provider-aws"
    })
    void of_knownSchemeWithoutProvider_namesItsArtifact(String scheme, String artifact) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysetSources.of(URI.create(scheme + ":x")))
                .withMessage(scheme + ": no provider of this scheme is present, only of env, forgetful, shelf; add the"
                        + " artifact io.github.keyset4j:" + artifact);
    }

    @Test
    void of_unknownScheme_listsThosePresentAndWhereOthersAre_andQuotesNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysetSources.of(URI.create("hunter2:correct-horse")))
                .withMessageContaining("only of env, forgetful, shelf;")
                .withMessageContaining("aws-ssm is in keyset4j-provider-aws, ")
                .withMessageContaining("register a KeysetSourceProvider")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2", "horse"));
    }

    @Test
    void of_twoProvidersOfTheScheme_isRefusedWithBothNames() throws IOException {
        try (ProvidersPresent both = ProvidersPresent.of(FakeProviders.OtherShelf.class)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeysetSources.of(URI.create("shelf:x")))
                    .withMessageContaining(FakeProviders.Shelf.class.getName())
                    .withMessageContaining(FakeProviders.OtherShelf.class.getName());
            assertThat(KeysetSources.of(URI.create("env:X")).description()).isEqualTo("env:X");
            assertThat(both).isNotNull();
        }
    }

    @Test
    void of_contextClassLoaderThatKnowsNothing_findsThoseBesideTheLibrary() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            assertThat(KeysetSources.of(URI.create("env:X")).description()).isEqualTo("env:X");
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void of_providerAsksForWhatItDoesNotDeclare_saysSoToItsAuthor() {
        assertThatIllegalStateException()
                .isThrownBy(() -> KeysetSources.of(URI.create("forgetful:x")))
                .withMessageContaining("asks for the parameter tall, which its parameters() does not list");
    }

    static Stream<Arguments> broken() {
        String none = FakeProviders.class.getName();
        String unmade = FakeProviders.Unmade.class.getName();
        String outdated = FakeProviders.Outdated.class.getName();
        String badScheme = FakeProviders.BadScheme.class.getName();
        String lacking = ProvidersPresent.LACKING;
        return Stream.of(
                Arguments.of("com.example.Missing", "Provider com.example.Missing not found"),
                Arguments.of(none, none + " not a subtype"),
                Arguments.of(unmade, "Provider " + unmade + " could not be instantiated: java.lang.IllegalState"),
                Arguments.of(outdated, outdated + ": its scheme() failed with java.lang.NoSuchMethodError"),
                Arguments.of(badScheme, badScheme + ": its scheme is not one, which is a lower-case word"),
                Arguments.of(
                        lacking, "a class that cannot be linked: java.lang.NoClassDefFoundError: com/example/Base"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void of_anotherEntryThatIsBroken_isSkippedWithAWarningThatNamesIt(String entry, String why) throws IOException {
        try (ProvidersPresent more = ProvidersPresent.registered(entry, FakeProviders.Desk.class.getName());
                LogCapture log = LogCapture.start()) {
            assertThat(more).isNotNull();
            assertThat(KeysetSources.of(URI.create("env:X")).description()).isEqualTo("env:X");
            assertThat(log.lines("WARN"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.message())
                            .startsWith("META-INF/services/io.github.keyset4j.config.KeysetSourceProvider: ")
                            .contains(why)
                            .doesNotContain("hunter2"));
            assertThat(KeysetSources.of(URI.create("shelf:x")).description()).isEqualTo("shelf:x");
            assertThat(KeysetSources.of(URI.create("desk:x")).description())
                    .as("registered after it")
                    .isEqualTo("desk:x in none");
        }
    }

    @Test
    void of_anotherFileThatIsMalformed_isSkippedWithAWarningThatNamesIt() throws IOException {
        try (ProvidersPresent more = ProvidersPresent.registered("no class");
                LogCapture log = LogCapture.start()) {
            assertThat(more).isNotNull();
            assertThat(KeysetSources.of("shelf:x").description()).isEqualTo("shelf:x");
            assertThat(log.lines("WARN"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.message())
                            .containsPattern("file:/\\S+KeysetSourceProvider:1: Illegal configuration-file syntax"));
        }
    }

    @ParameterizedTest
    @MethodSource("broken")
    void of_schemeThatNobodyProvides_tellsWhatWasSkipped(String entry, String why) throws IOException {
        try (ProvidersPresent more = ProvidersPresent.registered(entry, "com.example.AnotherMissing")) {
            assertThat(more).isNotNull();
            for (String uri : List.of("file:/etc/app/keys.json", "unmade:x")) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> KeysetSources.of(URI.create(uri)))
                        .withMessageContaining("only of env, forgetful, shelf (2 entries were skipped: ")
                        .withMessageContaining(why)
                        .withMessageContaining(", Provider com.example.AnotherMissing not found); ");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "file:/etc/hunter2 hunter2,18",
        "'k1:hunter2=,k2:^hunter2',16",
        "%ZZhunter2,1",
        "' env:HUNTER2',1",
        "file:,6"
    })
    void of_textThatIsNoUri_isRefusedByPlaceAndNotQuoted(String text, int place) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysetSources.of(text))
                .withMessage("source URI: not a URI from character " + place
                        + " on; percent-encode what a URI does not allow there, as %20 for a space")
                .satisfies(e -> assertThat(e.getCause()).hasNoCause());
    }

    @Test
    void of_text_isTheSourceOfTheUri() {
        assertThat(KeysetSources.of("env:PATH?activeKidVariable=HOME").description())
                .isEqualTo("env:PATH");
        assertThatNullPointerException()
                .isThrownBy(() -> KeysetSources.of((String) null))
                .withMessage("uri");
    }

    @Test
    void parse_uri_isWhatAProviderIsGiven() {
        KeysetSourceUri uri = KeysetSourceUri.parse(URI.create("Vault:app/jwt%20keys?timeout=2s&arg=a&arg=b"));
        assertThat(uri.scheme()).isEqualTo("vault");
        assertThat(uri.name()).isEqualTo("app/jwt keys");
        assertThat(uri.duration("timeout")).contains(Duration.ofSeconds(2));
        assertThat(uri.texts("arg")).containsExactly("a", "b");
        assertThat(uri.text("undeclared")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "vault:?a=hunter2,vault: name: missing",
        "vault:x#hunter2,vault: URI: has a fragment",
        "vault:x?hunter2,vault: parameter 1: not of the form name=value",
        "hunter2,source URI: no scheme"
    })
    void parse_malformed_isRefusedWithoutAQuotation(String uri, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysetSourceUri.parse(URI.create(uri)))
                .withMessageContaining(problem)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    }

    @Test
    void toString_always_showsNeitherNameNorValues() {
        assertThat(asked("shelf:hunter2?arg=hunter2"))
                .hasToString("KeysetSourceUri[shelf, redacted, parameters [arg]]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"env:PATH", "env:PATH?activeKidVariable=HOME"})
    void of_env_readsTheVariableOfThisProcess(String uri) throws Exception {
        KeysetSource source = KeysetSources.of(URI.create(uri));
        assertThat(source).isInstanceOf(EnvKeysetSource.class).hasToString("env:PATH");
        assertThat(source.load().size()).isPositive();
        assertThat(source.load().activeKid().isPresent()).isEqualTo(uri.contains("?"));
        assertThat(source.inline()).isTrue();
    }

    @Test
    void of_uri_makesASourceThatAManagerStartsFrom() {
        try (KeyManager keys = KeyManager.builder(KeysetSources.of(URI.create("shelf:x")))
                .policy(KeysetPolicy.strictProduction())
                .start()) {
            assertThat(List.copyOf(keys.keyset().keys())).hasSize(1);
        }
    }
}
