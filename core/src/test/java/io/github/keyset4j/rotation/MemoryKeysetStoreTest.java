package io.github.keyset4j.rotation;

import io.github.keyset4j.testing.KeysetStoreContract;
import io.github.keyset4j.testing.MemoryKeysetStore;

class MemoryKeysetStoreTest extends KeysetStoreContract {

    private final MemoryKeysetStore memory = MemoryKeysetStore.empty();

    @Override
    protected KeysetStore store() {
        return memory;
    }

    @Override
    protected void remove() {
        memory.remove();
    }
}
