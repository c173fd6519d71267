package io.github.keyset4j.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a whole file in the place of another: whoever reads meanwhile, and whoever reads after this process was killed or
 * the machine lost power, reads the one or the other.
 *
 * <p>The caller holds the {@link WriteLock}. So a temporary file that is there already was left by a writer that was
 * killed, and is deleted.
 */
final class FileReplacement {

    private static final Logger log = LoggerFactory.getLogger("io.github.keyset4j.file.FileKeysetStore");

    /** A last look at what is there, which may refuse to have it replaced. */
    interface LastLook {
        void look() throws IOException;
    }

    /** What the random part of a temporary file's name is. */
    interface Naming {
        String next();
    }

    private static final Pattern RANDOM = Pattern.compile("[0-9a-f]{16}");

    private final Path file;
    private final Path directory;
    private final String prefix;

    /** For a file by its real path. */
    FileReplacement(Path file, Path directory) {
        this.file = file;
        this.directory = directory;
        this.prefix = "." + file.getFileName() + ".";
    }

    static String random() {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Writes a file of these modes; the directory is on the disk too when this returns. */
    void put(byte[] content, FileModes modes, Naming naming, LastLook last) throws IOException {
        deleteLeftOvers();
        Path whole = directory.resolve(prefix + naming.next() + ".tmp");
        try {
            write(whole, content, modes);
            last.look();
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (Throwable e) {
            delete(whole);
            throw e;
        }
        try (FileChannel entries = FileChannel.open(directory)) {
            entries.force(true);
        }
    }

    /** No byte is written before the modes are what they have to be. */
    private static void write(Path whole, byte[] content, FileModes modes) throws IOException {
        try (FileChannel out = FileChannel.open(
                whole, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FileModes.OWNER_ONLY)) {
            modes.giveTo(whole);
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    private void deleteLeftOvers() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, this::temporary)) {
            left.forEach(FileReplacement::delete);
        }
    }

    private boolean temporary(Path entry) {
        String name = entry.getFileName().toString();
        return name.startsWith(prefix)
                && name.endsWith(".tmp")
                && RANDOM.matcher(name.substring(prefix.length(), name.length() - ".tmp".length()))
                        .matches();
    }

    private static void delete(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            log.warn(
                    "file:{}: deleting it failed with {}; delete it by hand, it may hold keys",
                    temporary,
                    e.getClass().getName());
        }
    }
}
