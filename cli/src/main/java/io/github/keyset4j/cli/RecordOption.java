package io.github.keyset4j.cli;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.evidence.EvidenceDirectory;
import io.github.keyset4j.evidence.EvidenceVerification;
import io.github.keyset4j.evidence.EvidenceVerifier;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The evidence that says since when there have been keys whose document does not. */
final class RecordOption {

    @Option(
            names = "--evidence",
            paramLabel = "DIR",
            description = "Where to find evidence: a key is at least as old as the first event that lists it.")
    private @Nullable Path evidence;

    /** Since when which key is on record; nothing without evidence. */
    Map<String, Instant> since(Keyset keyset) {
        return evidence == null ? Map.of() : EvidenceDirectory.of(evidence).onRecordSince(keyset);
    }

    /** Whether what is on record can be gone by. */
    List<Check> checks() {
        if (evidence == null) {
            return List.of();
        }
        EvidenceVerification verification = EvidenceVerifier.of(evidence).verify();
        int events = verification.events().size();
        return List.of(
                verification.passed()
                        ? Check.pass(
                                "evidence",
                                events + (events == 1 ? " event, as it was" : " events, as they were") + " written")
                        : Check.fail(
                                "evidence",
                                "is not as it was written: "
                                        + verification.problems().get(0),
                                "run keyset4j verify-evidence to see all of it"));
    }
}
