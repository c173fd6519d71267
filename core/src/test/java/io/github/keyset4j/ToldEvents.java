package io.github.keyset4j;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a listener is told, to be looked at when everything that has happened was told. */
final class ToldEvents implements KeysetListener {

    private final List<KeysetEvent> told = new ArrayList<>();
    private int seen;
    private boolean closed;

    @Override
    public synchronized void onEvent(KeysetEvent event) {
        told.add(event);
        notifyAll();
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** All that this manager has told since it was built, of which nothing is lost. */
    synchronized List<KeysetEvent> all(KeyManager keys) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (told.size() < keys.stats().events()) {
            if (closed || System.nanoTime() > deadline) {
                throw new AssertionError(
                        "told " + told.size() + " events of " + keys.stats().events());
            }
            try {
                TimeUnit.MILLISECONDS.timedWait(this, 100);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return List.copyOf(told);
    }

    /** What it has told since this was asked last. */
    synchronized List<KeysetEvent> news(KeyManager keys) {
        List<KeysetEvent> all = all(keys);
        List<KeysetEvent> news = all.subList(seen, all.size());
        seen = all.size();
        return news;
    }

    synchronized boolean closed() {
        return closed;
    }
}
