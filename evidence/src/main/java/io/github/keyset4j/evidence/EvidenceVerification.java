package io.github.keyset4j.evidence;

import io.github.keyset4j.KeysetProblem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What an {@link EvidenceVerifier} found.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. None.
 *
 * @param directory what was looked at
 * @param events those that could be read, by recorder and position
 * @param heads the last event of each recorder: keep their {@linkplain EvidenceEvent#summarySha256() digests} elsewhere
 * @param problems everything that is not as it was written
 * @param notes what an auditor should know all the same: forced steps, changes that could not be recorded, drafts
 */
public record EvidenceVerification(
        Path directory,
        List<EvidenceEvent> events,
        List<EvidenceEvent> heads,
        List<KeysetProblem> problems,
        List<String> notes) {

    public EvidenceVerification {
        events = List.copyOf(events);
        heads = List.copyOf(heads);
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
    }

    /** Whether nothing is wrong. */
    public boolean passed() {
        return problems.isEmpty();
    }

    /** All of it as one HTML page, which needs no other file and runs nothing. */
    public String html() {
        return new String(EvidenceReport.of(directory, events, heads, problems, notes), StandardCharsets.UTF_8);
    }
}
