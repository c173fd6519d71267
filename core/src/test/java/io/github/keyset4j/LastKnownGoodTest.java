package io.github.keyset4j;

import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What caches of keys and secrets in the field are known to lose, one test for each. */
class LastKnownGoodTest {

    private final ManualClock clock = ManualClock.create();
    private final Map<String, Object> k1 = SampleKeys.jwk("k1", SampleAlgorithm.EDDSA);
    private final Map<String, Object> k2 = SampleKeys.jwk("k2", SampleAlgorithm.EDDSA);
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1));

    private KeyManager.Builder manager() {
        return Managers.onlyWhenTold(source).clock(clock);
    }

    private static void signsAndVerifies(KeyManager keys) {
        assertThat(keys.verifier()
                        .build()
                        .verify(keys.signer().sign(new JwtClaims()))
                        .kid())
                .isEqualTo("k1");
    }

    @Test
    void secretCache_describingFails_staleVersionIsServedAndSaidToBeStale() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager().start()) {
            source.fail(new IOException("describe failed"));
            keys.refreshNow();
            signsAndVerifies(keys);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(log.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void secretCache_newVersionCannotBeDecrypted_versionBeforeIsNotLost() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager().start()) {
            source.fail(new KeysetLoadException(
                    KeysetLoadException.Reason.DENIED, "scripted:source: decrypt: denied; allow kms:Decrypt"));
            for (int i = 0; i < 3; i++) {
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
                signsAndVerifies(keys);
            }
            assertThat(keys.health().lastFailure().orElseThrow().kind()).isEqualTo(FailureKind.DENIED);
            assertThat(log.lines("ERROR")).hasSize(1);
        }
    }

    @Test
    void health_documentRejected_saysWhyUntilAnotherFailure() {
        try (KeyManager keys = manager().start()) {
            source.deliver(KeysetDocument.of(SampleKeys.jwkSet("k3", k1)));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            Health.Failure rejected = keys.health().lastFailure().orElseThrow();
            assertThat(rejected.kind()).isEqualTo(FailureKind.INVALID);
            assertThat(rejected.at()).isEqualTo(clock.instant());
            assertThat(rejected.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.where()).isEqualTo("active_kid");
                assertThat(problem.rule()).isEqualTo("names no key of the document");
            });
            assertThat(rejected.message())
                    .isEqualTo("scripted:source: active_kid: names no key of the document; name one of the keys");
            assertThat(keys.stats().lastFailure()).hasValue(rejected);

            source.fail(new IOException("unreachable"));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            Health.Failure failed = keys.health().lastFailure().orElseThrow();
            assertThat(failed.problems()).isEmpty();
            assertThat(failed.message()).startsWith("scripted:source: ").doesNotContain("unreachable");
        }
    }

    @Test
    void secretCache_noVersionCarriesTheStage_nullIsAFailureAndNothingIsLost() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager().start()) {
            source.answer(() -> null);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            signsAndVerifies(keys);
            assertThat(log.text()).contains("returned null");
        }
    }

    @Test
    void jwksCache_emptySetIsDelivered_goodSetStays() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager().start()) {
            source.deliver("{\"keys\":[]}");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            signsAndVerifies(keys);
            assertThat(keys.jwks().size()).isEqualTo(1);
            assertThat(log.lines("ERROR")).hasSize(1);
        }
    }

    @Test
    void scheduledRefresh_failsForAWhile_goesOnByItselfWithoutAnyRequest() throws Exception {
        CountDownLatch failures = new CountDownLatch(5);
        CountDownLatch recovered = new CountDownLatch(1);
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = KeyManager.builder(source)
                        .refreshEvery(Duration.ofMillis(5))
                        .listener(event -> {
                            if (event instanceof KeysetEvent.Recovered) {
                                recovered.countDown();
                            }
                        })
                        .start()) {
            source.answer(() -> {
                failures.countDown();
                throw new OutOfMemoryError("not really");
            });
            assertThat(failures.await(20, TimeUnit.SECONDS)).isTrue();
            source.deliver(SampleKeys.jwkSet("k1", k1));
            assertThat(recovered.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
            assertThat(quiet.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void retention_sourceStaysAway_isAMaximumAndNotARetryInterval() {
        AtomicReference<KeysetEvent.Expired> expired = new AtomicReference<>();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager()
                        .maxStaleness(Duration.ofMinutes(30))
                        .listener(event -> {
                            if (event instanceof KeysetEvent.Expired e) {
                                expired.set(e);
                            }
                        })
                        .start()) {
            KeysetSigner signer = keys.signer();
            String token = signer.withLifetime(Duration.ofHours(2)).sign(new JwtClaims());
            source.fail(new IOException("away"));
            for (int minutes = 0; minutes < 30; minutes += 5) {
                clock.advance(Duration.ofMinutes(5));
                keys.refreshNow();
                signsAndVerifies(keys);
            }
            assertThat(expired).hasNullValue();
            clock.advance(Duration.ofSeconds(1));
            keys.refreshNow();
            assertThatThrownBy(() -> signer.sign(new JwtClaims()))
                    .isInstanceOf(KeysetUnavailableException.class)
                    .hasMessageContaining("maxStaleness")
                    .hasCauseInstanceOf(KeysetLoadException.class);
            assertThat(keys.health().state()).isEqualTo(Health.State.EXPIRED);
            assertThat(expired.get().age()).isEqualTo(Duration.ofMinutes(30).plusSeconds(1));
            // Verification and the JWKS go on: an error there would be worse.
            assertThat(keys.verifier().build().verify(token).kid()).isEqualTo("k1");
            assertThat(keys.jwks().size()).isEqualTo(1);
            assertThat(log.lines("ERROR")).hasSize(1);

            source.deliver(SampleKeys.jwkSet("k1", k1));
            keys.refreshNow();
            signsAndVerifies(keys);
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
    }

    @Test
    void retention_failClosed_stopsVerificationAndJwksToo() {
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = manager()
                        .maxStaleness(Duration.ofMinutes(30))
                        .failClosed()
                        .start()) {
            String token = keys.signer().withLifetime(Duration.ofHours(2)).sign(new JwtClaims());
            clock.advance(Duration.ofMinutes(31));
            assertThatThrownBy(() -> keys.verifier().build().verify(token))
                    .isInstanceOf(KeysetUnavailableException.class);
            assertThatThrownBy(keys::jwks).isInstanceOf(KeysetUnavailableException.class);
            assertThat(quiet.lines("WARN")).isEmpty();
        }
    }

    @Test
    void revocation_documentOtherwiseRefused_holdsAllTheSame() {
        source.deliver(SampleKeys.jwkSet("k1", k1, k2));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = manager().start()) {
            String token = keys.signer().sign(new JwtClaims());
            source.deliver("{\"active_kid\":\"k1\",\"revoked\":[\"k1\"],\"keys\":[{\"kty\":\"nonsense\"}]}");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThatThrownBy(() -> keys.verifier().build().verify(token))
                    .isInstanceOfSatisfying(
                            JwtRejectedException.class,
                            e -> assertThat(e.reason()).isEqualTo(JwtRejectedException.Reason.KID_REVOKED));
            assertThat(keys.verifier()
                            .build()
                            .verify(keys.signer().sign(new JwtClaims()))
                            .kid())
                    .isEqualTo("k2");
            assertThat(quiet.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void revoke_byHand_outlivesEveryReload() {
        source.deliver(SampleKeys.jwkSet("k1", k1, k2));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = manager().start()) {
            String token = keys.signer().sign(new JwtClaims());
            keys.revoke("k1");
            source.deliver(SampleKeys.jwkSet("k2", k1, k2));
            keys.refreshNow();
            assertThatThrownBy(() -> keys.verifier().build().verify(token))
                    .isInstanceOfSatisfying(
                            JwtRejectedException.class,
                            e -> assertThat(e.reason()).isEqualTo(JwtRejectedException.Reason.KID_REVOKED));
            assertThat(keys.jwks().json()).doesNotContain("\"k1\"");
            assertThat(quiet.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void kidComesBackWithOtherMaterial_isRefused() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager().start()) {
            Map<String, Object> impostor = SampleKeys.jwk("k1", SampleAlgorithm.EDDSA);
            source.deliver(SampleKeys.jwkSet("k1", impostor));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            // Not even after the kid was away for a while.
            source.deliver(SampleKeys.jwkSet("k2", k2));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            source.deliver(SampleKeys.jwkSet("k2", k2, impostor));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(log.text()).contains("a kid that stood for another key before");
        }
    }

    @Test
    void fallback_primaryAwayAtStart_worksAndSaysSo() {
        ScriptedKeysetSource primary = ScriptedKeysetSource.failing(new IOException("away"));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(primary.orElse(source))
                        .clock(clock)
                        .start()) {
            signsAndVerifies(keys);
            assertThat(keys.health().fallback()).isTrue();
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            clock.advance(Duration.ofHours(25));
            keys.refreshNow();
            assertThat(keys.health().state())
                    .as("a fallback's word does not count as the source's")
                    .isEqualTo(Health.State.EXPIRED);
            primary.deliver(SampleKeys.jwkSet("k1", k1, k2));
            keys.refreshNow();
            assertThat(keys.health().fallback()).isFalse();
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
            assertThat(log.lines("WARN")).hasSize(2);
            assertThat(log.text()).contains("loaded as a fallback");
        }
    }

    @Test
    void fallback_primaryGoesAwayLater_isNotAskedAndReplacesNothing() {
        ScriptedKeysetSource fallback = ScriptedKeysetSource.of(SampleKeys.jwkSet("k2", k2));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source.orElse(fallback))
                        .clock(clock)
                        .start()) {
            source.fail(new IOException("away"));
            keys.refreshNow();
            signsAndVerifies(keys);
            assertThat(fallback.loads()).isZero();
            assertThat(keys.health().fallback()).isFalse();
            assertThat(quiet.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void fallback_primaryDocumentInvalidAtStart_isUsed() {
        ScriptedKeysetSource primary = ScriptedKeysetSource.of("{");
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(primary.orElse(source))
                        .clock(clock)
                        .start()) {
            signsAndVerifies(keys);
            assertThat(quiet.lines("ERROR")).hasSize(1);
        }
    }

    @Test
    void fallback_sameKidOtherKey_doesNotKeepThePrimaryOut() {
        ScriptedKeysetSource primary = ScriptedKeysetSource.failing(new IOException("away"));
        ScriptedKeysetSource fallback =
                ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA)));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(primary.orElse(fallback))
                        .clock(clock)
                        .start()) {
            assertThat(keys.health().fallback()).isTrue();
            primary.deliver(SampleKeys.jwkSet("k1", k1));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(keys.health().fallback()).isFalse();
            assertThat(quiet.lines("ERROR")).isEmpty();
        }
    }

    @Test
    void fallback_failsToo_bothAreTold() {
        ScriptedKeysetSource primary = ScriptedKeysetSource.failing(new IOException("away"));
        KeysetSource fallback = EnvKeysetSource.of("APP_FALLBACK").from(Map.of());
        try (LogCapture log = LogCapture.start();
                KeyManager keys =
                        Managers.onlyWhenTold(primary.orElse(fallback)).startInBackground()) {
            keys.refreshNow();
            assertThat(log.lines("WARN")).hasSize(1);
            assertThat(log.lines("ERROR")).hasSize(1).first().asString().contains("env:APP_FALLBACK");
        }
    }

    @Test
    void revocation_oldDocumentComesBack_staysRevoked() {
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = manager().start()) {
            String before = SampleKeys.jwkSet("k1", k1, k2);
            source.deliver(before);
            keys.refreshNow();
            source.deliver("{\"revoked\":[\"k2\"],\"keys\":[{\"kty\":\"nonsense\"}]}");
            keys.refreshNow();
            assertThat(keys.keyset().key("k2")).isEmpty();
            source.deliver(before);
            keys.refreshNow();
            assertThat(keys.keyset().key("k2")).isEmpty();
            assertThat(quiet.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void clock_setBackAfterTheKeysWerePlaced_signingGoesOn() {
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = manager().start()) {
            clock.advance(Duration.ofSeconds(-5));
            signsAndVerifies(keys);
            clock.advance(Duration.ofDays(-400));
            signsAndVerifies(keys);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            signsAndVerifies(keys);
            assertThat(keys.keyset().activeKey("default", clock.instant())).isPresent();
            assertThat(quiet.lines("WARN")).isEmpty();
        }
    }
}
