package io.github.keyset4j.evidence;

import io.github.keyset4j.KeysetProblem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link EvidenceVerifier} found. It may tell more some day.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. None.
 */
public final class EvidenceVerification {

    private final Path directory;
    private final List<EvidenceEvent> events;
    private final List<EvidenceEvent> heads;
    private final List<KeysetProblem> problems;
    private final List<String> notes;

    EvidenceVerification(
            Path directory,
            List<EvidenceEvent> events,
            List<EvidenceEvent> heads,
            List<KeysetProblem> problems,
            List<String> notes) {
        this.directory = directory;
        this.events = List.copyOf(events);
        this.heads = List.copyOf(heads);
        this.problems = List.copyOf(problems);
        this.notes = List.copyOf(notes);
    }

    /** What was looked at. */
    public Path directory() {
        return directory;
    }

    /** The events that could be read, by recorder and position. */
    public List<EvidenceEvent> events() {
        return events;
    }

    /** The last event of each recorder: keep their {@linkplain EvidenceEvent#summarySha256() digests} elsewhere. */
    public List<EvidenceEvent> heads() {
        return heads;
    }

    /** Everything that is not as it was written. */
    public List<KeysetProblem> problems() {
        return problems;
    }

    /** What an auditor should know all the same: forced steps, changes that could not be recorded, drafts. */
    public List<String> notes() {
        return notes;
    }

    /** Whether nothing is wrong. */
    public boolean passed() {
        return problems.isEmpty();
    }

    /** All of it as one HTML page, which needs no other file and runs nothing. */
    public String html() {
        return new String(EvidenceReport.of(directory, events, heads, problems, notes), StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EvidenceVerification verification
                && directory.equals(verification.directory)
                && events.equals(verification.events)
                && heads.equals(verification.heads)
                && problems.equals(verification.problems)
                && notes.equals(verification.notes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(directory, events, heads, problems, notes);
    }

    @Override
    public String toString() {
        return "EvidenceVerification[" + directory + ", " + events.size() + " events, "
                + (passed() ? "nothing is wrong" : "problems " + problems)
                + (notes.isEmpty() ? "" : ", notes " + notes) + "]";
    }
}
