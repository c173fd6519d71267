package io.github.keyset4j.rotation;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.RotationRefusedException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a step did to a keyset, or in a dry run would do. It may tell more some day.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. None: kids, times and words.
 */
public final class RotationReport {

    private final String step;
    private final Instant at;
    private final String store;
    private final boolean changed;
    private final boolean written;
    private final Keyset before;
    private final Keyset after;
    private final Optional<String> revisionBefore;
    private final Optional<String> revision;
    private final List<RotationRefusedException> overridden;
    private final Optional<String> forcedBecause;
    private final List<String> done;
    private final List<String> next;

    private RotationReport(Draft from) {
        this.step = from.step;
        this.at = from.at;
        this.store = from.store;
        this.changed = from.changed;
        this.written = from.written;
        this.before = from.before;
        this.after = from.after;
        this.revisionBefore = from.revisionBefore;
        this.revision = from.revision;
        this.overridden = List.copyOf(from.overridden);
        this.forcedBecause = from.forcedBecause;
        this.done = List.copyOf(from.done);
        this.next = List.copyOf(from.next);
    }

    /** A report being put together: of a step that changed nothing, unless more is said. */
    static final class Draft {

        private final String step;
        private final Instant at;
        private final String store;
        private final Keyset before;
        Keyset after;
        boolean changed;
        boolean written;
        Optional<String> revisionBefore = Optional.empty();
        Optional<String> revision = Optional.empty();
        List<RotationRefusedException> overridden = List.of();
        Optional<String> forcedBecause = Optional.empty();
        List<String> done = List.of();
        List<String> next = List.of();

        Draft(String step, Instant at, String store, Keyset before) {
            this.step = step;
            this.at = at;
            this.store = store;
            this.before = before;
            this.after = before;
        }

        RotationReport report() {
            return new RotationReport(this);
        }
    }

    /**
     * The step's name: {@code prepare}, {@code promote}, {@code retire}, {@code revoke}, {@code rotate}, {@code emergency},
     * {@code prune}, {@code auto}.
     */
    public String step() {
        return step;
    }

    /** When it was taken, by the rotator's clock. */
    public Instant at() {
        return at;
    }

    /** The store's description. */
    public String store() {
        return store;
    }

    /** Whether there was anything to change; the same step taken twice changes nothing. */
    public boolean changed() {
        return changed;
    }

    /** Whether the store was written: changed, and not a dry run. */
    public boolean written() {
        return written;
    }

    /** The keyset before the step, as a process that starts then would read it. */
    public Keyset before() {
        return before;
    }

    /** The keyset after the step, read the same way; equal to {@link #before()} where nothing changed. */
    public Keyset after() {
        return after;
    }

    /** The store's revision before. */
    public Optional<String> revisionBefore() {
        return revisionBefore;
    }

    /** The store's revision now; that before, unless written. */
    public Optional<String> revision() {
        return revision;
    }

    /** The refusals that were forced, each with its gate; empty for a step within the rules. */
    public List<RotationRefusedException> overridden() {
        return overridden;
    }

    /** The reason given for forcing. */
    public Optional<String> forcedBecause() {
        return forcedBecause;
    }

    /** What was done, a line for each change, in words. */
    public List<String> done() {
        return done;
    }

    /** What is to be done next and from when, in words. */
    public List<String> next() {
        return next;
    }

    /** Whether the step was taken against the rules. */
    public boolean forced() {
        return !overridden.isEmpty();
    }

    /** All of it, where keysets and refusals are those very objects. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RotationReport report
                && step.equals(report.step)
                && at.equals(report.at)
                && store.equals(report.store)
                && changed == report.changed
                && written == report.written
                && before.equals(report.before)
                && after.equals(report.after)
                && revisionBefore.equals(report.revisionBefore)
                && revision.equals(report.revision)
                && overridden.equals(report.overridden)
                && forcedBecause.equals(report.forcedBecause)
                && done.equals(report.done)
                && next.equals(report.next);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                step,
                at,
                store,
                changed,
                written,
                before,
                after,
                revisionBefore,
                revision,
                overridden,
                forcedBecause,
                done,
                next);
    }

    @Override
    public String toString() {
        return "RotationReport[" + step + " of " + store + " at " + at + (written ? ", written" : ", not written")
                + (forced() ? ", forced: " + forcedBecause.orElse("") : "") + ", done " + done + ", next " + next + "]";
    }
}
