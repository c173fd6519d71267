package io.github.keyset4j.aws;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * Endpoints that the SDK takes from its surroundings, each in a process with such surroundings: strict production refuses
 * to load where the keys would be readable on the way, before anything is sent.
 */
class EndpointFindingsIT {

    private static final String PROXY = "http://proxy.invalid";
    private static final String NEITHER = "secret: not refused, parameter: not refused";
    private static final String BOTH = "secret: refused, parameter: refused";
    private static final String SECRET = "secret: refused, parameter: not refused";
    private static final String PARAMETER = "secret: not refused, parameter: refused";

    @TempDir
    private Path directory;

    static Stream<Arguments> surroundings() {
        Map<String, String> none = Map.of();
        return Stream.of(
                argumentSet("nothing", none, none, "", NEITHER),
                argumentSet("AWS_ENDPOINT_URL", Map.of("AWS_ENDPOINT_URL", PROXY), none, "", BOTH),
                argumentSet(
                        "AWS_ENDPOINT_URL, https", Map.of("AWS_ENDPOINT_URL", "https://x.invalid"), none, "", NEITHER),
                argumentSet(
                        "AWS_ENDPOINT_URL, loopback",
                        Map.of("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
                        none,
                        "",
                        NEITHER),
                argumentSet(
                        "AWS_ENDPOINT_URL_SECRETS_MANAGER",
                        Map.of("AWS_ENDPOINT_URL_SECRETS_MANAGER", PROXY),
                        none,
                        "",
                        SECRET),
                argumentSet("AWS_ENDPOINT_URL_SSM", Map.of("AWS_ENDPOINT_URL_SSM", PROXY), none, "", PARAMETER),
                argumentSet(
                        "the service before the rest",
                        Map.of("AWS_ENDPOINT_URL", PROXY, "AWS_ENDPOINT_URL_SSM", "https://x.invalid"),
                        none,
                        "",
                        SECRET),
                argumentSet("aws.endpointUrl", none, Map.of("aws.endpointUrl", PROXY), "", BOTH),
                argumentSet("aws.endpointUrlSsm", none, Map.of("aws.endpointUrlSsm", PROXY), "", PARAMETER),
                argumentSet("a profile's endpoint_url", none, none, "[default]\nendpoint_url = " + PROXY + "\n", BOTH),
                argumentSet(
                        "another profile's",
                        Map.of("AWS_PROFILE", "p"),
                        none,
                        "[profile p]\nendpoint_url = " + PROXY + "\n",
                        BOTH),
                argumentSet(
                        "a profile's services",
                        none,
                        none,
                        "[default]\nservices = s\n[services s]\nsecrets_manager =\n  endpoint_url = " + PROXY + "\n",
                        SECRET),
                argumentSet(
                        "ignored",
                        Map.of("AWS_ENDPOINT_URL", PROXY, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
                        none,
                        "",
                        NEITHER));
    }

    @ParameterizedTest
    @MethodSource("surroundings")
    void load_strictProduction_refusesPlainHttp(
            Map<String, String> environment, Map<String, String> properties, String config, String outcome)
            throws Exception {
        Path file = Files.writeString(directory.resolve("config"), config);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-classpath",
                System.getProperty("java.class.path")));
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.add(Loads.class.getName());
        ProcessBuilder java = new ProcessBuilder(command).redirectErrorStream(true);
        java.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        java.environment().put("AWS_CONFIG_FILE", file.toString());
        java.environment()
                .put("AWS_SHARED_CREDENTIALS_FILE", file.resolveSibling("none").toString());
        java.environment().put("AWS_EC2_METADATA_DISABLED", "true");
        java.environment().putAll(environment);
        assertThat(output(java)).contains(outcome).doesNotContain("proxy");
    }

    private static String output(ProcessBuilder java) throws IOException, InterruptedException {
        Process process = java.start();
        process.getOutputStream().close();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Loads as a service would, and says what was refused. A document cannot be the reason: none is there. */
    static final class Loads {

        private Loads() {}

        public static void main(String[] args) {
            DummyCredentials.use();
            System.setProperty("aws.region", "nowhere-1"); // a start that is not refused reaches nobody
            Duration brief = Duration.ofMillis(200);
            String secret = outcome(
                    SecretsManagerKeysetSource.builder("n").callTimeout(brief).build());
            String parameter = outcome(
                    ParameterStoreKeysetSource.builder("n").callTimeout(brief).build());
            System.out.println("secret: " + secret + ", parameter: " + parameter);
        }

        private static String outcome(KeysetSource source) {
            try (KeyManager keys = KeyManager.builder(source)
                    .policy(KeysetPolicy.strictProduction())
                    .startInBackground()) {
                LoadOutcome outcome = keys.refreshNow();
                return outcome == LoadOutcome.REJECTED ? "refused" : "not refused";
            }
        }
    }
}
