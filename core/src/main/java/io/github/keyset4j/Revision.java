package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How new the documents were that were accepted: the numbers of their versions, or their time where they have none.
 *
 * @param time of the newest; never far beyond this process's own clock, which would shut out what follows
 * @param versions the highest number of each part
 */
record Revision(Instant time, Map<String, Long> versions) {

    static final Revision NONE = new Revision(Instant.MIN, Map.of());

    /** Clocks that differ by more are wrong. */
    private static final Duration FURTHEST_AHEAD = Duration.ofDays(1);

    boolean olderIn(KeysetDocument document) {
        Instant other = document.revisionTime().orElse(Instant.MAX);
        if (document.versions().isEmpty()) {
            return other.isBefore(time);
        }
        boolean lower = document.versions().entrySet().stream()
                .anyMatch(part -> part.getValue() < versions.getOrDefault(part.getKey(), 0L));
        // A part that was deleted and created again begins anew, and is newer.
        return lower && (document.revisionTime().isEmpty() || !other.isAfter(time));
    }

    Revision seen(KeysetDocument document, Instant now) {
        Instant other = document.revisionTime().orElse(Instant.MIN);
        Instant newest = other.isAfter(now.plus(FURTHEST_AHEAD)) ? now : other;
        boolean anew = !document.versions().isEmpty() && !olderIn(document);
        Map<String, Long> highest = new HashMap<>(anew ? Map.of() : versions);
        document.versions().forEach((part, number) -> highest.merge(part, number, Math::max));
        return new Revision(newest.isAfter(time) ? newest : time, highest);
    }
}
