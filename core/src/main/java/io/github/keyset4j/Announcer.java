package io.github.keyset4j;

import io.github.keyset4j.Events.Event;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners and the log what changed: one event, one line. By what SLF4J 1.7 has too, here and everywhere: its
 * fluent calls are of 2.0.
 */
final class Announcer {

    /** The one logger: of the class that people know. */
    static final Logger LOG = LoggerFactory.getLogger("io.github.keyset4j.KeyManager");

    private final Predicate<KeysetEvent> listeners;
    private final Counters counters;
    private final RotationTimes times;
    private final Queue<KeysetEvent> unwritten = new ConcurrentLinkedQueue<>();
    private final Lock writing = new ReentrantLock();
    private long told;
    private volatile long lost;
    private long lostWritten;

    /** @param listeners who take an event without blocking, or say that there is no room for it */
    Announcer(Predicate<KeysetEvent> listeners, Counters counters, RotationTimes times) {
        this.listeners = listeners;
        this.counters = counters;
        this.times = times;
    }

    /**
     * Numbers these events and tells the listeners. By whoever holds the lock under which they happened, so that the
     * numbers are in the order of what is in force; the log is {@linkplain #writeLog() written} later.
     */
    synchronized void tell(List<? extends Event> events) {
        for (Event event : events) {
            KeysetEvent numbered = event.numbered(++told);
            counters.event();
            if (!listeners.test(numbered)) {
                counters.lostEvent();
                lost++;
            }
            unwritten.add(numbered);
        }
    }

    /** Writes the log as far as it was told, or leaves it to the thread that writes already. */
    void writeLog() {
        while (!unwritten.isEmpty() && writing.tryLock()) {
            try {
                for (KeysetEvent event = unwritten.poll(); event != null; event = unwritten.poll()) {
                    KeysetEvent next = event;
                    quietly(() -> write(next));
                }
                quietly(this::writeLost);
            } finally {
                writing.unlock();
            }
        }
    }

    /** A log that fails has lost a line; what it was to tell has happened all the same. */
    static void quietly(Runnable logging) {
        try {
            logging.run();
        } catch (RuntimeException | Error e) {
            // Nobody is left to be told.
        }
    }

    /** At the first, and whenever they have doubled. */
    private void writeLost() {
        long count = lost;
        if (count > 2 * lostWritten) {
            lostWritten = count;
            LOG.error("{} events were lost: a keyset listener does not return, or the manager is closed", count);
        }
    }

    private void write(KeysetEvent event) {
        if (event instanceof KeysetEvent.Loaded loaded) {
            if (loaded.fallback()) {
                LOG.warn("{}: loaded as a fallback{}: {}", loaded.source(), revision(loaded), loaded.keyset());
            } else {
                LOG.info("{}: loaded{}: {}", loaded.source(), revision(loaded), loaded.keyset());
            }
        } else if (event instanceof KeysetEvent.Rejected rejected) {
            LOG.error(
                    "{}; {}",
                    new InvalidKeysetException(rejected.source(), rejected.problems()).getMessage(),
                    consequence(rejected.lastKnownGood()));
        } else if (event instanceof KeysetEvent.Failed failed) {
            String line = "{} ({}); {}";
            String consequence = consequence(failed.lastKnownGood());
            if (failed.kind().wantsSomebody()) {
                LOG.error(line, failed.failure().getMessage(), failed.kind(), consequence);
            } else {
                LOG.warn(line, failed.failure().getMessage(), failed.kind(), consequence);
            }
        } else if (event instanceof KeysetEvent.Recovered recovered) {
            LOG.info("{}: recovered after {}", recovered.source(), recovered.outage());
        } else if (event instanceof KeysetEvent.ActivationScheduled scheduled) {
            LOG.info(
                    "key {} ({}): published, signs from {} on",
                    scheduled.kid(),
                    scheduled.purpose(),
                    scheduled.activateAt());
        } else if (event instanceof KeysetEvent.Activated activated) {
            String before = activated.previousKid().map(kid -> ", after " + kid).orElse("");
            LOG.info("key {} ({}): signs now{}", activated.kid(), activated.purpose(), before);
        } else if (event instanceof KeysetEvent.Retired retired) {
            LOG.info("key {} ({}): signs no more, verifies on", retired.kid(), retired.purpose());
        } else if (event instanceof KeysetEvent.Removed removed && removed.early()) {
            LOG.warn(
                    "key {} ({}): removed, though tokens it signed may live for {} after its retirement;"
                            + " keep it in the document for longer, or configure a retention",
                    removed.kid(),
                    removed.purpose(),
                    times.maxTokenLifetime(removed.purpose()));
        } else if (event instanceof KeysetEvent.Removed removed) {
            LOG.info("key {} ({}): removed", removed.kid(), removed.purpose());
        } else if (event instanceof KeysetEvent.Revoked revoked) {
            LOG.warn("key {} ({}): revoked", revoked.kid(), revoked.purpose());
        } else if (event instanceof KeysetEvent.Expired expired) {
            LOG.error(
                    "{}: the keyset was last confirmed {} ago, longer than maxStaleness allows; signing refuses",
                    expired.source(),
                    expired.age());
        }
    }

    private static String consequence(boolean lastKnownGood) {
        return lastKnownGood
                ? "the last-known-good keyset stays in force"
                : "there is no keyset to work with; it is tried again";
    }

    private static String revision(KeysetEvent.Loaded loaded) {
        return loaded.revision().map(revision -> " revision " + revision).orElse("");
    }

    void warnOf(String source, List<KeysetProblem> warnings) {
        for (KeysetProblem warning : warnings) {
            quietly(() -> LOG.warn("{}: {}", source, warning));
        }
    }
}
