package io.github.keyset4j.cli;

import io.github.keyset4j.cli.Run.Surroundings;
import io.github.keyset4j.cli.SampleKeysets.TimedKey;
import io.github.keyset4j.encoding.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class InspectCommandTest {

    private final Instant now = Instant.now();

    @TempDir
    private Path directory;

    private Instant days(int days) {
        return now.plus(Duration.ofDays(days));
    }

    private String rotating() throws Exception {
        return SampleKeysets.file(
                directory,
                SampleKeysets.timed(
                        new TimedKey("old", "access", days(-90), days(5)),
                        new TimedKey("now", "access", days(-20), days(70)),
                        new TimedKey("next", "access", days(60), days(150))));
    }

    private static Map<String, Object> json(Run run) throws Exception {
        return StrictJson.object(run.out().strip());
    }

    @Test
    @SuppressWarnings("unchecked")
    void inspect_json_tellsStatusThumbprintAndInstants() throws Exception {
        Run run = Run.of("inspect", "--json", "--source", rotating());
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(json(run)).containsEntry("valid", true).containsEntry("problems", List.of());
        List<Map<String, Object>> keys = (List<Map<String, Object>>) json(run).get("keys");
        assertThat(keys)
                .extracting(key -> key.get("kid") + " " + key.get("status"))
                .containsExactly("old verification-only", "now active", "next pending");
        assertThat(keys.get(1))
                .containsEntry("alg", "ES256")
                .containsEntry("purpose", "access")
                .containsEntry("can_sign", true)
                .containsEntry("retire_at", keys.get(2).get("activate_at"));
        assertThat((String) keys.get(1).get("thumbprint")).hasSize(43);
        assertThat(json(run)).containsEntry("next_change", keys.get(0).get("remove_at"));
    }

    @Test
    void inspect_text_fitsIntoEightyColumns_inAsciiWithoutUtf8() throws Exception {
        Run run = Run.of("inspect", "--source", rotating());
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(run.out()).matches("(?s)[\\x00-\\x7F]+").contains("now", "next change:", "thumbprint");
        assertThat(run.out()).containsPattern("\nold +\\.?=+-+\\|-*\n").containsPattern("\nnext +\\| +\\.?=+\n");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void inspect_terminal_drawsInColourAndUtf8() throws Exception {
        Run run = Run.with(Surroundings.terminal(Map.of("LANG", "en_US.UTF-8")), "inspect", "--source", rotating());
        assertThat(run.out()).contains("\u001b[32m█", "│", "░", "▒");
    }

    @Test
    void inspect_oneKeyWithoutTimes_isDrawnFromNowOn() throws Exception {
        Run run = Run.of("inspect", "--source", SampleKeysets.file(directory, SampleKeysets.hmacKeyset()));
        assertThat(run.out()).containsPattern("\nh1 +\\|=+\n").doesNotContain("thumbprint");
    }

    @Test
    void inspect_brokenDocument_tellsEveryProblem_andNoSecret() throws Exception {
        String source = SampleKeysets.file(
                directory, SampleKeysets.keyset("absent", Map.of("k1", "CANARY-short", "k2", "CANARY-short2")));
        Run text = Run.of("inspect", "--source", source);
        assertThat(text.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(text.out()).contains("refused", "problem", "-> ").doesNotContain("CANARY");
        Run run = Run.of("inspect", "--json", "--source", source);
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat((List<?>) json(run).get("problems")).hasSizeGreaterThanOrEqualTo(2);
        assertThat(run.out()).doesNotContain("CANARY");
    }

    @Test
    void inspect_fileThatOthersRead_warns_andStrictRefuses() throws Exception {
        String source = rotating();
        Files.setPosixFilePermissions(
                Path.of(source.substring("file:".length())), PosixFilePermissions.fromString("rw-r--r--"));
        Run standard = Run.of("inspect", "--source", source);
        assertThat(standard.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(standard.out()).contains("warning  file mode 0644").contains("-> chmod 600");
        Run strict = Run.of("inspect", "--policy", "strict", "--source", source);
        assertThat(strict.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(strict.out()).contains("problem  file mode 0644");
    }

    @Test
    void inspect_noKeySignsNow_isProblem() throws Exception {
        String source =
                SampleKeysets.file(directory, SampleKeysets.timed(new TimedKey("late", "access", days(2), days(9))));
        Run run = Run.of("inspect", "--source", source);
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(run.out()).contains("no active key for the purpose access", "late");
    }

    @Test
    void column_textThatIsTooLong_isCut() {
        assertThat(TimelineText.column("abcdefgh", 8)).isEqualTo("abcde~  ").hasSize(8);
        assertThat(TimelineText.column("abcdef", 8)).isEqualTo("abcdef  ");
    }

    @Test
    void safe_textThatSteersATerminal_isMadeHarmless() {
        assertThat(Style.safe("a\u001b[31mb\u202Ec\nd")).isEqualTo("a\uFFFD[31mb\uFFFDc\uFFFDd");
    }

    @Test
    void timeWords_distances_areRounded() {
        assertThat(TimeWords.of(Duration.ofMinutes(90))).isEqualTo("1 h 30 min");
        assertThat(TimeWords.of(Duration.ofMillis(1))).isEqualTo("1 ms");
        assertThat(TimeWords.of(Duration.ofDays(200).plusHours(3))).isEqualTo("200 d");
        assertThat(TimeWords.relative(now.minusSeconds(61), now)).isEqualTo("1 min 1 s ago");
    }
}
