package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.config.variables.Variables;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.KeysetStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the function's environment says: which keys to make, and the times of the managers that read the secret.
 *
 * @param algorithm of new keys; like the key that signs, where none is said
 * @param purposes to rotate; all that sign, where none is said
 * @param times those of the managers
 * @param retryWindow how long it may be from createSecret to the end of finishSecret
 */
record RotationSettings(
        Optional<String> algorithm,
        Optional<String> kid,
        List<String> purposes,
        RotationTimes times,
        Duration retryWindow,
        boolean convert,
        KeysetPolicy policy) {

    private static final String PUBLISH_LEAD = "PUBLISH_LEAD";
    private static final String TOKEN_LIFETIME = "TOKEN_LIFETIME";
    private static final String POLICY = "POLICY";

    /** @throws IllegalArgumentException if a value will not do, by its variable's name */
    static RotationSettings from(Variables variables) {
        RotationSettings settings = new RotationSettings(
                variables.text("ALGORITHM"),
                variables.text("KID"),
                words(variables.text("PURPOSES").orElse("")),
                times(variables),
                variables.duration("RETRY_WINDOW").orElse(Duration.ofHours(1)),
                variables.flag("CONVERT").orElse(false),
                policy(variables));
        settings.check(variables);
        return settings;
    }

    private static List<String> words(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static KeysetPolicy policy(Variables variables) {
        return switch (variables.text(POLICY).orElse("standard")) {
            case "standard" -> KeysetPolicy.standard();
            case "strict" -> KeysetPolicy.strictProduction();
            case "development" -> KeysetPolicy.development();
            default -> throw variables.refused(POLICY, "none there is", "write standard, strict or development");
        };
    }

    private static RotationTimes times(Variables variables) {
        RotationTimes.Builder times = lead(variables).toBuilder();
        variables.duration("REFRESH_INTERVAL").ifPresent(times::refreshEvery);
        for (String word : words(variables.text(TOKEN_LIFETIME).orElse(""))) {
            int equals = word.indexOf('=');
            Duration lifetime = Variables.of(
                            Map.of(variables.name(TOKEN_LIFETIME), word.substring(equals + 1)), "KEYSET4J")
                    .duration(TOKEN_LIFETIME)
                    .orElseThrow(() -> variables.refused(TOKEN_LIFETIME, "a purpose without a duration", "write a=1h"));
            if (equals < 0) {
                times.maxTokenLifetime(lifetime);
            } else {
                times.maxTokenLifetime(word.substring(0, equals).strip(), lifetime);
            }
        }
        return times.build();
    }

    private static RotationTimes lead(Variables variables) {
        return switch (variables.text(PUBLISH_LEAD).orElse("internal")) {
            case "internal" -> RotationTimes.standard();
            case "gateways" -> RotationTimes.gateways();
            case "strangers" -> RotationTimes.strangers();
            default ->
                RotationTimes.builder()
                        .publishLead(variables.duration(PUBLISH_LEAD).orElseThrow())
                        .build();
        };
    }

    /** What contradicts itself is told when the function starts, not when a rotation is due. */
    @SuppressWarnings("CheckReturnValue") // only what is refused matters
    private void check(Variables variables) {
        named(variables, "ALGORITHM", () -> algorithm.ifPresent(KeyTemplate::of));
        named(variables, "KID", () -> kid.ifPresent(KeyTemplate.of("EdDSA")::withKid));
        named(variables, "PURPOSES", () -> purposes.forEach(KeyTemplate.of("EdDSA")::withPurpose));
        if (times.refreshInterval().compareTo(Duration.ofSeconds(1)) < 0) {
            throw variables.refused("REFRESH_INTERVAL", "under a second", "say how often the managers refresh");
        }
        named(variables, PUBLISH_LEAD, times::checked);
    }

    private static void named(Variables variables, String suffix, Runnable check) {
        try {
            check.run();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(variables.name(suffix) + ": " + e.getMessage(), e);
        }
    }

    KeysetParser parser() {
        return KeysetParser.of(policy);
    }

    /**
     * A rotator for a document that nobody reads yet. It becomes AWSCURRENT up to a retry window after it was made, as if
     * managers were that much slower to load it; so that is what the rotator is told, and a key that waits for L waits
     * for L and the window.
     */
    KeysetRotator rotator(KeysetStore store, InstantSource clock) {
        Duration load = times.loadTime();
        RotationTimes slower = times.toBuilder()
                .refreshEvery(times.refreshInterval()
                        .multipliedBy(load.plus(retryWindow).toMillis() + 1)
                        .dividedBy(load.toMillis()))
                .build();
        RotationTimes patient = slower.toBuilder()
                .publishLead(times.publishLead().plus(slower.loadTime()).minus(load))
                .build();
        KeysetRotator.Builder rotator =
                KeysetRotator.builder(store).rotation(patient).parser(parser()).clock(clock);
        return (convert ? rotator.convertTo(KeysetShape.JWK_SET) : rotator).build();
    }

    /** What to make in place of a key that signs. */
    KeyTemplate successor(Keyset keyset, String purpose, Instant now) {
        Optional<KeysetKey> active = keyset.activeKey(purpose, now);
        KeyTemplate template = algorithm
                .map(KeyTemplate::of)
                .or(() -> active.map(KeyTemplate::like))
                .orElseThrow(() -> new IllegalArgumentException("rotate: nothing signs for the purpose " + purpose
                        + ", so that there is nothing to rotate; check the purpose's name"))
                .withPurpose(purpose);
        return kid.map(template::withKid).orElse(template);
    }
}
