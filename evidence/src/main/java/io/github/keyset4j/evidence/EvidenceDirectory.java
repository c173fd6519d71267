package io.github.keyset4j.evidence;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.rotation.KeysetConflictException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Where evidence of rotations lies: a directory for each event, with {@code keyset.json}, {@code summary.json}, {@code
 * fingerprint.sha256} and, if asked for, {@code report.html}. Each summary has the digest of the one before it, so that
 * the events form a chain; {@link EvidenceVerifier} checks it.
 *
 * <p>An event is written whole or not at all, and never changed. Rights are the owner's alone.
 *
 * <p>Threads. Safe for use by any number, here and in other processes on the same machine: one writes at a time.
 *
 * <p>Secrets. None are written; see {@link Evidence}.
 */
public final class EvidenceDirectory {

    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int KID_PREFIX = 16;
    private static final int MOST_IN_A_SECOND = 10_000;

    private final Path workdir;
    private final boolean reports;
    private final Map<Path, Place> places = new ConcurrentHashMap<>();

    private EvidenceDirectory(Path workdir, boolean reports) {
        this.workdir = workdir;
        this.reports = reports;
    }

    /** Evidence in this directory, which is created with the first event. Does not block. */
    public static EvidenceDirectory of(Path workdir) {
        return new EvidenceDirectory(
                requireNonNull(workdir, "workdir").toAbsolutePath().normalize(), false);
    }

    /** With a {@code report.html} in each event written from now on. */
    @CheckReturnValue
    public EvidenceDirectory withReports() {
        return new EvidenceDirectory(workdir, true);
    }

    /**
     * Whether an event could be written now: the directory can be created, read and written, and has room for it; blocks
     * as {@link #capture(Evidence)} does. Nothing stays but the directory.
     *
     * @throws KeysetLoadException if it could not
     */
    public void checkRoom() {
        checkRoom(Optional.empty());
    }

    /**
     * Whether an event of this id could be written now; blocks as {@link #capture(Evidence)} does. Nothing stays but the
     * directory.
     *
     * @throws KeysetConflictException if there is an event of this id already
     * @throws KeysetLoadException if it could not
     * @throws IllegalArgumentException if it is none, as {@link Evidence#withEventId} says
     */
    public void checkRoom(String eventId) {
        Evidence.checkEventId(eventId);
        checkRoom(Optional.of(eventId));
    }

    private void checkRoom(Optional<String> eventId) {
        locked(() -> {
            if (eventId.isPresent()) {
                place(eventId.get());
            }
            EvidenceFiles.rehearse(workdir);
            return EvidenceFiles.events(workdir);
        });
    }

    /** Whether the latest event of the same recorder is of a document that says the same; blocks. */
    public boolean hasAsLatest(Evidence evidence) {
        RecordedKeyset now = RecordedKeyset.of("", requireNonNull(evidence, "evidence").keyset, evidence.at);
        return locked(() -> latest(evidence))
                .flatMap(event -> event.members().text(RecordedKeyset.FINGERPRINT))
                .equals(Optional.of(now.fingerprint()));
    }

    /**
     * Writes an event that follows on the latest one of the same recorder, if there is one; blocks, for ten seconds at
     * most if others write.
     *
     * @throws KeysetConflictException if there is an event of this id already
     * @throws KeysetLoadException if the directory cannot be read or written
     */
    public EvidenceEvent capture(Evidence evidence) {
        requireNonNull(evidence, "evidence");
        return locked(() -> write(evidence, latest(evidence).map(EvidenceEvent::summary)));
    }

