package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.evidence.EvidenceEvent;
import io.github.keyset4j.evidence.EvidenceVerification;
import io.github.keyset4j.evidence.EvidenceVerifier;
import io.github.keyset4j.json.KeysetJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;

/** Whether evidence is as it was written. */
@Command(
        name = "verify-evidence",
        description =
                "Checks that evidence is as it was written: one event, or a directory of events and the chain they form. Exits with 1 if it is not.")
final class VerifyEvidenceCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The directory of an event, or of many.")
    private Path directory;

    @Option(
            names = "--expect-head",
            paramLabel = "SHA256",
            description = "The digest, kept elsewhere, of a summary.json that has to be there. May be repeated.")
    private List<String> heads = new ArrayList<>();

    @Option(
            names = "--previous-summary",
            paramLabel = "FILE",
            description = "The summary.json that the first event follows, if it is not in DIR.")
    private @Nullable Path previousSummary;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Also write the result to this file, as an HTML page.")
    private @Nullable Path report;

    @Option(names = "--json", description = "Write one line of JSON instead.")
    private boolean json;

    VerifyEvidenceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        EvidenceVerifier verifier = EvidenceVerifier.of(directory);
        for (String head : heads) {
            verifier = verifier.expectHead(head);
        }
        verifier = previousSummary == null ? verifier : verifier.startingAfter(previousSummary);
        EvidenceVerification verification = verifier.verify();
        if (report != null) {
            write(verification, report.toAbsolutePath().normalize());
        }
        if (json) {
            terminal.json(json(verification));
        } else {
            tell(verification);
        }
        return verification.passed() ? ExitCode.OK : ExitCode.PROBLEM;
    }

    private static void write(EvidenceVerification verification, Path report) {
        try {
            Path directory = requireNonNull(report.getParent(), "a file stands in a directory");
            Path file = directory.toRealPath().resolve(requireNonNull(report.getFileName(), "a file has a name"));
            for (EvidenceEvent event : verification.events()) {
                if (file.startsWith(event.directory().toRealPath())) {
                    throw new IllegalArgumentException(
                            "--report: lies in an event, which would then no longer be as it was written; name another place");
                }
            }
            // A link there may be somebody else's, and lead to a file of ours.
            Files.writeString(file, verification.html(), CREATE, TRUNCATE_EXISTING, WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new KeysetLoadException(
                    KeysetLoadException.Reason.UNAVAILABLE,
                    "--report: cannot be written (" + e.getClass().getSimpleName() + "); name another file",
                    e);
        }
    }

    private void tell(EvidenceVerification verification) {
        Style style = terminal.style();
        for (KeysetProblem problem : verification.problems()) {
            terminal.data(style.bad("problem") + "  " + Style.safe(problem.toString()));
        }
        for (String note : verification.notes()) {
            terminal.data(style.warning("note") + "     " + Style.safe(note));
        }
        for (EvidenceEvent head : verification.heads()) {
            terminal.data("head     " + head.summarySha256() + "  " + Style.safe(head.id()));
        }
        int events = verification.events().size();
        String count = events + (events == 1 ? " event" : " events");
        int problems = verification.problems().size();
        terminal.data(
                verification.passed()
                        ? style.good("passed") + "   " + count
                        : style.bad("FAILED") + "   " + count + ", " + problems
                                + (problems == 1 ? " problem" : " problems"));
    }

    private static Map<String, @Nullable Object> json(EvidenceVerification verification) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("directory", verification.directory().toString());
        json.put("passed", verification.passed());
        json.put("events", verification.events().stream().map(EvidenceEvent::id).toList());
        Map<String, @Nullable Object> heads = new LinkedHashMap<>();
        verification.heads().forEach(head -> heads.put(head.id(), head.summarySha256()));
        json.put("heads", heads);
        json.put(
                "problems",
                verification.problems().stream().map(KeysetJson::problem).toList());
        json.put("notes", verification.notes());
        return json;
    }
}
