package io.github.keyset4j.evidence;

import io.github.keyset4j.KeysetLoadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.Stream;

/** The files of an event on disk: their names, their rights, and how they get there whole or not at all. */
final class EvidenceFiles {

    static final String KEYSET = "keyset.json";
    static final String SUMMARY = "summary.json";
    static final String REPORT = "report.html";
    static final String FINGERPRINT = "fingerprint.sha256";
    static final Set<String> ALL = Set.of(KEYSET, SUMMARY, REPORT, FINGERPRINT);

    /** As much as an event of ten keys or so has. */
    private static final int ROOM = 64 << 10;

    /** Far more than any file of an event has. */
    private static final long MOST_BYTES = 64L << 20;

    private EvidenceFiles() {}

    /** What {@code sha256sum -c} checks: a line for each file, by name. */
    static byte[] fingerprint(SortedMap<String, byte[]> files) {
        StringBuilder lines = new StringBuilder();
        files.forEach((name, bytes) ->
                lines.append(Sha256.hex(bytes)).append("  ").append(name).append('\n'));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Creates the directory that events are written to, for its owner alone; one that is there stays as it is. */
    static void createWorkdir(Path workdir) throws IOException {
        Files.createDirectories(workdir, ownerOnly("rwx------"));
    }

    /** Writes a draft with room for an event, and takes it away again. */
    static void rehearse(Path workdir) throws IOException {
        Path draft = workdir.resolve("." + UUID.randomUUID() + ".tmp");
        Files.createDirectory(draft, ownerOnly("rwx------"));
        try {
            write(draft.resolve(KEYSET), new byte[ROOM]);
        } finally {
            delete(draft);
        }
    }

    /** Writes an event beside its place, and then puts it there in one go: a crash leaves nothing that looks like one. */
    static void write(Path event, Map<String, byte[]> files) throws IOException {
        Path workdir = parent(event);
        Path draft = workdir.resolve("." + event.getFileName() + "." + UUID.randomUUID() + ".tmp");
        Files.createDirectory(draft, ownerOnly("rwx------"));
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                write(draft.resolve(file.getKey()), file.getValue());
            }
            sync(draft);
            Files.move(draft, event, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            delete(draft);
            throw e;
        }
        sync(workdir);
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, options, ownerOnly("rw-------"))) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
    }

    /** Makes the names in a directory last; not every system can, and none needs to where it cannot. */
    private static void sync(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // The event is there; only a power failure in this moment could take it away again.
        }
    }

    private static void delete(Path draft) {
        try {
            for (Path file : list(draft)) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            // The failure that led here is the one to tell; a draft that stays is no event.
        }
    }

    static FileAttribute<?>[] ownerOnly(String rights) {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }

    static Path parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path.toAbsolutePath() : parent;
    }

    /** What lies in a directory, by name. */
    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The directories that may be events; what is hidden is a draft, or not ours. */
    static List<Path> events(Path workdir) throws IOException {
        return list(workdir).stream()
                .filter(path -> !isHidden(path) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                .toList();
    }

    static boolean isHidden(Path path) {
        return String.valueOf(path.getFileName()).startsWith(".");
    }

    /** The content of a file that is one; no link is followed. */
    static byte[] read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    ? new IOException("not a regular file")
                    : new NoSuchFileException(file.toString());
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException("too large");
        }
        return Files.readAllBytes(file);
    }

    /** What to throw when a directory could not be read or written. */
    static KeysetLoadException failure(Path place, String what, IOException e) {
        KeysetLoadException.Reason reason = e instanceof AccessDeniedException
                ? KeysetLoadException.Reason.DENIED
                : e instanceof NoSuchFileException
                        ? KeysetLoadException.Reason.NOT_FOUND
                        : KeysetLoadException.Reason.UNAVAILABLE;
        return new KeysetLoadException(
                reason,
                "evidence: " + place + ": " + what + " (" + e.getClass().getSimpleName()
                        + "); check that the directory is there, whose it is, and whether its disk is full",
                e);
    }
}
