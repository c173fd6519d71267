package io.github.keyset4j.evidence;

import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.encoding.Names;
import io.github.keyset4j.evidence.EventCheck.Checked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of a directory as chains, one for each recorder: from an event that says it is the first, each next one with
 * the digest of the one before it, and nothing missing, twice, or out of order.
 */
final class ChainCheck {

    /** By how much a clock that is corrected may go back between two events. */
    private static final Duration CORRECTION = Duration.ofMinutes(1);

    private final List<Checked> events;
    private final Optional<Summary> anchor;
    private final Consumer<KeysetProblem> problems;
    private final Map<String, EvidenceEvent> byDigest = new LinkedHashMap<>();

    ChainCheck(List<Checked> events, Optional<Summary> anchor, Consumer<KeysetProblem> problems) {
        this.events = events;
        this.anchor = anchor;
        this.problems = problems;
    }

    /** Tells every problem, and gives the last event of each recorder. */
    List<EvidenceEvent> check() {
        for (Checked checked : events) {
            EvidenceEvent event = checked.event();
            EvidenceEvent twin = byDigest.putIfAbsent(event.summarySha256(), event);
            if (twin != null) {
                problem(event, "is the same event as " + twin.id(), "remove the copy");
            }
        }
        Map<String, EvidenceEvent> firsts = new HashMap<>();
        Map<String, EvidenceEvent> followers = new HashMap<>();
        Map<String, EvidenceEvent> lasts = new LinkedHashMap<>();
        for (Checked checked : events) {
            EvidenceEvent event = checked.event();
            String recorder = event.recorder().orElse("");
            Optional<String> digest = event.members().text("previous_summary_sha256");
            EvidenceEvent other = digest.isEmpty()
                    ? firsts.putIfAbsent(recorder, event)
                    : followers.putIfAbsent(recorder + " " + digest.get(), event);
            if (other != null) {
                fork(event, other, digest.isEmpty());
            }
            follows(checked, digest);
            lasts.merge(recorder, event, (a, b) -> b.position() >= a.position() ? b : a);
        }
        return new ArrayList<>(lasts.values());
    }

    private void fork(EvidenceEvent event, EvidenceEvent other, boolean first) {
        problem(
                event,
                first
                        ? "says it is the first event, and so does " + other.id()
                        : "follows on the same event as " + other.id() + ", so that the chain forks",
                "find out who wrote both; a directory has one writer at a time, and each replica a name of its own");
    }

    private void follows(Checked checked, Optional<String> digest) {
        EvidenceEvent event = checked.event();
        if (digest.isEmpty()) {
            changes(checked, null);
            return;
        }
        EvidenceEvent before = byDigest.get(digest.get());
        if (before != null) {
            changes(checked, before.summary());
            if (event.capturedAt().isBefore(before.capturedAt().minus(CORRECTION))) {
                problem(
                        event,
                        "is of an earlier time than " + before.id() + ", which it follows on",
                        "check the clock of the machine that wrote it");
            }
            return;
        }
        if (anchor.isPresent() && anchor.get().sha256().equals(digest.get())) {
            changes(checked, anchor.get());
            return;
        }
        problem(
                event,
                "the event it follows on, "
                        + event.members()
                                .text("previous_event_id")
                                .map(Names::shown)
                                .orElse("which is not named")
                        + ", is missing or was changed",
                "put it back; if it lies elsewhere by intent, name its summary.json as where the chain starts");
    }

    private void changes(Checked checked, @Nullable Summary before) {
        Map<String, @Nullable Object> summary = checked.event().members().all();
        Summary.changes(before, checked.keyset()).forEach((member, expected) -> {
            if (!Objects.equals(summary.get(member), expected)) {
                problem(
                        checked.event(),
                        member + " does not follow from the event before it",
                        "take the event from a copy that nobody has changed");
            }
        });
    }

    private void problem(EvidenceEvent event, String rule, String remedy) {
        problems.accept(KeysetProblem.of(Names.shown(event.id()), rule, remedy).withCode("broken-chain"));
    }
}
