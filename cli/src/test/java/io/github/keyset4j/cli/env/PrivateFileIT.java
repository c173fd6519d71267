package io.github.keyset4j.cli.env;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class PrivateFileIT {

    private static final byte[] OLD = "A=\"old\"\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NEW = "A=\"new\"\n".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    @Test
    void replace_noFile_isTheOwnersAlone() throws Exception {
        Path path = directory.resolve(".env.runtime");
        PrivateFile file = new PrivateFile(path);
        file.replace(NEW);
        assertThat(path).hasBinaryContent(NEW);
        assertThat(file.mode()).isEqualTo("0600");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertNothingElse(path);
    }

    @Test
    void replace_fileThatOthersRead_isTheOwnersAloneAfterwards() throws Exception {
        Path path = existing();
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrw-r--"));
        PrivateFile file = new PrivateFile(path);
        assertThat(file.mode()).isEqualTo("0764");
        file.replace(NEW);
        assertThat(file.mode()).isEqualTo("0600");
        assertThat(path).hasBinaryContent(NEW);
        assertNothingElse(path);
    }

    /** Whoever has it open goes on reading what it opened: it was replaced, not written over. */
    @Test
    void replace_fileThatIsOpen_leavesTheOldOneToItsReader() throws Exception {
        Path path = existing();
        Object before = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        try (InputStream open = Files.newInputStream(path)) {
            new PrivateFile(path).replace(NEW);
            assertThat(open.readAllBytes()).isEqualTo(OLD);
        }
        assertThat(Files.readAttributes(path, BasicFileAttributes.class).fileKey())
                .isNotEqualTo(before);
        assertThat(path).hasBinaryContent(NEW);
    }

    @Test
    void replace_whileOthersRead_showsOneContentOrTheOther() throws Exception {
        Path path = directory.resolve(".env.runtime");
        byte[] a = "a".repeat(1 << 18).getBytes(StandardCharsets.UTF_8);
        byte[] b = "b".repeat(1 << 17).getBytes(StandardCharsets.UTF_8);
        PrivateFile file = new PrivateFile(path);
        file.replace(a);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> torn = executor.submit(() -> {
                int others = 0;
                while (!done.get()) {
                    byte[] seen = Files.readAllBytes(path);
                    others += Arrays.equals(seen, a) || Arrays.equals(seen, b) ? 0 : 1;
                }
                return others;
            });
            for (int i = 0; i < 200; i++) {
                file.replace(i % 2 == 0 ? b : a);
            }
            done.set(true);
            assertThat(torn.get(30, TimeUnit.SECONDS)).isZero();
        } finally {
            done.set(true);
            executor.shutdownNow();
        }
        assertNothingElse(path);
    }

    @Test
    void replace_symbolicLink_isRefusedAndLeftAlone() throws Exception {
        Path target = existing();
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        refused(link, "a symbolic link; name the file that it points to");
        assertThat(link).isSymbolicLink();
        assertThat(target).hasBinaryContent(OLD);

        Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nowhere"));
        refused(dangling, "a symbolic link");
        assertThat(directory.resolve("nowhere")).doesNotExist();
    }

    @Test
    void replace_whatIsNoFile_isRefusedAndLeavesNothingBehind() throws Exception {
        Path sub = Files.createDirectory(directory.resolve("sub"));
        refused(sub, "not a regular file");
        refused(Path.of("/dev/null"), "not a regular file");
        refused(directory.resolve("absent").resolve("file"), "its directory does not exist");
        assertNothingElse(sub);
    }

    /** A umask that takes from the owner too makes another mode than 0600; nothing may be written then. */
    @Test
    void replace_modeThatCannotBe0600_leavesTheOldFileAndNothingElse() throws Exception {
        Path path = existing();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "umask 0277 && exec \"$@\"",
                        "sh",
                        java,
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReplaceOne.class.getName(),
                        path.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(said).contains("its mode came out as 0400, not 0600");
        assertThat(path).hasBinaryContent(OLD);
        assertNothingElse(path);
    }

    /** A program of its own, for its umask. */
    static final class ReplaceOne {

        private ReplaceOne() {}

        public static void main(String[] args) {
            try {
                new PrivateFile(Path.of(args[0])).replace(NEW);
            } catch (EnvRefusal e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private Path existing() throws Exception {
        return Files.write(directory.resolve(".env.runtime"), OLD);
    }

    private static void refused(Path path, String rule) {
        assertThatExceptionOfType(EnvRefusal.class)
                .isThrownBy(() -> new PrivateFile(path).replace(NEW))
                .withMessageStartingWith(path + ": " + rule);
    }

    private void assertNothingElse(Path expected) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(expected);
        }
    }
}
