package io.github.keyset4j.evidence;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One event on record, as its directory says.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. None.
 */
public final class EvidenceEvent {

    private final Path directory;
    private final Summary summary;

    EvidenceEvent(Path directory, Summary summary) {
        this.directory = directory;
        this.summary = summary;
    }

    /** Its id, which is the name of its directory. */
    public String id() {
        return String.valueOf(directory.getFileName());
    }

    /** Where it lies. */
    public Path directory() {
        return directory;
    }

    /** The instant that the keys were looked at. */
    public Instant capturedAt() {
        return members().instant("captured_at_utc").orElse(Instant.EPOCH);
    }

    /** {@code initial}, {@code rotated} or {@code unchanged}. */
    public String rotationState() {
        return members().text("rotation_state").orElse("");
    }

    /** The key that signs for the purpose {@code default}, or for the first one there is. */
    public Optional<String> activeKid() {
        return members().text("active_kid");
    }

    /** Who recorded it, where that was said: events of one recorder form a chain. */
    public Optional<String> recorder() {
        return members().text("recorded_by");
    }

    /** The place in its chain, from 1 on. */
    public long position() {
        return summary.position();
    }

    /** Whether it is a step that was taken against the rules. */
    public boolean forced() {
        return members().text("gate_verdict").equals(Optional.of("forced"));
    }

    /**
     * The SHA-256 of its {@code summary.json}, in hexadecimal: kept elsewhere, or signed, it proves this event and all
     * before it.
     */
    public String summarySha256() {
        return summary.sha256();
    }

    JsonMembers members() {
        return summary.members();
    }

    Summary summary() {
        return summary;
    }

    /** Equal for events that lie in one place, with one digest. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EvidenceEvent event
                && directory.equals(event.directory)
                && summarySha256().equals(event.summarySha256());
    }

    @Override
    public int hashCode() {
        return Objects.hash(directory, summarySha256());
    }

    @Override
    public String toString() {
        return "EvidenceEvent[" + id() + ", " + rotationState() + ", " + summarySha256() + "]";
    }
}
