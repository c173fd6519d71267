package io.github.keyset4j;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * The keys a process works with, each with its place in time. Which key signs, which verify and which are published is
 * a function of the keyset and an instant, so replicas with the same keyset change keys at the same instant.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. {@link #toString()} shows kids, algorithms and times only, and of what was revoked its number: a secret put into
 * that list by mistake is no kid of a key.
 */
public final class Keyset {

    private final Map<String, KeysetKey> keys;
    private final Map<String, List<KeysetKey>> signingByPurpose;
    private final Set<String> revoked;
    private final boolean oneKeyPerPurpose;
    private final HeaderCache headers = new HeaderCache();
    private final JwksCache jwks = new JwksCache(this);

    Keyset(Collection<KeysetKey> keys, Set<String> revoked, boolean oneKeyPerPurpose) {
        Map<String, KeysetKey> byKid = new LinkedHashMap<>();
        Map<String, List<KeysetKey>> signing = new LinkedHashMap<>();
        for (KeysetKey key : keys) {
            byKid.put(key.kid(), key);
            if (key.canSign() && key.activateAt().isPresent()) {
                signing.computeIfAbsent(key.purpose(), purpose -> new ArrayList<>())
                        .add(key);
            }
        }
        signing.values().forEach(list -> list.sort(LATEST_FIRST));
        this.keys = byKid;
        this.signingByPurpose = signing;
        this.revoked = Set.copyOf(revoked);
        this.oneKeyPerPurpose = oneKeyPerPurpose;
    }

    private static final Comparator<KeysetKey> LATEST_FIRST = Comparator.comparing(
                    (KeysetKey key) -> key.activateAt().orElse(Instant.MIN))
            .reversed();

    /** All keys, in the order of the document; keys kept beyond their document last. */
    public List<KeysetKey> keys() {
        return List.copyOf(keys.values());
    }

    /** The key of this name, whatever its status. */
    public Optional<KeysetKey> key(String kid) {
        return Optional.ofNullable(keys.get(requireNonNull(kid, "kid")));
    }

    /**
     * The key that signs for a purpose at an instant: the one activated last. None if that one is past its removal: a
     * retired key never comes back because its successor has ended.
     */
    public Optional<KeysetKey> activeKey(String purpose, Instant instant) {
        return Optional.ofNullable(active(requireNonNull(purpose, "purpose"), requireNonNull(instant, "instant")));
    }

    @Nullable
    KeysetKey active(String purpose, Instant instant) {
        List<KeysetKey> candidates = signingByPurpose.get(purpose);
        if (candidates == null) {
            return null;
        }
        for (KeysetKey key : candidates) {
            if (!key.activateAt().orElse(Instant.MAX).isAfter(instant)) {
                return key.status(instant) == KeyStatus.ACTIVE ? key : null;
            }
        }
        return null;
    }

    /** The purposes of the keys, in the order of the document. */
    public Set<String> purposes() {
        Set<String> purposes = new LinkedHashSet<>();
        keys.values().forEach(key -> purposes.add(key.purpose()));
        return purposes;
    }

    /** The kids that were revoked, by the document or in this process. */
    public Set<String> revokedKids() {
        return revoked;
    }

    /** The next instant after this one at which a key's status changes or the published set does. */
    public Optional<Instant> nextChange(Instant after) {
        return keys.values().stream()
                .flatMap(key -> Stream.of(
                                Optional.of(key.publishedAt()), key.activateAt(), key.retireAt(), key.removeAt())
                        .flatMap(Optional::stream))
                .filter(instant -> instant.isAfter(after))
                .min(Comparator.naturalOrder());
    }

    @Nullable
    KeysetKey find(String kid) {
        return keys.get(kid);
    }

    boolean oneKeyPerPurpose() {
        return oneKeyPerPurpose;
    }

    boolean canSign() {
        return !signingByPurpose.isEmpty();
    }

    HeaderCache headers() {
        return headers;
    }

    JwksCache jwks() {
        return jwks;
    }

    @Override
    public String toString() {
        return "Keyset" + keys.values() + (revoked.isEmpty() ? "" : ", " + revoked.size() + " revoked");
    }
}
