package io.github.keyset4j.config;

import io.github.keyset4j.rotation.KeysetStore;

/**
 * A provider whose places can also be written. It is registered as what it extends, in {@code
 * META-INF/services/io.github.keyset4j.config.KeysetSourceProvider}, and a store has the parameters that a source has.
 *
 * <p>Threads. May be called by any number.
 *
 * <p>Secrets. What a provider throws must not quote a parameter's value.
 */
public interface KeysetStoreProvider extends KeysetSourceProvider {

    /**
     * A store of what the URI names. Does not block: nothing is read before the first load, nothing written before it is
     * asked for.
     *
     * @throws IllegalArgumentException if the name or a value will not do, or does for reading only; see {@link
     *     KeysetSourceUri#refused}
     */
    KeysetStore store(KeysetSourceUri uri);
}
