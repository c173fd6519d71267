package io.github.keyset4j;

import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Health says what is, where nothing has failed. */
@SuppressWarnings("try") // what is logged is kept off the console
class HealthTruthTest {

    private final ManualClock clock = ManualClock.create();

    private Map<String, Object> key(String kid, String purpose, Instant until) {
        Map<String, Object> jwk = SampleKeys.jwk(kid, SampleAlgorithm.EDDSA);
        jwk.put("purpose", purpose);
        jwk.put("nbf", clock.instant().minus(Duration.ofDays(1)).getEpochSecond());
        jwk.put("exp", until.getEpochSecond());
        return jwk;
    }

    @Test
    void health_aPurposesLastKeyHasEnded_isExpired_thoughTheSourceIsFresh() {
        Instant end = clock.instant().plus(Duration.ofHours(3));
        String document =
                SampleKeys.jwkSet(null, key("a", "access", end.plus(Duration.ofDays(90))), key("r", "refresh", end));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(ScriptedKeysetSource.of(document))
                        .clock(clock)
                        .start()) {
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
            clock.set(end);
            keys.refreshNow();
            assertThat(keys.health().state()).isEqualTo(Health.State.EXPIRED);
            assertThatThrownBy(() -> keys.signer("refresh").sign(new JwtClaims()))
                    .isInstanceOf(KeysetUnavailableException.class);
            assertThat(keys.verifier("access")
                            .build()
                            .verify(keys.signer("access").sign(new JwtClaims()))
                            .kid())
                    .isEqualTo("a");
        }
    }

    @Test
    void health_verifyOnly_endedKeysOfAPurposeAreNobodysConcern() {
        Instant end = clock.instant().plus(Duration.ofHours(3));
        String document =
                SampleKeys.jwkSet(null, key("a", "access", end.plus(Duration.ofDays(90))), key("r", "refresh", end));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(ScriptedKeysetSource.of(document))
                        .clock(clock)
                        .verifyOnly()
                        .start()) {
            clock.set(end);
            keys.refreshNow();
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
    }

    @Test
    void environment_cannotChange_soItNeverExpires() {
        String document = SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA));
        try (KeyManager keys = KeyManager.builder(EnvKeysetSource.of("KEYS").from(Map.of("KEYS", document)))
                .clock(clock)
                .start()) {
            clock.advance(Duration.ofDays(400));
            assertThat(keys.verifier()
                            .build()
                            .verify(keys.signer().sign(new JwtClaims()))
                            .kid())
                    .isEqualTo("k1");
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
            assertThat(keys.health().rotationAtRisk()).isFalse();
        }
    }
}
