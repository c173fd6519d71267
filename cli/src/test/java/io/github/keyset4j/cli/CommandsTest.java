package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.cli.Run.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class CommandsTest {

    @TempDir
    private Path directory;

    @Test
    void run_noArguments_saysWhatThereIsOnStderr() {
        Run run = Run.of();
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("Usage: keyset4j", "jwks");
    }

    @Test
    void run_help_isDataOnStdout() {
        Run run = Run.of("--help");
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("Usage: keyset4j", "jwks", "Exit codes");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void run_unknownCommand_isUsage() {
        Run run = Run.of("jkws");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).isEqualTo("keyset4j: no such command\nTry: keyset4j --help\n");
    }

    @Test
    void run_strayArguments_areNeverRepeated() {
        Run run = Run.of("jwks", "--source", "env:X", "CANARY");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).doesNotContain("CANARY");
        assertThat(Run.of("jwks", "--source", "env:X", "--bogus=CANARY").err())
                .contains("unknown option --bogus")
                .doesNotContain("CANARY");
        assertThat(Run.of("jwks", "--source", "file:%ZZCANARY").err())
                .contains("--source", "not a URI from character 6 on")
                .doesNotContain("CANARY");
        assertThat(Run.of("jwks", "--source", "env:X", "--timeout", "CANARY").err())
                .contains("--timeout", "not a positive duration")
                .doesNotContain("CANARY");
    }

    @Test
    void run_uriThatNobodyProvides_isUsage() {
        Run run = Run.of("jwks", "--source", "nobody:x");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("keyset4j jwks: source URI: no provider");
    }

    @Test
    void run_sourceWithoutDocument_isSource() {
        Run run = Run.of("jwks", "--source", "file:" + directory.resolve("absent.json"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.SOURCE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("there is no such file").hasLineCount(1);
    }

    @Test
    void run_invalidKeyset_isProblem_andNoStackTrace() throws Exception {
        Run run = Run.of("jwks", "--source", SampleKeysets.file(directory, Map.of("keys", Map.of("k1", "short"))));
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(run.err()).contains("keyset4j jwks: file:").doesNotContain("\tat ", "    at ");
    }

    @Test
    void run_verbose_tellsWhereItFailed() {
        Run run = Run.of("jwks", "-v", "--source", "file:" + directory.resolve("absent.json"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.SOURCE);
        assertThat(run.err()).contains("KeysetLoadException", "    at ");
    }

    @Test
    void run_sourceThatHangs_endsAtTheTimeout() {
        String sleep = "command:/bin/sleep?arg=30&timeout=1m";
        Run run = Run.of("jwks", "--timeout", "100ms", "--source", sleep);
        assertThat(run.exitCode()).isEqualTo(ExitCode.SOURCE);
        assertThat(run.err()).contains("no answer within 100 ms");
    }

    @Test
    void jwks_keysetWithPrivateKeys_writesThePublicMembersAlone() throws Exception {
        Run run = Run.of("jwks", "--source", SampleKeysets.file(directory, SampleKeysets.ecKeyset()));
        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("{\"keys\":[{\"kty\":\"EC\",\"kid\":\"k1\"")
                .hasLineCount(1);
        assertThat(run.out()).contains("\"kid\":\"k2\"").doesNotContain("\"d\"", "PRIVATE");
    }

    @Test
    void jwks_purpose_leavesOutTheOthers() throws Exception {
        String source = SampleKeysets.file(directory, SampleKeysets.pemPairs());
        Run run = Run.of("jwks", "--purpose", "refresh", "--source", source);
        assertThat(run.out()).contains("refresh-1").doesNotContain("access-1");
        assertThat(Run.of("jwks", "--purpose", "other", "--source", source).exitCode())
                .isEqualTo(ExitCode.PROBLEM);
    }

    @Test
    void jwks_hmacKeysAlone_isProblem() throws Exception {
        Run run = Run.of("jwks", "--source", SampleKeysets.file(directory, SampleKeysets.hmacKeyset()));
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("no key to publish");
    }

    @Test
    void jwks_strictPolicy_refusesAFileThatOthersRead() throws Exception {
        String source = SampleKeysets.file(directory, SampleKeysets.ecKeyset());
        Path path = Path.of(source.substring("file:".length()));
        Files.setPosixFilePermissions(path, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(Run.of("jwks", "--source", source).exitCode()).isEqualTo(ExitCode.OK);
        Run strict = Run.of("jwks", "--policy", "strict", "--source", source);
        assertThat(strict.exitCode()).isEqualTo(ExitCode.PROBLEM);
    }

    @Test
    void secret_withoutTheOption_isRefused() {
        assertThat(ExitCode.of(new Refusal("no"))).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void colours_followNoColorAndTheTerminal() {
        assertThat(Run.with(Surroundings.terminal(Map.of()), "--help").out()).contains("\u001b[");
        assertThat(Run.with(Surroundings.terminal(Map.of("NO_COLOR", "1")), "--help")
                        .out())
                .doesNotContain("\u001b[");
        assertThat(Run.with(Surroundings.terminal(Map.of("TERM", "dumb")), "--help")
                        .out())
                .doesNotContain("\u001b[");
        assertThat(Run.of("--help").out()).doesNotContain("\u001b[");
    }

    // ---- convert, of a pair that was put in the place of another

    private Path pair(String kid) {
        Path file = directory.resolve(kid + ".json");
        Run run = Run.of("generate", "--alg", "ES256", "--kid", kid, "--to", "pem-pairs", "--output", file.toString());
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        return file;
    }

    private Run convertReplaced(Path first, Path second, Duration ago, Path into) throws Exception {
        Instant written = Instant.now().minus(ago);
        KeysetDocument before =
                KeysetDocument.of(Files.readAllBytes(first)).withRevisionTime(written.minus(Duration.ofDays(30)));
        HookedStoreProvider.loaded =
                document -> document.withRevisionTime(written).withPrevious(before);
        try {
            return Run.of("convert", "--source", "hooked:" + second, "--to", "jwk-set", "--output", into.toString());
        } finally {
            HookedStoreProvider.loaded = UnaryOperator.identity();
        }
    }

    private static String signer(Path keyset) throws Exception {
        String token = Run.of("sign", "--source", "file:" + keyset).out().strip();
        return new String(Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))), UTF_8);
    }

    @Test
    void convert_aPairReplacedAnHourAgo_listsTheKeyBeforeUntilItsTokensHaveEnded() throws Exception {
        Path first = pair("k1");
        Path set = directory.resolve("set.json");
        String live = Run.of("sign", "--source", "file:" + first).out().strip();
        Run convert = convertReplaced(first, pair("k2"), Duration.ofHours(1), set);
        assertThat(convert.exitCode()).as(convert.err()).isEqualTo(ExitCode.OK);
        assertThat(convert.err())
                .contains("listed k1, which the previous version had and which is in use until")
                .contains("converted 2 keys from pem-pairs to jwk-set");
        assertThat(Run.of("verify", "--source", "file:" + set, live).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(signer(set)).contains("\"k2\"");
    }

    @Test
    void convert_aPairReplacedJustNow_lastKeySignsOnUntilTheNewOneIsKnown() throws Exception {
        Path set = directory.resolve("set.json");
        Run convert = convertReplaced(pair("k1"), pair("k2"), Duration.ofMinutes(1), set);
        assertThat(convert.exitCode()).as(convert.err()).isEqualTo(ExitCode.OK);
        assertThat(signer(set)).contains("\"k1\"");
        Run inspect = Run.of("inspect", "--source", "file:" + set);
        assertThat(inspect.out()).contains("k1", "k2");
    }

    @Test
    void convert_aPairReplacedLongAgo_leavesTheKeyBeforeOut() throws Exception {
        Path set = directory.resolve("set.json");
        Run convert = convertReplaced(pair("k1"), pair("k2"), Duration.ofDays(3), set);
        assertThat(convert.err()).contains("converted 1 keys");
        assertThat(Files.readString(set)).doesNotContain("\"k1\"");
    }
}
