package io.github.keyset4j;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A document, and what its source knows of it.
 *
 * @param named the kids of active_kid; by purpose, or for whatever purpose the key has, under the empty name
 * @param readable whether it is complete
 * @param time when this version came to be
 * @param parts the versions of its parts, where the source numbers them
 * @param previous the version beside it
 * @param pending the version to come
 */
record KeysetVersion(
        List<ListedKey> keys,
        Map<String, String> named,
        Set<String> revoked,
        boolean oneKey,
        boolean readable,
        Optional<Instant> time,
        Map<String, Long> parts,
        Optional<KeysetVersion> previous,
        Optional<KeysetVersion> pending) {

    Optional<ListedKey> key(String kid) {
        return keys.stream().filter(key -> key.kid().equals(kid)).findFirst();
    }

    boolean reads(KeysetVersion other) {
        return keys.equals(other.keys)
                && named.equals(other.named)
                && revoked.equals(other.revoked)
                && oneKey == other.oneKey
                && readable == other.readable;
    }

    /** Whether one cannot be told from the other but by times and numbers. */
    boolean says(KeysetVersion other) {
        return reads(other)
                && previous.isPresent() == other.previous.isPresent()
                && movedBack() == other.movedBack()
                && pending.isPresent() == other.pending.isPresent()
                && pending.filter(next -> !next.reads(other.pending.orElseThrow()))
                        .isEmpty()
                && previous.filter(beside -> !beside.reads(other.previous.orElseThrow()))
                        .isEmpty();
    }

    /** A key that only the version to come has. */
    Optional<ListedKey> keyToCome(String kid) {
        return pending.filter(next -> key(kid).isEmpty() && !next.revoked().contains(kid))
                .flatMap(next -> next.key(kid));
    }

    /** The same, with other versions beside it. */
    KeysetVersion with(Optional<KeysetVersion> other, Optional<KeysetVersion> next) {
        return new KeysetVersion(keys, named, revoked, oneKey, readable, time, parts, other, next);
    }

    /** The same with these keys alone, and no version beside it. */
    KeysetVersion only(List<ListedKey> some) {
        return new KeysetVersion(
                some, named, revoked, oneKey, readable, time, parts, Optional.empty(), Optional.empty());
    }

    Set<String> purposes() {
        Set<String> purposes = new TreeSet<>();
        keys.forEach(key -> purposes.add(key.purpose()));
        return purposes;
    }

    /** Whether every key that can sign has an activation: then replicas agree at every instant. */
    boolean dated() {
        return keys.stream().allMatch(key -> !key.canSign() || key.nbf() != null);
    }

    /** Whether the version beside it is a later one: the stage was moved back. */
    boolean movedBack() {
        return previous.filter(beside -> beside.isLaterThan(this)).isPresent();
    }

    /** The version before it, if that is what stands beside it. */
    Optional<KeysetVersion> before() {
        return previous.filter(beside -> !movedBack());
    }

    boolean isLaterThan(KeysetVersion other) {
        return time.isPresent() && other.time.isPresent() && time.get().isAfter(other.time.get());
    }

    /** What no document may say, at whatever time. */
    boolean malformed() {
        boolean anySigns = keys().stream().anyMatch(ListedKey::canSign);
        Map<String, String> named = new HashMap<>();
        for (Map.Entry<String, String> name : named().entrySet()) {
            Optional<ListedKey> key = key(name.getValue());
            if (revoked().contains(name.getValue())) {
                continue;
            }
            if (key.isEmpty()
                    || !(name.getKey().isEmpty()
                            || name.getKey().equals(key.get().purpose()))
                    || (anySigns && !key.get().canSign())) {
                return true;
            }
            String other = named.put(key.get().purpose(), name.getValue());
            if (other != null && !other.equals(name.getValue())) {
                return true;
            }
        }
        for (String purpose : purposes()) {
            List<ListedKey> signing = keys().stream()
                    .filter(key -> key.purpose().equals(purpose)
                            && key.canSign()
                            && !revoked().contains(key.kid()))
                    .toList();
            long dated = signing.stream().filter(key -> key.nbf() != null).count();
            long instants = signing.stream()
                    .map(ListedKey::nbf)
                    .filter(Objects::nonNull)
                    .distinct()
                    .count();
            if (dated != instants
                    || (dated == 0
                            && signing.size() > 1
                            && named().values().stream().noneMatch(revoked()::contains)
                            && !named.containsKey(purpose))) {
                return true;
            }
        }
        long kids = keys().stream().map(ListedKey::kid).distinct().count();
        return keys().isEmpty()
                || kids != keys().size()
                || keys().stream()
                        .anyMatch(key -> key.nbf() != null
                                && key.exp() != null
                                && !key.nbf().isBefore(key.exp()));
    }
}
