package io.github.keyset4j;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is in force, swapped as a whole; and what was worked out from it, which goes with the keyset.
 *
 * <p>Threads. Any number at once.
 */
final class Snapshot {

    private static final int MAX_HEADERS = 256;

    private record Rendered(Jwks jwks, Instant from) {

        boolean holdsAt(Instant now) {
            return !now.isBefore(from) && jwks.nextChange().map(now::isBefore).orElse(true);
        }
    }

    /** What follows from a keyset alone. */
    private static final class Derived {

        /** Headers of tokens that have verified, by their encoded text: genuine tokens alone fill it, and full is full. */
        final Map<String, JwsHeader> headers = new ConcurrentHashMap<>();

        final Map<Optional<String>, Rendered> jwks = new ConcurrentHashMap<>();
    }

    private final Keyset keyset;
    private final Instant since;
    private final String source;
    private final Instant confirmedAt;
    private final boolean fallback;
    private final boolean endless;
    private final Derived derived;

    private Snapshot(
            Keyset keyset,
            Instant since,
            String source,
            Instant confirmedAt,
            boolean fallback,
            boolean endless,
            Derived derived) {
        this.keyset = keyset;
        this.since = since;
        this.source = source;
        this.confirmedAt = confirmedAt;
        this.fallback = fallback;
        this.endless = endless;
        this.derived = derived;
    }

    /**
     * @param since when the keys were put in force; a clock that shows less has been set back
     * @param source what they came from
     * @param confirmedAt when the source last said that they hold
     * @param fallback whether a fallback stands in for a source that has not delivered yet
     * @param endless whether the source cannot change, so that the keys never go stale
     */
    Snapshot(Keyset keyset, Instant since, String source, Instant confirmedAt, boolean fallback, boolean endless) {
        this(keyset, since, source, confirmedAt, fallback, endless, new Derived());
    }

    Keyset keyset() {
        return keyset;
    }

    Instant since() {
        return since;
    }

    String source() {
        return source;
    }

    Instant confirmedAt() {
        return confirmedAt;
    }

    boolean fallback() {
        return fallback;
    }

    boolean endless() {
        return endless;
    }

    Snapshot with(Keyset other, Instant since) {
        return new Snapshot(other, since, source, confirmedAt, fallback, endless);
    }

    /** The source said again that the keys hold; a fallback's word does not count. */
    Snapshot confirmed(Instant at) {
        return fallback ? this : new Snapshot(keyset, since, source, at, false, endless, derived);
    }

    /** These keys, confirmed now at the latest: a clock that was ahead must not keep them fresh for ever. */
    Snapshot notConfirmedAfter(Instant now) {
        return confirmedAt.isAfter(now) ? new Snapshot(keyset, since, source, now, fallback, endless, derived) : this;
    }

    /** The instant to look at the keys with: never one before they were put in force. */
    Instant at(Instant now) {
        return now.isBefore(since) ? since : now;
    }

    /** The header that this text stands for, if a token that began with it has verified. */
    @Nullable
    JwsHeader header(String encoded) {
        return derived.headers.get(encoded);
    }

    /** A token that begins so has verified. */
    void verified(String encoded, JwsHeader header) {
        if (derived.headers.size() < MAX_HEADERS) {
            derived.headers.putIfAbsent(encoded, header);
        }
    }

    /** The JWKS of a purpose, or of all, rendered again only when the clock passes a change. */
    Jwks jwks(Optional<String> purpose, Instant now) {
        Rendered known = derived.jwks.get(purpose);
        if (known != null && known.holdsAt(now)) {
            return known.jwks().at(now);
        }
        Jwks jwks = Jwks.of(keyset, purpose, now);
        if (purpose.isEmpty() || keyset.purposes().contains(purpose.get())) {
            derived.jwks.put(purpose, new Rendered(jwks, now));
        }
        return jwks;
    }
}
