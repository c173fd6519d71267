package io.github.keyset4j.evidence;

import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.json.KeysetJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The {@code summary.json} of an event: one of ours, or of a script that wrote {@code event_id}, {@code active_kid} and
 * {@code keys_count} alone.
 */
record Summary(JsonMembers members, String sha256) {

    static Summary read(byte[] json) throws MalformedJson {
        return new Summary(new JsonMembers(StrictJson.object(json)), Sha256.hex(json));
    }

    long position() {
        return members.number("chain_position").orElse(0L);
    }

    /**
     * The members of a summary that follow from the keys then and now.
     *
     * @param before the event before; null for the first
     */
    static Map<String, @Nullable Object> changes(@Nullable Summary before, RecordedKeyset now) {
        Map<String, @Nullable Object> changes = new LinkedHashMap<>();
        JsonMembers then = before == null ? new JsonMembers(Map.of()) : before.members;
        String state = before == null ? "initial" : sameActive(then, now) ? "unchanged" : "rotated";
        changes.put("rotation_state", state);
        changes.put("previous_active_kid", then.text("active_kid").orElse(null));
        Optional<List<JsonMembers>> timeline = then.objects("timeline");
        changes.put("keys_added", timeline.map(old -> added(old, now)).orElse(null));
        changes.put("keys_removed", timeline.map(old -> removed(old, now)).orElse(null));
        changes.put("keys_retired", timeline.map(old -> retired(old, now)).orElse(null));
        changes.put("chain_position", before == null ? 1L : before.position() + 1);
        changes.put("previous_event_id", then.text("event_id").orElse(null));
        changes.put("previous_summary_sha256", before == null ? null : before.sha256);
        return changes;
    }

    private static boolean sameActive(JsonMembers then, RecordedKeyset now) {
        return then.object("active_kids")
                .map(kids -> kids.all().equals(now.activeKids()))
                .orElseGet(() -> Objects.equals(then.text("active_kid").orElse(null), now.activeKid()));
    }

    private static List<String> added(List<JsonMembers> old, RecordedKeyset now) {
        List<String> kids = new ArrayList<>(now.kids());
        kids.removeAll(kids(old, key -> !is(KeyStatus.REMOVED, key)));
        return kids;
    }

    private static List<String> removed(List<JsonMembers> old, RecordedKeyset now) {
        List<String> kids = kids(old, key -> !is(KeyStatus.REMOVED, key));
        kids.removeAll(now.kids());
        return kids;
    }

    /** The keys that signed then and are still there, but do not sign any more. */
    private static List<String> retired(List<JsonMembers> old, RecordedKeyset now) {
        List<String> kids = kids(old, key -> is(KeyStatus.ACTIVE, key));
        kids.retainAll(now.kids());
        kids.removeAll(now.keys().stream()
                .filter(RecordedKey::active)
                .map(RecordedKey::kid)
                .toList());
        return kids;
    }

    private static boolean is(KeyStatus status, JsonMembers key) {
        return key.text("status").equals(Optional.of(KeysetJson.word(status)));
    }

    private static List<String> kids(List<JsonMembers> timeline, Predicate<JsonMembers> counts) {
        List<String> kids = new ArrayList<>();
        timeline.stream().filter(counts).forEach(key -> key.text("kid").ifPresent(kids::add));
        return kids;
    }
}
