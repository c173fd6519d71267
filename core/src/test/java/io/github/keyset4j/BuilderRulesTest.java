package io.github.keyset4j;

import io.github.keyset4j.config.KeyManagers;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/** What a builder refuses, and what it says aloud. */
@Timeout(30)
@SuppressWarnings("try") // what is logged is kept off the console
class BuilderRulesTest {

    private final Map<String, Object> k1 = SampleKeys.jwk("k1", SampleAlgorithm.EDDSA);
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1));

    private KeyManager.Builder strictByEnvironment() {
        return KeyManagers.from(
                Map.of(
                        "APP_JWT_KEYSET_SOURCE",
                        "env:APP_KEYS",
                        "APP_STRICT_PRODUCTION_MODE",
                        "true",
                        "APP_STRICT_EXTERNAL_JWT_KEYSET",
                        "false"),
                "APP");
    }

    @Test
    void policy_refined_keepsWhatTheEnvironmentAskedFor() {
        try (LogCapture log = LogCapture.start()) {
            KeyManager.Builder builder = strictByEnvironment().policy(KeysetPolicy::ignoreUnsupportedKeys);
            assertThat(builder.draft.policy.strict()).isTrue();
            assertThat(builder.draft.policy.ignoresUnsupportedKeys()).isTrue();
            assertThat(log.lines("WARN")).isEmpty();
        }
        assertThatNullPointerException()
                .isThrownBy(() -> KeyManager.builder(source).policy(policy -> null));
    }

    @Test
    void policy_undoesStrictProductionOfTheEnvironment_isSaidAloud() {
        try (LogCapture log = LogCapture.start()) {
            KeyManager.Builder builder =
                    strictByEnvironment().policy(KeysetPolicy.standard().ignoreUnsupportedKeys());
            assertThat(builder.draft.policy.strict()).isFalse();
            assertThat(log.lines("WARN"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.message())
                            .contains("env:APP_KEYS", "strict production", "policy(before -> before...)"));
            log.clear();
            KeyManager.builder(source).policy(KeysetPolicy.strictProduction()).policy(KeysetPolicy.strictProduction());
            KeyManager.builder(source).policy(KeysetPolicy.development());
            assertThat(log.lines("WARN")).isEmpty();
        }
    }

    @Test
    void start_calledTwice_isRefusedAndTheFirstManagerGoesOn() {
        KeyManager.Builder builder = KeyManager.builder(source);
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = builder.start()) {
            assertThatIllegalStateException().isThrownBy(builder::start).withMessageContaining("another builder");
            assertThatIllegalStateException().isThrownBy(builder::startInBackground);
            assertThat(source.closed()).isFalse();
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
        }
    }

    @Test
    void start_afterOneThatFailed_isRefusedSinceTheSourceIsClosed() {
        KeyManager.Builder builder = KeyManager.builder(source).tokenLifetime(Duration.ofDays(30));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(builder::start);
        assertThat(source.closed()).isTrue();
        assertThatIllegalStateException().isThrownBy(builder::start);
    }

    @Test
    void document_newKeySignsSoonerThanTheLead_isWarnedOfOnce() {
        ManualClock clock = ManualClock.create();
        Instant now = clock.instant();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source).clock(clock).start()) {
            source.deliver(SampleKeys.jwkSet("k1", dated(k1, now.minusSeconds(60)), soon("k2", now.plusSeconds(300))));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(log.lines("WARN"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.message())
                            .contains("key k2: signs from", "sooner than the publish lead of PT15M"));
            log.clear();
            keys.refreshNow();
            source.deliver(SampleKeys.jwkSet(
                    "k1",
                    dated(k1, now.minusSeconds(60)),
                    soon("k2", now.plusSeconds(300)),
                    soon("k3", now.plusSeconds(900))));
            keys.refreshNow();
            assertThat(log.text()).doesNotContain("sooner than");
        }
    }

    private static Map<String, Object> soon(String kid, Instant activateAt) {
        return dated(SampleKeys.jwk(kid, SampleAlgorithm.EDDSA), activateAt);
    }

    private static Map<String, Object> dated(Map<String, Object> jwk, Instant activateAt) {
        return SampleKeys.with(jwk, "nbf", activateAt.getEpochSecond());
    }
}
