package io.github.keyset4j.evidence;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.KeysetListener;
import io.github.keyset4j.RotationTimes;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.Objects.requireNonNull;

/**
 * Puts on record what happens to the keys of a running service: an event for each keyset loaded, and for each key that is
 * activated, retired, revoked or removed. Give it to {@link KeyManager.Builder#listener} of one manager, which writes what
 * is left when it is closed.
 *
 * <p>What cannot be written, or was lost on the way here, is logged once and counted; the next event that can be written
 * says how many are missing, at most: what was lost may have been no change of keys. Of what is lost last, the manager's log
 * and {@link io.github.keyset4j.Stats#lostEvents()} tell.
 *
 * <p>Threads. Writes on the manager's thread for events, one after the other; nothing but other listeners waits for it.
 */
public final class EvidenceListener implements KeysetListener {

    private static final Logger log = LoggerFactory.getLogger(EvidenceListener.class);

    private final EvidenceDirectory directory;
    private final String replica;
    private final AtomicInteger missed = new AtomicInteger();
    private long last;
    private @Nullable Keyset keyset;
    private @Nullable RotationTimes times;
    private String source = "custom:unknown";
    private Instant loadedAt = Instant.MIN;
    private boolean failing;

    private EvidenceListener(EvidenceDirectory directory, String replica) {
        this.directory = directory;
        this.replica = replica;
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
        return new EvidenceListener(directory, replica);
    }

    /** Puts a change on record; blocks until it is. */
    @Override
    public void onEvent(KeysetEvent event) {
        if (event.sequence() > last + 1) {
            failed((int) (event.sequence() - last - 1), "more events waited than the manager keeps", null);
            keyset = null; // what was in force may be so no more
        }
        last = event.sequence();
        if (event instanceof KeysetEvent.Loaded loaded) {
            keyset = loaded.keyset();
            source = loaded.source();
            times = loaded.rotation();
            loadedAt = loaded.at();
        } else if (event instanceof KeysetEvent.Revoked revoked) {
            keyset = revoked.keyset();
        }
        if (keyset == null) {
            countUnlessNoChange(event);
        } else if (!toldByTheLoad(event)) {
            Evidence.of(event, keyset, source).ifPresent(this::write);
        }
    }

    /** Without the keyset in force a change of a key cannot be put on record. */
    private void countUnlessNoChange(KeysetEvent event) {
        if (event instanceof KeysetEvent.OfKey && !(event instanceof KeysetEvent.ActivationScheduled)) {
            failed(1, "the keyset in force is not known until the next load", null);
        }
    }

    /** Whom a keyset has sign that nobody signed for before, the evidence of its load says already. */
    private boolean toldByTheLoad(KeysetEvent event) {
        return event instanceof KeysetEvent.Activated activated
                && activated.previousKid().isEmpty()
                && activated.at().equals(loadedAt);
    }

    private void write(Evidence evidence) {
        int missing = missed.get();
        try {
            Evidence named = evidence.withRecorder(replica).withMissed(missing);
            directory.capture(times == null ? named : named.withTimes(times));
            missed.set(0);
            if (failing) {
                failing = false;
                log.info("{}: evidence is written again, {} changes are missing", directory, missing);
            }
        } catch (KeysetException e) {
            failed(1, String.valueOf(e.getMessage()), e);
        } catch (Throwable e) { // the next event may fare better
            failed(1, e.getClass().getName() + " (its message is withheld)", null);
        }
    }

    private void failed(int changes, String what, @Nullable KeysetException cause) {
        missed.addAndGet(changes);
        if (!failing) {
            failing = true;
            log.error("{}: evidence is not written: {}", directory, what, cause);
        }
    }

    /** How many changes are not on record, nor told of by an event that is. */
    public int missed() {
        return missed.get();
    }

    /** Says how many changes are missing at the end. */
    @Override
    public void close() {
        if (missed() > 0) {
            log.error("{}: closed while {} changes are not on record", directory, missed());
        }
    }

    @Override
    public String toString() {
        return "EvidenceListener[" + replica + ", " + directory + "]";
    }
}
