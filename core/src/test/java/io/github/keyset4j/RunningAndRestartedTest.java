package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A process that runs and one that has just started: with the same document and the same clock they do the same. */
class RunningAndRestartedTest {

    private static final Duration LEAD = Duration.ofMinutes(15);
    private static final Duration DAY = Duration.ofDays(1);

    private final ManualClock clock = ManualClock.create();
    private final Instant t0 = clock.instant();
    private final Map<String, Map<String, Object>> keys = new LinkedHashMap<>();
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of("");
    private UnaryOperator<KeyManager.Builder> settings = UnaryOperator.identity();
    private LogCapture log;

    @BeforeEach
    void quiet() {
        log = LogCapture.start();
    }

    @AfterEach
    void loud() {
        log.close();
    }

    private Map<String, Object> key(String kid) {
        return new LinkedHashMap<>(keys.computeIfAbsent(kid, k -> SampleKeys.jwk(k, SampleAlgorithm.EDDSA)));
    }

    private Map<String, Object> key(String kid, @Nullable Instant nbf, @Nullable Instant exp) {
        Map<String, Object> key = key(kid);
        if (nbf != null) {
            key.put("nbf", nbf.getEpochSecond());
        }
        if (exp != null) {
            key.put("exp", exp.getEpochSecond());
        }
        return key;
    }

    private Map<String, Object> purpose(String purpose, Map<String, Object> key) {
        key.put("purpose", purpose);
        return key;
    }

