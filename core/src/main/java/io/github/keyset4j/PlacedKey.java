package io.github.keyset4j;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key and the facts that its place in time follows from.
 *
 * @param entry what the document says of it
 * @param jws the key made ready
 * @param standing how it comes to be in the keyset
 * @param seenSince when it was first seen, here or by the dates of the versions that have it, and has been kept since
 * @param absentUntil when a document without it was last seen: what is said of the time before is not believed
 * @param keptUntil how long it is kept although its document does not list it; {@link Instant#MAX} if it does
 * @param signed when it signed, by documents before this one; for telling alone, nothing is decided by it
 */
record PlacedKey(
        ParsedKeyset.Entry entry,
        JwsKey jws,
        Standing standing,
        Instant seenSince,
        Instant absentUntil,
        Instant keptUntil,
        @Nullable Turn signed) {

    /** In this time, its end excluded, a key signs. */
    record Turn(String kid, Instant from, Instant to) {

        boolean at(Instant instant) {
            return !instant.isBefore(from) && instant.isBefore(to);
        }
    }

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

    /** The same, of which is known now that it was seen by then: a clock may have been ahead. */
    PlacedKey kept(Standing other, Instant until, @Nullable Turn turn, Instant seen, Instant now) {
        return new PlacedKey(entry, jws, other, seenSince.isBefore(seen) ? seenSince : seen, now, until, turn);
    }

    /** The same with the times of another entry, which was written later. */
    PlacedKey timed(ParsedKeyset.Entry other) {
        ParsedKeyset.Entry entryThen = new ParsedKeyset.Entry(
                kid(), purpose(), material(), other.publishedAt(), other.activateAt(), other.removeAt());
        return new PlacedKey(entryThen, jws, standing, seenSince, absentUntil, keptUntil, signed);
    }

    /** The same, kept until then. */
    PlacedKey until(Instant end) {
        return new PlacedKey(entry, jws, standing, seenSince, absentUntil, end, signed);
    }

    /** Since when its verifiers could have fetched it: as the document says, unless something else was seen. */
    Instant knownSince() {
        Instant said = entry.publishedAt();
        return said != null && !said.isBefore(absentUntil) && said.isBefore(seenSince) ? said : seenSince;
    }

    /** From when it is published: not before the document says. */
    Instant publishedAt() {
        Instant said = entry.publishedAt();
        return said != null && said.isAfter(seenSince) ? said : knownSince();
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
