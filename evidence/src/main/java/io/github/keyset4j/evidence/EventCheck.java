package io.github.keyset4j.evidence;

import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.Names;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One event by itself: its files, their digests, and whether they agree. */
final class EventCheck {

    private static final String AS_WRITTEN = "take the event from a copy that nobody has changed";
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private final Path directory;
    private final String id;
    private final Consumer<KeysetProblem> problems;

    EventCheck(Path directory, Consumer<KeysetProblem> problems) {
        this.directory = directory;
        this.id = String.valueOf(directory.getFileName());
        this.problems = problems;
    }

    /** An event whose two files could be read. */
    record Checked(EvidenceEvent event, RecordedKeyset keyset) {}

    /** Tells every problem, and gives what could be read all the same. */
    Optional<Checked> check() {
        SortedMap<String, byte[]> files = files();
        byte[] fingerprint = files.remove(EvidenceFiles.FINGERPRINT);
        byte[] keysetJson = files.get(EvidenceFiles.KEYSET);
        byte[] summaryJson = files.get(EvidenceFiles.SUMMARY);
        for (String name : List.of(EvidenceFiles.FINGERPRINT, EvidenceFiles.KEYSET, EvidenceFiles.SUMMARY)) {
            boolean there = name.equals(EvidenceFiles.FINGERPRINT) ? fingerprint != null : files.containsKey(name);
            if (!there) {
                problem(name, "is missing, or cannot be read", AS_WRITTEN);
            }
        }
        if (fingerprint != null) {
            digests(files, fingerprint);
        }
        RecordedKeyset keyset = keysetJson == null ? null : keyset(keysetJson);
        Summary summary = summaryJson == null ? null : summary(summaryJson);
        if (keyset == null || summary == null) {
            return Optional.empty();
        }
        agree(summary.members(), keyset.facts(Objects.requireNonNull(keysetJson)));
        return Optional.of(new Checked(new EvidenceEvent(directory, summary), keyset));
    }

    private SortedMap<String, byte[]> files() {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try {
            for (Path file : EvidenceFiles.list(directory)) {
                String name = String.valueOf(file.getFileName());
                if (EvidenceFiles.ALL.contains(name)) {
                    read(file).ifPresent(bytes -> files.put(name, bytes));
                } else {
                    problem(Names.shown(name), "does not belong to an event", "keep it elsewhere");
                }
            }
        } catch (IOException e) {
            problem("directory", "cannot be read", "check its rights");
        }
        return files;
    }

    private Optional<byte[]> read(Path file) {
        try {
            return Optional.of(EvidenceFiles.read(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            problem(String.valueOf(file.getFileName()), "is no file of ours, or cannot be read", AS_WRITTEN);
            return Optional.empty();
        }
    }

    private void digests(SortedMap<String, byte[]> files, byte[] fingerprint) {
        List<String> told =
                new String(fingerprint, StandardCharsets.UTF_8).lines().toList();
        boolean found = false;
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            String name = file.getKey();
            Optional<String> line =
                    told.stream().filter(each -> each.endsWith("  " + name)).findFirst();
            if (line.isEmpty()) {
                problem(name, "is not listed in " + EvidenceFiles.FINGERPRINT, AS_WRITTEN);
                found = true;
            } else if (!line.get().equals(Sha256.hex(file.getValue()) + "  " + name)) {
                problem(name, "does not have the digest that " + EvidenceFiles.FINGERPRINT + " says", AS_WRITTEN);
                found = true;
            }
        }
        if (!found && !Arrays.equals(fingerprint, EvidenceFiles.fingerprint(files))) {
            problem(
                    EvidenceFiles.FINGERPRINT,
                    "lists a file that is missing, or is not as sha256sum would write it",
                    AS_WRITTEN);
        }
    }

    private @Nullable RecordedKeyset keyset(byte[] json) {
        try {
            return RecordedKeyset.read(json);
        } catch (BrokenEvidence e) {
            problem(EvidenceFiles.KEYSET, e.rule(), AS_WRITTEN);
        } catch (MalformedJson e) {
            problem(EvidenceFiles.KEYSET, e.where() + ": " + e.rule(), AS_WRITTEN);
        }
        return null;
    }

    private @Nullable Summary summary(byte[] json) {
        try {
            return Summary.read(json);
        } catch (MalformedJson e) {
            problem(EvidenceFiles.SUMMARY, e.where() + ": " + e.rule(), AS_WRITTEN);
            return null;
        }
    }

    /** The summary against what follows from the keys, and both against the name of the directory. */
    private void agree(JsonMembers summary, Map<String, @Nullable Object> facts) {
        if (!id.equals(facts.get("event_id"))) {
            problem(
                    "directory",
                    "is not named as the event in it, as if the event had been renamed or copied",
                    "give it back the name that its event_id says");
        }
        facts.forEach((member, expected) -> {
            if (!Objects.equals(summary.all().get(member), expected)) {
                problem(EvidenceFiles.SUMMARY, member + " does not agree with " + EvidenceFiles.KEYSET, AS_WRITTEN);
            }
        });
        Object previous = summary.all().get("previous_summary_sha256");
        boolean digest = previous instanceof String text && DIGEST.matcher(text).matches();
        if (!digest && (previous != null || !summary.all().containsKey("previous_summary_sha256"))) {
            problem(EvidenceFiles.SUMMARY, "previous_summary_sha256 is missing, or no digest", AS_WRITTEN);
        }
    }

    private void problem(String where, String rule, String remedy) {
        problems.accept(
                KeysetProblem.of(Names.shown(id) + "/" + where, rule, remedy).withCode("altered-evidence"));
    }
}
