package io.github.keyset4j;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that tells a manager's listeners what happened, in the order in which it did; there is none where nobody
 * listens.
 *
 * <p>Threads. Any number may put events in, which never blocks.
 */
final class EventDispatch implements Consumer<KeysetEvent> {

    /** Many more than a manager has in a day, but for those that say nothing new. */
    static final int ROOM = 1024;

    private static final Duration LAST_EVENTS = Duration.ofSeconds(10);

    private final List<KeysetListener> listeners;
    private final Counters counters;
    private final Thread thread;
    private final Object lock = new Object();
    private final Queue<KeysetEvent> waiting = new ArrayDeque<>();
    private boolean overflowing;
    private boolean closed;

    EventDispatch(List<KeysetListener> listeners, Counters counters) {
        this.listeners = listeners;
        this.counters = counters;
        this.thread = new Thread(this::run, "keyset4j-events");
        this.thread.setDaemon(true);
    }

    void start() {
        if (!listeners.isEmpty()) {
            thread.start();
        }
    }

    /** Puts an event at the end of the queue; one that says nothing new leaves half of the room to those that do. */
    @Override
    public void accept(KeysetEvent event) {
        boolean firstLost;
        synchronized (lock) {
            if (listeners.isEmpty() || closed) {
                return;
            }
            if (waiting.size() < (event instanceof KeysetEvent.Unchanged ? ROOM / 2 : ROOM)) {
                waiting.add(event);
                overflowing = false;
                lock.notifyAll();
                return;
            }
            firstLost = !overflowing;
            overflowing = true;
            counters.lostEvent();
        }
        if (firstLost) {
            Announcer.LOG.error(
                    "{} events wait for a keyset listener that does not return: further ones are lost", ROOM);
        }
    }

    private void run() {
        boolean more = true;
        while (more) {
            try {
                KeysetEvent event = next();
                if (event == null) {
                    more = false;
                } else {
                    listeners.forEach(listener -> call(listener, () -> listener.onEvent(event)));
                }
            } catch (InterruptedException e) {
                // A listener's doing: the manager ends this thread by closing.
            }
        }
        listeners.forEach(listener -> call(listener, listener::close));
    }

    /** The next event; blocks until there is one. None after the last. */
    private @Nullable KeysetEvent next() throws InterruptedException {
        synchronized (lock) {
            while (waiting.isEmpty() && !closed) {
                lock.wait();
            }
            return waiting.poll();
        }
    }

    private static void call(KeysetListener listener, Runnable what) {
        try {
            what.run();
        } catch (Throwable e) { // a listener must not stop the others, whatever it throws
            Announcer.LOG.warn(
                    "the keyset listener {} failed with {} (its message is withheld)",
                    listener.getClass().getName(),
                    e.getClass().getName());
        }
    }

    /** Ends the thread when everything was told, for which this waits ten seconds at most; a listener itself does not. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        if (Thread.currentThread() == thread || listeners.isEmpty()) {
            return;
        }
        try {
            thread.join(LAST_EVENTS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            Announcer.LOG.error(
                    "closed while a keyset listener has not returned: {} events are told late, or never", left());
        }
    }

    private int left() {
        synchronized (lock) {
            return waiting.size();
        }
    }
}
