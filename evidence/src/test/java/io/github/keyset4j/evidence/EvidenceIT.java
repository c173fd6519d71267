package io.github.keyset4j.evidence;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** An auditor needs nothing of ours: {@code sha256sum} checks an event. */
class EvidenceIT {

    @TempDir
    private Path workdir;

    private record Ended(int exitCode, String output) {}

    private static Ended sha256sum(Path event) throws Exception {
        Process process = new ProcessBuilder("sha256sum", "--strict", "-c", "fingerprint.sha256")
                .directory(event.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(
                process.exitValue(), new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void sha256sum_ofAnEvent_passes_andFailsWhenAFileWasChanged() throws Exception {
        RotatingStore rotating = RotatingStore.withOneKey();
        Path event = EvidenceDirectory.of(workdir)
                .withReports()
                .capture(rotating.now())
                .directory();

        Ended ended = sha256sum(event);
        assertThat(ended.output()).contains("keyset.json: OK", "report.html: OK", "summary.json: OK");
        assertThat(ended.exitCode()).isZero();

        Files.writeString(event.resolve("keyset.json"), Files.readString(event.resolve("keyset.json")) + " ");
        assertThat(sha256sum(event).exitCode()).isNotZero();
    }
}
