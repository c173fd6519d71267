package io.github.keyset4j.cli.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that only its owner reads, replaced as a whole: whoever opens it, at whatever moment, finds the old content or
 * the new one.
 *
 * <p>A symbolic link is neither replaced nor followed: the first would take it away from those who put it there, the
 * second would write secrets to wherever it points.
 */
final class PrivateFile {

    static final String MODE = "0600";
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final LinkOption SELF = LinkOption.NOFOLLOW_LINKS;

    private final Path path;
    private final Path absolute;

    PrivateFile(Path path) {
        this.path = path;
        this.absolute = path.toAbsolutePath();
    }

    /** Whether there is a file; what is there and is no plain file is refused. */
    boolean exists() throws EnvRefusal {
        if (Files.isSymbolicLink(absolute)) {
            throw refusal("a symbolic link", "name the file that it points to");
        }
        if (Files.exists(absolute, SELF) && !Files.isRegularFile(absolute, SELF)) {
            throw refusal("not a regular file", "name a file");
        }
        return Files.exists(absolute, SELF);
    }

    byte[] read() throws EnvRefusal {
        try {
            return Files.readAllBytes(absolute);
        } catch (IOException e) {
            throw refusal("cannot be read: " + why(e), "run this as the file's owner");
        }
    }

    /** The mode as chmod has it, such as {@code 0644}. */
    String mode() throws EnvRefusal {
        try {
            return mode(absolute);
        } catch (IOException e) {
            throw refusal("its mode cannot be read: " + why(e), "run this as the file's owner");
        } catch (UnsupportedOperationException e) {
            throw noModes();
        }
    }

    private static String mode(Path file) throws IOException {
        int mode = (int) Files.getAttribute(file, "unix:mode", SELF);
        return "0" + Integer.toOctalString((mode & 07777) | 010000).substring(2);
    }

    /** Writes the file beside its place, and puts it there when it is on the disk. */
    void replace(byte[] content) throws EnvRefusal {
        exists();
        Path directory = absolute.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw refusal("its directory does not exist", "create it");
        }
        try {
            replace(directory, content);
        } catch (IOException e) {
            throw refusal("cannot be written: " + why(e), "check the directory's permissions and the disk");
        } catch (UnsupportedOperationException e) {
            throw noModes();
        }
    }

    private void replace(Path directory, byte[] content) throws IOException, EnvRefusal {
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Path temporary = directory.resolve("." + absolute.getFileName() + "." + random + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER))) {
            // Where the file system or the umask has its own mind, no secret is to land at all.
            requireMode(temporary);
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
        requireMode(absolute);
    }

    private void requireMode(Path file) throws IOException, EnvRefusal {
        String mode = mode(file);
        if (!mode.equals(MODE)) {
            throw refusal(
                    "its mode came out as " + mode + ", not " + MODE,
                    "use a file system with modes, and a umask that leaves the owner's permissions");
        }
    }

    private EnvRefusal noModes() {
        return refusal("this file system has no modes", "use one on which a file can belong to its owner alone");
    }

    private static String why(IOException e) {
        String reason = e instanceof FileSystemException known ? known.getReason() : null;
        return reason == null ? e.getClass().getSimpleName() : reason;
    }

    private EnvRefusal refusal(String rule, String remedy) {
        return new EnvRefusal(path.toString(), rule, remedy);
    }
}
