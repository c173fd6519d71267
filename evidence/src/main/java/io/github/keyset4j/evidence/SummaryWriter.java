package io.github.keyset4j.evidence;

import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.json.KeysetJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes {@code summary.json}: what happened, in view of the event before. */
final class SummaryWriter {

    private static final Pattern KIND = Pattern.compile("([a-z][a-z0-9+.-]*):.*", Pattern.DOTALL);

    private final Evidence evidence;
    private final RecordedKeyset keyset;
    private final @Nullable Summary previous;

    SummaryWriter(Evidence evidence, RecordedKeyset keyset, @Nullable Summary previous) {
        this.evidence = evidence;
        this.keyset = keyset;
        this.previous = previous;
    }

    byte[] json(byte[] keysetJson) {
        Map<String, @Nullable Object> facts = keyset.facts(keysetJson);
        Map<String, @Nullable Object> changes = Summary.changes(previous, keyset);
        Map<String, @Nullable Object> summary = new LinkedHashMap<>();
        move(facts, summary, "event_id", "captured_at_utc");
        summary.put("source_mode", mode(evidence.source));
        summary.put("source", evidence.source);
        summary.put("revision", evidence.revision().orElse(null));
        summary.put("recorded_by", evidence.recordedBy().orElse(null));
        summary.put("trigger", trigger());
        move(facts, summary, "active_kid", "active_kids", "keys_count");
        move(changes, summary, "rotation_state", "previous_active_kid", "keys_added", "keys_removed", "keys_retired");
        summary.put("keys_revoked", revoked(summary.get("keys_removed")));
        summary.put("gate_verdict", verdict());
        summary.put("step", evidence.step().map(KeysetJson::step).orElse(null));
        summary.put("times", evidence.times().map(this::times).orElse(null));
        summary.putAll(facts);
        summary.put("changes_missed", (long) evidence.missed());
        summary.putAll(changes);
        summary.put("tool", "keyset4j " + version());
        return StrictJson.writeIndented(summary);
    }

    private static void move(Map<String, @Nullable Object> from, Map<String, @Nullable Object> to, String... names) {
        for (String name : names) {
            to.put(name, from.remove(name));
        }
    }

    /** The kind of a source is what its description says before the colon. */
    private static String mode(String description) {
        Matcher kind = KIND.matcher(description);
        return kind.matches() ? kind.group(1) : "custom";
    }

    private Map<String, @Nullable Object> trigger() {
        Map<String, @Nullable Object> trigger = new LinkedHashMap<>();
        trigger.put("type", evidence.trigger().type());
        trigger.put("kid", evidence.trigger().kid().orElse(null));
        trigger.put("early", evidence.trigger().early());
        trigger.put("fallback", evidence.trigger().fallback());
        return trigger;
    }

    /** What is called revoked and was never a key may be a secret in the wrong place. */
    private List<String> revoked(@Nullable Object removed) {
        List<String> kids = new ArrayList<>();
        if (removed instanceof List<?> gone) {
            gone.forEach(kid -> kids.add(String.valueOf(kid)));
        }
        kids.retainAll(evidence.revokedKids());
        return kids;
    }

    private @Nullable String verdict() {
        return evidence.step().map(step -> step.forced() ? "forced" : "passed").orElse(null);
    }

    /** The numbers of the formulas, as durations of ISO 8601. */
    private Map<String, @Nullable Object> times(RotationTimes times) {
        Map<String, @Nullable Object> numbers = new LinkedHashMap<>();
        numbers.put("refresh_interval", times.refreshInterval().toString());
        numbers.put("tolerated_failures", (long) times.toleratedFailures());
        numbers.put("load_time", times.loadTime().toString());
        numbers.put("shared_cache", times.sharedCache());
        numbers.put("jwks_max_age", times.jwksMaxAge().toString());
        numbers.put("stale_while_revalidate", times.staleWhileRevalidate().toString());
        numbers.put("verifier_wait", times.verifierWait().toString());
        numbers.put("clock_skew", times.clockSkew().toString());
        numbers.put("least_publish_lead", times.leastPublishLead().toString());
        numbers.put("publish_lead", times.publishLead().toString());
        numbers.put("hmac_lead", times.symmetricLead().toString());
        numbers.put("verifier_leeway", times.verifierLeeway().toString());
        numbers.put("retention", times.retention().map(Duration::toString).orElse(null));
        Map<String, @Nullable Object> purposes = new LinkedHashMap<>();
        for (String purpose : evidence.keyset.purposes()) {
            Map<String, @Nullable Object> delays = new LinkedHashMap<>();
            delays.put("max_token_lifetime", times.maxTokenLifetime(purpose).toString());
            delays.put("removal_delay", times.removalDelay(purpose).toString());
            purposes.put(purpose, delays);
        }
        numbers.put("purposes", purposes);
        return numbers;
    }

    private static String version() {
        return Optional.ofNullable(Evidence.class.getPackage().getImplementationVersion())
                .orElse("(not built as a jar)");
    }
}
