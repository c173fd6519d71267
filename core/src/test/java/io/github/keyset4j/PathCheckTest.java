package io.github.keyset4j;

import io.github.keyset4j.config.PathCheck;
import io.github.keyset4j.testing.ours.RequiredTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class PathCheckTest {

    private static final int STRANGER = 54321;

    @TempDir
    private Path temporary;

    private Path top;
    private Path inner;
    private Path file;

    @BeforeEach
    void layOut() throws IOException {
        temporary = temporary.toRealPath();
        top = directory(temporary.resolve("top"));
        inner = directory(top.resolve("inner"));
        file = Files.writeString(inner.resolve("file"), "content");
        mode(file, "rw-------");
    }

    private static Path directory(Path path) throws IOException {
        Files.createDirectory(path);
        return mode(path, "rwxr-xr-x");
    }

    private static Path mode(Path path, String mode) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static Path sticky(Path path) throws IOException {
        return Files.setAttribute(path, "unix:mode", 01777);
    }

    private static void belongsTo(Path path, int uid) throws IOException {
        if (!RequiredTool.orElse("run it as root").answer("id", "-u").equals("0")) {
            throw RequiredTool.orElse("run it as root").missing("giving files away is root's alone");
        }
        Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }

    private static void assertStranger(Path path, String place) {
        assertThat(PathCheck.findings(path))
                .containsExactly(KeysetProblem.of(
                                place,
                                "belongs to another user than root or this process's, who may change what it leads to",
                                "chown" + (place.startsWith("link") ? " -h" : "") + " it to one of the two")
                        .withCode("file-permissions"));
    }

    @Test
    void findings_everythingOursOrRoots_areNone() throws IOException {
        assertThat(PathCheck.findings(file)).isEmpty();
        assertThat(PathCheck.findings(Path.of("/etc/passwd"))).isEmpty();
        Path link = Files.createSymbolicLink(top.resolve("link"), Path.of("inner/../inner/./file"));
        assertThat(PathCheck.findings(link)).isEmpty();
        assertThat(PathCheck.findings(top.resolve("inner/../link"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"rwxrwxrwx,0777,others", "rwxrwxr-x,0775,the group", "rwxr-xrwx,0757,others", "rwx-w----,0720,the group"
    })
    void findings_directoryAtAnyStep_areWhoMayWriteIt(String mode, String octal, String who) throws IOException {
        for (Path directory : List.of(inner, top)) {
            mode(directory, mode);
            assertThat(PathCheck.findings(file))
                    .containsExactly(KeysetProblem.of(
                                    "directory " + directory + ", mode " + octal,
                                    who + " may replace what is in it",
                                    "chmod go-w it")
                            .withCode("file-permissions"));
            mode(directory, "rwxr-xr-x");
        }
    }

    @ParameterizedTest
    @CsvSource({"rw--w--w-,0622,others", "rw--w----,0620,the group"})
    void findings_fileOthersMayWrite_areThat(String mode, String octal, String who) throws IOException {
        mode(file, mode);
        assertThat(PathCheck.findings(file))
                .containsExactly(
                        KeysetProblem.of("file " + file + ", mode " + octal, who + " may write it", "chmod go-w it")
                                .withCode("file-permissions"));
    }

    @Test
    void findings_fileOthersMayRead_areNone() throws IOException {
        mode(file, "r-xr-xr-x");
        assertThat(PathCheck.findings(file)).isEmpty();
    }

    @Test
    void findings_linkInADirectoryOfAll_areOfThatDirectory() throws IOException {
        Path loose = mode(directory(temporary.resolve("loose")), "rwxrwxrwx");
        Path link = Files.createSymbolicLink(loose.resolve("link"), file);
        Path outer = Files.createSymbolicLink(top.resolve("outer"), link);
        Path relative = Files.createSymbolicLink(top.resolve("relative"), Path.of("../loose/link"));
        for (Path path : List.of(link, outer, relative)) {
            assertThat(PathCheck.findings(path))
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.where()).isEqualTo("directory " + loose + ", mode 0777"));
        }
    }

    @Test
    void findings_directoryLinkOnTheWay_areOfWhereItLeads() throws IOException {
        mode(top, "rwxrwxrwx");
        Path alias = Files.createSymbolicLink(temporary.resolve("alias"), inner);
        assertThat(PathCheck.findings(alias.resolve("file")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.where()).isEqualTo("directory " + top + ", mode 0777"));
    }

    @Test
    void findings_stickyDirectoryWithWhatIsOurs_areNone() throws IOException {
        sticky(top);
        sticky(inner);
        Path link = Files.createSymbolicLink(inner.resolve("link"), file);
        assertThat(PathCheck.findings(link)).isEmpty();
    }

    @Test
    void findings_strangersFileInAStickyDirectory_areItsOwner() throws IOException {
        sticky(inner);
        belongsTo(file, STRANGER);
        assertStranger(file, "file " + file);
    }

    @Test
    void findings_strangersLinkInAStickyDirectory_areItsOwner() throws IOException {
        sticky(top);
        Path link = Files.createSymbolicLink(top.resolve("link"), file);
        belongsTo(link, STRANGER);
        assertStranger(link, "link " + link);
    }

    @Test
    void findings_strangersStickyDirectory_areItsOwner() throws IOException {
        sticky(inner);
        belongsTo(inner, STRANGER);
        assertStranger(file, "directory " + inner);
    }

    @Test
    void findings_grandparentOfAStranger_areItsOwner() throws IOException {
        belongsTo(top, STRANGER);
        assertStranger(file, "directory " + top);
    }

    @Test
    void findings_nothingThere_areThoseOfTheWay() throws IOException {
        assertThat(PathCheck.findings(inner.resolve("nothing"))).isEmpty();
        mode(top, "rwxrwxrwx");
        assertThat(PathCheck.findings(inner.resolve("nothing"))).hasSize(1);
    }

    @Test
    void findings_linksInACircle_areNone() throws IOException {
        Path circle = top.resolve("circle");
        Files.createSymbolicLink(circle, circle);
        assertThat(PathCheck.findings(circle)).isEmpty();
    }

    @Test
    void findings_longestChainOfLinks_isWalkedToItsEnd() throws IOException {
        mode(file, "rw----rw-");
        Path last = file;
        for (int i = 0; i < 40; i++) {
            last = Files.createSymbolicLink(top.resolve("link" + i), last);
        }
        assertThat(PathCheck.findings(last)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"line\nbreak", "escape\u001b[31m", "reversed\u202etwice\u202e", "line\u2028separator"})
    void findings_nameThatSteersATerminal_isShownWithoutThat(String name) throws IOException {
        Path odd = mode(directory(top.resolve(name)), "rwxrwxrwx");
        assertThat(PathCheck.findings(odd))
                .hasSize(1)
                .allSatisfy(problem -> assertThat(problem.where().codePoints())
                        .noneMatch(point -> Character.getType(point) == Character.CONTROL
                                || Character.getType(point) == Character.FORMAT
                                || Character.getType(point) == Character.LINE_SEPARATOR));
    }

    @Test
    void findings_relativePath_isOneInTheWorkingDirectory() throws IOException {
        mode(inner, "rwxrwxrwx");
        Path relative = Path.of("").toAbsolutePath().relativize(file);
        assertThat(relative.isAbsolute()).isFalse();
        assertThat(PathCheck.findings(relative)).hasSize(1);
    }
}
