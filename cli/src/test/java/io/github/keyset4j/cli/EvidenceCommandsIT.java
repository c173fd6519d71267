package io.github.keyset4j.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The two commands of evidence as processes of the jar, several of which write at the same time. */
class EvidenceCommandsIT {

    @TempDir
    private Path directory;

    private Process start(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("keyset4j.jar")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        Files.createTempFile(directory, "output", ".txt").toFile())
                .start();
    }

    private static int exitCode(Process process) throws Exception {
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void processes_writingAtTheSameTime_makeOneChain() throws Exception {
        String source = SampleKeysets.file(directory, SampleKeysets.ecKeyset());
        String workdir = directory.resolve("evidence").toString();
        List<Process> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            writers.add(start("evidence", "--source", source, "--workdir", workdir, "--html"));
        }
        for (Process writer : writers) {
            assertThat(exitCode(writer)).isZero();
        }

        assertThat(exitCode(start("verify-evidence", workdir))).isZero();

        try (var events = Files.newDirectoryStream(Path.of(workdir), "rotation-*")) {
            List<Path> found = new ArrayList<>();
            events.forEach(found::add);
            assertThat(found).hasSize(4).allSatisfy(event -> {
                Process check = new ProcessBuilder("sha256sum", "--strict", "-c", "fingerprint.sha256")
                        .directory(event.toFile())
                        .redirectErrorStream(true)
                        .start();
                assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .contains("summary.json: OK");
                assertThat(exitCode(check)).isZero();
            });
            assertThat(Files.readString(found.get(0).resolve("summary.json"))).doesNotContain("not built as a jar");
            Files.delete(found.get(0).resolve("keyset.json"));
        }
        assertThat(exitCode(start("verify-evidence", workdir))).isEqualTo(ExitCode.PROBLEM);
    }
}
