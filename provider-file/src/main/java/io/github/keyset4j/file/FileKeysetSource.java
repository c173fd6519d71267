package io.github.keyset4j.file;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.KeysetSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * A keyset document in a file, read anew at each load: a plain file, one that is replaced by renaming, or a mounted
 * Kubernetes Secret, whose links are followed each time.
 *
 * <p>A file that is being written is read again until it holds still. What lets others read the file, write it, or put
 * another in its place is found before each load: its mode, and the owner and mode of every directory and link of its path
 * ({@link io.github.keyset4j.config.PathCheck}). A strict policy refuses to load for it, the others log a warning.
 *
 * <p>A file's modification time is not taken for its revision's time, since it differs between replicas.
 *
 * <p>Threads. As {@link KeysetSource} has it: one load at a time.
 */
public final class FileKeysetSource implements KeysetSource {

    /** A file younger than this may still be being written. */
    private static final Duration FRESHLY_WRITTEN = Duration.ofSeconds(1);

    private static final int TRIES = 10;

    /** Gives whoever writes the file a moment. */
    interface Pause {
        void pause() throws InterruptedException;
    }

    private final Path path;
    private final FilePermissions permissions;
    private final @Nullable DirectoryWatch watch;
    private final Pause pause;
    private final InstantSource clock;
    private volatile byte @Nullable [] delivered;

    private FileKeysetSource(Builder from) {
        this.path = from.path;
        this.permissions = new FilePermissions(from.groupReadAllowed);
        this.watch = from.watched ? new DirectoryWatch(from.path) : null;
        this.pause = from.pause;
        this.clock = from.clock;
    }

    /** The document in this file. */
    public static FileKeysetSource of(Path path) {
        return builder(path).build();
    }

    /** The document in this file, with more to say. */
    public static Builder builder(Path path) {
        return new Builder(path);
    }

    /**
     * Reads the file; blocks for the read and, while the file is being written, up to half a second.
     *
     * @throws KeysetLoadException NOT_FOUND if there is no such file, DENIED if it may not be read, TOO_LARGE if it is
     *     larger than a keyset may be, UNAVAILABLE for everything else
     */
    @Override
    public KeysetDocument load() throws InterruptedException {
        byte[] before = delivered;
        byte[] content = null;
        for (int attempt = 1; ; attempt++) {
            try {
                byte[] again = read();
                boolean still = Arrays.equals(again, content) || Arrays.equals(again, before) || !freshlyWritten();
                if (again.length > 0 && still) {
                    delivered = again;
                    return KeysetDocument.of(again).withFindings(findings());
                }
                if (attempt == TRIES) {
                    return KeysetDocument.of(again).withFindings(findings());
                }
                content = again;
            } catch (NoSuchFileException e) {
                // Between two steps of a replacement the name may point nowhere for a moment.
                if (before == null || attempt == TRIES) {
                    throw failure(Reason.NOT_FOUND, "there is no such file", "create it, or name another");
                }
            } catch (AccessDeniedException e) {
                throw failure(
                        Reason.DENIED, "reading is not permitted", "let the process's user read it, and only that");
            } catch (IOException e) {
                throw new KeysetLoadException(
                        Reason.UNAVAILABLE,
                        description() + ": read: failed with " + e.getClass().getName() + "; it will be tried again",
                        e);
            }
            pause.pause();
        }
    }

    Path path() {
        return path;
    }

    FilePermissions permissions() {
        return permissions;
    }

    /** The bytes of one state of the file, which may be one on the way to another. */
    byte[] read() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw failure(Reason.UNAVAILABLE, "not a regular file", "name a file");
        }
        for (int attempt = 1; ; attempt++) {
            byte[] content;
            try (InputStream in = Files.newInputStream(path)) {
                content = in.readNBytes(KeysetParser.MAX_BYTES + 1);
            }
            if (content.length > KeysetParser.MAX_BYTES) {
                throw failure(
                        Reason.TOO_LARGE,
                        "larger than the " + KeysetParser.MAX_BYTES + " bytes a keyset may have",
                        "check that it is a keyset");
            }
            BasicFileAttributes after = Files.readAttributes(path, BasicFileAttributes.class);
            if (same(attributes, after) && after.size() == content.length) {
                return content;
            }
            if (attempt == TRIES) {
                throw failure(Reason.UNAVAILABLE, "changed while it was read", "it will be read again");
            }
            attributes = after;
        }
    }

    private static boolean same(BasicFileAttributes before, BasicFileAttributes after) {
        return before.size() == after.size()
                && before.lastModifiedTime().equals(after.lastModifiedTime())
                && Objects.equals(before.fileKey(), after.fileKey());
    }

    private boolean freshlyWritten() throws IOException {
        Instant modified = Files.getLastModifiedTime(path).toInstant();
        Duration age = Duration.between(modified, clock.instant());
        return !age.isNegative() && age.compareTo(FRESHLY_WRITTEN) < 0;
    }

    private KeysetLoadException failure(Reason reason, String rule, String remedy) {
        return new KeysetLoadException(reason, description() + ": read: " + rule + "; " + remedy);
    }

    /** Who else may read the file or write it, or put another in its place at any step of its path. */
    @Override
    public List<KeysetProblem> findings() {
        return permissions.inspect(path);
    }

    @Override
    public void watch(Runnable hint) {
        if (watch != null) {
            watch.start(requireNonNull(hint, "hint"));
        }
    }

    @Override
    public String description() {
        return "file:" + path;
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }

    @Override
    public String toString() {
        return description();
    }

    /** Collects what there is to say of the file. */
    public static final class Builder {

        private final Path path;
        private boolean groupReadAllowed;
        private boolean watched;
        Pause pause = () -> Thread.sleep(50);
        InstantSource clock = InstantSource.system();

        private Builder(Path path) {
            this.path = requireNonNull(path, "path");
        }

        /** The group may read the file: what Kubernetes makes of mode 0400 when the pod has an fsGroup. */
        public Builder allowGroupRead() {
            this.groupReadAllowed = true;
            return this;
        }

        /**
         * Looks at the file as soon as the file system reports a change near it, besides at each refresh. A hint only:
         * network file systems report nothing.
         */
        public Builder watch() {
            this.watched = true;
            return this;
        }

        /** The source. */
        public FileKeysetSource build() {
            return new FileKeysetSource(this);
        }

        /** The file as one that can be written, and is read as the source would read it. */
        public FileKeysetStore buildStore() {
            return new FileKeysetStore(build(), FileReplacement::random);
        }
    }
}
