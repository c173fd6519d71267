package io.github.keyset4j;

/**
 * Told of every change of state, after it has taken effect.
 *
 * <p>Threads. Called by the refresh thread, or by the thread that revokes, under no lock; what it throws is logged and
 * stops nothing. A listener that takes long delays the next refresh.
 */
@FunctionalInterface
public interface KeysetListener {

    /** Something changed. */
    void onEvent(KeysetEvent event);
}
