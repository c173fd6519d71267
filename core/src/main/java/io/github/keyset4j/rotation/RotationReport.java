package io.github.keyset4j.rotation;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.RotationRefusedException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a step did to a keyset, or in a dry run would do.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. None: kids, times and words.
 *
 * @param step its name: {@code prepare}, {@code promote}, {@code retire}, {@code revoke}, {@code rotate}, {@code
 *     emergency}, {@code prune}
 * @param at when it was taken, by the rotator's clock
 * @param store the store's description
 * @param changed whether there was anything to change; the same step taken twice changes nothing
 * @param written whether the store was written: changed, and not a dry run
 * @param before the keyset before the step, as a process that starts then would read it
 * @param after the keyset after the step, read the same way; equal to {@code before} where nothing changed
 * @param revisionBefore the store's revision before
 * @param revision the store's revision now; that before, unless written
 * @param overridden the refusals that were forced, each with its gate; empty for a step within the rules
 * @param forcedBecause the reason given for forcing
 * @param done what was done, a line for each change, in words
 * @param next what is to be done next and from when, in words
 */
public record RotationReport(
        String step,
        Instant at,
        String store,
        boolean changed,
        boolean written,
        Keyset before,
        Keyset after,
        Optional<String> revisionBefore,
        Optional<String> revision,
        List<RotationRefusedException> overridden,
        Optional<String> forcedBecause,
        List<String> done,
        List<String> next) {

    public RotationReport {
        overridden = List.copyOf(overridden);
        done = List.copyOf(done);
        next = List.copyOf(next);
    }

    /** Whether the step was taken against the rules. */
    public boolean forced() {
        return !overridden.isEmpty();
    }
}
