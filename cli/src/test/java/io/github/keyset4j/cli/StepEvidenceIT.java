package io.github.keyset4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A step where there is no room for its evidence: a process that may only write files of so many KiB. */
class StepEvidenceIT {

    @TempDir
    private Path directory;

    private Run limited(int kibibytes, String... arguments) throws Exception {
        // What it says goes through a pipe, which has no such limit.
        String script = "(ulimit -f " + kibibytes + "; exec \"$@\") 2>&1 | tail -c 4000 >&2; exit ${PIPESTATUS[0]}";
        List<String> shell = new ArrayList<>(List.of("bash", "-c", script, "limited"));
        shell.addAll(Processes.jar());
        return Processes.run(shell, Map.of(), "", arguments);
    }

    @Test
    void step_withoutRoomForItsEvidence_isRefusedOrDoneAndNotRecorded() throws Exception {
        Path keys = directory.resolve("keys.json");
        Path evidence = directory.resolve("evidence");
        Run.of("generate", "--alg", "ES256", "--kid", "k1", "--output", keys.toString());
        String before = Files.readString(keys);
        List<String> step = List.of(
                "rotate", "prepare", "--store", "file:" + keys, "--evidence", evidence.toString(), "--kid", "k2");

        Run refused = limited(48, step.toArray(String[]::new));
        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("cannot be written", "nothing was done");
        assertThat(Files.readString(keys)).isEqualTo(before);

        // Room for what the check writes, and not for a reason as long as this.
        Run.of(step.stream().limit(4).toArray(String[]::new));
        List<String> forced = new ArrayList<>(
                List.of("rotate", "promote", "--store", "file:" + keys, "--evidence", evidence.toString(), "--force"));
        forced.addAll(List.of("--reason", "long ".repeat(20_000)));
        Run late = limited(80, forced.toArray(String[]::new));
        assertThat(late.exitCode()).as(late.err()).isEqualTo(ExitCode.NOT_RECORDED);
        assertThat(late.err()).contains("DONE, but not recorded", "cannot be written", "--of-last");
        assertThat(Files.readString(keys)).isNotEqualTo(before);
        try (var left = Files.list(evidence)) {
            assertThat(left).extracting(path -> path.getFileName().toString()).containsExactly(".lock");
        }
        Run madeUp = Run.of("evidence", "--of-last", "--source", "file:" + keys, "--workdir", evidence.toString());
        assertThat(madeUp.exitCode()).as(madeUp.err()).isEqualTo(ExitCode.OK);
        assertThat(Run.of("verify-evidence", evidence.toString()).exitCode()).isEqualTo(ExitCode.OK);
    }
}
