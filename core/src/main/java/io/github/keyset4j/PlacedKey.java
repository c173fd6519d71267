package io.github.keyset4j;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key and the facts that its place in time follows from.
 *
 * @param entry what the document says of it
 * @param jws the key made ready
 * @param standing how it comes to be in the keyset
 * @param knownSince since when its verifiers could have fetched it
 * @param absentUntil when the process last saw a document without it, which no claim can be older than
 * @param keptUntil how long it is kept although its document does not list it; {@link Instant#MAX} if it does
 * @param signed when it signed, by documents before this one; for telling alone, nothing is decided by it
 */
record PlacedKey(
        ParsedKeyset.Entry entry,
        JwsKey jws,
        Standing standing,
        Instant knownSince,
        Instant absentUntil,
        Instant keptUntil,
        Succession.@Nullable Turn signed) {

    /** How a key comes to be in a keyset. */
    enum Standing {
        /** The document lists it. */
        LISTED,
        /** A version to come lists it: it is published, and does not sign before that version is the present one. */
        TO_COME,
        /** It left a document that has room for one key of a purpose: it signs while it holds, and verifies. */
        HOLDING,
        /** It left its document otherwise, and verifies. */
        KEPT
    }

    PlacedKey kept(Standing other, Instant until, Succession.@Nullable Turn turn) {
        return new PlacedKey(entry, jws, other, knownSince, absentUntil, until, turn);
    }

    String kid() {
        return entry.kid();
    }

    String purpose() {
        return entry.purpose();
    }

    KeyMaterial material() {
        return entry.material();
    }

    /** Whether its document can have it sign. */
    boolean able() {
        return standing == Standing.LISTED && material().canSign();
    }

    /** From when it does nothing any more; {@link Instant#MAX} if nothing is said. */
    Instant end() {
        Instant removeAt = entry.removeAt();
        return removeAt == null || keptUntil.isBefore(removeAt) ? keptUntil : removeAt;
    }

    boolean endedAt(Instant now) {
        return !end().isAfter(now);
    }
}
