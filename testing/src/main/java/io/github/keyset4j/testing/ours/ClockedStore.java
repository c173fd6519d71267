package io.github.keyset4j.testing.ours;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.rotation.KeysetStore;
import java.time.InstantSource;

/** A store that answers by this clock, whatever its own. */
public record ClockedStore(KeysetStore store, InstantSource clock) implements KeysetStore {

    @Override
    public KeysetDocument load() throws Exception {
        return store.load().withAnsweredAt(clock.instant());
    }

    @Override
    public String create(KeysetDocument document) throws Exception {
        return store.create(document);
    }

    @Override
    public String replace(KeysetDocument document, String expectedRevision) throws Exception {
        return store.replace(document, expectedRevision);
    }

    @Override
    public String description() {
        return store.description();
    }
}
