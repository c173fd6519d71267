package io.github.keyset4j.file;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.config.KeysetStores;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetStore;
import io.github.keyset4j.testing.KeysetStoreContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class FileKeysetStoreTest extends KeysetStoreContract {

    private static final int ROUNDS = 200;

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("keyset.json");
    }

    @Override
    protected KeysetStore store() {
        return FileKeysetStore.of(file);
    }

    @Override
    protected void remove() throws IOException {
        Files.delete(file);
    }

    /** A store that does not wait for files that are young. */
    private FileKeysetStore hasty() {
        return hasty(file);
    }

    private static FileKeysetStore hasty(Path file) {
        FileKeysetSource.Builder builder = FileKeysetSource.builder(file);
        builder.pause = () -> {};
        return builder.buildStore();
    }

    private static KeysetDocument document(String kid) {
        return KeysetDocument.of(SampleDocuments.keyset(kid));
    }

    private static String revision(KeysetStore store) throws Exception {
        return store.load().revision().orElseThrow();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private void mode(String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    protected int rotations() {
        return ROUNDS;
    }

    @Test
    void create_newFile_belongsToItsOwnerAlone() throws Exception {
        store().create(document("k1"));
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(names()).containsExactly(".keyset.json.lock", "keyset.json");
        assertThat(mode(directory.resolve(".keyset.json.lock"))).isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rwx------"})
    void replace_ownerOnlyMode_isKept(String mode) throws Exception {
        KeysetStore store = hasty();
        store.create(document("k1"));
        mode(mode);
        store.replace(document("k2"), revision(store));
        assertThat(mode(file)).isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource({
        "rw-r-----,file mode 0640: the group may read; chmod 600",
        "rw--w----,file mode 0620: the group has access; chmod 600",
        "rw-rw----,file mode 0660: the group has access; chmod 600",
        "rw-r--r--,file mode 0644: others have access; chmod 600",
        "rw----r--,file mode 0604: others have access; chmod 600",
        "rw-----w-,file mode 0602: others have access; chmod 600"
    })
    void replace_privateKeysWhereOthersHaveAccess_isDeniedAndLeavesIt(String mode, String why) throws Exception {
        KeysetStore store = hasty();
        store.create(document("k1"));
        String before = Files.readString(file);
        mode(mode);
        String revision = revision(store);
        assertThatThrownBy(() -> store.replace(document("k2"), revision))
                .isInstanceOfSatisfying(
                        KeysetLoadException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DENIED))
                .hasMessageContaining("write: " + why);
        assertThat(file).hasContent(before);
        assertThat(names()).containsExactly(".keyset.json.lock", "keyset.json");
    }

    @Test
    void replace_groupReadAllowedByName_isWrittenWhereTheGroupMayReadAlone() throws Exception {
        FileKeysetSource.Builder builder = FileKeysetSource.builder(file).allowGroupRead();
        builder.pause = () -> {};
        KeysetStore store = builder.buildStore();
        store.create(document("k1"));
        mode("rw-r-----");
        store.replace(document("k2"), revision(store));
        assertThat(mode(file)).isEqualTo("rw-r-----");
        mode("rw-rw----");
        String revision = revision(store);
        assertThatThrownBy(() -> store.replace(document("k3"), revision)).isInstanceOf(KeysetLoadException.class);
    }

    @Test
    void replace_publicKeysAlone_keepTheModeThatLetsAllRead() throws Exception {
        KeysetStore store = hasty();
        store.create(KeysetDocument.of(SampleDocuments.publicKey("k1")));
        mode("rw-r--r--");
        store.replace(KeysetDocument.of(SampleDocuments.publicKey("k2")), revision(store));
        assertThat(mode(file)).isEqualTo("rw-r--r--");
        String revision = revision(store);
        assertThatThrownBy(() -> store.replace(document("k3"), revision)).isInstanceOf(KeysetLoadException.class);
    }

    @Test
    void replace_fileWrittenByOtherMeansMeanwhile_conflictsAndLeavesIt() throws Exception {
        KeysetStore store = hasty();
        String revision = store.create(document("k1"));
        String theirs = SampleDocuments.keyset("theirs");
        Files.writeString(file, theirs);
        assertThatThrownBy(() -> store.replace(document("k2"), revision)).isInstanceOf(KeysetConflictException.class);
        assertThat(Files.readString(file)).isEqualTo(theirs);
        assertThat(names()).containsExactly(".keyset.json.lock", "keyset.json");
    }

    @Test
    void replace_fileWrittenByOtherMeansAtTheLastMoment_conflictsAndLeavesIt() throws Exception {
        String theirs = SampleDocuments.keyset("theirs");
        String revision = hasty().create(document("k1"));
        KeysetStore store = new FileKeysetStore(FileKeysetSource.of(file), () -> {
            write(file, theirs); // after the first look, and before the last
            return "0123456789abcdef";
        });
        assertThatThrownBy(() -> store.replace(document("k2"), revision)).isInstanceOf(KeysetConflictException.class);
        assertThat(Files.readString(file)).isEqualTo(theirs);
        assertThat(names()).containsExactly(".keyset.json.lock", "keyset.json");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void replace_sameContentAgain_isWritten() throws Exception {
        KeysetStore store = hasty();
        KeysetDocument document = document("k1");
        String revision = store.create(document);
        assertThat(store.replace(document, revision)).isEqualTo(revision);
    }

    @Test
    void replace_throughLinks_writesWhatTheyLeadToAndLeavesThem() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Path real = elsewhere.resolve("real.json");
        hasty(real).create(document("k1"));
        Path second = Files.createSymbolicLink(directory.resolve("second"), real);
        Path first = Files.createSymbolicLink(directory.resolve("first"), second);
        KeysetStore store = hasty(first);
        String written = SampleDocuments.keyset("k2");
        store.replace(KeysetDocument.of(written), revision(store));
        assertThat(Files.readString(real)).isEqualTo(written);
        assertThat(Files.isSymbolicLink(first)).isTrue();
        assertThat(Files.isSymbolicLink(second)).isTrue();
    }

    @Test
    void create_danglingLink_conflictsAndLeavesIt() throws Exception {
        Files.createSymbolicLink(file, directory.resolve("nowhere"));
        assertThatThrownBy(() -> store().create(document("k1"))).isInstanceOf(KeysetConflictException.class);
        assertThat(directory.resolve("nowhere")).doesNotExist();
        assertThat(Files.isSymbolicLink(file)).isTrue();
    }

    @Test
    void create_noSuchDirectory_isNotFound() {
        refused(FileKeysetStore.of(directory.resolve("none/keyset.json")), Reason.NOT_FOUND, "mode 0700");
    }

    @Test
    void create_inARelativePath_isWritten() throws Exception {
        Path relative = Path.of("").toAbsolutePath().relativize(file);
        FileKeysetStore.of(relative).create(document("k1"));
        assertThat(file).exists();
    }

    private static void refused(KeysetStore store, Reason reason, String words) {
        assertThatThrownBy(() -> store.create(document("k1")))
                .isInstanceOfSatisfying(
                        KeysetLoadException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageStartingWith(store.description() + ": write: ")
                .hasMessageContaining(words);
    }

    @Test
    void replace_mountedSecret_isRefused() throws Exception {
        KubernetesMount mount = new KubernetesMount(directory.resolve("mount"));
        mount.swap(SampleDocuments.keyset("k1"));
        KeysetStore store = hasty(mount.file());
        String revision = revision(store);
        assertThatThrownBy(() -> store.replace(document("k2"), revision))
                .isInstanceOfSatisfying(
                        KeysetLoadException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DENIED))
                .hasMessageContaining("change the Secret itself");
        assertThat(revision(store)).isEqualTo(revision);
    }

    @Test
    void create_largerThanAKeysetMayBe_isTooLarge() {
        assertThatThrownBy(() -> store().create(KeysetDocument.of("x".repeat(KeysetParser.MAX_BYTES + 1))))
                .isInstanceOfSatisfying(
                        KeysetLoadException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
        assertThat(file).doesNotExist();
    }

    @Test
    void replace_leftOversOfAKilledWriter_areDeletedAndNothingElse() throws Exception {
        KeysetStore store = hasty();
        store.create(document("k1"));
        List<String> others = List.of(
                ".keyset.json.0123456789abcdef.tmp.bak",
                ".keyset.json.0123456789ABCDEF.tmp",
                ".keyset.json.x.0123456789abcdef.tmp",
                ".other.json.0123456789abcdef.tmp",
                "keyset.json.0123456789abcdef.tmp");
        for (String name : others) {
            Files.createFile(directory.resolve(name));
        }
        Path left = Files.createFile(directory.resolve(".keyset.json.0123456789abcdef.tmp"));
        store.replace(document("k2"), revision(store));
        assertThat(left).doesNotExist();
        assertThat(names()).containsAll(others);
    }

    @Test
    void load_revision_isNoDigestThatAnybodyCanCompute() throws Exception {
        String guessable = "k1:secret";
        store().create(KeysetDocument.of(guessable));
        String sha256 = java.util.HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                        .digest(guessable.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(sha256).doesNotContain(revision(store()));
    }

    @Test
    void replace_twoThreads_200Rounds_oneWinsEachAndNoKeyIsLost() throws Exception {
        FileKeysetStore one = hasty();
        FileKeysetStore other = hasty();
        one.create(KeysetDocument.of(Growing.EMPTY));
        CyclicBarrier together = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<List<String>> mine = threads.submit(() -> Growing.race(one, "mine", ROUNDS, together));
            Future<List<String>> yours = threads.submit(() -> Growing.race(other, "yours", ROUNDS, together));
            List<String> winners = Stream.concat(
                            mine.get(2, TimeUnit.MINUTES).stream(), yours.get(2, TimeUnit.MINUTES).stream())
                    .toList();
            assertThat(winners).hasSize(ROUNDS);
            assertThat(Growing.kids(one.load())).containsExactlyInAnyOrderElementsOf(winners);
            assertThat(names()).containsExactly(".keyset.json.lock", "keyset.json");
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void load_whileItIsReplaced_isAlwaysWhole() throws Exception {
        KeysetStore writer = hasty();
        String small = SampleDocuments.keyset("k1");
        String large = small + " ".repeat(100_000);
        String revision = writer.create(KeysetDocument.of(small));
        ExecutorService reading = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> reads = reading.submit(() -> {
                FileKeysetSource source = FileKeysetSource.of(file);
                int count = 0;
                while (!Thread.interrupted() && count < 2_000) {
                    assertThat(source.read().length).isIn(small.length(), large.length());
                    count++;
                }
                return count;
            });
            for (int i = 0; i < ROUNDS && !reads.isDone(); i++) {
                revision = writer.replace(KeysetDocument.of(i % 2 == 0 ? large : small), revision);
            }
            assertThat(reads.get(1, TimeUnit.MINUTES)).isEqualTo(2_000);
        } finally {
            reading.shutdownNow();
        }
    }

    @Test
    void of_uri_isTheFileItNames() throws Exception {
        try (KeysetStore store = KeysetStores.of(URI.create("file:" + file + "?groupRead=true"))) {
            store.create(document("k1"));
            mode("r--r-----");
            assertThat(store.findings()).isEmpty();
            assertThat(file).exists();
        }
    }
}
