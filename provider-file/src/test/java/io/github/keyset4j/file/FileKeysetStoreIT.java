package io.github.keyset4j.file;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.rotation.KeysetStore;
import io.github.keyset4j.testing.ours.RequiredTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Writers that are processes of their own: two at once, and one that is killed or let down at any system call. */
@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FileKeysetStoreIT {

    private static final int ROUNDS = 200;
    private static final long LONGEST_SECONDS = 60;

    /** A line of strace: the thread, the system call, what it was asked. */
    private static final Pattern CALL = Pattern.compile("\\d+\\s+(\\w+)\\((.*)");

    /** How system calls fail in real life: no permission, no lock daemon, no space, a bad disk, a mount point. */
    private static final Map<String, String> FAILURES = Map.of(
            "openat", "EACCES",
            "fcntl", "ENOLCK",
            "fchmod", "EPERM",
            "chmod", "EPERM",
            "write", "ENOSPC",
            "fsync", "EIO",
            "rename", "EBUSY");

    @TempDir
    private Path directory;

    private Path place;
    private Path file;

    @BeforeEach
    void nameFile() throws IOException {
        place = Files.createDirectory(directory.resolve("place"));
        file = place.resolve("keyset.json");
    }

    private static List<String> java(Path file, String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                StoreProcess.class.getName(),
                file.toString()));
        command.addAll(List.of(args));
        return command;
    }

    /** A writer in a process of its own. */
    private static final class Writer implements AutoCloseable {

        private final String name;
        private final Process process;
        private final PrintStream in;
        private final BufferedReader out;

        Writer(Path file, String name) throws IOException {
            this.name = name;
            this.process = new ProcessBuilder(java(file, "race", name))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            this.in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
            this.out = process.inputReader(StandardCharsets.UTF_8);
        }

        void say(int round) {
            in.println(round);
        }

        String answer() throws IOException {
            return out.readLine();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Test
    void replace_twoProcesses_200Rounds_oneWinsEachAndNoKeyIsLost() throws Exception {
        KeysetStore store = FileKeysetStore.of(file);
        store.create(KeysetDocument.of(Growing.EMPTY));
        List<String> winners = new ArrayList<>();
        try (Writer one = new Writer(file, "one");
                Writer other = new Writer(file, "other")) {
            List<Writer> writers = List.of(one, other);
            for (int i = 0; i < ROUNDS; i++) {
                for (String expected : List.of(StoreProcess.READ, "the outcome")) {
                    int round = i;
                    writers.forEach(writer -> writer.say(round));
                    List<String> answers = List.of(one.answer(), other.answer());
                    if (expected.equals(StoreProcess.READ)) {
                        assertThat(answers).containsOnly(StoreProcess.READ);
                    } else {
                        assertThat(answers).containsExactlyInAnyOrder(StoreProcess.WRITTEN, StoreProcess.CONFLICT);
                        Writer winner = writers.get(answers.indexOf(StoreProcess.WRITTEN));
                        winners.add(winner.name + "-" + i);
                    }
                }
            }
        }
        assertThat(Growing.kids(store.load())).containsExactlyElementsOf(winners);
        assertThat(winners)
                .as("both win some")
                .anyMatch(kid -> kid.startsWith("one"))
                .anyMatch(kid -> kid.startsWith("other"));
        assertThat(names()).containsExactly(".keyset.json.lock", "keyset.json");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(place)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** The n-th call of its name, as strace counts them. */
    private record Call(String name, int ordinal, String asked) {}

    private record Run(int exit, String said, List<Call> calls) {}

    /** A process that replaces the document once, with strace letting things happen to it. */
    private Run replace(String fresh, String... inject) throws Exception {
        RequiredTool.orElse("apt-get install strace").answer("strace", "-V");
        Path content = Files.writeString(directory.resolve("new.json"), fresh);
        Path trace = directory.resolve("trace");
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-qqq", "-o", trace.toString()));
        Path temporary = place.resolve(".keyset.json." + StoreProcess.TEMPORARY + ".tmp");
        for (Path concerned : List.of(place, file, WriteLock.beside(file), temporary)) {
            command.addAll(List.of("-P", concerned.toString()));
        }
        command.addAll(List.of(inject));
        command.addAll(java(file, "once", content.toString()));
        Path said = directory.resolve("said");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("takes too long");
        }
        Map<String, Integer> counted = new HashMap<>();
        List<Call> calls = new ArrayList<>();
        for (String line : Files.readAllLines(trace)) {
            Matcher call = CALL.matcher(line);
            if (call.matches()) {
                calls.add(new Call(call.group(1), counted.merge(call.group(1), 1, Integer::sum), call.group(2)));
            }
        }
        return new Run(process.exitValue(), Files.readString(said).strip(), calls);
    }

    private void start(String document) throws IOException {
        for (String name : names()) {
            Files.delete(place.resolve(name));
        }
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, document);
    }

    private void assertWholeAndWritable(String old, String fresh, String when) throws Exception {
        assertThat(Files.readString(file)).as(when).isIn(old, fresh);
        for (String name : names()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place.resolve(name))))
                    .as("%s, %s", when, name)
                    .isEqualTo("rw-------");
        }
        KeysetStore next = FileKeysetStore.of(file);
        String afterwards = SampleDocuments.keyset("next");
        next.replace(KeysetDocument.of(afterwards), next.load().revision().orElseThrow());
        assertThat(Files.readString(file)).as(when).isEqualTo(afterwards);
        assertThat(names()).as(when).containsExactly(".keyset.json.lock", "keyset.json");
    }

    @Test
    void replace_killedBeforeAnySystemCall_leavesTheOldOrTheNewDocument() throws Exception {
        String old = SampleDocuments.keyset("old");
        String fresh = SampleDocuments.keyset("new") + " ".repeat(10_000);
        start(old);
        Run whole = replace(fresh);
        assertThat(whole.said()).isEqualTo(StoreProcess.WRITTEN);
        assertThat(whole.calls().stream().map(Call::name))
                .as("what a write is made of")
                .contains("openat", "fcntl", "write", "fsync", "rename", "close");
        int kept = 0;
        int replaced = 0;
        int unreached = 0;
        for (Call call : whole.calls()) {
            String when = "killed before " + call;
            start(old);
            Run killed = replace(fresh, "-e", "inject=" + call.name() + ":signal=KILL:when=" + call.ordinal());
            if (killed.exit() == 0) {
                // The runtime makes a call more or less of some kinds: there was none to be killed before.
                unreached++;
                assertThat(killed.said()).as(when).isEqualTo(StoreProcess.WRITTEN);
                assertThat(Files.readString(file)).as(when).isEqualTo(fresh);
                continue;
            }
            assertThat(killed.exit()).as(when).isEqualTo(137);
            assertThat(killed.said()).as(when).doesNotContain(StoreProcess.WRITTEN);
            if (Files.readString(file).equals(old)) {
                kept++;
            } else {
                replaced++;
            }
            assertWholeAndWritable(old, fresh, when);
        }
        assertThat(kept).isPositive();
        assertThat(replaced).isPositive();
        assertThat(unreached).isLessThan(whole.calls().size() / 4);
    }

    @Test
    void replace_systemCallFails_saysSoAndLeavesTheOldOrTheNewDocument() throws Exception {
        String old = SampleDocuments.keyset("old");
        String fresh = SampleDocuments.keyset("new");
        start(old);
        List<Call> calls = replace(fresh).calls();
        int told = 0;
        for (Call call : calls) {
            String error = FAILURES.get(call.name());
            if (error == null
                    || call.asked().contains("F_UNLCK")
                    || call.asked().contains("F_DUPFD")) {
                continue; // giving the lock back cannot fail
            }
            String when = error + " at " + call;
            start(old);
            Run failed = replace(fresh, "-e", "inject=" + call.name() + ":error=" + error + ":when=" + call.ordinal());
            if (failed.said().equals(StoreProcess.WRITTEN)) {
                // The runtime had another way: JDK 25 gives a file its mode by path where it cannot open it.
                assertThat(Files.readString(file)).as(when).isEqualTo(fresh);
            } else {
                told++;
                assertThat(failed.said())
                        .as(when)
                        .startsWith("file:" + file + ": ")
                        .contains("; ")
                        .doesNotContain(fresh);
            }
            assertThat(names()).as(when).noneMatch(name -> name.endsWith(".tmp"));
            assertWholeAndWritable(old, fresh, when);
        }
        assertThat(told).as("failures that were told of").isGreaterThan(5);
    }
}
