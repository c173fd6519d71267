package io.github.keyset4j.cli;

import io.github.keyset4j.encoding.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class EvidenceCommandsTest {

    @TempDir
    private Path directory;

    private String source;
    private String workdir;

    @BeforeEach
    void makeKeyset() throws Exception {
        source = SampleKeysets.file(directory, SampleKeysets.ecKeyset());
        workdir = directory.resolve("evidence").toString();
    }

    private Run capture(String eventId, String... more) {
        String[] arguments = new String[7 + more.length];
        String[] first = {"evidence", "--source", source, "--event-id", eventId, "--workdir", workdir};
        System.arraycopy(first, 0, arguments, 0, first.length);
        System.arraycopy(more, 0, arguments, first.length, more.length);
        return Run.of(arguments);
    }

    @Test
    void evidence_ofAFile_isWrittenAndVerified() throws Exception {
        Run run = capture("rotation-20260212-a", "--html", "--times", "gateways", "--json");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(StrictJson.object(run.out().strip()))
                .containsEntry("event_id", "rotation-20260212-a")
                .containsEntry("rotation_state", "initial")
                .containsEntry("active_kid", "k2");
        Path event = Path.of(workdir, "rotation-20260212-a");
        assertThat(event.resolve("report.html")).exists();
        assertThat(Files.readString(event.resolve("summary.json")))
                .contains("\"source_mode\": \"file\"", "\"publish_lead\": \"PT2H30M\"");

        Run verified = Run.of("verify-evidence", workdir);
        assertThat(verified.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(verified.out()).contains("passed", "1 event", "rotation-20260212-a");
        assertThat(verified.err()).isEmpty();
    }

    @Test
    void evidence_ofTheSameIdAgain_isRefused() {
        capture("a");
        Run again = capture("a");
        assertThat(again.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(again.out()).isEmpty();
        assertThat(again.err()).contains("never overwritten");
    }

    @Test
    void evidence_withAPreviousSummary_saysThatTheKeyChanged() throws Exception {
        Path previous = directory.resolve("summary.json");
        Files.writeString(previous, "{\"event_id\":\"before\",\"active_kid\":\"k1\",\"keys_count\":2}");
        Run run = capture("a", "--previous-summary", previous.toString());
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("rotated");
        assertThat(Run.of("verify-evidence", workdir).exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(Run.of("verify-evidence", workdir, "--previous-summary", previous.toString())
                        .exitCode())
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void evidence_withoutAnId_makesOne() throws Exception {
        Run run = Run.of("evidence", "--source", source, "--workdir", workdir, "--recorder", "ops", "--json");
        assertThat(StrictJson.object(run.out().strip()).get("event_id").toString())
                .matches("rotation-\\d{8}T\\d{6}Z-k2-ops");
    }

    @Test
    void evidence_thatIsNotUnderstood_isUsage() {
        assertThat(capture("../a").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(capture("a", "--times", "some").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(capture("a", "--recorder", "a/b").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Run.of("evidence", "--source", source).exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Path.of(workdir)).doesNotExist();
    }

    @Test
    void evidence_ofNoKeyset_writesNothing() throws Exception {
        source = "file:" + directory.resolve("absent");
        assertThat(capture("a").exitCode()).isEqualTo(ExitCode.SOURCE);
        source = SampleKeysets.file(directory, Map.of("keys", Map.of("k1", "short")));
        assertThat(capture("a").exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(Path.of(workdir)).doesNotExist();
    }

    @Test
    void evidence_whereNothingCanBeWritten_isSource() throws Exception {
        workdir = Files.writeString(directory.resolve("file"), "")
                .resolve("evidence")
                .toString();
        Run run = capture("a");
        assertThat(run.exitCode()).isEqualTo(ExitCode.SOURCE);
        assertThat(run.err()).contains("cannot be written");
    }

    @Test
    void verifyEvidence_thatWasChanged_isAProblemWithAReport() throws Exception {
        capture("a");
        capture("b");
        Path summary = Path.of(workdir, "a", "summary.json");
        Files.writeString(summary, Files.readString(summary).replace("\"k2\"", "\"k9\""));
        Path report = directory.resolve("report.html");

        Run run = Run.of("verify-evidence", workdir, "--report", report.toString(), "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(StrictJson.object(run.out().strip())).containsEntry("passed", false);
        assertThat(run.out()).contains("a/summary.json", "does not have the digest");
        assertThat(Files.readString(report)).contains("FAILED", "a/summary.json");
        assertThat(Run.of("verify-evidence", workdir).out()).contains("FAILED   2 events");
    }

    @Test
    void verifyEvidence_withADigestKeptElsewhere_findsWhatWasTakenAway() throws Exception {
        capture("a");
        Run second = capture("b", "--json");
        String head =
                StrictJson.object(second.out().strip()).get("summary_sha256").toString();
        assertThat(Run.of("verify-evidence", workdir, "--expect-head", head).exitCode())
                .isEqualTo(ExitCode.OK);
        for (String file : new String[] {"keyset.json", "summary.json", "fingerprint.sha256", ""}) {
            Files.delete(Path.of(workdir, "b", file));
        }
        assertThat(Run.of("verify-evidence", workdir).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(Run.of("verify-evidence", workdir, "--expect-head", head).exitCode())
                .isEqualTo(ExitCode.PROBLEM);
        assertThat(Run.of("verify-evidence", workdir, "--expect-head", "12").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void verifyEvidence_reportIntoAnEvent_isRefused() {
        capture("a");
        String inside = Path.of(workdir, "a", "report.html").toString();
        assertThat(Run.of("verify-evidence", workdir, "--report", inside).exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Path.of(inside)).doesNotExist();
        assertThat(Run.of("verify-evidence", workdir, "--report", directory.toString())
                        .exitCode())
                .isEqualTo(ExitCode.SOURCE);
    }

    @Test
    void verifyEvidence_reportThroughALink_isRefusedAndWritesNothing() throws Exception {
        capture("a");
        Path other = Files.writeString(directory.resolve("other"), "somebody's");
        Path link = Files.createSymbolicLink(directory.resolve("report.html"), other);
        assertThat(Run.of("verify-evidence", workdir, "--report", link.toString())
                        .exitCode())
                .isEqualTo(ExitCode.SOURCE);
        assertThat(other).hasContent("somebody's");

        Path alias = Files.createSymbolicLink(directory.resolve("alias"), Path.of(workdir, "a"));
        Path inside = alias.resolve("report.html");
        assertThat(Run.of("verify-evidence", workdir, "--report", inside.toString())
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(inside).doesNotExist();
    }

    @Test
    void verifyEvidence_ofNoDirectory_isSource() {
        assertThat(Run.of("verify-evidence", directory.resolve("absent").toString())
                        .exitCode())
                .isEqualTo(ExitCode.SOURCE);
        assertThat(Run.of("verify-evidence").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void inspectAndDoctor_withEvidence_goByWhatIsOnRecord() throws Exception {
        capture("a");
        String recorded = StrictJson.object(Files.readAllBytes(Path.of(workdir, "a", "summary.json")))
                .get("captured_at_utc")
                .toString();

        Run inspected = Run.of("inspect", "--source", source, "--evidence", workdir, "--json");
        assertThat(inspected.out())
                .contains("\"on_record_since\":{\"k1\":\"" + recorded + "\",\"k2\":\"" + recorded + "\"}");
        assertThat(Run.of("inspect", "--source", source, "--evidence", workdir).out())
                .contains("on record");
        assertThat(Run.of("inspect", "--source", source, "--json").out()).contains("\"on_record_since\":{}");
        String other = SampleKeysets.file(directory, SampleKeysets.ecKeyset()); // the same kids, and other keys
        assertThat(Run.of("inspect", "--source", other, "--evidence", workdir, "--json")
                        .out())
                .doesNotContain(recorded);

        Run doctor = Run.of("doctor", "--source", source, "--evidence", workdir, "--max-key-age", "1ms", "--json");
        assertThat(doctor.out()).contains("1 event, as it was written", "old, more than 1 ms");
        assertThat(Run.of("doctor", "--source", source, "--json").out()).contains("nothing says how old it is");
        Files.writeString(Path.of(workdir, "a", "summary.json"), "{}");
        Run changed = Run.of("doctor", "--source", source, "--evidence", workdir);
        assertThat(changed.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(changed.out()).contains("is not as it was written");
    }

    @Test
    void inspectAndDoctor_withTimes_areThoseOfTheServices() throws Exception {
        Path keys = directory.resolve("times.json");
        Run.of("generate", "--alg", "ES256", "--kid", "k1", "--output", keys.toString());
        Run.of("rotate", "auto", "--store", "file:" + keys, "--token-lifetime", "1h");
        for (String command : new String[] {"inspect", "doctor"}) {
            Run refused = Run.of(command, "--source", "file:" + keys, "--publish-lead", "1s");
            assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCode.USAGE);
            assertThat(refused.err()).contains("publish lead");
        }
        assertThat(Run.of("doctor", "--source", "file:" + keys, "--json").out()).contains("tokens may live for");
        assertThat(Run.of("doctor", "--source", "file:" + keys, "--token-lifetime", "1h", "--json")
                        .out())
                .doesNotContain("tokens may live for");
    }
}
