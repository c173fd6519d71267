package io.github.keyset4j.file;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetStore;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;

import static java.util.Objects.requireNonNull;

/**
 * A keyset document in a file that can be written. It is read as {@link FileKeysetSource} reads it.
 *
 * <p>A new file has mode 0600; one that replaces another has its owner, its group and its mode. Private keys are not
 * written into a file whose mode lets others read or write; the group may read where {@link
 * FileKeysetSource.Builder#allowGroupRead()} says so. A file is written beside the
 * old one, synced, renamed onto it, and the directory is synced: a reader, a killed process and a power cut find the old
 * document or the new one, whole. What a killed writer leaves behind, {@code .keys.json.<16 digits>.tmp} of the same
 * mode, the next one deletes.
 *
 * <p>Writers wait for one another for up to ten seconds, in this process and in others, by a lock on {@code
 * .keys.json.lock} beside the file, which stays there and ends with the process that holds it. Whoever writes the file by
 * other means does not take that lock; what he wrote is seen up to the last moment before the file is replaced, and then
 * refuses it.
 *
 * <p>Links are followed and stay. Refused are: a mounted Kubernetes Secret, which the kubelet would write over; a file
 * whose owner, or whose group where that has access, this process cannot give to another file; a file system without POSIX
 * modes. Access control lists and extended attributes are not taken over.
 *
 * <p>Threads. Safe for use by any number, here and in other processes.
 *
 * <p>Secrets. The revision stands for the content and says nothing about it: it is a digest under a key of this process.
 * Another process has another revision for the same content.
 */
public final class FileKeysetStore implements KeysetStore {

    private final FileKeysetSource source;
    private final Path path;
    private final FileReplacement.Naming naming;

    FileKeysetStore(FileKeysetSource source, FileReplacement.Naming naming) {
        this.source = source;
        this.path = source.path().toAbsolutePath();
        this.naming = naming;
    }

    /** The document in this file; with more to say, see {@link FileKeysetSource.Builder#buildStore()}. */
    public static FileKeysetStore of(Path path) {
        return FileKeysetSource.builder(path).buildStore();
    }

    /**
     * Reads the file; blocks for the read and, while the file is being written, up to half a second.
     *
     * @throws KeysetLoadException as {@link FileKeysetSource#load()}
     */
    @Override
    public KeysetDocument load() throws InterruptedException {
        KeysetDocument document = source.load();
        return document.withRevision(DocumentRevision.of(DocumentRevision.content(document)));
    }

