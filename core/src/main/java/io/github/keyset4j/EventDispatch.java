package io.github.keyset4j;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that tells a manager's listeners what happened, in the order in which it did; there is none where nobody
 * listens.
 *
 * <p>Threads. Any number may put events in, which never blocks.
 */
final class EventDispatch implements Predicate<KeysetEvent> {

    /** Many more than a manager has in a day, but for those that say nothing new. */
    static final int ROOM = 1024;

    private static final Duration LAST_EVENTS = Duration.ofSeconds(10);

    private final List<KeysetListener> listeners;
    private final Thread thread;
    private final Object lock = new Object();
    private final Queue<KeysetEvent> waiting = new ArrayDeque<>();
    private boolean closed;

    EventDispatch(List<KeysetListener> listeners) {
        this.listeners = listeners;
        this.thread = new Thread(this::run, "keyset4j-events");
        this.thread.setDaemon(true);
    }

    void start() {
        if (!listeners.isEmpty()) {
            thread.start();
        }
    }

    /** Puts an event at the end of the queue, if there is room; one that says nothing new leaves half to those that do. */
    @Override
    public boolean test(KeysetEvent event) {
        synchronized (lock) {
            boolean room = waiting.size() < (event instanceof KeysetEvent.Unchanged ? ROOM / 2 : ROOM);
            if (listeners.isEmpty()) {
                return true;
            }
            if (room && !closed) {
                waiting.add(event);
                lock.notifyAll();
            }
            return room && !closed;
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
                    listeners.forEach(listener -> tell(listener, () -> listener.onEvent(event)));
                }
            } catch (InterruptedException e) {
                // A listener's doing: the manager ends this thread by closing.
            }
        }
        listeners.forEach(listener -> tell(listener, listener::close));
    }

    /** Undisturbed by a listener before that was interrupted, and left it at that. */
    private static void tell(KeysetListener listener, Runnable what) {
        boolean unused = Thread.interrupted();
        call(listener, what);
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

    static void call(KeysetListener listener, Runnable what) {
        try {
            what.run();
        } catch (Throwable e) { // a listener must not stop the others, whatever it throws
            Announcer.quietly(() -> Announcer.LOG.warn(
                    "the keyset listener {} failed with {} (its message is withheld)",
                    listener.getClass().getName(),
                    e.getClass().getName()));
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
