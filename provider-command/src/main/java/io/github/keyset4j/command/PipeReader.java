package io.github.keyset4j.command;

import io.github.keyset4j.KeysetParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Drains one output of a process on a thread of its own, keeping what a keyset may have at most, or only counting.
 *
 * <p>It never waits inside a read: a process that was started by the command and that nobody knows of could hold the
 * pipe open for ever, and a read of a pipe cannot be interrupted. So it looks what is there, and pauses.
 *
 * <p>Threads. Its own, from {@link #start()} until the process is over and {@link #finish} has been called.
 */
final class PipeReader {

    private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

    private final InputStream in;
    private final @Nullable ByteArrayOutputStream kept;
    private final Thread thread;
    private final AtomicLong bytes = new AtomicLong();
    private volatile @Nullable Long finishBy;

    private PipeReader(InputStream in, @Nullable ByteArrayOutputStream kept, String name) {
        this.in = in;
        this.kept = kept;
        this.thread = new Thread(this::run, "keyset4j-command-" + name);
        this.thread.setDaemon(true);
    }

    static PipeReader keeping(InputStream in, String name) {
        return new PipeReader(in, new ByteArrayOutputStream(), name);
    }

    static PipeReader counting(InputStream in, String name) {
        return new PipeReader(in, null, name);
    }

    PipeReader start() {
        thread.start();
        return this;
    }

    private void run() {
        byte[] buffer = new byte[1 << 16];
        long pause = SHORTEST_PAUSE;
        try (in) {
            while (!tooLarge()) {
                Long end = finishBy; // before looking: what is written by now is read still
                int available = in.available();
                if (end != null && (available == 0 || System.nanoTime() - end > 0)) {
                    return;
                }
                if (available == 0) {
                    LockSupport.parkNanos(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE);
                } else {
                    take(buffer, in.read(buffer, 0, Math.min(available, buffer.length)));
                    pause = SHORTEST_PAUSE;
                }
            }
        } catch (IOException e) {
            // The pipe is gone with the process: what came is what there is.
        }
    }

    private void take(byte[] buffer, int length) {
        if (kept != null) {
            kept.write(buffer, 0, length);
        }
        bytes.addAndGet(length);
    }

    /** The process is over: ends the thread as soon as the pipe is empty, or at the end of the time given. */
    void finish(Duration atMost) {
        finishBy = System.nanoTime() + atMost.toNanos();
        LockSupport.unpark(thread);
    }

    /** Waits for the thread's end; cannot be interrupted. */
    void join(Duration atMost) {
        boolean interrupted = false;
        long start = System.nanoTime();
        for (long left = atMost.toMillis(); left > 0 && thread.isAlive(); ) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = atMost.minusNanos(System.nanoTime() - start).toMillis();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    boolean done() {
        return !thread.isAlive();
    }

    /** More than a keyset may have; nothing is read from there on. */
    boolean tooLarge() {
        return kept != null && bytes.get() > KeysetParser.MAX_BYTES;
    }

    long bytes() {
        return bytes.get();
    }

    /** What was kept; complete once {@link #done()}. */
    byte[] content() {
        return kept == null ? new byte[0] : kept.toByteArray();
    }
}
