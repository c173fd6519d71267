package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Documents and clocks at their worst: ended keys, swapped purposes, clocks far ahead, rotations in a row. */
@SuppressWarnings("try") // what is logged is kept off the console
class HostileTimelineTest {

    private static final Duration LEAD = Duration.ofMinutes(15);

    private final ManualClock clock = ManualClock.create();
    private final Instant t0 = clock.instant();

    private static Map<String, Object> key(String kid) {
        return SampleKeys.jwk(kid, SampleAlgorithm.EDDSA);
    }

    private static Map<String, Object> timed(
            Map<String, Object> jwk, @Nullable Instant iat, @Nullable Instant nbf, @Nullable Instant exp) {
        Map<String, Object> copy = new LinkedHashMap<>(jwk);
        if (iat != null) {
            copy.put("iat", iat.getEpochSecond());
        }
        if (nbf != null) {
            copy.put("nbf", nbf.getEpochSecond());
        }
        if (exp != null) {
            copy.put("exp", exp.getEpochSecond());
        }
        return copy;
    }

    private KeyManager.Builder manager(KeysetSource source) {
        return Managers.onlyWhenTold(source).clock(clock).startDeadline(Duration.ofSeconds(2));
    }

    private static String signedBy(KeyManager keys) {
        return signedBy(keys, "default");
    }

    private static String signedBy(KeyManager keys, String purpose) {
        return keys.verifier(purpose)
                .build()
                .verify(keys.signer(purpose).sign(new JwtClaims()))
                .kid();
    }

    private static String pairs(Map<String, Map<String, Object>> byPurpose) {
        return SampleKeys.json(byPurpose);
    }

    private static Map<String, Object> pair(String kid, KeyPair pair) {
        return Map.of("kid", kid, "privateKeyPem", SampleKeys.privatePem(pair));
    }

