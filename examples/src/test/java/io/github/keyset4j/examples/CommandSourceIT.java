package io.github.keyset4j.examples;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the example in a Java process of its own. */
class CommandSourceIT {

    @Test
    void main_run_outlivesAHangingCommandAndRotates() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        CommandSource.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output)
                .contains(
                        "signed by k1\n",
                        "the command hangs: FAILED",
                        "signed by k1 all the same",
                        "the command prints k2: PENDING",
                        "signed by k2, and the first token, of k1, verifies still");
        assertThat(process.exitValue()).isZero();
    }
}
