package io.github.keyset4j.evidence;

import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The {@code summary.json} of the event before: another of ours, or one of a script that wrote {@code event_id}, {@code
 * active_kid} and {@code keys_count} alone.
 */
record PreviousSummary(Members members, String sha256) {

    static PreviousSummary read(byte[] json) throws MalformedJson {
        return new PreviousSummary(new Members(StrictJson.object(json)), Sha256.hex(json));
    }

    long position() {
        return members.number("chain_position").orElse(0L);
    }

    /**
     * The members of a summary that follow from the keys then and now.
     *
     * @param before the event before; null for the first
     */
    static Map<String, @Nullable Object> changes(@Nullable PreviousSummary before, RecordedKeyset now) {
        Map<String, @Nullable Object> changes = new LinkedHashMap<>();
        Members then = before == null ? new Members(Map.of()) : before.members;
        String state = before == null ? "initial" : sameActive(then, now) ? "unchanged" : "rotated";
        changes.put("rotation_state", state);
        changes.put("previous_active_kid", then.text("active_kid").orElse(null));
        Optional<List<Members>> timeline = then.objects("timeline");
        changes.put("keys_added", timeline.map(old -> added(old, now)).orElse(null));
        changes.put("keys_removed", timeline.map(old -> removed(old, now)).orElse(null));
        changes.put("keys_retired", timeline.map(old -> retired(old, now)).orElse(null));
        changes.put("chain_position", before == null ? 1L : before.position() + 1);
        changes.put("previous_event_id", then.text("event_id").orElse(null));
        changes.put("previous_summary_sha256", before == null ? null : before.sha256);
        return changes;
    }

    private static boolean sameActive(Members then, RecordedKeyset now) {
        return then.object("active_kids")
                .map(kids -> kids.all().equals(now.activeKids()))
                .orElseGet(() -> Objects.equals(then.text("active_kid").orElse(null), now.activeKid()));
    }

    private static List<String> added(List<Members> old, RecordedKeyset now) {
        List<String> kids =
                new ArrayList<>(now.keys().stream().map(RecordedKey::kid).toList());
        kids.removeAll(kids(old));
        return kids;
    }

    private static List<String> removed(List<Members> old, RecordedKeyset now) {
        List<String> kids = kids(old);
        kids.removeAll(now.keys().stream().map(RecordedKey::kid).toList());
        return kids;
    }

    /** The keys that signed then and are still there, but do not sign any more. */
    private static List<String> retired(List<Members> old, RecordedKeyset now) {
        List<String> kids = kids(old.stream()
                .filter(key -> key.text("status").equals(Optional.of("active")))
                .toList());
        kids.retainAll(now.keys().stream()
                .filter(key -> !key.active())
                .map(RecordedKey::kid)
                .toList());
        return kids;
    }

    private static List<String> kids(List<Members> timeline) {
        List<String> kids = new ArrayList<>();
        timeline.forEach(key -> key.text("kid").ifPresent(kids::add));
        return kids;
    }
}
