package io.github.keyset4j.evidence;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.rotation.RotationReport;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * What is to be put on record: the keys there are at an instant, what led to them, and the durations in force. {@link
 * EvidenceDirectory#capture} writes it.
 *
 * <p>Threads. Immutable; each {@code with} method returns a new value.
 *
 * <p>Secrets. Of keys only public members are recorded, and of HMAC keys kid, algorithm and times. The reason given for
 * forcing a step is recorded as it is.
 */
@CheckReturnValue
public final class Evidence {

    private static final Pattern EVENT_ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final Pattern RECORDER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

    static final String LATE = "late";

    final Keyset keyset;
    final String source;
    final Instant at;
    private Trigger trigger;
    private @Nullable String eventId;
    private @Nullable String recordedBy;
    private @Nullable String revision;
    private @Nullable RotationReport step;
    private @Nullable RotationTimes times;
    private int missed;

    private Evidence(Keyset keyset, String source, Instant at, Trigger trigger) {
        this.keyset = requireNonNull(keyset, "keyset");
        this.source = requireNonNull(source, "source");
        this.at = requireNonNull(at, "at");
        this.trigger = trigger;
    }

    /**
     * Why there is evidence.
     *
     * @param type {@code capture}, {@code late}, {@code step}, or the kind of a {@link KeysetEvent}
     * @param early of a removal, whether tokens the key signed may still be alive
     * @param fallback of a load, whether a fallback stands in for the source
     */
    record Trigger(String type, Optional<String> kid, boolean early, boolean fallback) {

        Trigger(String type, String kid) {
            this(type, Optional.of(kid), false, false);
        }
    }

    /** The keys as they stand at this instant, from the source of this description: {@code file:/etc/app/keys.json}. */
    public static Evidence of(Keyset keyset, String source, Instant at) {
        return new Evidence(keyset, source, at, new Trigger("capture", Optional.empty(), false, false));
    }

    /**
     * A step of a rotation that was taken, and the keys after it.
     *
     * @throws IllegalArgumentException if the step was only tried: a dry run changes nothing that could be evidence
     */
    public static Evidence of(RotationReport step) {
        requireNonNull(step, "step");
        if (step.changed() && !step.written()) {
            throw new IllegalArgumentException(
                    "step: a dry run, which changed nothing; take the step, and record that");
        }
        Evidence evidence = new Evidence(
                step.after(), step.store(), step.at(), new Trigger("step", Optional.empty(), false, false));
        evidence.step = step;
        evidence.revision = step.revision().orElse(null);
        return evidence;
    }

    /** A change that a manager told of, and the keys in force with it; empty for events that change no key. */
    static Optional<Evidence> of(KeysetEvent event, Keyset keyset, String source) {
        return trigger(event).map(trigger -> {
            Evidence evidence = new Evidence(keyset, source, event.at(), trigger);
            if (event instanceof KeysetEvent.Loaded loaded) {
                evidence.revision = loaded.revision().orElse(null);
            }
            return evidence;
        });
    }

    private static Optional<Trigger> trigger(KeysetEvent event) {
        if (event instanceof KeysetEvent.Loaded loaded) {
            return Optional.of(new Trigger("loaded", Optional.empty(), false, loaded.fallback()));
        } else if (event instanceof KeysetEvent.Activated activated) {
            return Optional.of(new Trigger("activated", activated.kid()));
        } else if (event instanceof KeysetEvent.Retired retired) {
            return Optional.of(new Trigger("retired", retired.kid()));
        } else if (event instanceof KeysetEvent.Revoked revoked) {
            return Optional.of(new Trigger("revoked", revoked.kid()));
        } else if (event instanceof KeysetEvent.Removed removed) {
            return Optional.of(new Trigger("removed", Optional.of(removed.kid()), removed.early(), false));
        }
        return Optional.empty();
    }

    /**
     * With an id instead of one made of the time and a kid.
     *
     * @throws IllegalArgumentException unless it has 1 to 128 letters, digits, dots, dashes and underscores, begins with
     *     none of dot and dash, and has no two dots in a row
     */
    public Evidence withEventId(String id) {
        checkEventId(id);
        return with(evidence -> evidence.eventId = id);
    }

    static void checkEventId(String id) {
        if (!isEventId(requireNonNull(id, "eventId"))) {
            throw new IllegalArgumentException("event id: not 1 to 128 letters, digits, dots, dashes and underscores,"
                    + " or it begins with a dot or a dash, or has two dots in a row; write it as in"
                    + " rotation-20260212-a");
        }
    }

    static boolean isEventId(String id) {
        return EVENT_ID.matcher(id).matches() && !id.contains("..");
    }

    /**
     * With the name of who records, such as a replica's. Each has a chain of events of its own, and its name in the ids
     * that are made.
     *
     * @throws IllegalArgumentException unless it has 1 to 64 characters of those that an event id may have
     */
    public Evidence withRecorder(String name) {
        requireNonNull(name, "recorder");
        if (!isRecorder(name)) {
            throw noRecorder();
        }
        return with(evidence -> evidence.recordedBy = name);
    }

    static boolean isRecorder(String name) {
        return RECORDER.matcher(name).matches() && !name.contains("..");
    }

    static IllegalArgumentException noRecorder() {
        return new IllegalArgumentException("recorder: not 1 to 64 letters, digits, dots, dashes and underscores, or it"
                + " begins with a dot or a dash, or has two dots in a row; name the replica as in replica-1");
    }

    /** With the durations in force, so that an auditor can do the sums. */
    public Evidence withTimes(RotationTimes times) {
        requireNonNull(times, "times");
        return with(evidence -> evidence.times = times);
    }

    /** With the source's own name for what it delivered. */
    public Evidence withRevision(String name) {
        requireNonNull(name, "revision");
        return with(evidence -> evidence.revision = name);
    }

    /**
     * For a change that was made before, and whose own evidence could not be written: the record says so, and that the
     * step, and whether it was forced, is not known.
     */
    public Evidence late() {
        return with(evidence -> evidence.trigger = new Trigger(LATE, Optional.empty(), false, false));
    }

    Trigger trigger() {
        return trigger;
    }

    /** With how many changes before this one could not be recorded. */
    Evidence withMissed(int changes) {
        return with(evidence -> evidence.missed = changes);
    }

    private Evidence with(Consumer<Evidence> change) {
        Evidence copy = new Evidence(keyset, source, at, trigger);
        copy.eventId = eventId;
        copy.recordedBy = recordedBy;
        copy.revision = revision;
        copy.step = step;
        copy.times = times;
        copy.missed = missed;
        change.accept(copy);
        return copy;
    }

    Optional<String> eventId() {
        return Optional.ofNullable(eventId);
    }

    Optional<String> recordedBy() {
        return Optional.ofNullable(recordedBy);
    }

    Optional<String> revision() {
        return Optional.ofNullable(revision);
    }

    Optional<RotationReport> step() {
        return Optional.ofNullable(step);
    }

    Optional<RotationTimes> times() {
        return Optional.ofNullable(times);
    }

    int missed() {
        return missed;
    }

    /** The kids that the keyset calls revoked; shown are only those that the event before knew as keys. */
    Set<String> revokedKids() {
        return keyset.revokedKids();
    }

    @Override
    public String toString() {
        return "Evidence[" + source + ", " + trigger.type() + " at " + at + "]";
    }
}
