package io.github.keyset4j.file;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.testing.KeysetSourceContract;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class FileKeysetSourceTest extends KeysetSourceContract {

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("keyset.json");
    }

    @Override
    protected KeysetSource source() {
        return FileKeysetSource.of(file);
    }

    @Override
    protected void store(String document) throws IOException {
        Path beside = Files.createTempFile(directory, "keyset", ".tmp");
        Files.writeString(beside, document);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    protected void remove() throws IOException {
        Files.delete(file);
    }

    private void storeKid(String kid) throws IOException {
        store(SampleDocuments.keyset(kid));
    }

    private void mode(String octal) throws IOException {
        StringBuilder permissions = new StringBuilder();
        for (int i = 1; i < octal.length(); i++) {
            int bits = octal.charAt(i) - '0';
            permissions
                    .append((bits & 4) == 0 ? '-' : 'r')
                    .append((bits & 2) == 0 ? '-' : 'w')
                    .append((bits & 1) == 0 ? '-' : 'x');
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions.toString()));
    }

    private static KeyManager start(KeysetSource source) {
        return KeyManager.builder(source).startDeadline(Duration.ofSeconds(10)).start();
    }

    private static KeyManager strict(KeysetSource source) {
        return KeyManager.builder(source)
                .policy(KeysetPolicy.strictProduction())
                .start();
    }

    /** Why a strict manager does not start from this source. */
    private static String refusalByStrict(KeysetSource source) {
        return assertThatThrownBy(() -> strict(source))
                .isInstanceOf(InvalidKeysetException.class)
                .actual()
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0600", "0400"})
    void start_ownerOnly_passesStrict(String mode) throws IOException {
        storeKid("k1");
        mode(mode);
        try (KeyManager keys = strict(FileKeysetSource.of(file));
                LogCapture log = LogCapture.start()) {
            assertThat(keys.keyset().key("k1")).isPresent();
            assertThat(log.lines("WARN")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0644,others have access",
        "0604,others have access",
        "0602,others have access",
        "0601,others have access",
        "0620,the group has access",
        "0660,the group has access",
        "0640,the group may read",
        "0440,the group may read"
    })
    void start_moreThanTheOwner_failsInStrictAndWarnsInStandard(String mode, String rule) throws IOException {
        storeKid("k1");
        mode(mode);
        try (LogCapture log = LogCapture.start()) {
            assertThat(refusalByStrict(FileKeysetSource.of(file))).contains("file mode " + mode, rule, "chmod 600");
            KeysetSource inside = FileKeysetSource.of(file);
            assertThat(refusalByStrict(() -> inside.load())).as("in a lambda").contains("file mode " + mode, rule);
            assertThat(refusalByStrict(inside.around(KeysetSource::load))).contains("file mode " + mode, rule);
            log.clear();
            start(FileKeysetSource.of(file)).close();
            assertThat(log.lines("WARN")).anyMatch(line -> line.message().contains(rule));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0440", "0640"})
    void start_groupReadAllowedByName_passesStrict(String mode) throws IOException {
        storeKid("k1");
        mode(mode);
        try (KeyManager keys =
                strict(FileKeysetSource.builder(file).allowGroupRead().build())) {
            assertThat(keys.keyset().key("k1")).isPresent();
        }
    }

    @Test
    void start_groupReadAllowed_stillRefusesGroupWriteInStrict() throws IOException {
        storeKid("k1");
        mode("0660");
        assertThat(refusalByStrict(
                        FileKeysetSource.builder(file).allowGroupRead().build()))
                .contains("file mode 0660: the group has access", "mode 0660: the group may write it");
    }

    @Test
    void start_directoryWritableByAll_failsInStrict() throws IOException {
        storeKid("k1");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(refusalByStrict(FileKeysetSource.of(file)))
                .contains("directory " + directory + ", mode 0777: others may replace what is in it");
    }

    @Test
    void start_linkThatOthersMayReplace_failsInStrict() throws IOException {
        storeKid("k1");
        Path loose = Files.createDirectory(directory.resolve("loose"));
        Files.setPosixFilePermissions(loose, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path link = Files.createSymbolicLink(loose.resolve("link"), file);
        Path outer = Files.createSymbolicLink(directory.resolve("outer"), link);
        assertThat(refusalByStrict(FileKeysetSource.of(link))).contains("directory " + loose + ", mode 0777");
        assertThat(refusalByStrict(FileKeysetSource.of(outer))).contains("directory " + loose + ", mode 0777");
    }

    @Test
    void start_directoryFurtherUpThatOthersMayWrite_failsInStrict() throws IOException {
        Path loose = Files.createDirectory(directory.resolve("loose"));
        Path inner = Files.createDirectory(loose.resolve("inner"));
        Files.setPosixFilePermissions(loose, PosixFilePermissions.fromString("rwxrwxrwx"));
        storeKid("k1");
        Path moved = Files.move(file, inner.resolve("keyset.json"));
        assertThat(refusalByStrict(FileKeysetSource.of(moved))).contains("directory " + loose + ", mode 0777");
    }

    @Test
    void start_mountedSecret_passesStrictAsKubeletLaysItOut() throws IOException {
        KubernetesMount mount = new KubernetesMount(directory.resolve("mount"));
        mount.swap(SampleDocuments.keyset("k1"));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = strict(
                        FileKeysetSource.builder(mount.file()).allowGroupRead().build())) {
            mount.swap(SampleDocuments.keyset("k2"));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(log.lines("WARN")).noneMatch(line -> line.message().contains("mode"));
        }
    }

    @Test
    void refresh_permissionsLoosenedWhileRunning_keepsLastKnownGoodInStrict() throws IOException {
        storeKid("k1");
        try (LogCapture log = LogCapture.start();
                KeyManager keys = strict(FileKeysetSource.of(file))) {
            mode("0644");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(keys.keyset().key("k1")).isPresent();
            assertThat(log.lines("ERROR")).hasSize(1);
        }
    }

    @Test
    void refresh_kubernetesSwaps_threeInARow_eachIsLoaded() throws IOException {
        KubernetesMount mount = new KubernetesMount(directory.resolve("mount"));
        mount.swap(SampleDocuments.keyset("k0"));
        try (KeyManager keys = start(FileKeysetSource.of(mount.file()))) {
            for (int i = 1; i <= 3; i++) {
                mount.swap(SampleDocuments.keyset("k" + i));
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
                assertThat(keys.keyset().key("k" + i)).isPresent();
            }
        }
    }

    @Test
    void load_throughLinks_readsWhatTheyLeadTo() throws IOException, InterruptedException {
        storeKid("k1");
        Path second = Files.createSymbolicLink(directory.resolve("second"), file);
        Path first = Files.createSymbolicLink(directory.resolve("first"), second);
        assertThat(FileKeysetSource.of(first).load().size()).isEqualTo(Files.size(file));
    }

    @Test
    void load_danglingLink_isNotFound() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nowhere"));
        assertThatThrownBy(() -> FileKeysetSource.of(link).load())
                .isInstanceOfSatisfying(
                        KeysetLoadException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    }

    @Test
    void start_fileAppearsLater_startsThen() throws Exception {
        try (KeyManager keys = KeyManager.builder(FileKeysetSource.of(file)).startInBackground()) {
            storeKid("k1");
            assertThat(keys.refreshNow()).isIn(LoadOutcome.LOADED, LoadOutcome.UNCHANGED); // or found by itself
            assertThat(keys.keyset().key("k1")).isPresent();
        }
    }

    @Test
    void refresh_fileGoneAndBack_keepsLastKnownGoodAndRecovers() throws IOException {
        storeKid("k1");
        try (LogCapture log = LogCapture.start();
                KeyManager keys = start(FileKeysetSource.of(file))) {
            remove();
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.keyset().key("k1")).isPresent();
            storeKid("k2");
            assertThat(keys.refreshNow()).isIn(LoadOutcome.LOADED, LoadOutcome.UNCHANGED);
            assertThat(keys.keyset().key("k2")).isPresent();
            assertThat(log.lines("ERROR")).hasSize(1);
        }
    }

    @Test
    void load_largerThanAKeysetMayBe_isTooLarge() throws IOException {
        store("x".repeat(KeysetParser.MAX_BYTES + 1));
        assertThatThrownBy(() -> FileKeysetSource.of(file).load())
                .isInstanceOfSatisfying(
                        KeysetLoadException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
    }

    @Test
    void load_endlessFile_isRefused() {
        assertThatThrownBy(() -> FileKeysetSource.of(Path.of("/dev/zero")).load())
                .isInstanceOf(KeysetLoadException.class)
                .hasMessageContaining("not a regular file");
    }

    @Test
    void load_directory_isUnavailable() {
        assertThatThrownBy(() -> FileKeysetSource.of(directory).load())
                .isInstanceOfSatisfying(
                        KeysetLoadException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
    }

    @Test
    void load_beingWritten_waitsUntilItIsWhole() throws Exception {
        String whole = SampleDocuments.keyset("k1");
        Files.writeString(file, whole.substring(0, 20));
        AtomicInteger pauses = new AtomicInteger();
        FileKeysetSource.Builder builder = FileKeysetSource.builder(file);
        builder.pause = () -> {
            if (pauses.incrementAndGet() == 1) {
                append(whole.substring(20));
            }
        };
        assertThat(builder.build().load().size()).isEqualTo(whole.length());
        assertThat(pauses).hasValueGreaterThan(1);
    }

    @Test
    void load_truncatedBeforeBeingWritten_waitsForContent() throws Exception {
        Files.writeString(file, "");
        FileKeysetSource.Builder builder = FileKeysetSource.builder(file);
        builder.pause = () -> append("k1:0123456789");
        assertThat(builder.build().load().size()).isPositive();
    }

    @Test
    void load_writtenLongAgo_doesNotWait() throws Exception {
        storeKid("k1");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        FileKeysetSource.Builder builder = FileKeysetSource.builder(file);
        builder.clock = ManualClock.at(Instant.parse("2026-01-01T00:00:05Z"));
        builder.pause = () -> {
            throw new AssertionError("waited for a file that nobody is writing");
        };
        assertThat(builder.build().load().size()).isPositive();
    }

    @Test
    void load_unchangedSinceLastTime_doesNotWait() throws Exception {
        storeKid("k1");
        AtomicInteger pauses = new AtomicInteger();
        FileKeysetSource.Builder builder = FileKeysetSource.builder(file);
        builder.pause = pauses::incrementAndGet;
        FileKeysetSource source = builder.build();
        source.load();
        int first = pauses.get();
        source.load();
        assertThat(pauses).hasValue(first);
    }

    private void append(String rest) {
        try {
            Files.write(file, rest.getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
