package io.github.keyset4j.cli;

import io.github.keyset4j.encoding.StrictJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The jar and the launcher, as an operator runs them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RunnableJarIT {

    @TempDir
    private Path directory;

    private String secret;
    private String source;

    @BeforeEach
    void makeKeyset() throws Exception {
        secret = SampleKeysets.hmacSecret();
        Map<String, String> keys = Map.of(
                "k1", SampleKeysets.pem(SampleKeysets.ecKeys().getPrivate().getEncoded()), "h1", secret);
        source = SampleKeysets.file(directory, SampleKeysets.keyset("k1", keys));
    }

    private static List<String> program(String which) {
        return which.equals("jar") ? Processes.jar() : Processes.launcher();
    }

    private Run run(String which, String stdin, String... arguments) throws Exception {
        Run run = Processes.run(program(which), Map.of(), stdin, arguments);
        assertThat(run.out() + run.err())
                .doesNotContain(secret, "PRIVATE KEY", "SLF4J")
                .doesNotContainPattern("\"d\"\\s*:");
        return run;
    }

    @Test
    void jar_saysByWhichLicencesItsPartsAre() throws Exception {
        try (JarFile jar = new JarFile(System.getProperty("keyset4j.jar"))) {
            assertThat(text(jar, "LICENSE")).contains("Apache License", "Version 2.0");
            assertThat(text(jar, "NOTICE"))
                    .contains("Copyright 2026 The keyset4j authors", "AWS SDK for Java 2.0", "Jackson");
            assertThat(text(jar, "licenses/SLF4J")).contains("QOS.ch", "Permission is hereby granted");
            assertThat(text(jar, "FastDoubleParser-LICENSE")).contains("MIT");
            assertThat(text(jar, "THIRD-PARTY.txt"))
                    .doesNotContain("Unknown", "io.github.keyset4j")
                    .contains(
                            "org.bitbucket.b_c:jose4j:",
                            "org.slf4j:slf4j-api:",
                            "org.slf4j:slf4j-simple:",
                            "org.jspecify:jspecify:",
                            "info.picocli:picocli:",
                            "org.reactivestreams:reactive-streams:",
                            "software.amazon.eventstream:eventstream:",
                            "software.amazon.awssdk:sdk-core:",
                            "software.amazon.awssdk:sts:",
                            "software.amazon.awssdk:third-party-jackson-core:",
                            "software.amazon.awssdk:url-connection-client:");
        }
    }

    private static String text(JarFile jar, String name) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getEntry("META-INF/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jar", "launcher"})
    void process_eachExitCode_withDataAndWordsApart(String which) throws Exception {
        Run jwks = run(which, "", "jwks", "--source", source);
        assertThat(jwks.exitCode()).as(jwks.err()).isEqualTo(0);
        assertThat(jwks.err()).isEmpty();
        assertThat(StrictJson.object(jwks.out().strip())).containsOnlyKeys("keys");

        Run unknown = run(which, "", "nonsense");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.out()).isEmpty();

        Run absent = run(which, "", "inspect", "--source", "file:" + directory.resolve("absent"));
        assertThat(absent.exitCode()).isEqualTo(3);
        assertThat(absent.out()).isEmpty();
        assertThat(absent.err()).contains("there is no such file").doesNotContain("\tat ");
    }

    @Test
    void process_signedToken_verifiesFromStdin_andRejectedOneDoesNot() throws Exception {
        Run signed = run("jar", "{\"sub\":\"alice\"}", "sign", "--source", source, "--claims", "-");
        assertThat(signed.exitCode()).as(signed.err()).isEqualTo(0);
        Run verified = run("jar", signed.out(), "verify", "--source", source, "-");
        assertThat(verified.exitCode()).isEqualTo(0);
        assertThat(verified.out()).contains("\"sub\":\"alice\"");
        Run rejected = run("jar", signed.out().strip() + "AAAA", "verify", "--json", "--source", source, "-");
        assertThat(rejected.exitCode()).isEqualTo(1);
        assertThat(rejected.out()).isEqualTo("{\"valid\":false,\"reason\":\"signature-invalid\"}\n");
    }

    @Test
    void process_fullDisk_isNoSuccess() throws Exception {
        Path full = Path.of("/dev/full");
        Process process = new ProcessBuilder(
                        Processes.jar().get(0), "-jar", Processes.jar().get(2), "jwks", "--source", source)
                .redirectOutput(full.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
    }

    @Test
    void process_serve_answersUntilItIsTerminated() throws Exception {
        List<String> command = new ArrayList<>(Processes.launcher());
        command.addAll(List.of("serve", "--port", "0", "--source", source));
        Process process = new ProcessBuilder(command).start();
        try (BufferedReader err = process.errorReader()) {
            String line = err.readLine();
            assertThat(line).contains("serving the public keys of file:");
            URI url = URI.create(line.replaceFirst(".* at (?=http)", ""));
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(url)
                                    .timeout(Duration.ofSeconds(30))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).contains("\"kid\":\"k1\"").doesNotContain("\"h1\"", secret);
            process.toHandle().destroy(); // the process's own would close its streams
            assertThat(err.readLine()).isEqualTo("ended");
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
            assertThat(process.inputReader().readLine()).isNull();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void launcher_linkedFromElsewhere_findsItsJar() throws Exception {
        Path link = Files.createSymbolicLink(
                directory.resolve("keyset4j"), Path.of(Processes.launcher().get(0)));
        Run run = Processes.run(List.of(link.toString()), Map.of(), "", "--version");
        assertThat(run.exitCode()).isEqualTo(0);
        assertThat(run.out()).startsWith("keyset4j ");
    }

    @Test
    void launcher_secondRun_startsFromWhatTheFirstHasKept() throws Exception {
        Path cache = directory.resolve("cache");
        Map<String, String> environment = Map.of("KEYSET4J_CACHE", cache.toString());
        Run first = Processes.run(Processes.launcher(), environment, "", "jwks", "--source", source);
        assertThat(first.exitCode()).as(first.err()).isEqualTo(0);
        assertThat(kept(cache)).hasSize(1);
        assertThat(Files.getPosixFilePermissions(cache)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        Run second = Processes.run(Processes.launcher(), environment, "", "jwks", "--source", source);
        assertThat(second).isEqualTo(first);

        Path archive = kept(cache).get(0);
        Files.delete(archive);
        Files.writeString(archive, "not an archive");
        assertThat(Processes.run(Processes.launcher(), environment, "", "jwks", "--source", source))
                .isEqualTo(first);
    }

    @Test
    void launcher_cacheThatOthersMayWrite_isNotUsed() throws Exception {
        Path cache = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        Map<String, String> environment = Map.of("KEYSET4J_CACHE", cache.toString());
        Run run = Processes.run(Processes.launcher(), environment, "", "jwks", "--source", source);
        assertThat(run.exitCode()).isEqualTo(0);
        assertThat(kept(cache)).isEmpty();
    }

    private static List<Path> kept(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    @Test
    void launcher_withoutJava_saysSo() throws Exception {
        Path tools = Files.createDirectory(directory.resolve("tools"));
        for (String tool : List.of("sh", "dirname", "readlink")) {
            for (String place : List.of("/usr/bin", "/bin")) {
                Path found = Path.of(place, tool);
                if (Files.exists(found) && !Files.exists(tools.resolve(tool))) {
                    Files.createSymbolicLink(tools.resolve(tool), found);
                }
            }
        }
        Map<String, String> environment = Map.of("JAVA_HOME", directory.toString(), "PATH", tools.toString());
        Run run = Processes.run(Processes.launcher(), environment, "", "--version");
        assertThat(run.exitCode()).isEqualTo(ExitCode.DEFECT);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("keyset4j: no java in JAVA_HOME or on the PATH")
                .hasLineCount(1);
    }

    @Test
    void completion_script_isUnderstoodByBash() throws Exception {
        Run completion = run("jar", "", "completion");
        assertThat(completion.exitCode()).isEqualTo(0);
        Path script = Files.writeString(directory.resolve("completion.bash"), completion.out());
        Run complete = Processes.run(
                List.of(
                        "bash",
                        "-c",
                        ". " + script + "; COMP_WORDS=(keyset4j in); COMP_CWORD=1; _complete_keyset4j;"
                                + " echo \"${COMPREPLY[@]}\""),
                Map.of(),
                "");
        assertThat(complete.out()).contains("inspect");
    }

    @Test
    void jar_everyProvider_isNamedInOneServicesFile_andNoSignatureIsLeft() throws Exception {
        try (JarFile jar = new JarFile(System.getProperty("keyset4j.jar"))) {
            byte[] services = jar.getInputStream(
                            jar.getEntry("META-INF/services/io.github.keyset4j.config.KeysetSourceProvider"))
                    .readAllBytes();
            assertThat(new String(services, java.nio.charset.StandardCharsets.UTF_8))
                    .contains(
                            "FileKeysetSourceProvider",
                            "CommandKeysetSourceProvider",
                            "SecretsManager",
                            "ParameterStore",
                            "Env");
            assertThat(jar.stream().map(entry -> entry.getName()))
                    .noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|RSA|DSA)"))
                    .noneMatch(name -> name.endsWith("module-info.class"));
        }
    }
}
