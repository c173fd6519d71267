package io.github.keyset4j;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A modular application that requires core and nothing else: compiled with every warning an error, and run. */
class ModulePathIT {

    private static final Pattern DEPENDENCIES = Pattern.compile(".*/(jose4j|slf4j-api|jspecify)-[0-9.]+\\.jar");

    private static final String MODULE = "/** Signs and verifies. */ module app { requires io.github.keyset4j; }";

    private static final String MAIN = """
            package app;

            import io.github.keyset4j.KeyManager;
            import io.github.keyset4j.config.KeysetSources;
            import java.net.URI;
            import org.jose4j.jwt.JwtClaims;

            final class Main {

                public static void main(String[] arguments) {
                    JwtClaims claims = new JwtClaims();
                    claims.setSubject("alice");
                    try (KeyManager keys = KeyManager.builder(KeysetSources.of(URI.create("env:KEYS"))).start()) {
                        String token = keys.signer().sign(claims);
                        System.out.print(keys.verifier().anyAudience().build().verify(token).kid()
                                + " of " + KeyManager.class.getModule().getDescriptor().toNameAndVersion());
                    }
                }
            }
            """;

    @TempDir
    private Path directory;

    @Test
    void application_thatRequiresCoreAlone_compilesWithoutWarningsAndRuns() throws Exception {
        Path sources = Files.createDirectories(directory.resolve("src/app"));
        Path module = Files.writeString(directory.resolve("src/module-info.java"), MODULE);
        Path main = Files.writeString(sources.resolve("Main.java"), MAIN);
        Path classes = directory.resolve("classes");
        String modulePath = modulePath();

        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        int compiled = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        out,
                        out,
                        "-Xlint:all",
                        "-Werror",
                        "-d",
                        classes.toString(),
                        "-p",
                        modulePath,
                        module.toString(),
                        main.toString());
        assertThat(compiled).as(said.toString(StandardCharsets.UTF_8)).isZero();

        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-p",
                modulePath + File.pathSeparator + classes,
                "-m",
                "app/app.Main");
        java.environment().put("KEYS", "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + SampleKeys.secret(48) + "\"}}");
        Process process = java.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(answer).startsWith("k1 of io.github.keyset4j");
    }

    private static String modulePath() throws IOException {
        String core;
        try (Stream<Path> built = Files.list(Path.of("target"))) {
            core = built.map(Path::toString)
                    .filter(name -> name.matches(".*/keyset4j-core-[0-9.]+(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow();
        }
        List<String> beside = Arrays.stream(classPath().split(File.pathSeparator))
                .filter(entry -> DEPENDENCIES.matcher(entry).matches())
                .toList();
        return Stream.concat(Stream.of(core), beside.stream()).collect(Collectors.joining(File.pathSeparator));
    }

    /** Maven gives its test JVM a jar that names the others. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
