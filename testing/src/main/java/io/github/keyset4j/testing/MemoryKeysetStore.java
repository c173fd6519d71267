package io.github.keyset4j.testing;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetStore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * A store in memory, whose revisions are numbers.
 *
 * <p>Threads. Safe for use by any number.
 */
public final class MemoryKeysetStore implements KeysetStore {

    private @Nullable KeysetDocument document;
    private int revision;

    /** A store in which there is nothing yet. */
    public static MemoryKeysetStore empty() {
        return new MemoryKeysetStore();
    }

    /** A store that holds this document. */
    public static MemoryKeysetStore of(String document) {
        MemoryKeysetStore store = new MemoryKeysetStore();
        store.put(KeysetDocument.of(document));
        return store;
    }

    private MemoryKeysetStore() {}

    /** Puts a document there as somebody else would. */
    public synchronized String put(KeysetDocument content) {
        revision++;
        document = content.withRevision(Integer.toString(revision));
        return Integer.toString(revision);
    }

    /** Takes the document away. */
    public synchronized void remove() {
        document = null;
    }

    /** How often it was written. */
    public synchronized int writes() {
        return revision;
    }

    @Override
    public synchronized KeysetDocument load() {
        if (document == null) {
            throw new KeysetLoadException(
                    KeysetLoadException.Reason.NOT_FOUND, description() + ": load: nothing is there; create it");
        }
        return document;
    }

    @Override
    public synchronized String create(KeysetDocument content) {
        requireNonNull(content, "document");
        if (document != null) {
            throw new KeysetConflictException(description() + ": there is a document already; replace it");
        }
        return put(content);
    }

    @Override
    public synchronized String replace(KeysetDocument content, String expectedRevision) {
        requireNonNull(content, "document");
        requireNonNull(expectedRevision, "expectedRevision");
        if (!Optional.of(expectedRevision).equals(load().revision())) {
            throw new KeysetConflictException(
                    description() + ": somebody else was faster; look at the document as it is now");
        }
        return put(content);
    }

    @Override
    public String description() {
        return "memory:store";
    }
}
