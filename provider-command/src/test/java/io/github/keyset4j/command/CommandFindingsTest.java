package io.github.keyset4j.command;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class CommandFindingsTest {

    @TempDir
    private Path directory;

    private Path bin;
    private Path executable;
    private Path document;

    @BeforeEach
    void writeCommand() throws IOException {
        bin = Files.createDirectory(directory.resolve("bin"));
        mode(bin, "rwxr-xr-x");
        executable = Scripts.write(bin.resolve("fetch"), "exec cat \"$1\"");
        document = Files.writeString(directory.resolve("keyset.json"), SampleDocuments.keyset("k1"));
    }

    private static void mode(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private KeysetSource run(Path path) {
        return CommandKeysetSource.of(path.toString(), document.toString());
    }

    private static KeyManager strict(KeysetSource source) {
        return KeyManager.builder(source)
                .policy(KeysetPolicy.strictProduction())
                .start();
    }

    private static String refusalByStrict(KeysetSource source) {
        return assertThatThrownBy(() -> strict(source))
                .isInstanceOf(InvalidKeysetException.class)
                .actual()
                .getMessage();
    }

    @Test
    void start_absoluteExecutableOfTheOwner_passesStrictWithoutAWarning() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = strict(run(executable))) {
            assertThat(keys.keyset().key("k1")).isPresent();
            assertThat(log.lines("WARN")).isEmpty();
        }
    }

    @Test
    void start_shell_failsInStrictWithoutItsStringAndWarnsInStandard() {
        KeysetSource source = CommandKeysetSource.shell("cat '" + document + "'");
        try (LogCapture log = LogCapture.start()) {
            assertThat(refusalByStrict(source))
                    .startsWith("command:sh -c (…)")
                    .contains("a string for the shell", "CommandKeysetSource.of(..)")
                    .doesNotContain(document.toString());
            log.clear();
            try (KeyManager keys = KeyManager.builder(source).start()) {
                assertThat(keys.keyset().key("k1")).isPresent();
            }
            assertThat(log.lines("WARN"))
                    .hasSize(1)
                    .allMatch(line -> line.message().contains("a string for the shell"));
        }
    }

    @Test
    void start_relativeName_failsInStrictAndIsLookedUpInStandard() {
        KeysetSource source = CommandKeysetSource.of("cat", document.toString());
        assertThat(refusalByStrict(source)).contains("not an absolute path");
        try (LogCapture log = LogCapture.start();
                KeyManager keys = KeyManager.builder(source).start()) {
            assertThat(keys.keyset().key("k1")).isPresent();
            assertThat(log.lines("WARN")).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rwxrwx---,mode 0770: the group may write it",
        "rwx-w----,mode 0720: the group may write it",
        "rwx----w-,mode 0702: others may write it",
        "rwxrwxrwx,mode 0777: others may write it"
    })
    void start_executableOthersMayWrite_failsInStrict(String permissions, String finding) throws IOException {
        mode(executable, permissions);
        assertThat(refusalByStrict(run(executable))).contains("file " + executable + ", " + finding, "chmod go-w");
    }

    @ParameterizedTest
    @CsvSource({
        "rwxrwxr-x,mode 0775: the group may replace what is in it",
        "rwxr-xrwx,mode 0757: others may replace what is in it"
    })
    void start_directoryOthersMayWrite_failsInStrict(String permissions, String finding) throws IOException {
        mode(bin, permissions);
        assertThat(refusalByStrict(run(executable))).contains("directory " + bin + ", " + finding, "chmod go-w");
    }

    @Test
    void start_directoryFurtherUpThatOthersMayWrite_failsInStrict() throws IOException {
        mode(directory, "rwxrwxrwx");
        assertThat(refusalByStrict(run(executable))).contains("directory " + directory + ", mode 0777");
    }

    @Test
    void start_workingDirectoryOthersMayWrite_failsInStrict() throws IOException {
        Path work = Files.createDirectory(directory.resolve("work"));
        mode(work, "rwxrwxrwx");
        assertThat(refusalByStrict(CommandKeysetSource.builder(executable.toString(), document.toString())
                        .directory(work)
                        .build()))
                .contains("directory " + work + ", mode 0777");
    }

    @Test
    void start_stickyDirectory_passesStrict() throws IOException {
        Files.setAttribute(bin, "unix:mode", 01777);
        strict(run(executable)).close();
    }

    @Test
    void start_linkToAWritableExecutable_failsInStrict() throws IOException {
        mode(executable, "rwxrwx---");
        Path link = Files.createSymbolicLink(directory.resolve("link"), executable);
        assertThat(refusalByStrict(run(link))).contains("file " + executable + ", mode 0770");
    }

    @Test
    void start_linkIntoAWritableDirectory_failsInStrict() throws IOException {
        mode(bin, "rwxrwxrwx");
        Path link = Files.createSymbolicLink(directory.resolve("link"), executable);
        assertThat(refusalByStrict(run(link))).contains("mode 0777: others may replace what is in it");
    }

    @Test
    void start_linkThatOthersMayRedirect_failsInStrict() throws IOException {
        Path loose = Files.createDirectory(directory.resolve("loose"));
        mode(loose, "rwxrwxrwx");
        Path inner = Files.createSymbolicLink(loose.resolve("inner"), Path.of("../bin/fetch"));
        Path outer = Files.createSymbolicLink(directory.resolve("outer"), inner);
        assertThat(refusalByStrict(run(inner))).contains("mode 0777: others may replace what is in it");
        assertThat(refusalByStrict(run(outer))).contains("mode 0777: others may replace what is in it");
    }

    @Test
    void refresh_executableLoosenedWhileRunning_keepsLastKnownGoodAndDoesNotRunIt() throws IOException {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = strict(run(executable))) {
            Path ran = directory.resolve("ran");
            Scripts.write(executable, "touch '" + ran + "'; exec cat \"$1\"");
            mode(executable, "rwxrwxrwx");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(keys.keyset().key("k1")).isPresent();
            assertThat(log.lines("ERROR")).hasSize(1);
            assertThat(ran).doesNotExist();
        }
    }

    @Test
    void findings_noSuchExecutable_areNone() {
        assertThat(run(bin.resolve("nothing")).findings()).isEmpty();
    }

    @Test
    void findings_linkInACircle_areNone() throws IOException {
        Path circle = directory.resolve("circle");
        Files.createSymbolicLink(circle, circle);
        assertThat(run(circle).findings()).isEmpty();
    }
}
