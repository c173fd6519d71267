package io.github.keyset4j.cli;

import io.github.keyset4j.encoding.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A step and its evidence: what is checked before the keyset is touched, and what is told when that was not enough. */
class StepEvidenceTest {

    @TempDir
    private Path directory;

    private Path keys;
    private Path evidence;
    private String before;

    @BeforeEach
    void generate() throws IOException {
        keys = directory.resolve("keys.json");
        evidence = directory.resolve("evidence");
        Run.of("generate", "--alg", "ES256", "--kid", "k1", "--output", keys.toString());
        before = Files.readString(keys);
    }

    @AfterEach
    void unhook() {
        HookedStoreProvider.afterReplace = () -> {};
    }

    private Run emergency(String scheme, Path workdir, String... more) {
        return Run.of(Stream.concat(
                        Stream.of("rotate", "emergency", "--store", scheme + keys, "k1"),
                        Stream.concat(Stream.of("--evidence", workdir.toString()), Stream.of(more)))
                .toArray(String[]::new));
    }

    private void refused(Run run, String rule) throws IOException {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains(rule).doesNotContain("revoked k1");
        assertThat(run.out()).isEmpty();
        assertThat(Files.readString(keys)).isEqualTo(before);
    }

    @Test
    void step_withATakenEventId_isRefusedBeforeTheKeysetIsTouched() throws IOException {
        Run.of("evidence", "--source", "file:" + keys, "--workdir", evidence.toString(), "--event-id", "a");

        refused(emergency("file:", evidence, "--event-id", "a"), "there is an event a already");
        assertThat(emergency("file:", evidence, "--event-id", "../a").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(keys)).isEqualTo(before);
    }

    @Test
    void step_whereEvidenceCannotBeWritten_isRefusedBeforeTheKeysetIsTouched() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        for (Path place : List.of(file, file.resolve("below"), Path.of("/proc/keyset4j-evidence"))) {
            refused(emergency("file:", place), "nothing was done");
            refused(emergency("file:", place, "--json"), "nothing was done");
        }
    }

    @Test
    void step_thatChangesNothing_doesNotMindATakenId() {
        assertThat(emergency("file:", evidence, "--event-id", "a").exitCode()).isEqualTo(ExitCode.OK);
        Run again = emergency("file:", evidence, "--event-id", "a");
        assertThat(again.exitCode()).as(again.err()).isEqualTo(ExitCode.OK);
        assertThat(again.err()).contains("nothing to change");
        Run prune = Run.of(
                "rotate", "prune", "--store", "file:" + keys, "--evidence", evidence.toString(), "--event-id", "a");
        assertThat(prune.exitCode()).as(prune.err()).isEqualTo(ExitCode.OK);
    }

    @Test
    void step_dryRun_writesNoEvidenceAndNoDirectory() {
        assertThat(emergency("file:", evidence, "--dry-run").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(evidence).doesNotExist();
    }

    @Test
    void step_whoseDirectoryGoesBetweenCheckAndWrite_isDoneAndNotRecordedAndMadeUpFor() throws Exception {
        Run.of("evidence", "--source", "file:" + keys, "--workdir", evidence.toString(), "--event-id", "a");
        Path aside = directory.resolve("aside");
        HookedStoreProvider.afterReplace = () -> {
            try {
                Files.move(evidence, aside);
                Files.writeString(evidence, "");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };

        Run run = emergency("hooked:", evidence, "--json");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.NOT_RECORDED);
        assertThat(run.err())
                .contains("FORCED", "DONE, but not recorded: the keyset was changed, its revision is ")
                .contains("cannot be written", "do not repeat the step", "keyset4j evidence --of-last");
        Map<?, ?> told = (Map<?, ?>) StrictJson.object(run.out().strip()).get("step");
        assertThat(told.get("written")).isEqualTo(true);
        assertThat(run.err()).contains(String.valueOf(told.get("revision")));
        assertThat(Files.readString(keys)).contains("\"revoked\":[\"k1\"]");

        Files.delete(evidence);
        Files.move(aside, evidence);
        String[] late = {"evidence", "--of-last", "--source", "file:" + keys, "--workdir", evidence.toString()};
        Run madeUp = Run.of(late);
        assertThat(madeUp.exitCode()).as(madeUp.err()).isEqualTo(ExitCode.OK);
        assertThat(madeUp.out()).containsPattern("chain position +2");
        Run verified = Run.of("verify-evidence", evidence.toString());
        assertThat(verified.exitCode()).as(verified.out()).isEqualTo(ExitCode.OK);
        assertThat(verified.out()).contains("2 events", "written late: which step led to it");

        Run again = Run.of(late);
        assertThat(again.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(again.out() + again.err()).contains("nothing to make up for");
        assertThat(Run.of("verify-evidence", evidence.toString()).out()).contains("2 events");
    }

    @Test
    void step_forced_saysSoOnStderrInEveryForm() throws IOException {
        Run.of("rotate", "prepare", "--store", "file:" + keys, "--kid", "k2");
        String prepared = read();
        for (String step : List.of("promote k2 --force --reason drill", "emergency k1", "emergency k1 --alg EdDSA")) {
            for (String form : List.of("", " --json", " --dry-run", " --dry-run --json")) {
                write(prepared);
                Run run = Run.of(("rotate " + step + form + " --store file:" + keys).split(" "));
                assertThat(run.exitCode()).as("%s%s: %s", step, form, run.err()).isEqualTo(ExitCode.OK);
                assertThat(run.err()).as("%s%s", step, form).contains("FORCED ", "FORCED for the reason: ");
                assertThat(run.out().contains("\"forced\":true")).isEqualTo(form.contains("json"));
            }
        }
    }

    private String read() throws IOException {
        return Files.readString(keys);
    }

    private void write(String document) throws IOException {
        Files.writeString(keys, document);
    }
}