    /**
     * Writes an event that follows on the one of this summary, such as the last of another directory, or one that a
     * script wrote; blocks as {@link #capture(Evidence)} does.
     *
     * @throws KeysetConflictException if there is an event of this id already, or if the chain of this directory goes on
     *     after the summary given, and would fork
     * @throws KeysetLoadException if a directory cannot be read or written, or if there is no such summary
     * @throws IllegalArgumentException if the file given is no summary
     */
    public EvidenceEvent capture(Evidence evidence, Path previousSummary) {
        requireNonNull(evidence, "evidence");
        Summary given = summary(requireNonNull(previousSummary, "previousSummary"));
        return locked(() -> {
            Optional<EvidenceEvent> latest = latest(evidence);
            if (latest.isPresent() && !latest.get().summarySha256().equals(given.sha256())) {
                throw new KeysetConflictException("evidence: " + workdir
                        + ": the previous summary given is not the latest event's, so that the chain would fork; leave it"
                        + " out, or name another directory");
            }
            return write(evidence, Optional.of(given));
        });
    }

    static Summary summary(Path file) {
        try {
            // A link is followed here: it is somebody's argument, not a part of the evidence.
            Summary summary = Summary.read(EvidenceFiles.read(file.toRealPath()));
            if (summary.members().text("event_id").isEmpty()) {
                throw new IllegalArgumentException(
                        "previous summary: has no event_id; name the summary.json of an event");
            }
            return summary;
        } catch (IOException e) {
            throw EvidenceFiles.failure(file, "the previous summary cannot be read", e);
        } catch (MalformedJson e) {
            throw new IllegalArgumentException(
                    "previous summary: " + e.where() + ": " + e.rule() + "; name the summary.json of an event");
        }
    }

    /** The events that can be read, by recorder and position; what is wrong with others an {@link EvidenceVerifier} says. */
    public List<EvidenceEvent> events() {
        List<EvidenceEvent> events = new ArrayList<>();
        try {
            if (!Files.exists(workdir)) {
                return events;
            }
            for (Path directory : EvidenceFiles.events(workdir)) {
                read(directory).ifPresent(events::add);
            }
        } catch (IOException e) {
            throw EvidenceFiles.failure(workdir, "cannot be read", e);
        }
        events.sort(IN_ORDER);
        return events;
    }

    /**
     * Since when these keys are on record, by kid: the earliest event that lists a key with the same public half, or for an
     * HMAC key the same kid. What cannot be read is passed over; an {@link EvidenceVerifier} says it.
     */
    public Map<String, Instant> onRecordSince(Keyset keyset) {
        Map<String, Instant> since = new TreeMap<>();
        for (EvidenceEvent event : events()) {
            try {
                RecordedKeyset recorded =
                        RecordedKeyset.read(EvidenceFiles.read(event.directory().resolve(EvidenceFiles.KEYSET)));
                for (RecordedKey key : recorded.keys()) {
                    if (keyset.key(key.kid())
                            .filter(now -> now.thumbprint().equals(key.thumbprint()))
                            .isPresent()) {
                        since.merge(key.kid(), recorded.at(), (a, b) -> a.isBefore(b) ? a : b);
                    }
                }
            } catch (IOException | BrokenEvidence | MalformedJson e) {
                // What cannot be read says of no key how old it is.
            }
        }
        return since;
    }

    static final Comparator<EvidenceEvent> IN_ORDER = Comparator.comparing(
                    (EvidenceEvent event) -> event.recorder().orElse(""))
            .thenComparing(EvidenceEvent::position)
            .thenComparing(EvidenceEvent::capturedAt)
            .thenComparing(EvidenceEvent::id);