    private static Map<String, Object> pair(String kid, KeyPair pair) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("kid", kid);
        entry.put("privateKeyPem", SampleKeys.privatePem(pair));
        entry.put("publicKeyPem", SampleKeys.publicPem(pair));
        return entry;
    }

    private static KeysetDocument pairs(Map<String, ?> byPurpose) {
        return KeysetDocument.of(SampleKeys.json(byPurpose));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static KeysetDocument set(@Nullable String active, Map<String, Object>... listed) {
        return KeysetDocument.of(SampleKeys.jwkSet(active, listed));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static KeysetDocument revoking(
            List<String> revoked, @Nullable String active, Map<String, Object>... listed) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("keys", List.of(listed));
        document.put("revoked", revoked);
        if (active != null) {
            document.put("active_kid", active);
        }
        return KeysetDocument.of(SampleKeys.json(document));
    }

    private KeyManager start() {
        return settings.apply(KeyManager.builder(source)
                        .clock(clock)
                        .startDeadline(Duration.ofSeconds(5))
                        .maxStaleness(Duration.ofDays(3000)))
                .start();
    }

    private LoadOutcome load(KeyManager process, KeysetDocument document) {
        source.deliver(document);
        return process.refreshNow();
    }

    private static String signer(KeyManager process, String purpose) {
        try {
            return kid(
                    process.signer(purpose).withLifetime(Duration.ofMinutes(5)).sign(new JwtClaims()));
        } catch (KeysetException e) {
            return "nobody";
        }
    }

    private static String signer(KeyManager process) {
        return signer(process, "default");
    }

    private static String kid(String token) throws JwtRejectedException {
        return JwsHeader.parse(token.substring(0, token.indexOf('.'))).kid().orElseThrow();
    }

    /** Who signs in a process that starts now. */
    private String restarted(String purpose) {
        try (KeyManager fresh = start()) {
            return signer(fresh, purpose);
        }
    }

    private String restarted() {
        return restarted("default");
    }

    // ---- a key that left its document

    @Test
    void pairWithAnNbfBeforeTheStart_swappedIn_signsInEveryProcess() {
        KeyPair second = SampleKeys.pair(SampleAlgorithm.EDDSA);
        Map<String, Object> dated = pair("k2", second);
        dated.put("nbf", t0.minus(DAY).getEpochSecond());
        source.deliver(pairs(Map.of("default", pair("k1", SampleKeys.pair(SampleAlgorithm.EDDSA)))));
        try (KeyManager running = start()) {
            clock.advance(DAY);
            load(running, pairs(Map.of("default", dated)));
            assertThat(signer(running)).isEqualTo("k2").isEqualTo(restarted());
            clock.advance(DAY.multipliedBy(30));
            running.refreshNow();
            assertThat(signer(running)).isEqualTo("k2");
        }
    }

    @Test
    void datedSetRolledBackWhileARetentionApplies_theListedKeySigns() {
        settings = builder -> builder.rotation(RotationTimes.internal().toBuilder()
                .retention(DAY.multipliedBy(2))
                .build());
        KeysetDocument before = set(null, key("k1", t0.minus(DAY), null));
        source.deliver(before);
        try (KeyManager running = start()) {
            load(running, set(null, key("k1", t0.minus(DAY), null), key("k2", t0.plusSeconds(60), null)));
            clock.advance(Duration.ofHours(1));
            assertThat(signer(running)).isEqualTo("k2");
            load(running, before);
            assertThat(signer(running)).isEqualTo("k1").isEqualTo(restarted());
            assertThat(running.keyset().key("k2").orElseThrow().status(clock.instant()))
                    .isEqualTo(KeyStatus.VERIFICATION_ONLY);
        }
    }

    @Test
    void pairPutBackAfterItsRetention_waitsUntilItIsKnownAgain() {
        KeysetDocument first = pairs(Map.of("default", pair("k1", SampleKeys.pair(SampleAlgorithm.EDDSA))));
        source.deliver(first);
        try (KeyManager running = start()) {
            load(running, pairs(Map.of("default", pair("k2", SampleKeys.pair(SampleAlgorithm.EDDSA)))));
            clock.advance(DAY.multipliedBy(60));
            running.refreshNow();
            assertThat(running.jwks().json()).doesNotContain("\"k1\"");
            load(running, first);
            assertThat(signer(running)).isEqualTo("k2");
            clock.advance(LEAD);
            assertThat(signer(running)).isEqualTo("k1").isEqualTo(restarted());
        }
    }

    // ---- revocations

    @Test
    void kidListedAsRevokedBeforeAnyKeyHadIt_neverVerifies() {
        source.deliver(revoking(List.of("k1"), null, key("k2")));
        try (KeyManager running = start()) {
            String stolen;
            source.deliver(set("k1", key("k1"), key("k2")));
            try (KeyManager thief = start()) {
                stolen = thief.signer().sign(new JwtClaims());
            }
            running.refreshNow();
            assertThatThrownBy(() -> running.verifier().build().verify(stolen))
                    .isInstanceOf(JwtRejectedException.class);
            assertThat(running.jwks().json()).doesNotContain("\"k1\"");
            assertThat(signer(running)).isEqualTo("k2");
        }
    }

    @Test
    void activeKeyRevokedByHandWhileTheNextWaits_theNextSignsInEveryProcess() {
        Map<String, Object> k2 = key("k2", t0.plus(DAY), null);
        source.deliver(set("k1", key("k1"), k2));
        try (KeyManager running = start()) {
            load(running, revoking(List.of("k1"), "k1", key("k1"), k2));
            assertThat(signer(running)).isEqualTo("k2").isEqualTo(restarted());
            assertThat(load(running, revoking(List.of("k1"), "k3", k2, key("k3"))))
                    .isEqualTo(LoadOutcome.LOADED);
            clock.advance(LEAD);
            assertThat(signer(running)).isEqualTo("k3").isEqualTo(restarted());
        }
    }

    @Test
    void activeKeyRevokedBesideAnEndedOne_aKeyIsLeftToSign() {
        Map<String, Object> k1 = key("k1", t0.minus(DAY.multipliedBy(3)), null);
        Map<String, Object> k2 = key("k2", t0.minus(DAY.multipliedBy(2)), t0.minus(DAY));
        source.deliver(set(null, k1, k2, key("k3", t0.minus(DAY), null)));
        try (KeyManager running = start()) {
            load(running, revoking(List.of("k3"), null, k1, k2));
            assertThat(signer(running)).isEqualTo("k1").isEqualTo(restarted());
        }
    }

    // ---- who is known since when

    @Test
    void documentEdited_aRestartDoesNotMistakeItsDateForTheKeys() {
        Map<String, Object> k0 = key("k0");
        KeysetDocument before = set("k1", k0, key("k1")).withRevisionTime(t0);
        source.deliver(before);
        try (KeyManager running = start()) {
            clock.advance(DAY);
            load(
                    running,
                    set("k1", k0, key("k1"), key("spare"))
                            .withRevisionTime(clock.instant())
                            .withPrevious(before));
            assertThat(signer(running)).isEqualTo("k1").isEqualTo(restarted());
        }
    }

    @Test
    void keyGeneratedLongBeforeItIsAdded_waitsUntilItIsKnown() {
        source.deliver(set("k1", key("k1")));
        try (KeyManager running = start()) {
            Map<String, Object> k2 = key("k2");
            k2.put("iat", clock.instant().plusSeconds(1).getEpochSecond());
            clock.advance(Duration.ofHours(1));
            running.refreshNow();
            load(running, set("k2", key("k1"), k2));
            assertThat(signer(running)).isEqualTo("k1");
            clock.advance(LEAD);
            assertThat(signer(running)).isEqualTo("k2").isEqualTo(restarted());
        }
    }

    @Test
    void previousVersionWasRolledBack_restartsSignWithThePresentOne() {
        KeysetDocument good = set("k1", key("k1")).withRevisionTime(t0.minus(DAY));
        KeysetDocument cancelled = set("k2", key("k1"), key("k2")).withRevisionTime(t0);
        source.deliver(cancelled.withPrevious(good));
        try (KeyManager running = start()) {
            clock.advance(DAY);
            String live = running.signer().sign(new JwtClaims());
            assertThat(load(running, good.withPrevious(cancelled))).isEqualTo(LoadOutcome.LOADED);
            assertThat(signer(running)).isEqualTo("k1").isEqualTo(restarted());
            running.verifier().build().verify(live);
            try (KeyManager fresh = start()) {
                fresh.verifier().build().verify(live);
            }
        }
    }

    @Test
    void olderRevisionWithoutANewerBesideIt_isRefusedAndTold() {
        source.deliver(set("k2", key("k1"), key("k2")).withRevisionTime(t0));
        try (KeyManager running = start()) {
            assertThat(load(running, set("k1", key("k1")).withRevisionTime(t0.minus(DAY))))
                    .isEqualTo(LoadOutcome.REJECTED);
            assertThat(log.text()).contains("older than the one in force").contains("acceptOlderRevisions()");
        }
    }

    @Test
    void olderRevision_isTakenByAManagerThatAcceptsThem() {
        settings = KeyManager.Builder::acceptOlderRevisions;
        source.deliver(set("k2", key("k1"), key("k2")).withRevisionTime(t0));
        try (KeyManager running = start()) {
            assertThat(load(running, set("k1", key("k1")).withRevisionTime(t0.minus(DAY))))
                    .isEqualTo(LoadOutcome.LOADED);
            assertThat(signer(running)).isEqualTo("k1").isEqualTo(restarted());
        }
    }

    @Test
    void staleReadOfSeveralParameters_isRefusedAndARecreatedOneIsNot() {
        KeysetDocument newest = set("k2", key("k1"), key("k2"));
        source.deliver(newest.withRevisionTime(t0).withVersions(Map.of("active_kid", 2L, "k1", 1L, "k2", 1L)));
        try (KeyManager running = start()) {
            KeysetDocument stale = set("k1", key("k1"), key("k2"))
                    .withRevisionTime(t0)
                    .withVersions(Map.of("active_kid", 1L, "k1", 1L, "k2", 1L));
            assertThat(load(running, stale)).isEqualTo(LoadOutcome.REJECTED);
            assertThat(load(running, stale.withRevisionTime(t0.plusSeconds(9)))).isEqualTo(LoadOutcome.LOADED);
        }
    }

    @Test
    void unchangedOlderVersion_doesNotLowerTheBar() {
        KeysetDocument present = set("k1", key("k1"));
        source.deliver(present.withRevisionTime(t0));
        try (KeyManager running = start()) {
            load(running, present.withRevisionTime(t0.minus(DAY.multipliedBy(2))));
            assertThat(load(running, set("k0", key("k0")).withRevisionTime(t0.minus(DAY))))
                    .isEqualTo(LoadOutcome.REJECTED);
        }
    }

    // ---- time passes

    @Test
    void datedKeyEndsBesideAnUndatedOneThatIsNamed_theNamedOneSignsInEveryProcess() {
        source.deliver(set("k1", key("k1"), key("k2", t0.plusSeconds(60), t0.plusSeconds(3600))));
        try (KeyManager running = start()) {
            for (String expected : List.of("k1", "k2", "k1")) {
                assertThat(signer(running)).isEqualTo(expected).isEqualTo(restarted());
                clock.advance(Duration.ofMinutes(50));
            }
        }
    }

    @Test
    void nothingSignsByADocument_everyProcessRefusesItInTheSameWords() {
        source.deliver(set("k1", key("k1")));
        try (KeyManager running = start()) {
            assertThat(load(running, set(null, key("k2", t0.plus(DAY), null)))).isEqualTo(LoadOutcome.REJECTED);
            assertThatThrownBy(this::start)
                    .isInstanceOf(InvalidKeysetException.class)
                    .hasMessageContaining("no active key for the purpose default");
            assertThat(signer(running)).isEqualTo("k1");
            clock.advance(DAY);
            running.refreshNow();
            assertThat(signer(running)).isEqualTo("k2").isEqualTo(restarted());
        }
    }

    // ---- purposes and versions apart

    @Test
    void oneEndedPurpose_keepsNoDocumentOutAndNoProcessDown() {
        Map<String, Object> refresh = purpose("refresh", key("r1", t0.minus(DAY), t0.plusSeconds(60)));
        source.deliver(set(null, purpose("access", key("a1", t0.minus(DAY), null)), refresh));
        try (KeyManager running = start()) {
            clock.advance(Duration.ofHours(1));
            KeysetDocument next = set(
                    null,
                    purpose("access", key("a1", t0.minus(DAY), null)),
                    purpose("access", key("a2", clock.instant(), null)),
                    refresh);
            assertThat(load(running, next)).isEqualTo(LoadOutcome.LOADED);
            assertThat(signer(running, "access")).isEqualTo("a2").isEqualTo(restarted("access"));
            assertThat(signer(running, "refresh")).isEqualTo("nobody").isEqualTo(restarted("refresh"));
            assertThat(running.health().state()).isEqualTo(Health.State.EXPIRED);
        }
    }

    @Test
    void accessRotatedInPairs_refreshTokensOfAMonthLiveOnThroughARestart() {
        settings = builder -> builder.rotation(RotationTimes.internal().toBuilder()
                .maxTokenLifetime("refresh", DAY.multipliedBy(30))
                .build());
        Map<String, Object> refresh = pair("r1", SampleKeys.pair(SampleAlgorithm.EDDSA));
        KeysetDocument first = pairs(
                        Map.of("access", pair("a1", SampleKeys.pair(SampleAlgorithm.EDDSA)), "refresh", refresh))
                .withRevisionTime(t0);
        source.deliver(first);
        try (KeyManager running = start()) {
            String live =
                    running.signer("refresh").withLifetime(DAY.multipliedBy(29)).sign(new JwtClaims());
            KeysetDocument second = pairs(Map.of(
                            "access", pair("a2", SampleKeys.pair(SampleAlgorithm.EDDSA)),
                            "refresh", pair("r2", SampleKeys.pair(SampleAlgorithm.EDDSA))))
                    .withRevisionTime(t0.plus(DAY));
            clock.advance(DAY);
            load(running, second.withPrevious(first));
            clock.advance(DAY.multipliedBy(20));
            try (KeyManager fresh = start()) {
                fresh.verifier("refresh").build().verify(live);
            }
        }
    }

    @Test
    void purposeLost_isRefusedUntilItsKeysAreRevoked() {
        Map<String, Object> access = purpose("access", key("a1"));
        source.deliver(set(null, access, purpose("refresh", key("r1"))));
        try (KeyManager running = start()) {
            assertThat(load(running, set(null, access))).isEqualTo(LoadOutcome.REJECTED);
            assertThat(log.text()).contains("list its kids as revoked");
            assertThat(signer(running, "refresh")).isEqualTo("r1");
            assertThat(load(running, revoking(List.of("r1"), null, access))).isEqualTo(LoadOutcome.LOADED);
        }
    }

    @Test
    void kidReusedInTheVersionToCome_doesNotKeepThePresentOneOut() {
        source.deliver(set("k1", key("k1")));
        try (KeyManager running = start()) {
            Map<String, Object> reused = SampleKeys.jwk("k1", SampleAlgorithm.EDDSA);
            KeysetDocument next = set("k1", key("k1"), key("k2")).withPending(set("k1", reused));
            assertThat(load(running, next)).isEqualTo(LoadOutcome.LOADED);
            assertThat(running.keyset().key("k2")).isPresent();
        }
    }

    @Test
    void secretInAnotherVersion_doesNotKeepThePresentOneOut() {
        source.deliver(set("k1", key("k1")));
        try (KeyManager running = start()) {
            Map<String, Object> secret = SampleKeys.jwk("s1", SampleAlgorithm.HS256);
            KeysetDocument next = set("k1", key("k1"), key("k2")).withPrevious(set("s1", secret));
            assertThat(load(running, next)).isEqualTo(LoadOutcome.LOADED);
            assertThat(running.keyset().key("s1")).isEmpty();
        }
    }

    @Test
    void retentionShorterThanTheLead_isRefused() {
        settings = builder -> builder.rotation(RotationTimes.internal().toBuilder()
                .retention(LEAD.minusSeconds(1))
                .build());
        source.deliver(set("k1", key("k1")));
        assertThatThrownBy(this::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retention")
                .hasMessageContaining("publish lead");
    }

    // ---- what two versions with their dates say

    private static KeysetDocument version(Instant time, KeysetDocument document, KeysetDocument before) {
        return document.withRevisionTime(time).withPrevious(before);
    }

    private static Instant removal(KeyManager process, String kid) {
        return process.keyset().key(kid).orElseThrow().removeAt().orElseThrow();
    }

    @Test
    void versionMissedByAStaleRead_theKeyIsKnownSinceItsDate() {
        KeysetDocument first = set("k1", key("k1")).withRevisionTime(t0.minus(DAY));
        KeysetDocument second = set("k2", key("k1"), key("k2")).withRevisionTime(t0.plusSeconds(60));
        source.deliver(first);
        try (KeyManager running = start()) {
            clock.advance(LEAD);
            running.refreshNow();
            clock.advance(Duration.ofMinutes(1));
            load(running, version(clock.instant(), set("k2", key("k1"), key("k2"), key("k3")), second));
            assertThat(signer(running)).isEqualTo("k2").isEqualTo(restarted());
        }
    }

    @Test
    void pairPutBack_wasKnownSinceTheVersionBeforeSaidSo() {
        Map<String, Object> k1 = pair("k1", SampleKeys.pair(SampleAlgorithm.EDDSA));
        Map<String, Object> k2 = pair("k2", SampleKeys.pair(SampleAlgorithm.EDDSA));
        k2.put("nbf", t0.minus(DAY).getEpochSecond());
        KeysetDocument first = pairs(Map.of("default", k1)).withRevisionTime(t0.minus(DAY));
        source.deliver(first);
        try (KeyManager running = start()) {
            clock.advance(Duration.ofMinutes(1));
            KeysetDocument second = pairs(Map.of("default", k2)).withRevisionTime(clock.instant());
            load(running, second.withPrevious(first));
            assertThat(signer(running)).isEqualTo("k2");
            clock.advance(Duration.ofMinutes(1));
            load(running, version(clock.instant(), pairs(Map.of("default", k1)), second));
            assertThat(signer(running)).isEqualTo("k1");
        }
    }

    @Test
    void iatThatTheVersionBeforeDisproves_isBelievedByNobody() {
        KeysetDocument first = set("k1", key("k1")).withRevisionTime(t0.minus(DAY));
        KeysetDocument second = set("k1", key("k1"), key("k3")).withRevisionTime(t0);
        source.deliver(first);
        try (KeyManager running = start()) {
            Map<String, Object> k2 = key("k2");
            k2.put("iat", t0.plusSeconds(60).getEpochSecond());
            clock.advance(DAY);
            load(running, version(clock.instant(), set("k2", key("k1"), k2), second));
            assertThat(signer(running)).isEqualTo("k1").isEqualTo(restarted());
        }
    }

    @Test
    void keyOfAVersionToCome_isKnownSinceItIsSeenThere() {
        KeysetDocument first = set("k1", key("k1")).withRevisionTime(t0.minus(DAY));
        KeysetDocument second = set("k1", key("k1"), key("k3")).withRevisionTime(t0);
        source.deliver(second.withPrevious(first));
        try (KeyManager running = start()) {
            clock.advance(Duration.ofSeconds(30));
            KeysetDocument third = set("k2", key("k1"), key("k2")).withRevisionTime(clock.instant());
            load(running, second.withPrevious(first).withPending(third));
            clock.advance(LEAD.minusSeconds(1));
            load(running, third.withPrevious(second));
            assertThat(signer(running)).isEqualTo("k1");
            clock.advance(Duration.ofSeconds(1));
            assertThat(signer(running)).isEqualTo("k2").isEqualTo(restarted());
        }
    }

    @Test
    void kidOfAnotherKeyInTheVersionBefore_datesNothing() {
        source.deliver(set("k1", key("k1")).withRevisionTime(t0.minus(DAY)));
        try (KeyManager running = start()) {
            Map<String, Object> other = SampleKeys.jwk("k2", SampleAlgorithm.EDDSA);
            KeysetDocument second = set("k2", key("k1"), other).withRevisionTime(t0.plusSeconds(60));
            clock.advance(DAY);
            load(running, version(clock.instant(), set("k2", key("k1"), key("k2")), second));
            assertThat(signer(running)).isEqualTo("k1").isEqualTo(restarted());
        }
    }

    @Test
    void pairReplaced_isKeptAsLongByAClockThatIsBehind() {
        KeysetDocument first = pairs(Map.of("default", pair("k1", SampleKeys.pair(SampleAlgorithm.EDDSA))))
                .withRevisionTime(t0.minus(DAY));
        source.deliver(first);
        try (KeyManager running = start()) {
            KeysetDocument second = pairs(Map.of("default", pair("k2", SampleKeys.pair(SampleAlgorithm.EDDSA))));
            load(running, version(t0.plus(Duration.ofHours(1)), second, first));
            clock.advance(Duration.ofHours(2));
            try (KeyManager fresh = start()) {
                assertThat(removal(running, "k1")).isEqualTo(removal(fresh, "k1"));
            }
        }
    }

    @Test
    void keyThatLeftIsRevokedByHand_itsSuccessorToComeDoesNotSignEarly() {
        Map<String, Object> refresh = pair("k2", SampleKeys.pair(SampleAlgorithm.EDDSA));
        source.deliver(pairs(Map.of("access", pair("k1", SampleKeys.pair(SampleAlgorithm.EDDSA)), "refresh", refresh)));
        try (KeyManager running = start()) {
            Map<String, Object> successor = pair("k3", SampleKeys.pair(SampleAlgorithm.EDDSA));
            successor.put("nbf", t0.plus(DAY).getEpochSecond());
            load(running, pairs(Map.of("access", successor, "refresh", refresh)));

            running.revoke("k1");

            assertThat(signer(running, "access")).isEqualTo("nobody").isEqualTo(restarted("access"));
        }
    }

    @Test
    void pairLeftAndSeenOnceMoreInTheVersionBefore_isKeptFromThenOn() {
        KeyPair k1 = SampleKeys.pair(SampleAlgorithm.EDDSA);
        KeysetDocument first = pairs(Map.of("default", pair("k1", k1))).withRevisionTime(t0.minus(DAY));
        source.deliver(first);
        try (KeyManager running = start()) {
            KeysetDocument second = pairs(Map.of("default", pair("k2", SampleKeys.pair(SampleAlgorithm.EDDSA))));
            load(running, version(t0, second, first));
            clock.advance(Duration.ofHours(1));
            Map<String, Object> publicHalf = Map.of("kid", "k1", "publicKeyPem", SampleKeys.publicPem(k1));
            KeysetDocument third = pairs(Map.of("default", publicHalf)).withRevisionTime(t0.plusSeconds(60));
            KeysetDocument fourth = pairs(Map.of("default", pair("k3", SampleKeys.pair(SampleAlgorithm.EDDSA))));
            load(running, version(clock.instant(), fourth, third));
            try (KeyManager fresh = start()) {
                assertThat(removal(running, "k1")).isEqualTo(removal(fresh, "k1"));
            }
        }
    }

    @Test
    void clockSetBack_whatItDatedIsForgotten() {
        KeysetDocument first = set("k1", key("k1")).withRevisionTime(t0.minus(DAY));
        source.deliver(first);
        clock.advance(DAY);
        try (KeyManager running = start()) {
            clock.set(t0);
            load(running, version(t0.minusSeconds(30), set("k2", key("k1"), key("k2")), first));
            try (KeyManager fresh = start()) {
                assertThat(running.keyset().key("k2").orElseThrow().activateAt())
                        .isEqualTo(fresh.keyset().key("k2").orElseThrow().activateAt());
            }
        }
    }

    @Test
    void clockSetBackBeforeAKeyIsAdded_theOneThatSignsGoesOn() {
        source.deliver(set("k1", key("k1"), key("k2")));
        clock.advance(DAY);
        try (KeyManager running = start()) {
            clock.advance(LEAD);
            load(running, set("k2", key("k1"), key("k2")));
            assertThat(signer(running)).isEqualTo("k2");
            clock.set(t0);
            load(running, set("k3", key("k1"), key("k2"), key("k3")));
            assertThat(signer(running)).isEqualTo("k2");
        }
    }

    // ---- algorithms

    @Test
    void severalAlgorithms_eachHasASuccessionOfItsOwn() {
        Map<String, Object> rs1 = SampleKeys.jwk("rs1", SampleAlgorithm.RS256);
        source.deliver(set("k1", key("k1"), rs1));
        try (KeyManager running = start()) {
            assertThat(signer(running)).isEqualTo("k1");
            assertThat(signedBy(running, "RS256")).isEqualTo("rs1");
            Map<String, Object> rs2 = SampleKeys.jwk("rs2", SampleAlgorithm.RS256);
            rs2.put("nbf", t0.plus(DAY).getEpochSecond());
            load(running, set("k1", key("k1"), rs1, rs2));
            clock.advance(DAY);
            assertThat(signedBy(running, "RS256")).isEqualTo("rs2");
            assertThat(signedBy(running, "EdDSA")).isEqualTo("k1");
            assertThatThrownBy(() -> signedBy(running, "ES256"))
                    .isInstanceOf(KeysetUnavailableException.class)
                    .hasMessageContaining("ES256");
        }
    }

    private static String signedBy(KeyManager process, String algorithm) {
        return kid(process.signer().withAlgorithm(algorithm).sign(new JwtClaims()));
    }
}
