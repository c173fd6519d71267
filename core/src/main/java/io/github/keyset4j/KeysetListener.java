package io.github.keyset4j;

/**
 * Told of every change of state, after it has taken effect.
 *
 * <p>Threads. Called by the refresh thread, by the thread that revokes or, of an expiry, by one that wants to sign; under
 * no lock; what it throws is logged and
 * stops nothing. A listener that takes long delays the next refresh.
 */
@FunctionalInterface
public interface KeysetListener {

    /** Something changed. */
    void onEvent(KeysetEvent event);
}