    private static Optional<EvidenceEvent> read(Path directory) throws IOException {
        try {
            byte[] summary = EvidenceFiles.read(directory.resolve(EvidenceFiles.SUMMARY));
            return Optional.of(new EvidenceEvent(directory, Summary.read(summary)));
        } catch (MalformedJson | NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** What is looked at of every event when the next one is written; events do not change. */
    private record Place(Optional<String> recorder, long position, Instant capturedAt, Path directory) {}

    private Optional<EvidenceEvent> latest(Evidence evidence) throws IOException {
        List<Path> directories = EvidenceFiles.events(workdir);
        places.keySet().retainAll(directories);
        for (Path directory : directories) {
            if (!places.containsKey(directory)) {
                read(directory)
                        .map(event -> new Place(event.recorder(), event.position(), event.capturedAt(), directory))
                        .ifPresent(place -> places.put(directory, place));
            }
        }
        Optional<Place> latest = places.values().stream()
                .filter(place -> place.recorder().equals(evidence.recordedBy()))
                .max(Comparator.comparingLong(Place::position)
                        .thenComparing(Place::capturedAt)
                        .thenComparing(Place::directory));
        return latest.isEmpty() ? Optional.empty() : read(latest.get().directory());
    }

    private interface Step<T> {
        T take() throws IOException;
    }

    private <T> T locked(Step<T> step) {
        try {
            EvidenceFiles.createWorkdir(workdir);
            try (EvidenceLock lock = EvidenceLock.on(workdir, PATIENCE)) {
                Objects.requireNonNull(lock);
                return step.take();
            }
        } catch (IOException e) {
            throw EvidenceFiles.failure(workdir, "cannot be written", e);
        }
    }

    private EvidenceEvent write(Evidence evidence, Optional<Summary> previous) throws IOException {
        Path directory = place(evidence);
        @Nullable Summary before = previous.orElse(null);
        RecordedKeyset keyset =
                RecordedKeyset.of(String.valueOf(directory.getFileName()), evidence.keyset, evidence.at);
        SortedMap<String, byte[]> files = new TreeMap<>();
        byte[] keysetJson = keyset.json();
        byte[] summaryJson = new SummaryWriter(evidence, keyset, before).json(keysetJson);
        files.put(EvidenceFiles.KEYSET, keysetJson);
        files.put(EvidenceFiles.SUMMARY, summaryJson);
        EvidenceEvent event = new EvidenceEvent(directory, readBack(keysetJson, summaryJson));
        if (reports) {
            files.put(EvidenceFiles.REPORT, EvidenceReport.of(event));
        }
        files.put(EvidenceFiles.FINGERPRINT, EvidenceFiles.fingerprint(files));
        EvidenceFiles.write(directory, files);
        return event;
    }

    /** What could not be verified later is not written. */
    private static Summary readBack(byte[] keysetJson, byte[] summaryJson) {
        try {
            RecordedKeyset.read(keysetJson);
            return Summary.read(summaryJson);
        } catch (BrokenEvidence | MalformedJson e) {
            throw new IllegalArgumentException(
                    "evidence: would not pass its own verification: " + e.getMessage()
                            + "; shorten kids, purposes and reasons, or record fewer keys",
                    e);
        }
    }

    private Path place(String eventId) {
        Path place = workdir.resolve(eventId);
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            throw new KeysetConflictException("evidence: " + workdir + ": there is an event " + eventId
                    + " already, and events are never overwritten; give another id");
        }
        return place;
    }

    private Path place(Evidence evidence) {
        Optional<String> given = evidence.eventId();
        if (given.isPresent()) {
            return place(given.get());
        }
        String id = "rotation-" + ID_TIME.format(evidence.at) + "-" + kidPrefix(evidence)
                + evidence.recordedBy().map(name -> "-" + name).orElse("");
        for (int i = 1; i < MOST_IN_A_SECOND; i++) {
            Path place = workdir.resolve(i == 1 ? id : id + "-" + i);
            if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                return place;
            }
        }
        throw new KeysetConflictException(
                "evidence: " + workdir + ": too many events of this second; give an event id");
    }

    /** The beginning of the kid it is about, as far as a file can be named so. */
    private static String kidPrefix(Evidence evidence) {
        String kid = evidence.trigger().kid().orElseGet(() -> active(evidence));
        String prefix = kid.substring(0, Math.min(KID_PREFIX, kid.length()));
        return prefix.replaceAll("[^A-Za-z0-9_-]", "_");
    }

    private static String active(Evidence evidence) {
        String active = RecordedKeyset.of("", evidence.keyset, evidence.at).activeKid();
        return active == null ? "none" : active;
    }

    @Override
    public String toString() {
        return "EvidenceDirectory[" + workdir + "]";
    }
}
