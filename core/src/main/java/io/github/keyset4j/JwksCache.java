package io.github.keyset4j;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The JWKSs of one keyset, rendered again only when the clock passes a change. */
final class JwksCache {

    private record Rendered(Jwks jwks, Instant from) {

        boolean holdsAt(Instant now) {
            return !now.isBefore(from) && jwks.nextChange().map(now::isBefore).orElse(true);
        }
    }

    private final Keyset keyset;
    private final Map<Optional<String>, Rendered> byPurpose = new ConcurrentHashMap<>();

    JwksCache(Keyset keyset) {
        this.keyset = keyset;
    }

    Jwks at(Optional<String> purpose, Instant now) {
        @Nullable Rendered known = byPurpose.get(purpose);
        if (known != null && known.holdsAt(now)) {
            return known.jwks();
        }
        Jwks jwks = Jwks.of(keyset, purpose, now);
        if (purpose.isEmpty() || keyset.purposes().contains(purpose.get())) {
            byPurpose.put(purpose, new Rendered(jwks, now));
        }
        return jwks;
    }
}
