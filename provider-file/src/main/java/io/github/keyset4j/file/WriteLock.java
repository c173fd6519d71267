package io.github.keyset4j.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One writer at a time: a lock of the operating system on a file beside the keyset, {@code .keys.json.lock}, which ends
 * with the process that holds it, however that ends. The file stays: whoever deleted it would let a second writer lock
 * another one of the same name.
 *
 * <p>Such a lock is the process's, and closing any channel to the file gives it up. So the threads of the process queue
 * before they open one.
 */
final class WriteLock implements AutoCloseable {

    static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 5;
    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final Path lock;
    private final ReentrantLock threads;
    private final FileChannel channel;

    private WriteLock(Path lock, ReentrantLock threads, FileChannel channel) {
        this.lock = lock;
        this.threads = threads;
        this.channel = channel;
    }

    /** The file that is locked while this one, its links followed, is written. */
    static Path beside(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".lock");
    }

    /** Waits for the others and takes the lock; {@link #close} gives it back. */
    static WriteLock take(Path file) throws IOException, InterruptedException, TimeoutException {
        Path lock = beside(file);
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        ReentrantLock threads = THREADS.computeIfAbsent(lock, ignored -> new ReentrantLock());
        if (!threads.tryLock(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException();
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(lock, OPTIONS, FileModes.OWNER_ONLY);
            while (!locked(channel)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException();
                }
                Thread.sleep(PAUSE_MILLIS);
            }
            return new WriteLock(lock, threads, channel);
        } catch (Throwable e) {
            if (channel != null) {
                channel.close();
            }
            threads.unlock();
            throw e;
        }
    }

    /** Lets the keyset's owner take the lock too, after an administrator was the first to. */
    void belongTo(FileModes modes) {
        try {
            // By the view: Files.setOwner follows a link that the keyset's owner may have put there meanwhile.
            FileOwnerAttributeView view =
                    Files.getFileAttributeView(lock, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            if (modes.owner().isPresent() && !modes.owner().get().equals(view.getOwner())) {
                view.setOwner(modes.owner().get());
            }
        } catch (IOException e) {
            // Only an administrator may give files away; the others have no need to.
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // a copy of this class, of another class loader
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            threads.unlock();
        }
    }
}
