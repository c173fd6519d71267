package io.github.keyset4j.json;

import io.github.keyset4j.Health;
import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.rotation.RotationReport;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys, steps, problems and health as objects for {@link io.github.keyset4j.encoding.StrictJson}. A member that is not set
 * is null, instants are of ISO 8601 in UTC and durations too, and words are those of the glossary.
 *
 * <p>Threads. Safe for use by any number.
 *
 * <p>Secrets. None: of key pairs there are the public members, of HMAC keys none.
 */
public final class KeysetJson {

    private KeysetJson() {}

    /** All keys, as they stand at an instant; those that were kept and are gone are left out. */
    public static List<Map<String, @Nullable Object>> keys(Keyset keyset, Instant at) {
        return keyset.keys().stream()
                .filter(key -> !key.kept() || key.status(at) != KeyStatus.REMOVED)
                .map(key -> key(key, keyset, at))
                .toList();
    }

    /** A public JWK; then what its document says of it; then what follows from that, and when it was seen, at an instant. */
    private static Map<String, @Nullable Object> key(KeysetKey key, Keyset keyset, Instant at) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("kty", "oct");
        json.put("kid", key.kid());
        json.put("use", "sig");
        json.put("alg", key.algorithm());
        json.putAll(key.publicJwk());
        json.put("purpose", key.purpose());
        json.put("thumbprint", key.thumbprint().orElse(null));
        json.put("can_sign", key.canSign());
        json.put("named", keyset.namedKid(key.purpose()).equals(Optional.of(key.kid())));
        json.put("kept", key.kept());
        for (String name : List.of("iat", "nbf", "exp")) {
            Instant written = key.writtenTimes().get(name);
            json.put(name, written == null ? null : written.getEpochSecond());
        }
        json.put("status", word(key.status(at)));
        json.put("published_at", instant(key.publishedAt()));
        json.put("activate_at", instant(key.activateAt()));
        json.put("retire_at", instant(key.retireAt()));
        json.put("remove_at", instant(key.removeAt()));
        return json;
    }

    /** How well a manager is supplied with keys. */
    public static Map<String, @Nullable Object> health(Health health) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("status", word(health.state()));
        json.put("source", health.source());
        json.put("last_success", instant(health.lastSuccess()));
        json.put("age", health.age().map(Duration::toString).orElse(null));
        json.put("last_failure", health.lastFailure().map(KeysetJson::failure).orElse(null));
        json.put("failures_in_row", (long) health.failuresInRow());
        json.put("fallback", health.fallback());
        json.put("rotation_at_risk", health.rotationAtRisk());
        return json;
    }

    private static Map<String, Object> failure(Health.Failure failure) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", word(failure.kind()));
        json.put("at", instant(failure.at()));
        return json;
    }

    /** What a step did to a keyset; the keys after it are told apart. */
    public static Map<String, @Nullable Object> step(RotationReport report) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", report.step());
        json.put("at", instant(report.at()));
        json.put("store", report.store());
        json.put("changed", report.changed());
        json.put("written", report.written());
        json.put("forced", report.forced());
        json.put("forced_because", report.forcedBecause().orElse(null));
        json.put(
                "overridden",
                report.overridden().stream().map(KeysetJson::refusal).toList());
        json.put("done", report.done());
        json.put("next", report.next());
        json.put("revision_before", report.revisionBefore().orElse(null));
        json.put("revision", report.revision().orElse(null));
        return json;
    }

    /** Why a step is refused, or would have been. */
    public static Map<String, @Nullable Object> refusal(RotationRefusedException refused) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("gate", word(refused.gate()));
        json.put("rule", refused.getMessage());
        json.put("short_by", refused.shortBy().map(Duration::toString).orElse(null));
        json.put("allowed_from", instant(refused.allowedFrom()));
        json.put("forceable", refused.gate().forceable());
        return json;
    }

    /** What is wrong with something, and where. */
    public static Map<String, @Nullable Object> problem(KeysetProblem problem) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("code", problem.code());
        json.put("where", problem.where());
        json.put("rule", problem.rule());
        json.put("remedy", problem.remedy());
        return json;
    }

    /** A constant as the word it stands for: {@code verification-only}. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** In UTC, to the second or the millisecond: {@code 2026-03-01T12:00:00Z}. */
    public static String instant(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** As {@link #instant(Instant)} writes it, or null. */
    public static @Nullable String instant(Optional<Instant> instant) {
        return instant.map(KeysetJson::instant).orElse(null);
    }
}
