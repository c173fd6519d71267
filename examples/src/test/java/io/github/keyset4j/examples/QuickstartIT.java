package io.github.keyset4j.examples;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the quickstart as the README does, in a Java process of its own. */
class QuickstartIT {

    @Test
    void main_run_endsByItselfAndRejectsNothing() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Quickstart.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(output)
                .contains("k2 is published and signs in 3 s")
                .contains("k2 signs")
                .contains("health is STALE")
                .contains("recovered")
                .contains("k1 is gone")
                .doesNotContain("too early")
                .containsPattern("signed [1-9][0-9]* tokens, verified [1-9][0-9]*, rejected 0");
        assertThat(process.exitValue()).isZero();
    }
}
