package io.github.keyset4j.config;

import io.github.keyset4j.rotation.KeysetStore;
import java.net.URI;
import java.util.Map;

/**
 * Stores by URI, for configuration and for command lines: {@code file:/etc/app/keys.json}. The URIs are those of {@link
 * KeysetSources}, and what cannot be understood is refused as there; so is a URI that names a place which can only be
 * read, with a message that says which can be written.
 *
 * <p>Threads. Safe for use by any number.
 *
 * <p>Secrets. No message quotes the URI's name or a parameter's value.
 */
public final class KeysetStores {

    private KeysetStores() {}

    /** The store that this URI names. Does not block: nothing is read or written before it is asked for. */
    public static KeysetStore of(URI uri) {
        return of(uri, Map.of());
    }

    /**
     * The store that this URI names, with settings that override the URI's parameters of the same names. Does not block:
     * nothing is read or written before it is asked for.
     */
    public static KeysetStore of(URI uri, Map<String, String> settings) {
        return KeysetSources.of(uri, settings, KeysetStoreProvider.class, KeysetStoreProvider::store);
    }
}