    /**
     * Writes a new file, readable to its owner alone; blocks.
     *
     * @throws KeysetConflictException if there is something of this name, if only a link that leads nowhere
     * @throws KeysetLoadException NOT_FOUND if there is no such directory, DENIED if it may not be written, TOO_LARGE if
     *     the document is larger than a keyset may be, TIMED_OUT if other writers do not come to an end, UNAVAILABLE for
     *     everything else
     */
    @Override
    public String create(KeysetDocument document) throws InterruptedException {
        byte[] content = content(document);
        return write(
                () -> {
                    Path directory = requireNonNull(path.getParent(), "a file stands in a directory");
                    return directory.toRealPath().resolve(requireNonNull(path.getFileName(), "a file has a name"));
                },
                file -> FileModes.ofNew(),
                file -> {
                    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                        throw new KeysetConflictException(description()
                                + ": create: there is something of this name already; look at it, and replace it or"
                                + " name another");
                    }
                },
                content);
    }

    /**
     * Writes a new file in the place of the old one; blocks.
     *
     * @throws KeysetConflictException if the document there is not of this revision, as {@link #load()} of a store in
     *     this process said it
     * @throws KeysetLoadException NOT_FOUND if there is no such file, DENIED if it may not be written, its owner not be
     *     kept, or others have access to it and the document holds private keys, TOO_LARGE if the document is larger than a keyset may be, TIMED_OUT if other writers do not come to an
     *     end, UNAVAILABLE for everything else
     */
    @Override
    public String replace(KeysetDocument document, String expectedRevision) throws InterruptedException {
        byte[] content = content(document);
        requireNonNull(expectedRevision, "expectedRevision");
        return write(
                path::toRealPath,
                file -> kept(file, document),
                file -> {
                    if (!path.toRealPath().equals(file)
                            || !DocumentRevision.of(source.read()).equals(expectedRevision)) {
                        throw new KeysetConflictException(description()
                                + ": replace: it was changed since it was read; read it again, and decide again");
                    }
                },
                content);
    }

    /** Private keys go into no file that others can read, though readers may have got used to it. */
    private FileModes kept(Path file, KeysetDocument document) throws IOException {
        FileModes modes = FileModes.of(file);
        List<KeysetProblem> findings = source.permissions().ofMode(modes.permissions());
        if (!findings.isEmpty() && !KeysetParser.publicOnly(document)) {
            throw new KeysetLoadException(Reason.DENIED, description() + ": write: " + findings.get(0));
        }
        return modes;
    }

    private byte[] content(KeysetDocument document) {
        requireNonNull(document, "document");
        if (document.size() > KeysetParser.MAX_BYTES) {
            throw failure(
                    Reason.TOO_LARGE,
                    "larger than the " + KeysetParser.MAX_BYTES + " bytes a keyset may have",
                    "take out keys that have ended");
        }
        return DocumentRevision.content(document);
    }

    /** The file itself, its links followed. */
    private interface Place {
        Path find() throws IOException;
    }

    /** The modes that the file is to have. */
    private interface Modes {
        FileModes of(Path file) throws IOException;
    }

    /** Refuses what must not be replaced. */
    private interface Check {
        void check(Path file) throws IOException;
    }

    private String write(Place place, Modes modes, Check check, byte[] content) throws InterruptedException {
        try {
            Path file = place.find();
            Path directory = requireNonNull(file.getParent(), "a file stands in a directory");
            refuseMounted(directory);
            try (WriteLock lock = WriteLock.take(file)) {
                check.check(file);
                FileModes kept = modes.of(file);
                lock.belongTo(kept);
                new FileReplacement(file, directory).put(content, kept, naming, () -> check.check(file));
            }
            return DocumentRevision.of(content);
        } catch (NoSuchFileException e) {
            throw failure(
                    Reason.NOT_FOUND,
                    "there is no such file or directory",
                    "create it, the directory with mode 0700, or name another");
        } catch (TimeoutException e) {
            throw failure(
                    Reason.TIMED_OUT,
                    "another process has held the lock for " + WriteLock.LONGEST_WAIT.toSeconds() + " s",
                    "see what it is that writes the file, and try again");
        } catch (FileModes.CannotBeKept e) {
            throw failure(
                    Reason.DENIED,
                    "a file written here cannot be given its " + e.getMessage(),
                    "write it as its owner, on a file system with POSIX modes");
        } catch (ClosedByInterruptException e) {
            Thread.interrupted(); // the exception says it now
            throw new InterruptedException(description() + ": write: interrupted");
        } catch (AccessDeniedException e) {
            throw failure(
                    Reason.DENIED,
                    "writing is not permitted",
                    "let the process's user write the directory and its lock file, and only that");
        } catch (IOException e) {
            throw new KeysetLoadException(
                    Reason.UNAVAILABLE,
                    description() + ": write: failed with " + e.getClass().getName()
                            + "; see whether the file system is full, read-only or a mount of this one file",
                    e);
        }
    }

    /** What is in {@code ..2026_01_01_00_00_00} is swapped as a whole. */
    private void refuseMounted(Path directory) {
        for (Path name : directory) {
            if (name.toString().startsWith("..")) {
                throw failure(
                        Reason.DENIED,
                        "a mounted Secret or ConfigMap, which the kubelet writes over",
                        "change the Secret itself, or the place it is made from");
            }
        }
    }

    private KeysetLoadException failure(Reason reason, String rule, String remedy) {
        return new KeysetLoadException(reason, description() + ": write: " + rule + "; " + remedy);
    }

    /** Who else may read the file or write it, or put another in its place at any step of its path. */
    @Override
    public List<KeysetProblem> findings() {
        return source.findings();
    }

    @Override
    public void watch(Runnable hint) {
        source.watch(hint);
    }

    @Override
    public String description() {
        return source.description();
    }

    @Override
    public void close() {
        source.close();
    }

    @Override
    public String toString() {
        return description();
    }
}
