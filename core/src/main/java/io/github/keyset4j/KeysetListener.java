package io.github.keyset4j;

/**
 * Told of every change of state, after it has taken effect.
 *
 * <p>Threads. Each manager has one thread that tells its listeners, one event after the other in the order of their
 * {@linkplain KeysetEvent#sequence() numbers}; neither refreshing nor signing nor revoking waits for it. A listener may
 * block, which delays the others of the same manager; when a thousand events wait, further ones are lost, logged and
 * {@linkplain Stats#lostEvents() counted}.
 */
@FunctionalInterface
public interface KeysetListener {

    /** Something changed. What this throws is logged by its type and stops nothing. */
    void onEvent(KeysetEvent event);

    /** The last call, by the same thread, when the manager is closed and every event was told. */
    default void close() {}
}
