package io.github.keyset4j;

import java.time.Instant;

/**
 * What is in force, swapped as a whole.
 *
 * @param keyset the keys
 * @param since when they were put in force; a clock that shows less has been set back
 * @param source what they came from
 * @param confirmedAt when the source last said that they hold
 * @param fallback whether a fallback stands in for a source that has not delivered yet
 * @param endless whether the source cannot change, so that the keys never go stale
 */
record Snapshot(Keyset keyset, Instant since, String source, Instant confirmedAt, boolean fallback, boolean endless) {

    Snapshot with(Keyset other, Instant since) {
        return new Snapshot(other, since, source, confirmedAt, fallback, endless);
    }

    /** The source said again that the keys hold; a fallback's word does not count. */
    Snapshot confirmed(Instant at) {
        return fallback ? this : new Snapshot(keyset, since, source, at, false, endless);
    }

    /** These keys, confirmed now at the latest: a clock that was ahead must not keep them fresh for ever. */
    Snapshot notConfirmedAfter(Instant now) {
        return confirmedAt.isAfter(now) ? new Snapshot(keyset, since, source, now, fallback, endless) : this;
    }

    /** The instant to look at the keys with: never one before they were put in force. */
    Instant at(Instant now) {
        return now.isBefore(since) ? since : now;
    }
}
