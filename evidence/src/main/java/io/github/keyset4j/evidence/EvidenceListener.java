package io.github.keyset4j.evidence;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.KeysetListener;
import io.github.keyset4j.RotationTimes;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.Objects.requireNonNull;

/**
 * Puts on record what happens to the keys of a running service: an event for each keyset loaded, and for each key that is
 * activated, retired, revoked or removed. Give it to {@link KeyManager.Builder#listener}, and close it after the manager.
 *
 * <p>What cannot be written is logged once and counted; the next event that can be says how many are missing.
 *
 * <p>Threads. A daemon thread of its own writes, one event after the other; the manager's thread never waits for it. If
 * more than {@value #MOST_WAITING} events wait, further ones are lost, and counted.
 */
public final class EvidenceListener implements KeysetListener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EvidenceListener.class);
    private static final int MOST_WAITING = 256;
    private static final Duration LAST_WRITES = Duration.ofSeconds(15);

    private final EvidenceDirectory directory;
    private final String replica;
    private final @Nullable RotationTimes times;
    private final ThreadPoolExecutor writer;
    private final AtomicInteger missed = new AtomicInteger();
    private volatile @Nullable Keyset keyset;
    private volatile String source = "custom:unknown";
    private volatile boolean failing;

    private EvidenceListener(EvidenceDirectory directory, String replica, @Nullable RotationTimes times) {
        this.directory = directory;
        this.replica = replica;
        this.times = times;
        this.writer =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "keyset4j-evidence");
                    thread.setDaemon(true);
                    return thread;
                });
        writer.allowCoreThreadTimeOut(true);
    }

    /**
     * A listener that writes to this directory as this replica, whose name no other one has.
     *
     * @throws IllegalArgumentException unless the name has 1 to 64 letters, digits, dots, dashes and underscores
     */
    public static EvidenceListener of(EvidenceDirectory directory, String replica) {
        requireNonNull(directory, "directory");
        if (!Evidence.isRecorder(requireNonNull(replica, "replica"))) {
            throw Evidence.noRecorder();
        }
        return new EvidenceListener(directory, replica, null);
    }

    /** A listener like this one that records these durations too: those that the manager was built with. */
    public EvidenceListener withTimes(RotationTimes times) {
        return new EvidenceListener(directory, replica, requireNonNull(times, "times"));
    }

    /** Notes a change, to be written soon. Does not block. */
    @Override
    public void onEvent(KeysetEvent event) {
        if (event instanceof KeysetEvent.Loaded loaded) {
            keyset = loaded.keyset();
            source = loaded.source();
        } else if (event instanceof KeysetEvent.Revoked revoked) {
            keyset = revoked.keyset();
        }
        Keyset inForce = keyset;
        if (inForce != null) {
            Evidence.of(event, inForce, source).map(this::complete).ifPresent(this::enqueue);
        }
    }

    private Evidence complete(Evidence evidence) {
        Evidence named = evidence.withRecorder(replica);
        return times == null ? named : named.withTimes(times);
    }

    private void enqueue(Evidence evidence) {
        try {
            writer.execute(() -> write(evidence));
        } catch (RejectedExecutionException e) {
            failed("more events wait than can be written, or the listener is closed", null);
        }
    }

    private void write(Evidence evidence) {
        int missing = missed.get();
        try {
            directory.capture(evidence.withMissed(missing));
            missed.addAndGet(-missing);
            if (failing) {
                failing = false;
                log.info("{}: evidence is written again, {} changes are missing", directory, missing);
            }
        } catch (KeysetException e) {
            failed(String.valueOf(e.getMessage()), e);
        } catch (Throwable e) { // the next event may fare better
            failed(e.getClass().getName() + " (its message is withheld)", null);
        }
    }

    private void failed(String what, @Nullable KeysetException cause) {
        missed.incrementAndGet();
        if (!failing) {
            failing = true;
            log.error("{}: evidence is not written: {}", directory, what, cause);
        }
    }

    /** How many changes are not on record, nor told of by an event that is. */
    public int missed() {
        return missed.get();
    }

    /** Writes what is waiting, for fifteen seconds at most; blocks until then. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(LAST_WRITES.toSeconds(), TimeUnit.SECONDS)) {
                int left = writer.shutdownNow().size();
                log.error("{}: closed before {} events and the one being written were on record", directory, left);
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "EvidenceListener[" + replica + ", " + directory + "]";
    }
}
