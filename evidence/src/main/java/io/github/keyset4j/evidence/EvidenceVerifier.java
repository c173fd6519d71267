package io.github.keyset4j.evidence;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.encoding.Names;
import io.github.keyset4j.evidence.EventCheck.Checked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Finds what is wrong with evidence: with one event, or with a directory of many and the chain they form.
 *
 * <ul>
 *   <li>each file has the digest that {@code fingerprint.sha256} says, and there is no other file
 *   <li>{@code keyset.json} and {@code summary.json} agree, and thumbprints are those of the public members
 *   <li>of many events, each has the digest of the one before, from a first one on, without gap, fork or copy, and what
 *       it says of changes follows from both
 * </ul>
 *
 * <p>Whoever may write the whole directory can take the latest events away, or write all of it anew. Both show when a
 * digest that was kept elsewhere is {@linkplain #expectHead expected}.
 *
 * <p>Threads. Immutable; each method that sets something returns a new value.
 */
public final class EvidenceVerifier {

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private final Path directory;
    private final Set<String> heads;
    private final @Nullable Path previousSummary;

    private EvidenceVerifier(Path directory, Set<String> heads, @Nullable Path previousSummary) {
        this.directory = directory;
        this.heads = heads;
        this.previousSummary = previousSummary;
    }

    /** A verifier of this event, or of the events in this directory. Does not block. */
    public static EvidenceVerifier of(Path directory) {
        return new EvidenceVerifier(
                requireNonNull(directory, "directory").toAbsolutePath().normalize(), Set.of(), null);
    }

    /**
     * An event whose summary has this SHA-256 has to be there; with it, all events before it are proven to be as they were
     * then.
     *
     * @throws IllegalArgumentException unless it is 64 hexadecimal digits
     */
    @CheckReturnValue
    public EvidenceVerifier expectHead(String summarySha256) {
        String digest = requireNonNull(summarySha256, "summarySha256").toLowerCase(Locale.ROOT);
        if (!DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException(
                    "expected head: not 64 hexadecimal digits; give the SHA-256 of a summary.json");
        }
        Set<String> all = new LinkedHashSet<>(heads);
        all.add(digest);
        return new EvidenceVerifier(directory, all, previousSummary);
    }

    /** The chain starts after the event of this summary, which lies elsewhere. */
    @CheckReturnValue
    public EvidenceVerifier startingAfter(Path summary) {
        return new EvidenceVerifier(directory, heads, requireNonNull(summary, "summary"));
    }

    /**
     * Looks at everything; blocks for as long as reading takes.
     *
     * @throws KeysetLoadException if there is no such directory, or it cannot be read
     */
    public EvidenceVerification verify() {
        List<KeysetProblem> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        Optional<Summary> anchor = Optional.ofNullable(previousSummary).map(EvidenceDirectory::summary);
        try {
            boolean single = isEvent();
            List<Path> directories = single ? List.of(directory) : EvidenceFiles.events(directory);
            List<Checked> checked = new ArrayList<>();
            for (Path each : directories) {
                new EventCheck(each, problems::add).check().ifPresent(checked::add);
            }
            List<EvidenceEvent> lasts;
            if (single && anchor.isEmpty()) {
                lasts = checked.stream().map(Checked::event).toList();
                notes.add("one event by itself: whether events before or after it are missing was not looked at");
            } else {
                lasts = new ChainCheck(checked, anchor, problems::add).check();
                if (!single) {
                    surroundings(notes);
                }
            }
            if (directories.isEmpty()) {
                problems.add(KeysetProblem.of(
                                Names.shown(directory.toString()),
                                "holds no event",
                                "name the directory of an event, or one that events were written to")
                        .withCode("no-events"));
            }
            List<EvidenceEvent> events = checked.stream()
                    .map(Checked::event)
                    .sorted(EvidenceDirectory.IN_ORDER)
                    .toList();
            expected(events, problems);
            events.forEach(event -> remarks(event, notes));
            return new EvidenceVerification(directory, events, lasts, problems, notes);
        } catch (IOException e) {
            throw EvidenceFiles.failure(directory, "cannot be read", e);
        }
    }

    private boolean isEvent() {
        return EvidenceFiles.ALL.stream()
                .filter(name -> !name.equals(EvidenceFiles.REPORT))
                .anyMatch(name -> Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS));
    }

    private void expected(List<EvidenceEvent> events, List<KeysetProblem> problems) {
        for (String head : heads) {
            if (events.stream().noneMatch(event -> event.summarySha256().equals(head))) {
                problems.add(KeysetProblem.of(
                                Names.shown(directory.toString()),
                                "no event has the expected digest " + head,
                                "put back the events that were taken away, or a copy from before they were written anew")
                        .withCode("missing-event"));
            }
        }
    }

    private void surroundings(List<String> notes) throws IOException {
        for (Path path : EvidenceFiles.list(directory)) {
            String name = String.valueOf(path.getFileName());
            if (EvidenceFiles.isHidden(path)) {
                if (name.endsWith(".tmp")) {
                    notes.add(Names.shown(name) + ": a draft that a crash left behind; remove it");
                }
            } else if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                notes.add(Names.shown(name) + ": not an event, and not looked at");
            }
        }
    }

    private static void remarks(EvidenceEvent event, List<String> notes) {
        if (event.forced()) {
            notes.add(event.id() + ": FORCED, against "
                    + String.join(
                            ", ",
                            event.members().object("step").flatMap(step -> step.objects("overridden")).stream()
                                    .flatMap(List::stream)
                                    .flatMap(gate -> gate.text("gate").stream())
                                    .map(Names::shown)
                                    .toList()));
        }
        if (event.members()
                .object("trigger")
                .flatMap(trigger -> trigger.text("type"))
                .equals(Optional.of(Evidence.LATE))) {
            notes.add(event.id() + ": written late: which step led to it, and whether it was forced, is not on record");
        }
        long missed = event.members().number("changes_missed").orElse(0L);
        if (missed > 0) {
            notes.add(event.id() + ": " + missed + " changes before it could not be recorded");
        }
    }
}
