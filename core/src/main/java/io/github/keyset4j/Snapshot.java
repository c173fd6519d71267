package io.github.keyset4j;

import java.time.Instant;
import java.util.Optional;

/**
 * What is in force, swapped as a whole.
 *
 * @param keyset the keys
 * @param source what they came from
 * @param confirmedAt when the source last said that they hold
 * @param revisionTime when their document came to be
 * @param fallback whether a fallback stands in for a source that has not delivered yet
 * @param endless whether the source cannot change, so that the keys never go stale
 */
record Snapshot(
        Keyset keyset,
        String source,
        Instant confirmedAt,
        Optional<Instant> revisionTime,
        boolean fallback,
        boolean endless) {

    Snapshot with(Keyset other) {
        return new Snapshot(other, source, confirmedAt, revisionTime, fallback, endless);
    }

    /** The source said again that the keys hold; a fallback's word does not count. */
    Snapshot confirmed(Instant at) {
        return fallback ? this : new Snapshot(keyset, source, at, revisionTime, false, endless);
    }
}