    @Test
    void revokedActiveBesideAnEndedKey_pendingKeySignsAtOnce() {
        var source = ScriptedKeysetSource.of(SampleKeys.jwkSet(
                null,
                timed(key("k1"), null, t0.minusSeconds(7200), t0.minusSeconds(3600)),
                timed(key("k2"), null, t0.minusSeconds(5400), null),
                timed(key("k3"), null, t0.plusSeconds(3600), null)));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            assertThat(signedBy(keys)).isEqualTo("k2");
            keys.revoke("k2");
            assertThat(signedBy(keys)).isEqualTo("k3");
        }
    }

    @Test
    void activeKeyHasEnded_newKeyNamedActiveIsAccepted() {
        Map<String, Object> k1 = timed(key("k1"), null, null, t0.plusSeconds(3600));
        var source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            clock.advance(Duration.ofHours(2));
            source.deliver(SampleKeys.jwkSet("k2", k1, key("k2")));
            assertThat(keys.refreshNow()).as(log.text()).isEqualTo(LoadOutcome.LOADED);
            assertThat(signedBy(keys)).isEqualTo("k2");
        }
    }

    @Test
    void firstLoadWithRevisionTime_anEndedKeyIsNotChosenMeanwhile() {
        var source = ScriptedKeysetSource.of(
                KeysetDocument.of(SampleKeys.jwkSet("k2", timed(key("k1"), null, null, t0.minusSeconds(60)), key("k2")))
                        .withRevisionTime(t0.minusSeconds(30)));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            assertThat(signedBy(keys)).isEqualTo("k2");
        }
    }

    @Test
    void startWithEndedTimedKeyAndNamedKeyWithoutTimes_namedKeySigns() {
        var source = ScriptedKeysetSource.of(
                SampleKeys.jwkSet("k2", timed(key("k1"), null, t0.minusSeconds(7200), t0.minusSeconds(60)), key("k2")));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            assertThat(signedBy(keys)).isEqualTo("k2");
        }
    }

    @Test
    void namedKeyIsNeverActivatedBecauseOfAnothersTimes_isSaidAloud() {
        Map<String, Object> k1 = timed(key("k1"), null, t0.minusSeconds(7200), null);
        var source = ScriptedKeysetSource.of(SampleKeys.jwkSet(null, k1));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            source.deliver(SampleKeys.jwkSet("k2", k1, key("k2")));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            clock.advance(Duration.ofHours(3));
            keys.refreshNow();
            boolean told = !log.lines("WARN").isEmpty() || log.text().contains("signs from");
            assertThat(signedBy(keys).equals("k2") || told).as(log.text()).isTrue();
        }
    }

    @Test
    void onlyKeyWithIatAhead_whatSignsIsPublished() {
        var source =
                ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", timed(key("k1"), t0.plusSeconds(3600), null, null)));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            assertThat(signedBy(keys)).isEqualTo("k1");
            assertThat(keys.jwks().json()).contains("\"k1\"");
        }
    }

    @Test
    void clockFarAheadAtStartThenCorrected_whatSignsIsPublished() {
        var source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", key("k1")));
        clock.set(t0.plus(Duration.ofDays(3650)));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            clock.set(t0);
            keys.refreshNow();
            assertThat(signedBy(keys)).isEqualTo("k1");
            assertThat(keys.jwks().json()).contains("\"k1\"");
        }
    }

    @Test
    void pemPairReplacedTwiceWithinTheLead_longestTokensAreSignedThroughout() throws Exception {
        KeyPair a = SampleKeys.pair(SampleAlgorithm.EDDSA);
        var source = ScriptedKeysetSource.of(pairs(Map.of("default", pair("a", a))));
        try (LogCapture log = LogCapture.start();
                KeyManager keys =
                        manager(source).maxStaleness(Duration.ofDays(9)).start()) {
            clock.advance(Duration.ofDays(1));
            Instant first = clock.instant();
            source.deliver(pairs(Map.of("default", pair("b", SampleKeys.pair(SampleAlgorithm.EDDSA)))));
            keys.refreshNow();
            clock.set(first.plus(Duration.ofMinutes(14)));
            source.deliver(pairs(Map.of("default", pair("c", SampleKeys.pair(SampleAlgorithm.EDDSA)))));
            keys.refreshNow();
            clock.set(first.plus(Duration.ofMinutes(25)));
            JwtSigner longest = keys.signer().withLifetime(Duration.ofHours(24));
            String token = longest.sign(new JwtClaims());
            clock.advance(Duration.ofHours(24));
            keys.verifier().build().verify(token);
        }
    }

    @Test
    void purposesSwapped_tokensOfOnePurposeNeverVerifyForTheOther() {
        KeyPair a = SampleKeys.pair(SampleAlgorithm.EDDSA);
        KeyPair b = SampleKeys.pair(SampleAlgorithm.EDDSA);
        var source = ScriptedKeysetSource.of(pairs(Map.of("access", pair("a", a), "refresh", pair("b", b))));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            clock.advance(Duration.ofMinutes(16));
            String refreshToken =
                    keys.signer("refresh").withLifetime(Duration.ofHours(1)).sign(new JwtClaims());
            JwtVerifier access = keys.verifier("access").build();
            assertThatThrownBy(() -> access.verify(refreshToken)).isInstanceOf(JwtRejectedException.class);
            source.deliver(pairs(Map.of("access", pair("b", b), "refresh", pair("a", a))));
            keys.refreshNow();
            assertThatThrownBy(() -> access.verify(refreshToken)).isInstanceOf(JwtRejectedException.class);
        }
    }

    @Test
    void algorithmOfAKnownKidChanged_noValidTokenIsRejectedInSilence() {
        Map<String, Object> k1 = key("k1");
        var source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            String token = keys.signer().sign(new JwtClaims());
            source.deliver(SampleKeys.jwkSet("k1", SampleKeys.with(k1, "alg", "Ed25519")));
            keys.refreshNow();
            assertThat(keys.verifier().build().verify(token).kid()).isEqualTo("k1");
        }
    }

    @Test
    void kidOfThePendingVersionGetsOtherMaterial_isLeftOutThereAndRefusedWhenItIsPromoted() {
        String current = SampleKeys.jwkSet("k1", key("k1"));
        var source = ScriptedKeysetSource.of(
                KeysetDocument.of(current).withPending(KeysetDocument.of(SampleKeys.jwkSet("k2", key("k2")))));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            String other = SampleKeys.jwkSet("k2", key("k2"));
            source.deliver(KeysetDocument.of(current).withPending(KeysetDocument.of(other)));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(keys.keyset().key("k2")).isEmpty();
            source.deliver(KeysetDocument.of(other));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
        }
    }

    @Test
    void kidRevokedByThePreviousVersion_staysRevokedWhenItsEntryIsTidiedAway() {
        Map<String, Object> k0 = key("k0");
        Map<String, Object> k1 = key("k1");
        Map<String, Object> previous = new LinkedHashMap<>();
        previous.put("active_kid", "k1");
        previous.put("revoked", List.of("k0"));
        previous.put("keys", List.of(k0, k1));
        KeysetDocument version1 = KeysetDocument.of(SampleKeys.json(previous));
        var source = ScriptedKeysetSource.of(version1);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            assertThat(keys.keyset().key("k0")).isEmpty();
            source.deliver(
                    KeysetDocument.of(SampleKeys.jwkSet("k1", k1, key("k2"))).withPrevious(version1));
            keys.refreshNow();
            assertThat(keys.keyset().key("k0")).isEmpty();
        }
    }

    @Test
    void revokedByAnAcceptedDocument_rolledBackDocumentDoesNotUndoIt() {
        Map<String, Object> k1 = key("k1");
        Map<String, Object> k2 = key("k2");
        var source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1, k2));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            Map<String, Object> revoking = new LinkedHashMap<>();
            revoking.put("active_kid", "k2");
            revoking.put("revoked", List.of("k1"));
            revoking.put("keys", List.of(k1, k2));
            source.deliver(SampleKeys.json(revoking));
            keys.refreshNow();
            assertThat(signedBy(keys)).isEqualTo("k2");
            source.deliver(SampleKeys.jwkSet("k1", k1, k2));
            keys.refreshNow();
            assertThat(keys.keyset().key("k1"))
                    .as("k1 was revoked in this process")
                    .isEmpty();
        }
    }

    @Test
    void revokedByARefusedDocument_holdsWhenTheGoodDocumentComesBack() {
        Map<String, Object> k1 = key("k1");
        Map<String, Object> k2 = key("k2");
        String good = SampleKeys.jwkSet("k1", k1, k2);
        var source = ScriptedKeysetSource.of(good);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            Map<String, Object> revoking = new LinkedHashMap<>();
            revoking.put("active_kid", "k1");
            revoking.put("revoked", List.of("k1"));
            revoking.put("keys", List.of(k1, k2));
            source.deliver(SampleKeys.json(revoking) + "}");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(signedBy(keys)).isEqualTo("k2");
            assertThat(keys.keyset().revokedKids()).contains("k1");
            source.deliver(good);
            keys.refreshNow();
            assertThat(keys.keyset().key("k1"))
                    .as("k1 was revoked in this process")
                    .isEmpty();
        }
    }

    @Test
    void pemPairReplacedByAPublicKeyAlone_isRefusedByAManagerThatSigns() {
        var source =
                ScriptedKeysetSource.of(pairs(Map.of("default", pair("a", SampleKeys.pair(SampleAlgorithm.EDDSA)))));
        try (LogCapture log = LogCapture.start();
                KeyManager keys =
                        manager(source).maxStaleness(Duration.ofDays(9)).start()) {
            source.deliver(pairs(Map.of(
                    "default",
                    Map.of("kid", "b", "publicKeyPem", SampleKeys.publicPem(SampleKeys.pair(SampleAlgorithm.EDDSA))))));
            LoadOutcome outcome = keys.refreshNow();
            clock.advance(Duration.ofHours(25));
            keys.refreshNow();
            assertThat(outcome)
                    .as("accepted, and a day later signing: " + tryToSign(keys))
                    .isEqualTo(LoadOutcome.REJECTED);
        }
    }

    private static String tryToSign(KeyManager keys) {
        try {
            return keys.signer().sign(new JwtClaims());
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    @Test
    void activeKeyHasEnded_healthIsNotFresh() {
        var source = ScriptedKeysetSource.of(
                SampleKeys.jwkSet(null, timed(key("k1"), null, t0.minusSeconds(60), t0.plusSeconds(3600))));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            clock.advance(Duration.ofHours(2));
            keys.refreshNow();
            assertThat(tryToSign(keys)).contains("Unavailable");
            assertThat(keys.jwks().size()).isZero();
            assertThat(keys.health().state()).isNotEqualTo(Health.State.FRESH);
        }
    }

    @Test
    void rejectUnpublishedActivation_onlyKeyRevoked_newKeyCanStillBeBroughtIn() {
        Map<String, Object> k1 = key("k1");
        var source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source)
                        .maxStaleness(Duration.ofDays(9))
                        .policy(KeysetPolicy.standard().rejectUnpublishedActivation())
                        .start()) {
            keys.revoke("k1");
            source.deliver(SampleKeys.jwkSet("k2", key("k2")));
            keys.refreshNow();
            clock.advance(LEAD.multipliedBy(4));
            keys.refreshNow();
            assertThat(tryToSign(keys)).doesNotContain("Unavailable");
        }
    }

    @Test
    void clockAheadDuringOneRefresh_staleKeysetStillExpires() {
        var source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", key("k1")));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            clock.set(t0.plus(Duration.ofDays(3650)));
            keys.refreshNow();
            clock.set(t0.plusSeconds(60));
            source.fail(new java.io.IOException("away"));
            keys.refreshNow();
            clock.advance(Duration.ofDays(30));
            keys.refreshNow();
            assertThat(keys.health().state()).isEqualTo(Health.State.EXPIRED);
        }
    }

    @Test
    void sameContentStoredAnew_thenAnOlderRevision_isRefused() {
        Map<String, Object> k1 = key("k1");
        KeysetDocument a = KeysetDocument.of(SampleKeys.jwkSet("k1", k1));
        var source = ScriptedKeysetSource.of(a.withRevisionTime(t0.minusSeconds(3000)));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            source.deliver(a.withRevisionTime(t0.minusSeconds(1000)));
            keys.refreshNow();
            source.deliver(
                    KeysetDocument.of(SampleKeys.jwkSet("k1", k1, key("k2"))).withRevisionTime(t0.minusSeconds(2000)));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
        }
    }

    @Test
    void revisionTimeFarAheadOnce_laterRevisionsAreNotRefusedForYears() {
        Map<String, Object> k1 = key("k1");
        var source = ScriptedKeysetSource.of(
                KeysetDocument.of(SampleKeys.jwkSet("k1", k1)).withRevisionTime(t0.plus(Duration.ofDays(3650))));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            clock.advance(Duration.ofDays(1));
            source.deliver(
                    KeysetDocument.of(SampleKeys.jwkSet("k1", k1, key("k2"))).withRevisionTime(clock.instant()));
            assertThat(keys.refreshNow()).as(log.text()).isEqualTo(LoadOutcome.LOADED);
        }
    }

    @Test
    void fourPemPairsInARow_everyTokenVerifies() {
        var source =
                ScriptedKeysetSource.of(pairs(Map.of("default", pair("p0", SampleKeys.pair(SampleAlgorithm.EDDSA)))));
        List<String> tokens = new ArrayList<>();
        try (LogCapture log = LogCapture.start();
                KeyManager keys =
                        manager(source).maxStaleness(Duration.ofDays(9)).start()) {
            for (int i = 1; i < 5; i++) {
                source.deliver(pairs(Map.of("default", pair("p" + i, SampleKeys.pair(SampleAlgorithm.EDDSA)))));
                keys.refreshNow();
                for (int m = 0; m < 6; m++) {
                    clock.advance(Duration.ofMinutes(10));
                    tokens.add(keys.signer().withLifetime(Duration.ofHours(23)).sign(new JwtClaims()));
                }
            }
            JwtVerifier verifier = keys.verifier().build();
            tokens.forEach(verifier::verify);
        }
    }

    /** The example of docs/rotation.md has to keep the formula it stands beside. */
    @Test
    void exampleOfTheDocumentation_longestTokensAreSignedUntilTheKeyRetires() {
        Instant retires = Instant.ofEpochSecond(1780142400);
        clock.set(retires.minusSeconds(10));
        var source = ScriptedKeysetSource.of(SampleKeys.jwkSet(
                null,
                timed(key("2026-03"), null, Instant.ofEpochSecond(1772366400), Instant.ofEpochSecond(1780229160)),
                timed(key("2026-06"), Instant.ofEpochSecond(1780135200), retires, null)));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            keys.signer().withLifetime(Duration.ofHours(24)).sign(new JwtClaims());
        }
    }

    /** A listed key that has ended hides the good one before it for ever after a roll back by name. */
    @Test
    void endedKeyHasTheLatestActivation_namingAnotherListedKeyBringsSigningBack() {
        Map<String, Object> k1 = key("k1");
        Map<String, Object> k2 = timed(key("k2"), null, t0.plusSeconds(60), t0.plusSeconds(3600));
        var source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1, k2));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            clock.advance(Duration.ofHours(2));
            keys.refreshNow();
            source.deliver(SampleKeys.jwkSet("k1", k1, k2, key("k3")));
            assertThat(keys.refreshNow()).as(log.text()).isEqualTo(LoadOutcome.LOADED);
            assertThat(signedBy(keys)).isEqualTo("k1");
        }
    }
}
