package io.github.keyset4j.evidence;

import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code keyset.json}: the keys there were at an instant, and everything of {@code summary.json} that follows from them
 * alone.
 */
record RecordedKeyset(String eventId, Instant at, List<RecordedKey> keys) {

    static final String FINGERPRINT = "fingerprint";

    private static final String DEFAULT_PURPOSE = "default";

    /** The keys of this keyset; one whose time is over is gone. */
    static RecordedKeyset of(String eventId, Keyset keyset, Instant at) {
        List<RecordedKey> keys = keyset.keys().stream()
                .filter(key -> key.status(at) != KeyStatus.REMOVED)
                .map(key -> RecordedKey.of(key, at))
                .toList();
        return new RecordedKeyset(eventId, at, keys);
    }

    /** What this file says, or the rule that it breaks. */
    static RecordedKeyset read(byte[] json) throws BrokenEvidence, MalformedJson {
        Members file = new Members(StrictJson.object(json));
        String eventId = file.text("event_id").orElseThrow(() -> new BrokenEvidence("event_id is missing"));
        Instant at = file.instant("captured_at_utc")
                .orElseThrow(() -> new BrokenEvidence("captured_at_utc is missing, or no instant"));
        List<Members> entries =
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
        members.put("captured_at_utc", at.toString());
        members.put("keys", keys.stream().map(RecordedKey::json).toList());
        return members;
    }

    /** The members of the summary that follow from the keys, and from the file they stand in. */
    Map<String, @Nullable Object> facts(byte[] json) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("event_id", eventId);
        facts.put("captured_at_utc", at.toString());
        facts.put("active_kid", activeKid());
        facts.put("active_kids", activeKids());
        facts.put("keys_count", (long) keys.size());
        facts.put("timeline", keys.stream().map(RecordedKey::timelineEntry).toList());
        facts.put(FINGERPRINT, fingerprint());
        facts.put("keys_fingerprint", digest(RecordedKey::identity));
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

    /** Stands for the keys and their instants. */
    String fingerprint() {
        return digest(RecordedKey::identityInTime);
    }

    private String digest(Function<RecordedKey, String> line) {
        StringBuilder lines = new StringBuilder();
        keys.stream()
                .map(line)
                .sorted(Comparator.naturalOrder())
                .forEach(each -> lines.append(each).append('\n'));
        return Sha256.hex(lines.toString());
    }
}
