package io.github.keyset4j.evidence;

import io.github.keyset4j.KeysetLoadException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One writer at a time in a directory of evidence, so that no two events follow on the same one. */
final class EvidenceLock implements AutoCloseable {

    static final String FILE = ".lock";

    /** A file lock is the process's, and lost when any of its channels to the file closes. */
    private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock(true);

    private static final long POLL_MILLIS = 20;

    private final FileChannel channel;

    private EvidenceLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits for the other writers, for so long at most. */
    static EvidenceLock on(Path workdir, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            if (!IN_THIS_PROCESS.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy(workdir, patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(workdir);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    workdir.resolve(FILE),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    EvidenceFiles.ownerOnly("rw-------"));
            while (lock(channel) == null) {
                if (System.nanoTime() - deadline > 0) {
                    throw busy(workdir, patience);
                }
                Thread.sleep(POLL_MILLIS);
            }
            return new EvidenceLock(channel);
        } catch (InterruptedException e) {
            release(channel);
            Thread.currentThread().interrupt();
            throw interrupted(workdir);
        } catch (IOException | RuntimeException e) {
            release(channel);
            throw e;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) { // another class loader's copy of this class
            return null;
        }
    }

    private static void release(@Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            IN_THIS_PROCESS.unlock();
        }
    }

    private static KeysetLoadException busy(Path workdir, Duration patience) {
        return new KeysetLoadException(
                KeysetLoadException.Reason.TIMED_OUT,
                "evidence: " + workdir + ": another writer has held its " + FILE + " for " + patience
                        + "; wait for it, or end it");
    }

    private static KeysetLoadException interrupted(Path workdir) {
        return new KeysetLoadException(
                KeysetLoadException.Reason.UNAVAILABLE,
                "evidence: " + workdir + ": interrupted while waiting for another writer; try again");
    }

    @Override
    public void close() throws IOException {
        release(channel);
    }
}
