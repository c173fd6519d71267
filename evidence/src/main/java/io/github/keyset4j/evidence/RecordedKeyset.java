package io.github.keyset4j.evidence;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.json.KeysetJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code keyset.json}: the keys there were at an instant, and everything of {@code summary.json} that follows from them
 * alone.
 */
record RecordedKeyset(String eventId, Instant at, List<RecordedKey> keys) {

    static final String FINGERPRINT = "fingerprint";

    private static final String DEFAULT_PURPOSE = "default";

    /** The keys of this keyset, with those that have ended and are listed still. */
    static RecordedKeyset of(String eventId, Keyset keyset, Instant at) {
        List<RecordedKey> keys = KeysetJson.keys(keyset, at).stream()
                .map(JsonMembers::new)
                .map(RecordedKey::new)
                .toList();
        return new RecordedKeyset(eventId, at, keys);
    }

    /** What this file says, or the rule that it breaks. */
    static RecordedKeyset read(byte[] json) throws BrokenEvidence, MalformedJson {
        JsonMembers file = new JsonMembers(StrictJson.object(json));
        String eventId = file.text("event_id").orElseThrow(() -> new BrokenEvidence("event_id is missing"));
        Instant at = file.instant("captured_at_utc")
                .orElseThrow(() -> new BrokenEvidence("captured_at_utc is missing, or no instant"));
        List<JsonMembers> entries =
                file.objects("keys").orElseThrow(() -> new BrokenEvidence("keys is missing, or no list of objects"));
        List<RecordedKey> keys = new ArrayList<>();
        Set<String> kids = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            try {
                RecordedKey key = RecordedKey.read(entries.get(i));
                if (!kids.add(key.kid())) {
                    throw new BrokenEvidence("its kid stands there twice");
                }
                if (!key.thumbprint().equals(key.computedThumbprint())) {
                    throw new BrokenEvidence("its thumbprint is not that of its public members");
                }
                if (!key.statusPossible(at)) {
                    throw new BrokenEvidence("its status contradicts its times");
                }
                keys.add(key);
            } catch (BrokenEvidence e) {
                throw new BrokenEvidence("keys[" + i + "]: " + e.rule());
            }
        }
        RecordedKeyset keyset = new RecordedKeyset(eventId, at, keys);
        if (!keyset.members().equals(file.all())) {
            throw new BrokenEvidence("there are members that evidence does not have, or values of another form");
        }
        return keyset;
    }

    byte[] json() {
        return StrictJson.writeIndented(members());
    }

    private Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("event_id", eventId);
        members.put("captured_at_utc", KeysetJson.instant(at));
        members.put("keys", keys.stream().map(key -> key.members().all()).toList());
        return members;
    }

    /** The members of the summary that follow from the keys, and from the file they stand in. */
    Map<String, @Nullable Object> facts(byte[] json) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("event_id", eventId);
        facts.put("captured_at_utc", KeysetJson.instant(at));
        facts.put("active_kid", activeKid());
        facts.put("active_kids", activeKids());
        facts.put("keys_count", (long) keys.size());
        facts.put("timeline", keys.stream().map(RecordedKey::timelineEntry).toList());
        facts.put(FINGERPRINT, fingerprint());
        facts.put("keys_fingerprint", digest(RecordedKey::alive, RecordedKey::identity));
        facts.put("keyset_sha256", Sha256.hex(json));
        return facts;
    }

    /** Who signs, by purpose. */
    Map<String, String> activeKids() {
        Map<String, String> active = new LinkedHashMap<>();
        keys.stream().filter(RecordedKey::active).forEach(key -> active.putIfAbsent(key.purpose(), key.kid()));
        return active;
    }

    /** Who signs for the purpose {@code default}, or else for the first that somebody signs for. */
    @Nullable
    String activeKid() {
        Map<String, String> active = activeKids();
        String first = active.isEmpty() ? null : active.values().iterator().next();
        return active.containsKey(DEFAULT_PURPOSE) ? active.get(DEFAULT_PURPOSE) : first;
    }

    /** The kids of the keys that still do anything. */
    List<String> kids() {
        return keys.stream().filter(RecordedKey::alive).map(RecordedKey::kid).toList();
    }

    /** Stands for what the document says, whoever reads it and whenever. */
    String fingerprint() {
        return digest(RecordedKey::listed, RecordedKey::documented);
    }

    private String digest(Predicate<RecordedKey> counts, Function<RecordedKey, String> line) {
        StringBuilder lines = new StringBuilder();
        keys.stream()
                .filter(counts)
                .map(line)
                .sorted(Comparator.naturalOrder())
                .forEach(each -> lines.append(each).append('\n'));
        return Sha256.hex(lines.toString());
    }
}
