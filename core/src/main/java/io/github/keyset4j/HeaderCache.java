package io.github.keyset4j;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The headers of tokens that have verified, by their exact encoded text. It belongs to one keyset and goes with it, is
 * filled by genuine tokens alone, and is full when it is full.
 */
final class HeaderCache {

    private static final int MAX_ENTRIES = 256;

    private final ConcurrentHashMap<String, JwsHeader> headers = new ConcurrentHashMap<>();

    @Nullable
    JwsHeader find(String encoded) {
        return headers.get(encoded);
    }

    void verified(String encoded, JwsHeader header) {
        if (headers.size() < MAX_ENTRIES) {
            headers.putIfAbsent(encoded, header);
        }
    }
}
