package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A source that does everything a source can do wrong, step by step. */
class ScriptedOutagesTest {

    private final ManualClock clock = ManualClock.create();
    private final ToldEvents events = new ToldEvents();
    private final Map<String, Object> k1 = SampleKeys.jwk("k1", SampleAlgorithm.ES256);
    private final Map<String, Object> k2 = SampleKeys.jwk("k2", SampleAlgorithm.ES256);
    private final KeysetDocument good = dated(SampleKeys.jwkSet("k1", k1));

    private KeysetDocument dated(String document) {
        return KeysetDocument.of(document).withRevisionTime(clock.instant());
    }

    private List<String> newEvents(KeyManager keys) {
        return events.news(keys).stream()
                .map(event -> event.getClass().getSimpleName())
                .toList();
    }

    @Test
    void refresh_everySequenceOfFailures_oneEventAndOneLinePerChange_tokensVerifyThroughout() {
        ScriptedKeysetSource source = ScriptedKeysetSource.of(good);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .clock(clock)
                        .refreshEvery(Duration.ofHours(1))
                        .listener(events)
                        .start()) {
            String token = keys.signer().withLifetime(Duration.ofHours(20)).sign(new JwtClaims());
            JwtVerifier verifier = keys.verifier().build();

            assertThat(newEvents(keys)).containsExactly("Loaded", "Activated");
            assertThat(log.lines()).hasSize(2).first().hasFieldOrPropertyWithValue("level", "INFO");
            log.clear();

            // Good, and slow: nothing has changed.
            source.answer(() -> {
                clock.advance(Duration.ofSeconds(4));
                return good;
            });
            step(keys, verifier, token, LoadOutcome.UNCHANGED, Health.State.FRESH);
            assertThat(newEvents(keys)).containsExactly("Unchanged");
            assertThat(log.lines()).isEmpty();

            // Failing: told once, at WARN, whatever the source throws.
            source.fail(new IOException("connection reset"));
            step(keys, verifier, token, LoadOutcome.FAILED, Health.State.STALE);
            step(keys, verifier, token, LoadOutcome.FAILED, Health.State.STALE);
            source.answer(() -> {
                throw new StackOverflowError();
            });
            step(keys, verifier, token, LoadOutcome.FAILED, Health.State.STALE);
            assertThat(newEvents(keys)).containsExactly("Failed");
            assertThat(log.lines()).hasSize(1).first().hasFieldOrPropertyWithValue("level", "WARN");
            log.clear();

            // A denial in the same outage is another matter, and an ERROR at once.
            source.fail(
                    new KeysetLoadException(KeysetLoadException.Reason.DENIED, "scripted:source: load: denied; ask"));
            step(keys, verifier, token, LoadOutcome.FAILED, Health.State.STALE);
            step(keys, verifier, token, LoadOutcome.FAILED, Health.State.STALE);
            source.fail(new IOException("connection reset again"));
            step(keys, verifier, token, LoadOutcome.FAILED, Health.State.STALE);
            assertThat(newEvents(keys)).containsExactly("Failed");
            assertThat(log.lines()).hasSize(1).first().hasFieldOrPropertyWithValue("level", "ERROR");
            assertThat(keys.health().lastFailure().orElseThrow().kind()).isEqualTo(FailureKind.UNAVAILABLE);
            log.clear();

            // Documents that are wrong in different ways: each told once.
            refused(keys, verifier, token, source, log, "");
            refused(keys, verifier, token, source, log, "{\"keys\":[]}");
            refused(
                    keys,
                    verifier,
                    token,
                    source,
                    log,
                    SampleKeys.jwkSet("k1", k1).substring(0, 80));
            Map<String, Object> weak = SampleKeys.jwk(SampleKeys.rsa(1024));
            weak.put("kid", "weak");
            refused(keys, verifier, token, source, log, SampleKeys.jwkSet("weak", k1, weak));
            refused(keys, verifier, token, source, log, SampleKeys.jwkSet(null, SampleKeys.publicOnly(k1)));
            refused(
                    keys,
                    verifier,
                    token,
                    source,
                    log,
                    "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + SampleKeys.secret(48) + "\"}}");
            source.deliver(KeysetDocument.of(SampleKeys.jwkSet("k2", k1, k2))
                    .withRevisionTime(clock.instant().minus(Duration.ofDays(30))));
            step(keys, verifier, token, LoadOutcome.REJECTED, Health.State.STALE);
            assertThat(log.text()).contains("older than the one in force");
            assertThat(newEvents(keys)).containsExactly("Rejected");
            log.clear();

            // Good again: one event, one line at INFO.
            source.deliver(good);
            step(keys, verifier, token, LoadOutcome.UNCHANGED, Health.State.FRESH);
            assertThat(newEvents(keys)).containsExactly("Unchanged", "Recovered");
            assertThat(log.lines()).hasSize(1).first().hasFieldOrPropertyWithValue("level", "INFO");
            log.clear();

            // And failing again is news again.
            source.fail(new IOException("connection reset"));
            step(keys, verifier, token, LoadOutcome.FAILED, Health.State.STALE);
            assertThat(newEvents(keys)).containsExactly("Failed");
            assertThat(log.lines("WARN")).hasSize(1);
        }
    }

    private void refused(
            KeyManager keys,
            JwtVerifier verifier,
            String token,
            ScriptedKeysetSource source,
            LogCapture log,
            String document) {
        source.deliver(dated(document));
        step(keys, verifier, token, LoadOutcome.REJECTED, Health.State.STALE);
        step(keys, verifier, token, LoadOutcome.REJECTED, Health.State.STALE);
        assertThat(newEvents(keys)).containsExactly("Rejected");
        assertThat(log.lines()).hasSize(1).first().hasFieldOrPropertyWithValue("level", "ERROR");
        log.clear();
    }

    private void step(KeyManager keys, JwtVerifier verifier, String token, LoadOutcome outcome, Health.State state) {
        clock.advance(Duration.ofMinutes(10));
        assertThat(keys.refreshNow()).isEqualTo(outcome);
        assertThat(verifier.verify(token).kid()).isEqualTo("k1");
        assertThat(verifier.verify(keys.signer().sign(new JwtClaims())).kid()).isEqualTo("k1");
        assertThat(keys.jwks().size()).isEqualTo(1);
        assertThat(keys.health().state()).isEqualTo(state);
    }

    @Test
    void refresh_afterRotation_tellsEveryStepOfTheTimelineOnce() {
        ScriptedKeysetSource source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .clock(clock)
                        .refreshEvery(Duration.ofMinutes(1))
                        .listener(events)
                        .start()) {
            source.deliver(SampleKeys.jwkSet("k2", k1, k2));
            keys.refreshNow();
            assertThat(newEvents(keys)).containsExactly("Loaded", "Activated", "Loaded", "ActivationScheduled");
            clock.advance(Duration.ofMinutes(15));
            keys.refreshNow();
            assertThat(newEvents(keys)).containsExactlyInAnyOrder("Unchanged", "Activated", "Retired");
            source.deliver(SampleKeys.jwkSet("k2", k2));
            keys.refreshNow();
            assertThat(events.news(keys))
                    .last()
                    .isEqualTo(new Events.Removed(9, clock.instant(), "k1", "default", true));
            assertThat(log.lines("WARN")).hasSize(1);
            assertThat(log.text()).contains("PT24H");
            newEvents(keys);
            keys.revoke("k2");
            assertThat(newEvents(keys)).containsExactly("Revoked");
            assertThat(keys.health().state()).isEqualTo(Health.State.EMPTY);
        }
    }

    @Test
    void refresh_removedAfterItsLastToken_isNotEarly() {
        ScriptedKeysetSource source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .clock(clock)
                        .listener(events)
                        .start()) {
            source.deliver(SampleKeys.jwkSet("k2", k1, k2));
            keys.refreshNow();
            clock.advance(Duration.ofMinutes(15));
            keys.refreshNow();
            clock.advance(Duration.ofHours(24).plusMinutes(6));
            source.deliver(SampleKeys.jwkSet("k2", k2));
            keys.refreshNow();
            assertThat(events.news(keys))
                    .last()
                    .isEqualTo(new Events.Removed(9, clock.instant(), "k1", "default", false));
            assertThat(log.lines("WARN")).isEmpty();
        }
    }
}
