package io.github.keyset4j;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners and the log what changed: one event, one line. By what SLF4J 1.7 has too, here and everywhere: its
 * fluent calls are of 2.0.
 */
final class Announcer {

    /** The one logger: of the class that people know. */
    static final Logger LOG = LoggerFactory.getLogger("io.github.keyset4j.KeyManager");

    private final List<KeysetListener> listeners;
    private final RotationTimes times;

    Announcer(List<KeysetListener> listeners, RotationTimes times) {
        this.listeners = List.copyOf(listeners);
        this.times = times;
    }

    void announce(List<KeysetEvent> events) {
        events.forEach(this::announce);
    }

    private void announce(KeysetEvent event) {
        write(event);
        for (KeysetListener listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (Throwable e) { // a listener must not stop the refresh, whatever it throws
                LOG.warn(
                        "a keyset listener failed with {} (its message is withheld)",
                        e.getClass().getName());
            }
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
                LOG.error(line, failed.message(), failed.kind(), consequence);
            } else {
                LOG.warn(line, failed.message(), failed.kind(), consequence);
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
            LOG.info("key {} ({}): signs now", activated.kid(), activated.purpose());
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
            LOG.warn("{}: {}", source, warning);
        }
    }
}
