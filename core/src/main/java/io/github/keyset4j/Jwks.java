package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.encoding.Thumbprint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The published keys at an instant, as a JWK Set (RFC 7517 section 5).
 *
 * <p>Keys are sorted by kid and written from a whitelist of public members, so replicas with the same keys publish the
 * same bytes, whatever order they were listed in.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. HMAC keys are never published.
 */
public final class Jwks {

    private final byte[] bytes;
    private final String etag;
    private final int size;
    private final @Nullable Instant nextChange;
    private final Instant at;
    private final boolean revocations;

    private Jwks(byte[] bytes, String etag, int size, @Nullable Instant nextChange, Instant at, boolean revocations) {
        this.bytes = bytes;
        this.etag = etag;
        this.size = size;
        this.nextChange = nextChange;
        this.at = at;
        this.revocations = revocations;
    }

    /** The same set, asked for at another instant. */
    Jwks at(Instant now) {
        return new Jwks(bytes, etag, size, nextChange, now, revocations);
    }

    /** What the keyset publishes at an instant; of one purpose, or of all. */
    static Jwks of(Keyset keyset, Optional<String> purpose, Instant now) {
        List<KeysetKey> considered = keyset.keys().stream()
                .filter(key -> !key.material().symmetric())
                .filter(key -> purpose.isEmpty() || purpose.get().equals(key.purpose()))
                .sorted(Comparator.comparing(KeysetKey::kid))
                .toList();
        List<Map<String, String>> published = new ArrayList<>();
        Instant nextChange = null;
        for (KeysetKey key : considered) {
            if (key.published(now)) {
                published.add(key.publicJwk());
            }
            for (Instant change : List.of(key.publishedAt(), key.removeAt().orElse(Instant.MAX))) {
                if (change.isAfter(now) && (nextChange == null || change.isBefore(nextChange))) {
                    nextChange = change;
                }
            }
        }
        byte[] bytes = StrictJson.write(Map.of("keys", published));
        return new Jwks(
                bytes,
                '"' + Base64Url.encode(Thumbprint.sha256(bytes)) + '"',
                published.size(),
                Instant.MAX.equals(nextChange) ? null : nextChange,
                now,
                !keyset.revokedKids().isEmpty());
    }

    /** The JWK Set as text. */
    public String json() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The JWK Set in UTF-8; a copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** A strong entity tag, quotes included (RFC 9110 section 8.8.3): the digest of the bytes, equal on all replicas. */
    public String etag() {
        return etag;
    }

    /** How many keys are published. With none there is nothing honest to serve. */
    public int size() {
        return size;
    }

    /**
     * Whether it is to be served: there are keys in it, or a revocation may have left none, which clients are to believe.
     * Any other empty set they must not get: they would drop the keys they have.
     */
    public boolean servable() {
        return size > 0 || revocations;
    }

    /** When time alone will change the set, if it is known to. */
    public Optional<Instant> nextChange() {
        return Optional.ofNullable(nextChange);
    }

    /** How long it holds at most, counted from when it was asked for: what to cut a {@code max-age} to. */
    public Optional<Duration> untilNextChange() {
        return nextChange().map(change -> Duration.between(at, change));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Jwks jwks
                && etag.equals(jwks.etag)
                && Objects.equals(nextChange, jwks.nextChange)
                && revocations == jwks.revocations;
    }

    @Override
    public int hashCode() {
        return Objects.hash(etag, nextChange, revocations);
    }

    @Override
    public String toString() {
        return "Jwks[" + size + " keys, " + etag + "]";
    }
}
