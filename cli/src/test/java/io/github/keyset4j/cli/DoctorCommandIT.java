package io.github.keyset4j.cli;

import com.sun.net.httpserver.HttpServer;
import io.github.keyset4j.cli.SampleKeysets.TimedKey;
import io.github.keyset4j.encoding.StrictJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The doctor, with real files and servers. */
class DoctorCommandIT {

    private final Instant now = Instant.now();

    @TempDir
    private Path directory;

    private HttpServer server;
    private String source;
    private String jwks;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        source = SampleKeysets.file(
                directory,
                SampleKeysets.timed(
                        new TimedKey("a", "access", now.minus(Duration.ofDays(20)), now.plus(Duration.ofDays(70))),
                        new TimedKey("b", "access", now.plus(Duration.ofDays(60)), now.plus(Duration.ofDays(150)))));
        jwks = Run.of("jwks", "--source", source).out().strip();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** What the endpoint answers; header lines of the form {@code name: value}. */
    private String endpoint(int status, String body, String... headers) {
        server.createContext("/jwks.json", exchange -> {
            try (exchange) {
                for (String header : headers) {
                    exchange.getResponseHeaders().set(header.split(": ", 2)[0], header.split(": ", 2)[1]);
                }
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                boolean known = exchange.getRequestHeaders().containsKey("If-None-Match");
                exchange.sendResponseHeaders(known ? 304 : status, known ? -1 : bytes.length);
                if (!known) {
                    exchange.getResponseBody().write(bytes);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks.json";
    }

    private Run doctor(String endpoint, String... more) {
        List<String> arguments = new ArrayList<>(List.of("doctor", "--source", source, "--endpoint", endpoint));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }

    @Test
    void doctor_healthyKeysetAndEndpoint_passesEverything() {
        String endpoint =
                endpoint(200, jwks, "Content-Type: application/json", "Cache-Control: max-age=300", "ETag: \"x\"");
        Run run = doctor(endpoint);
        assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("0 warned, 0 failed", "access: ES256 by a", "the same keys as in the source", "ETag, and 304")
                .doesNotContain("warn ", "fail ");
        assertThat(run.out().lines().filter(line -> !line.contains("file:")))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(run.err()).isEmpty();
    }

    @Test
    @SuppressWarnings("unchecked")
    void doctor_json_tellsEachCheckWithItsRemedy() throws Exception {
        Run run = doctor(endpoint(404, ""), "--json");
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        Map<String, Object> json = StrictJson.object(run.out().strip());
        assertThat(json).containsEntry("healthy", false).containsEntry("source", source);
        assertThat((List<Map<String, Object>>) json.get("checks"))
                .anySatisfy(check -> assertThat(check)
                        .containsEntry("check", "endpoint")
                        .containsEntry("verdict", "fail")
                        .containsEntry("what", "answers 404")
                        .containsKey("remedy"));
    }

    @Test
    void doctor_endpointThatRedirects_fails() {
        Run run = doctor(endpoint(302, "", "Location: /other"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(run.out()).contains("redirects (302), which jose and jwks-rsa do not follow");
    }

    @Test
    void doctor_poorEndpoint_isToldByTheLimitsOfItsClients() {
        String large = jwks.replaceFirst("\\{", "{\"pad\":\"" + "x".repeat(52_000) + "\",");
        Run run = doctor(endpoint(200, large, "Content-Type: text/plain", "Cache-Control: no-store"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("Nimbus reads 51200", "Content-Type text/plain", "without a usable max-age", "no ETag");
    }

    @Test
    void doctor_maxAgeAboveTheLeadsAllowance_warns() {
        Run run = doctor(endpoint(200, jwks, "Content-Type: application/json", "Cache-Control: public, max-age=86400"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("max-age is 1 d, more than the 5 min");
    }

    @Test
    void doctor_nobodyThere_fails() {
        server.stop(0);
        Run run = doctor("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks.json");
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(run.out()).contains("no answer from 127.0.0.1");
    }

    @Test
    void doctor_fileThatOthersRead_warnsAndFailsWhereStrictIsAskedFor() throws Exception {
        Files.setPosixFilePermissions(
                Path.of(source.substring("file:".length())), PosixFilePermissions.fromString("rw-r--r--"));
        Run run = Run.of("doctor", "--source", source);
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("warn  permissions   file mode 0644", "-> chmod 600");
        Run strict = Run.of("doctor", "--policy", "strict", "--source", source);
        assertThat(strict.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(strict.out()).contains("fail  permissions   file mode 0644");
    }

    @Test
    void doctor_brokenDocument_failsWithEveryProblem_andNoSecret() throws Exception {
        String broken =
                SampleKeysets.file(directory, SampleKeysets.keyset("k1", Map.of("k1", "CANARY", "k2", "CANARY2")));
        Run run = Run.of("doctor", "--source", broken);
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(run.out()).contains("fail  document").doesNotContain("CANARY");
    }

    @Test
    void doctor_absentSource_failsByReach() {
        Run run = Run.of("doctor", "--source", "file:" + directory.resolve("absent"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("fail reach", "there is no such file", "create it, or name another");
    }
}
