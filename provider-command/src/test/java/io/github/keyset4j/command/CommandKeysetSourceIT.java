package io.github.keyset4j.command;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Real commands that do what commands do at their worst. After each test, at once and without waiting, nothing of them
 * is left: no process, known by the directory of the test in its arguments or its environment, and no thread.
 */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class CommandKeysetSourceIT {

    private static final Duration SHORT = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    private Path document;
    private Path ready;

    @BeforeEach
    void writeDocument() throws IOException {
        document = Files.writeString(directory.resolve("keyset.json"), SampleDocuments.keyset("k1"));
        ready = directory.resolve("ready");
    }

    @AfterEach
    void nothingIsLeft() {
        List<ProcessHandle> left = Leftovers.processes(directory.toString()).stream()
                .filter(process -> !ends(process))
                .toList();
        List<String> commands =
                left.stream().map(process -> process.info().toString()).toList();
        left.forEach(ProcessHandle::destroyForcibly);
        assertThat(commands).isEmpty();
        assertThat(Leftovers.threads()).isEmpty();
    }

    /** One that was killed takes a moment to be gone; one that was not would stay. */
    private static boolean ends(ProcessHandle process) {
        try {
            process.onExit().get(2, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A script that finds the document as $1 and the file that says it is ready as $2. */
    private List<String> argv(String body, String... more) throws IOException {
        List<String> argv = new ArrayList<>();
        argv.add(Scripts.write(directory.resolve("fetch"), body).toString());
        argv.add(document.toString());
        argv.add(ready.toString());
        argv.addAll(List.of(more));
        return argv;
    }

    private CommandKeysetSource.Builder command(List<String> argv) {
        return CommandKeysetSource.builder(
                        argv.get(0), argv.subList(1, argv.size()).toArray(String[]::new))
                .environment("KEYSET4J_IT", directory.toString());
    }

    private CommandKeysetSource script(String body, String... more) throws IOException {
        return command(argv(body, more)).build();
    }

    private CommandKeysetSource script(UnaryOperator<CommandKeysetSource.Builder> more, String body)
            throws IOException {
        return more.apply(command(argv(body))).build();
    }

    private static String failure(KeysetSource source, Reason reason) {
        return assertThatThrownBy(source::load)
                .isInstanceOfSatisfying(
                        KeysetLoadException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason))
                .hasMessageStartingWith(source.description() + ": ")
                .hasMessageContaining("; ")
                .hasNoCause()
                .actual()
                .getMessage();
    }

    private void assertThatItDelivers(KeysetSource source) throws Exception {
        assertThat(source.load().size()).isEqualTo((int) Files.size(document));
    }

    // ---- what it prints

    @ParameterizedTest
    @ValueSource(ints = {200_000, 5_000_000})
    void load_muchOnStderr_isDrainedAndCounted(int size) throws Exception {
        assertThatItDelivers(script("head -c " + size + " /dev/zero >&2; cat \"$1\""));
        String message = failure(script("cat \"$1\"; head -c " + size + " /dev/zero >&2; exit 3"), Reason.UNAVAILABLE);
        assertThat(message).contains("exit code 3", "with " + size + " bytes on stderr (withheld)");
    }

    @Test
    void load_asMuchAsAKeysetMayHave_isDelivered() throws Exception {
        KeysetDocument largest =
                script("head -c " + KeysetParser.MAX_BYTES + " /dev/zero").load();
        assertThat(largest.size()).isEqualTo(KeysetParser.MAX_BYTES);
    }

    @Test
    void load_oneByteMore_isTooLarge() throws Exception {
        failure(script("head -c " + (KeysetParser.MAX_BYTES + 1) + " /dev/zero"), Reason.TOO_LARGE);
    }

    @Test
    void load_endlessOutput_isTooLargeLongBeforeTheTimeout() throws Exception {
        CommandKeysetSource source = script(more -> more.timeout(Duration.ofMinutes(10)), "yes \"$1\"");
        assertThat(failure(source, Reason.TOO_LARGE)).contains("output: more than the 1048576 bytes");
    }

    @Test
    void load_tooMuchOutputFromACommandThatGoesOn_isTooLargeLongBeforeTheTimeout() throws Exception {
        CommandKeysetSource source =
                script(more -> more.timeout(Duration.ofMinutes(10)), "head -c 2000000 /dev/zero; sleep 300");
        failure(source, Reason.TOO_LARGE);
    }

    @Test
    void load_endlessStderr_timesOutWithItsSize() throws Exception {
        CommandKeysetSource source = script(more -> more.timeout(SHORT), "yes >&2");
        assertThat(failure(source, Reason.TIMED_OUT)).containsPattern("with [1-9][0-9]{5,} bytes on stderr");
    }

    @Test
    void load_outputInPieces_isPutTogether() throws Exception {
        assertThatItDelivers(
                script("head -c 20 \"$1\"; sleep 0.2; tail -c +21 \"$1\" | head -c 10; sleep 0.2; tail -c +31 \"$1\""));
    }

    @Test
    void load_stdoutClosedLongBeforeTheExit_isDelivered() throws Exception {
        assertThatItDelivers(script("cat \"$1\"; exec >&- 2>&-; sleep 0.3"));
    }

    @Test
    void start_cutInTheMiddleOfACharacter_isRefusedAsNotUtf8() throws Exception {
        KeysetSource source = script("printf '{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"\\303'");
        try (LogCapture log = LogCapture.start()) {
            assertThatThrownBy(() -> KeyManager.builder(source)
                            .startDeadline(Duration.ofSeconds(2))
                            .start())
                    .isInstanceOf(InvalidKeysetException.class)
                    .hasMessageContaining("not UTF-8");
            assertThat(log.lines("ERROR")).hasSize(1);
        }
    }

    @Test
    void load_readsItsInput_getsNone() throws Exception {
        long start = System.nanoTime();
        assertThat(failure(script("cat"), Reason.UNAVAILABLE)).contains("output: nothing, though it exited with 0");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        assertThatItDelivers(script("cat; cat \"$1\""));
    }

    @Test
    void load_printsNothing_isUnavailable() throws Exception {
        assertThat(failure(script("echo no keys today >&2"), Reason.UNAVAILABLE))
                .contains("nothing, though it exited with 0, with 14 bytes on stderr (withheld)")
                .doesNotContain("today");
    }

    // ---- how it ends

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 64, 126, 127, 128, 255})
    void load_exitCode_isTold(int code) throws Exception {
        assertThat(failure(script("cat \"$1\"; exit " + code), Reason.UNAVAILABLE))
                .contains("run: exit code " + code + ", with 0 bytes on stderr");
    }

    @ParameterizedTest
    @CsvSource({"KILL,137,9", "SEGV,139,11", "TERM,143,15"})
    void load_killedBySignal_isTold(String signal, int code, int number) throws Exception {
        assertThat(failure(script("cat \"$1\"; kill -" + signal + " $$"), Reason.UNAVAILABLE))
                .contains("exit code " + code + ", which stands for signal " + number + ",");
    }

    @Test
    void load_hangs_timesOut() throws Exception {
        CommandKeysetSource source = script(more -> more.timeout(SHORT), "cat \"$1\"; echo up >\"$2\"; sleep 300");
        assertThat(failure(source, Reason.TIMED_OUT)).contains("run: not over after PT2S, and ended");
        assertThat(ready).exists();
    }

    @Test
    void load_hangsForLessThanTheDefaultTimeout_isWaitedFor() throws Exception {
        assertThatItDelivers(script("sleep 1.5; cat \"$1\""));
    }

    @Test
    void load_askedToEnd_mayCleanUp() throws Exception {
        CommandKeysetSource source = script(
                more -> more.timeout(SHORT),
                "trap 'rm \"$2\"; exit 1' TERM; echo up >\"$2\"; cp \"$2\" \"$2.copy\"; sleep 300 & wait");
        failure(source, Reason.TIMED_OUT);
        assertThat(directory.resolve("ready.copy")).exists();
        assertThat(ready).doesNotExist();
    }

    @Test
    void load_ignoresTerm_isKilled() throws Exception {
        CommandKeysetSource source =
                script(more -> more.timeout(SHORT), "trap '' TERM; echo up >\"$2\"; while :; do sleep 1; done");
        failure(source, Reason.TIMED_OUT);
        assertThat(ready).exists();
    }

    // ---- what it starts

    @Test
    void load_grandchildHoldsStdout_doesNotWaitForIt() throws Exception {
        long start = System.nanoTime();
        assertThatItDelivers(
                script("(echo up >\"$2\"; exec sleep 300) &\nuntil [ -e \"$2\" ]; do sleep 0.01; done; cat \"$1\""));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void load_grandchildrenIgnoreTermAndHang_areKilledWithIt() throws Exception {
        CommandKeysetSource source = script(
                more -> more.timeout(SHORT),
                "sh -c 'trap \"\" TERM; sh -c \"echo up >\\\"$0\\\"; while :; do sleep 1; done\" \"$0\"' \"$2\" & wait");
        failure(source, Reason.TIMED_OUT);
        assertThat(ready).exists();
    }

    @Test
    void load_grandchildWritesEndlesslyAfterTheExit_isEnded() throws Exception {
        CommandKeysetSource source = script("yes &\nexit 0");
        try {
            assertThat(source.load().size()).isPositive();
        } catch (KeysetLoadException e) {
            assertThat(e.reason()).isIn(Reason.TOO_LARGE, Reason.UNAVAILABLE);
        }
    }

    @Test
    void load_daemonInASessionOfItsOwn_isEnded() throws Exception {
        // Its parent is gone at once, so that it is nobody's descendant.
        assertThatItDelivers(script("(setsid sh -c 'echo up >\"$0\"; exec sleep 300' \"$2\" &)\n"
                + "until [ -e \"$2\" ]; do sleep 0.01; done; cat \"$1\""));
        assertThat(ready).exists();
    }

    @Test
    void load_grandchildWithAnEmptyEnvironmentSeenBefore_isEnded() throws Exception {
        Path hold = Scripts.write(directory.resolve("hold"), "echo up >\"$1\"; while :; do sleep 1; done");
        assertThatItDelivers(script("env -i '" + hold + "' \"$2\" &\nsleep 1; cat \"$1\""));
        assertThat(ready).exists();
    }

    @Test
    void load_startsChildrenWhileItIsEnded_noneEscapes() throws Exception {
        CommandKeysetSource source = script(
                more -> more.timeout(SHORT), "trap '' TERM; echo up >\"$2\"; while :; do sleep 300 & sleep 0.02; done");
        failure(source, Reason.TIMED_OUT);
        assertThat(ready).exists();
    }

    // ---- whether it starts

    @Test
    void load_noSuchExecutable_isNotFound() {
        CommandKeysetSource byPath = command(List.of(directory + "/nothing")).build();
        assertThat(failure(byPath, Reason.NOT_FOUND)).contains("start: there is no such executable");
        CommandKeysetSource byName =
                command(List.of("keyset4j-no-such-command")).build();
        failure(byName, Reason.NOT_FOUND);
        CommandKeysetSource throughAFile =
                command(List.of(document + "/nothing")).build();
        failure(throughAFile, Reason.NOT_FOUND);
    }

    @Test
    void load_danglingLink_isNotFoundAndSaysSo() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nowhere"));
        CommandKeysetSource source = command(List.of(link.toString())).build();
        assertThat(failure(source, Reason.NOT_FOUND)).contains("what it links to or is interpreted by is not");
    }

    @Test
    void load_noSuchInterpreter_isNotFoundAndSaysSo() throws Exception {
        Path file = Scripts.writeRaw(directory.resolve("fetch"), "#!/no/such/interpreter\n");
        CommandKeysetSource source = command(List.of(file.toString())).build();
        assertThat(failure(source, Reason.NOT_FOUND)).contains("what it links to or is interpreted by is not");
    }

    @Test
    void load_noSuchWorkingDirectory_isNotFoundAndSaysSo() throws Exception {
        CommandKeysetSource source = script(more -> more.directory(directory.resolve("nowhere")), "cat \"$1\"");
        assertThat(failure(source, Reason.NOT_FOUND)).contains("there is no such working directory");
    }

    @Test
    void load_notExecutable_isDenied() {
        CommandKeysetSource file = command(List.of(document.toString())).build();
        assertThat(failure(file, Reason.DENIED)).contains("start: executing is not permitted");
        CommandKeysetSource notAFile = command(List.of(directory.toString())).build();
        failure(notAFile, Reason.DENIED);
    }

    // ---- what it is given

    @Test
    void load_environment_isWhatIsAllowed() throws Exception {
        assertThat(System.getenv("KEYSET4J_IT_CANARY")).isNotNull();
        assertThat(environment(builder -> builder))
                .doesNotContain("KEYSET4J_IT_CANARY", "canary-in-the-environment")
                .contains("AWS_KEYSET4J_IT=passed-by-default", "PATH=" + System.getenv("PATH"));
        assertThat(environment(builder -> builder.passEnvironment("KEYSET4J_IT_CANARY")))
                .contains("KEYSET4J_IT_CANARY=canary-in-the-environment");
        assertThat(environment(builder -> builder.passEnvironment("KEYSET4J_IT_C*")))
                .contains("KEYSET4J_IT_CANARY=canary-in-the-environment");
        assertThat(environment(builder -> builder.environment("AWS_KEYSET4J_IT", "a value = of its own")))
                .contains("AWS_KEYSET4J_IT=a value = of its own")
                .doesNotContain("passed-by-default");
    }

    private String environment(UnaryOperator<CommandKeysetSource.Builder> more) throws Exception {
        script(more, "env >\"$2\"; cat \"$1\"").load();
        return Files.readString(ready);
    }

    @Test
    void load_directory_isWhereItRuns() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("else where"));
        assertThatItDelivers(script(more -> more.directory(elsewhere), "pwd -P >\"$2\"; cat \"$1\""));
        assertThat(Files.readString(ready).strip())
                .isEqualTo(elsewhere.toRealPath().toString());
    }

    @Test
    void load_arguments_arriveUntouched() throws Exception {
        String[] arguments = {
            "two words", "", "'single' \"double\"", "$HOME `id` \\ ;|&*?~", "--ünïcode=€", "line\nbreak"
        };
        assertThatItDelivers(
                script("d=$1 r=$2; shift 2; for a; do printf '%s\\0' \"$a\"; done >\"$r\"; cat \"$d\"", arguments));
        assertThat(Files.readString(ready, StandardCharsets.UTF_8)).isEqualTo(String.join("\0", arguments) + "\0");
    }

    @Test
    void load_shell_runsWhatAShellRuns() throws Exception {
        CommandKeysetSource piped = CommandKeysetSource.builder("cat \"$KEYSET4J_IT/keyset.json\" | cat && true")
                .shell()
                .environment("KEYSET4J_IT", directory.toString())
                .build();
        assertThatItDelivers(piped);
        assertThat(failure(CommandKeysetSource.shell("keyset4j-no-such-command"), Reason.UNAVAILABLE))
                .contains("exit code 127, the shell's for a command that is not found");
        assertThat(failure(CommandKeysetSource.shell("'" + document + "'"), Reason.UNAVAILABLE))
                .contains("exit code 126, the shell's for a command that may not be executed");
    }

    // ---- who asks

    @Test
    void load_twoThreads_followOneAnother() throws Exception {
        CommandKeysetSource source = script("mkdir \"$2\" || exit 9; sleep 0.3; rmdir \"$2\" || exit 9; cat \"$1\"");
        CompletableFuture<KeysetDocument> other = CompletableFuture.supplyAsync(() -> {
            try {
                return source.load();
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        assertThatItDelivers(source);
        assertThat(other.get(20, TimeUnit.SECONDS).size()).isPositive();
    }

    @Test
    void close_loadRunning_endsItAtOnce() throws Exception {
        KeysetSource source = script(
                more -> more.timeout(Duration.ofMinutes(10)),
                "trap '' TERM; sleep 300 & echo up >\"$2\"; while :; do sleep 1; done");
        KeyManager keys = KeyManager.builder(source).startInBackground();
        Leftovers.await(ready);
        assertThat(Leftovers.processes(directory.toString())).isNotEmpty();
        keys.close();
        keys.close();
        source.close();
    }

    @Test
    void load_interruptedBefore_startsNothing() throws Exception {
        KeysetSource source = script("echo up >\"$2\"; cat \"$1\"");
        Thread.currentThread().interrupt();
        assertThatThrownBy(source::load).isInstanceOf(InterruptedException.class);
        assertThat(ready).doesNotExist();
    }

    @Test
    void start_commandThatFails_leavesNothing() throws Exception {
        KeysetSource source = script("sleep 300 & echo up >\"$2\"; exit 3");
        assertThatThrownBy(() -> KeyManager.builder(source)
                        .startDeadline(Duration.ofSeconds(2))
                        .start())
                .isInstanceOf(KeysetLoadException.class)
                .hasMessageContaining("exit code 3");
        assertThat(ready).exists();
    }

    @Test
    void start_commandThatHangsBeyondTheDeadline_leavesNothing() throws Exception {
        KeysetSource source = script("echo up >\"$2\"; sleep 300");
        assertThatThrownBy(() -> KeyManager.builder(source)
                        .startDeadline(Duration.ofSeconds(2))
                        .start())
                .isInstanceOfSatisfying(
                        KeysetLoadException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMED_OUT));
        assertThat(ready).exists();
    }

    @Test
    void refresh_commandBreaksAndMends_keepsLastKnownGoodAndRecovers() throws Exception {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = KeyManager.builder(script("[ ! -e \"$2\" ] || exit 3; cat \"$1\""))
                        .start()) {
            Files.createFile(ready);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.keyset().key("k1")).isPresent();
            Files.delete(ready);
            Files.writeString(document, SampleDocuments.keyset("k2"));
            assertThat(keys.refreshNow()).isIn(LoadOutcome.LOADED, LoadOutcome.UNCHANGED);
            assertThat(keys.keyset().key("k2")).isPresent();
            assertThat(log.lines("WARN"))
                    .filteredOn(line -> line.message().contains("exit code 3"))
                    .hasSize(1);
        }
    }

    // ---- what is told

    @ParameterizedTest
    @ValueSource(strings = {"exit 3", "exit 0", "kill -KILL $$", "sleep 300", "exec yes canary"})
    void words_secretsInArgumentsOutputAndEnvironment_holdNone(String end) throws Exception {
        List<String> argv = argv("echo canary-stdout; echo canary-stderr >&2; " + end, "--token=canary-argument");
        CommandKeysetSource.Builder builder =
                command(argv).environment("TOKEN", "canary-variable").timeout(Duration.ofSeconds(1));
        KeysetSource source = builder.build();
        StringWriter words = new StringWriter();
        words.append(source.toString()).append(source.findings().toString());

        try (LogCapture log = LogCapture.start()) {
            assertThatThrownBy(() -> KeyManager.builder(source)
                            .startDeadline(Duration.ofMillis(1500))
                            .start())
                    .isInstanceOf(KeysetException.class)
                    .satisfies(e -> e.printStackTrace(new PrintWriter(words, true)));
            words.append(log.text());
        }
        assertThat(words.toString()).contains("command:" + argv.get(0)).doesNotContain("canary");
    }
}
