package io.github.keyset4j.testing;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import static java.util.Objects.requireNonNull;

/**
 * A source that does as it is told: returns a document, fails, or waits.
 *
 * <p>Threads. Safe for use by any number.
 */
public final class ScriptedKeysetSource implements KeysetSource {

    private final String description;
    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile KeysetSource behaviour;

    private ScriptedKeysetSource(String description, KeysetSource behaviour) {
        this.description = description;
        this.behaviour = behaviour;
    }

    /** A source that returns this document until told otherwise. */
    public static ScriptedKeysetSource of(String document) {
        return of(KeysetDocument.of(document));
    }

    /** A source that returns this document until told otherwise. */
    public static ScriptedKeysetSource of(KeysetDocument document) {
        return new ScriptedKeysetSource("scripted:source", () -> document);
    }

    /** A source that fails until told otherwise. */
    public static ScriptedKeysetSource failing(Exception failure) {
        ScriptedKeysetSource source = of("");
        source.fail(failure);
        return source;
    }

    /** From now on returns this document. */
    public void deliver(String document) {
        deliver(KeysetDocument.of(document));
    }

    /** From now on returns this document. */
    public void deliver(KeysetDocument document) {
        requireNonNull(document, "document");
        behaviour = () -> document;
    }

    /** From now on throws this. */
    public void fail(Exception failure) {
        requireNonNull(failure, "failure");
        behaviour = () -> {
            throw failure;
        };
    }

    /** From now on does this. */
    public void answer(KeysetSource behaviour) {
        this.behaviour = requireNonNull(behaviour, "behaviour");
    }

    /** How often it was asked. */
    public int loads() {
        return loads.get();
    }

    /** Whether it was closed. */
    public boolean closed() {
        return closed.get();
    }

    @Override
    public KeysetDocument load() throws Exception {
        loads.incrementAndGet();
        return behaviour.load();
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void close() {
        closed.set(true);
    }
}
