package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class KeysetPlannerTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final RotationTimes TIMES = RotationTimes.internal().checked();
    private static final Duration LEAD = Duration.ofMinutes(15);
    private static final Map<String, Map<String, Object>> JWKS = new HashMap<>();

    private static Map<String, Object> jwk(String kid) {
        return new LinkedHashMap<>(JWKS.computeIfAbsent(kid, k -> SampleKeys.jwk(k, SampleAlgorithm.EDDSA)));
    }

    private static Map<String, Object> jwk(
            String kid, @Nullable Instant iat, @Nullable Instant nbf, @Nullable Instant exp) {
        Map<String, Object> jwk = jwk(kid);
        if (iat != null) {
            jwk.put("iat", iat.getEpochSecond());
        }
        if (nbf != null) {
            jwk.put("nbf", nbf.getEpochSecond());
        }
        if (exp != null) {
            jwk.put("exp", exp.getEpochSecond());
        }
        return jwk;
    }

    private static ParsedKeyset parsed(KeysetDocument document) {
        return KeysetParser.of(KeysetPolicy.standard()).read(document, "test");
    }

    @SafeVarargs
    private static KeysetDocument document(@Nullable String active, Map<String, Object>... keys) {
        return KeysetDocument.of(SampleKeys.jwkSet(active, keys));
    }

    private static Keyset plan(@Nullable Keyset present, KeysetDocument document, Instant now) {
        return plan(present, document, TIMES, now);
    }

    /** The document before was last seen just before this one. */
    private static Keyset plan(@Nullable Keyset present, KeysetDocument document, RotationTimes times, Instant now) {
        Instant came = document.revisionTime().orElse(now);
        KeysetPlanner.Past past = present == null ? null : new KeysetPlanner.Past(present, came.minusMillis(1));
        return KeysetPlanner.plan(parsed(document), past, Set.of(), null, CryptoProvider.jdk(), times, now);
    }

    private static String active(Keyset keyset, Instant at) {
        return keyset.activeKey("default", at).map(KeysetKey::kid).orElse("nothing");
    }

    private static KeysetKey key(Keyset keyset, String kid) {
        return keyset.key(kid).orElseThrow();
    }

    @Test
    void plan_firstLoadWithoutAnyTime_namedKeySignsAtOnce() {
        Keyset keyset = plan(null, document("k2", jwk("k1"), jwk("k2")), NOW);
        assertThat(active(keyset, NOW)).isEqualTo("k2");
        assertThat(key(keyset, "k1").status(NOW)).isEqualTo(KeyStatus.VERIFICATION_ONLY);
        assertThat(key(keyset, "k2").activateAt()).contains(NOW);
    }

    @Test
    void plan_newKeyNamedActive_signsAfterTheLead() {
        Keyset before = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(3600));
        Keyset after = plan(before, document("k2", jwk("k1"), jwk("k2")), NOW);
        assertThat(key(after, "k2").publishedAt()).isEqualTo(NOW);
        assertThat(key(after, "k2").published(NOW)).isTrue();
        assertThat(key(after, "k2").status(NOW)).isEqualTo(KeyStatus.PENDING);
        assertThat(active(after, NOW.plus(LEAD).minusNanos(1))).isEqualTo("k1");
        assertThat(active(after, NOW.plus(LEAD))).isEqualTo("k2");
        assertThat(key(after, "k1").retireAt()).contains(NOW.plus(LEAD));
        assertThat(key(after, "k1").status(NOW.plus(LEAD))).isEqualTo(KeyStatus.VERIFICATION_ONLY);
    }

    @Test
    void plan_sameDocumentAgain_keepsThePlan() {
        Keyset before = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(3600));
        KeysetDocument rotated = document("k2", jwk("k1"), jwk("k2"));
        Keyset once = plan(before, rotated, NOW);
        Keyset twice = plan(once, rotated, NOW.plusSeconds(60));
        assertThat(key(twice, "k2").activateAt()).contains(NOW.plus(LEAD));
        Keyset later = plan(twice, rotated, NOW.plus(LEAD).plusSeconds(60));
        assertThat(key(later, "k2").activateAt()).contains(NOW.plus(LEAD));
        assertThat(key(later, "k1").activateAt()).contains(NOW.minusSeconds(3600));
    }

    @Test
    void plan_keyPublishedFirstAndNamedLater_signsAtOnceIfTheLeadHasPassed() {
        Keyset one = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(7200));
        Keyset two = plan(one, document("k1", jwk("k1"), jwk("k2")), NOW.minus(LEAD));
        assertThat(active(two, NOW)).isEqualTo("k1");
        Keyset three = plan(two, document("k2", jwk("k1"), jwk("k2")), NOW);
        assertThat(active(three, NOW)).isEqualTo("k2");
        Keyset early = plan(two, document("k2", jwk("k1"), jwk("k2")), NOW.minusSeconds(1));
        assertThat(key(early, "k2").activateAt()).contains(NOW);
    }

    @Test
    void plan_datedVersions_dateTheKeyForEveryReplicaAlike() {
        Instant revision = NOW.minusSeconds(200);
        KeysetDocument first = document("k1", jwk("k1")).withRevisionTime(NOW.minusSeconds(9000));
        Keyset before = plan(null, first, NOW.minusSeconds(8000));
        KeysetDocument rotated =
                document("k2", jwk("k1"), jwk("k2")).withRevisionTime(revision).withPrevious(first);
        for (Keyset each : List.of(
                plan(before, rotated, NOW.minusSeconds(190)), plan(before, rotated, NOW), plan(null, rotated, NOW))) {
            assertThat(key(each, "k2").activateAt()).contains(revision.plus(LEAD));
            assertThat(active(each, NOW)).isEqualTo("k1");
        }
    }

    @Test
    void plan_aTimeAlone_datesNoKey() {
        Instant revision = NOW.minusSeconds(200);
        Keyset before = plan(null, document("k1", jwk("k1")).withRevisionTime(NOW.minusSeconds(9000)), NOW);
        Keyset after = plan(before, document("k2", jwk("k1"), jwk("k2")).withRevisionTime(revision), NOW);
        assertThat(key(after, "k2").activateAt()).contains(NOW.plus(LEAD));
    }

    @Test
    void plan_firstLoadInTheMiddleOfARotation_namedKeySignsAtOnceSinceNothingSaysWhoDidBefore() {
        Instant revision = NOW.minusSeconds(200);
        Keyset restarted = plan(null, document("k2", jwk("k1"), jwk("k2")).withRevisionTime(revision), NOW);
        assertThat(active(restarted, NOW)).isEqualTo("k2");
    }

    @Test
    void plan_firstLoadAfterAKeyWasAddedBehindTheNamedOne_namedKeySigns() {
        KeysetDocument prepared = document("k1", jwk("k1"), jwk("k2")).withRevisionTime(NOW.minusSeconds(60));
        assertThat(active(plan(null, prepared, NOW), NOW)).isEqualTo("k1");
        assertThat(key(plan(null, prepared, NOW), "k2").status(NOW)).isNotEqualTo(KeyStatus.ACTIVE);
    }

    @Test
    void plan_firstLoadLongAfterARotation_namedKeySigns() {
        Instant revision = NOW.minus(LEAD).minusSeconds(1);
        Keyset restarted = plan(null, document("k2", jwk("k1"), jwk("k2")).withRevisionTime(revision), NOW);
        assertThat(active(restarted, NOW)).isEqualTo("k2");
    }

    @Test
    void plan_firstLoadOfTheOnlyKey_signsAtOnceWhateverItsRevisionTime() {
        assertThat(active(plan(null, document("k1", jwk("k1")).withRevisionTime(NOW), NOW), NOW))
                .isEqualTo("k1");
        // The source's clock is ahead of ours.
        assertThat(active(plan(null, document("k1", jwk("k1")).withRevisionTime(NOW.plusSeconds(30)), NOW), NOW))
                .isEqualTo("k1");
    }

    @Test
    void plan_firstLoadOfAOneKeyDocumentWithThePreviousVersion_itsKeySignsUntilTheLeadHasPassed() {
        Instant revision = NOW.minusSeconds(200);
        KeysetDocument previous =
                KeysetDocument.of(SampleKeys.json(jwk("k1"))).withRevisionTime(NOW.minusSeconds(90_000));
        KeysetDocument current = KeysetDocument.of(SampleKeys.json(jwk("k2")))
                .withRevisionTime(revision)
                .withPrevious(previous);
        Keyset keyset = plan(null, current, NOW);
        assertThat(active(keyset, NOW)).isEqualTo("k1");
        assertThat(active(keyset, revision.plus(LEAD))).isEqualTo("k2");
        assertThat(key(keyset, "k1").status(revision.plus(LEAD))).isEqualTo(KeyStatus.VERIFICATION_ONLY);
        assertThat(key(keyset, "k1").removeAt())
                .contains(revision.plus(LEAD).plusSeconds(246).plus(TIMES.removalDelay("default")));
    }

    @Test
    void plan_firstLoadWithThePreviousVersion_theSetHoldsWhatItStillLists() {
        Instant revision = NOW.minusSeconds(200);
        KeysetDocument previous = document("k1", jwk("k1"), jwk("k0")).withRevisionTime(NOW.minusSeconds(90_000));
        KeysetDocument current =
                document("k2", jwk("k1"), jwk("k2")).withRevisionTime(revision).withPrevious(previous);
        Keyset keyset = plan(null, current, NOW);
        assertThat(active(keyset, NOW)).isEqualTo("k1");
        assertThat(active(keyset, revision.plus(LEAD))).isEqualTo("k2");
        assertThat(keyset.key("k0")).isEmpty();
    }

    @Test
    void plan_documentRewrittenWithoutRotation_previousVersionShowsThatNothingIsNew() {
        KeysetDocument previous =
                document("k2", jwk("k0"), jwk("k1"), jwk("k2")).withRevisionTime(NOW.minusSeconds(90_000));
        KeysetDocument current = document("k2", jwk("k1"), jwk("k2"))
                .withRevisionTime(NOW.minusSeconds(5))
                .withPrevious(previous);
        assertThat(active(plan(null, current, NOW), NOW)).isEqualTo("k2");
    }

    @Test
    void plan_pendingVersion_isPublishedAndDoesNotSign() {
        KeysetDocument current = document("k1", jwk("k1")).withPending(document("k2", jwk("k2")));
        Keyset keyset = plan(null, current, NOW);
        assertThat(key(keyset, "k2").status(NOW)).isEqualTo(KeyStatus.PENDING);
        assertThat(key(keyset, "k2").published(NOW)).isTrue();
        assertThat(active(keyset, NOW.plus(Duration.ofDays(365)))).isEqualTo("k1");
    }

    @Test
    void plan_timesInTheDocument_areTakenAtTheirWord() {
        Keyset keyset = plan(
                null,
                document(
                        null,
                        jwk("k1", NOW.minusSeconds(100), NOW.minusSeconds(50), NOW.plusSeconds(400)),
                        jwk("k2", NOW.minusSeconds(10), NOW.plusSeconds(100), null)),
                NOW);
        assertThat(key(keyset, "k1").publishedAt()).isEqualTo(NOW.minusSeconds(100));
        assertThat(active(keyset, NOW)).isEqualTo("k1");
        assertThat(active(keyset, NOW.plusSeconds(100))).isEqualTo("k2");
        assertThat(key(keyset, "k1").status(NOW.plusSeconds(399))).isEqualTo(KeyStatus.VERIFICATION_ONLY);
        assertThat(key(keyset, "k1").status(NOW.plusSeconds(400))).isEqualTo(KeyStatus.REMOVED);
        assertThat(key(keyset, "k1").published(NOW.plusSeconds(400))).isFalse();
    }

    @Test
    void plan_activeKidAndALaterKeyWithTimes_timesWinOnceTheyHavePassed() {
        Keyset keyset = plan(null, document("k1", jwk("k1"), jwk("k2", null, NOW.plusSeconds(100), null)), NOW);
        assertThat(active(keyset, NOW)).isEqualTo("k1");
        assertThat(active(keyset, NOW.plusSeconds(100))).isEqualTo("k2");
        Keyset reloaded = plan(
                keyset, document("k1", jwk("k1"), jwk("k2", null, NOW.plusSeconds(100), null)), NOW.plusSeconds(150));
        assertThat(active(reloaded, NOW.plusSeconds(150))).isEqualTo("k2");
        Keyset restarted = plan(
                null, document("k1", jwk("k1"), jwk("k2", null, NOW.plusSeconds(100), null)), NOW.plusSeconds(150));
        assertThat(active(restarted, NOW.plusSeconds(150))).isEqualTo("k2");
    }

    @Test
    void activeKey_pastItsRemoval_noRetiredKeyComesBack() {
        Keyset keyset = plan(
                null,
                document(
                        null,
                        jwk("k1", null, NOW.minusSeconds(50), null),
                        jwk("k2", null, NOW.minusSeconds(10), NOW.plusSeconds(100))),
                NOW);
        assertThat(active(keyset, NOW.plusSeconds(99))).isEqualTo("k2");
        assertThat(active(keyset, NOW.plusSeconds(100))).isEqualTo("nothing");
    }

    @Test
    void plan_rollbackBeforeActivation_presentKeyStaysAndTheOtherIsNotScheduled() {
        Keyset one = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(7200));
        Keyset two = plan(one, document("k2", jwk("k1"), jwk("k2")), NOW);
        Keyset back = plan(two, document("k1", jwk("k1"), jwk("k2")), NOW.plusSeconds(60));
        assertThat(active(back, NOW.plus(Duration.ofDays(1)))).isEqualTo("k1");
        assertThat(key(back, "k2").activateAt()).isEmpty();
    }

    @Test
    void plan_rollbackAfterActivation_oldKeySignsAgainAtOnce() {
        Keyset one = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(7200));
        Keyset two = plan(one, document("k2", jwk("k1"), jwk("k2")), NOW);
        Instant later = NOW.plus(LEAD).plusSeconds(60);
        assertThat(active(two, later)).isEqualTo("k2");
        Keyset back = plan(two, document("k1", jwk("k1"), jwk("k2")), later);
        assertThat(active(back, later)).isEqualTo("k1");
        assertThat(key(back, "k2").status(later)).isEqualTo(KeyStatus.VERIFICATION_ONLY);
    }

    @Test
    void plan_activeKeyGoneFromTheDocument_namedKeySignsAtOnce() {
        Keyset one = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(7200));
        Keyset two = plan(one, document("k2", jwk("k2")), NOW);
        assertThat(active(two, NOW)).isEqualTo("k2");
        assertThat(two.key("k1")).isEmpty();
    }

    @Test
    void plan_retentionConfigured_goneKeyOfASetVerifiesUntilItsEndAndSignsNoMore() {
        RotationTimes retaining = RotationTimes.internal().toBuilder()
                .retention(Duration.ofHours(2))
                .build();
        RotationTimes times = retaining.checked();
        Keyset one = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(7200));
        Keyset two = plan(one, document("k2", jwk("k2")), times, NOW);
        assertThat(active(two, NOW)).isEqualTo("k2");
        assertThat(key(two, "k1").status(NOW)).isEqualTo(KeyStatus.VERIFICATION_ONLY);
        assertThat(key(two, "k1").removeAt()).contains(NOW.plus(Duration.ofHours(2)));
        Keyset three = plan(two, document("k2", jwk("k2")), times, NOW.plusSeconds(60));
        assertThat(key(three, "k1").removeAt()).as("counted once").contains(NOW.plus(Duration.ofHours(2)));
    }

    @Test
    void plan_hmacKeys_waitOnlyUntilEveryReplicaHasThem() {
        Map<String, Object> k1 = SampleKeys.jwk("k1", SampleAlgorithm.HS256);
        Map<String, Object> k2 = SampleKeys.jwk("k2", SampleAlgorithm.HS256);
        Keyset one = plan(null, document("k1", k1), NOW.minusSeconds(7200));
        Keyset two = plan(one, document("k2", k1, k2), NOW);
        assertThat(key(two, "k2").activateAt()).contains(NOW.plusSeconds(246 + 60));
        assertThat(key(two, "k2").published(NOW)).isFalse();
    }

    @Test
    void without_activeKey_theOneBeforeSignsAgain() {
        Keyset one = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(7200));
        Keyset two = plan(one, document("k2", jwk("k1"), jwk("k2")), NOW);
        Instant later = NOW.plus(LEAD);
        Keyset left = two.without(Set.of("k2"), later);
        assertThat(active(left, later)).isEqualTo("k1");
        assertThat(left.revokedKids()).containsExactly("k2");
    }

    @Test
    void without_activeKey_thePendingOneSignsAtOnce() {
        Keyset one = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(7200));
        Keyset two = plan(one, document("k2", jwk("k1"), jwk("k2")), NOW);
        Keyset left = two.without(Set.of("k1"), NOW);
        assertThat(active(left, NOW)).isEqualTo("k2");
    }

    @Test
    void without_activeKey_aKeyThatOnlyVerifiedSignsRatherThanNone() {
        Keyset keyset = plan(null, document("k2", jwk("k1"), jwk("k2")), NOW);
        Keyset left = keyset.without(Set.of("k2"), NOW);
        assertThat(active(left, NOW)).isEqualTo("k1");
    }

    @Test
    void without_datedKeyThatTookOver_theOneBeforeHoldsUntilTheNamedOneIsKnown() {
        Keyset one = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(7200));
        Map<String, Object> dated =
                SampleKeys.with(jwk("k3"), "nbf", NOW.minusSeconds(60).getEpochSecond());
        Keyset two = plan(one, document("k2", jwk("k1"), jwk("k2"), dated), NOW);
        assertThat(active(two, NOW)).isEqualTo("k3");

        Keyset left = two.without(Set.of("k3"), NOW);

        assertThat(active(left, NOW)).isEqualTo("k1");
        assertThat(active(left, NOW.plus(LEAD))).isEqualTo("k2");
    }

    @Test
    void without_activeKey_itsSuccessorSignsFromThenOnAndNotBefore() {
        Keyset keyset = plan(null, document("k2", jwk("k1"), jwk("k2")), NOW);
        Instant later = NOW.plusSeconds(3600);
        assertThat(key(keyset.without(Set.of("k2"), later), "k1").activateAt()).contains(later);
    }

    @Test
    void without_lastKey_nothingSigns() {
        Keyset keyset = plan(null, document("k1", jwk("k1")), NOW);
        Keyset left = keyset.without(Set.of("k1"), NOW);
        assertThat(left.keys()).isEmpty();
        assertThat(active(left, NOW)).isEqualTo("nothing");
    }

    @Test
    void plan_purposes_haveTimelinesOfTheirOwn() {
        Map<String, Object> access = jwk("a1");
        access.put("purpose", "access");
        Map<String, Object> refresh = jwk("r1");
        refresh.put("purpose", "refresh");
        Keyset keyset = plan(null, document(null, access, refresh), NOW);
        assertThat(keyset.activeKey("access", NOW).orElseThrow().kid()).isEqualTo("a1");
        assertThat(keyset.activeKey("refresh", NOW).orElseThrow().kid()).isEqualTo("r1");
        assertThat(keyset.activeKey("default", NOW)).isEmpty();
        assertThat(keyset.purposes()).containsExactly("access", "refresh");
    }

    @Test
    void plan_publicKeysOnly_nothingIsActive() {
        Keyset keyset = plan(null, document("k1", SampleKeys.publicOnly(jwk("k1"))), NOW);
        assertThat(keyset.activeKey("default", NOW)).isEmpty();
        assertThat(key(keyset, "k1").status(NOW)).isEqualTo(KeyStatus.VERIFICATION_ONLY);
        assertThat(key(keyset, "k1").published(NOW)).isTrue();
    }

    @Test
    void plan_activeKeyRevokedAndANewOneNamed_itSignsAtOnce() {
        Keyset one = plan(null, document("k2", jwk("k1"), jwk("k2")), NOW.minusSeconds(7200));
        String emergency = SampleKeys.jwkSet("k3", jwk("k1"), jwk("k3")).replaceFirst("\\{", "{\"revoked\":[\"k2\"],");
        Keyset two = plan(one, KeysetDocument.of(emergency), NOW);
        assertThat(active(two, NOW)).isEqualTo("k3");
    }

    @Test
    void plan_pendingVersionWithTimes_waitsForItsPromotion() {
        Instant soon = NOW.plusSeconds(60);
        KeysetDocument current = document("k1", jwk("k1")).withPending(document(null, jwk("k2", null, soon, null)));
        Keyset keyset = plan(null, current, NOW);
        assertThat(active(keyset, NOW.plusSeconds(3600))).isEqualTo("k1");
        Keyset promoted = plan(
                keyset, document(null, jwk("k1", null, NOW.minusSeconds(9), null), jwk("k2", null, soon, null)), NOW);
        assertThat(active(promoted, soon)).isEqualTo("k2");
    }

    @Test
    void plan_keyOfThePreviousVersionTakenOut_doesNotStandInTheWayOfTheNamedKey() {
        KeysetDocument previous = document(null, jwk("k1", null, NOW.minusSeconds(90_000), null))
                .withRevisionTime(NOW.minusSeconds(90_000));
        KeysetDocument current =
                document("k2", jwk("k2")).withRevisionTime(NOW.minusSeconds(60)).withPrevious(previous);
        assertThat(active(plan(null, current, NOW), NOW)).isEqualTo("k2");
    }

    // ---- versions beside the document

    private static Keyset plan(Keyset present, Instant confirmedAt, KeysetDocument document) {
        KeysetPlanner.Past past = new KeysetPlanner.Past(present, confirmedAt);
        return KeysetPlanner.plan(parsed(document), past, Set.of(), null, CryptoProvider.jdk(), TIMES, NOW);
    }

    private static KeysetDocument one(Map<String, Object> key, Instant written) {
        return KeysetDocument.of(SampleKeys.json(key)).withRevisionTime(written);
    }

    @Test
    void plan_dateThatTheProcessDisproves_isNotBelieved() {
        KeysetDocument first = one(jwk("k1"), NOW.minusSeconds(7200));
        KeysetDocument second = one(jwk("k2"), NOW.minusSeconds(120)).withPrevious(first);
        Keyset before = plan(null, first, NOW.minusSeconds(7200));
        Duration skew = TIMES.clockSkew();
        Keyset believed = plan(before, NOW.minusSeconds(120).plus(skew), second);
        assertThat(key(believed, "k2").activateAt())
                .contains(NOW.minusSeconds(120).plus(LEAD));
        Keyset disproved = plan(before, NOW.minusSeconds(120).plus(skew).plusMillis(1), second);
        assertThat(key(disproved, "k2").activateAt()).contains(NOW.plus(LEAD));
        assertThat(key(disproved, "k1").removeAt())
                .contains(NOW.plus(LEAD).plusSeconds(246).plus(TIMES.removalDelay("default")));
    }

    @Test
    void plan_versionsDatedAhead_dateNothingLaterThanNow() {
        KeysetDocument first = document("k1", jwk("k1")).withRevisionTime(NOW.plusSeconds(20));
        KeysetDocument second = document("k2", jwk("k1"), jwk("k2"))
                .withRevisionTime(NOW.plusSeconds(30))
                .withPrevious(first);
        Keyset started = plan(null, second, NOW);
        assertThat(key(started, "k1").publishedAt()).isEqualTo(NOW);
        assertThat(key(started, "k2").publishedAt()).isEqualTo(NOW);
        Keyset clockWasAhead = plan(null, document("k1", jwk("k1")), NOW.plusSeconds(3600));
        assertThat(key(plan(clockWasAhead, NOW, second), "k1").placed().seenSince())
                .isEqualTo(NOW);
    }

    @Test
    void plan_versionInBetweenByWhichNothingSigns_wasTakenByNobody() {
        Keyset before = plan(null, document("k0", jwk("k0")), NOW.minusSeconds(7200));
        KeysetDocument refused =
                document(null, jwk("k1", null, NOW.plusSeconds(86_400), null)).withRevisionTime(NOW.minusSeconds(1800));
        KeysetDocument next = document("k2", jwk("k0"), jwk("k2"))
                .withRevisionTime(NOW.minusSeconds(60))
                .withPrevious(refused);
        Keyset after = plan(before, NOW.minusSeconds(3600), next);
        assertThat(active(after, NOW.minusSeconds(60).plus(LEAD).minusMillis(1)))
                .isEqualTo("k0");
        assertThat(active(after, NOW.minusSeconds(60).plus(LEAD))).isEqualTo("k2");
    }

    @Test
    void plan_versionInBetweenThatSigned_countsThoughItWasMissed() {
        Keyset before = plan(null, document("k0", jwk("k0")), NOW.minusSeconds(7200));
        KeysetDocument missed = document("k1", jwk("k0"), jwk("k1")).withRevisionTime(NOW.minusSeconds(1800));
        KeysetDocument next = document("k2", jwk("k0"), jwk("k1"), jwk("k2"))
                .withRevisionTime(NOW.minusSeconds(60))
                .withPrevious(missed);
        assertThat(active(plan(before, NOW.minusSeconds(3600), next), NOW)).isEqualTo("k1");
    }

    @Test
    void plan_iatThatTheVersionBeforeDisproves_isBelievedByNoProcess() {
        KeysetDocument first = document("k1", jwk("k1")).withRevisionTime(NOW.minusSeconds(7200));
        KeysetDocument second = document("k2", jwk("k1"), jwk("k2", NOW.minusSeconds(100), null, null))
                .withRevisionTime(NOW.minusSeconds(10))
                .withPrevious(first);
        Keyset before = plan(null, first, NOW.minusSeconds(7200));
        for (Keyset each : List.of(plan(null, second, NOW), plan(before, NOW.minusSeconds(120), second))) {
            assertThat(key(each, "k2").activateAt())
                    .contains(NOW.minusSeconds(10).plus(LEAD));
        }
    }

    @Test
    void plan_keySeenLaterThanTheVersionBeforeHadIt_isKnownSinceThatVersion() {
        KeysetDocument first = document("k1", jwk("k1"), jwk("k2")).withRevisionTime(NOW.minusSeconds(1000));
        Keyset startedLate = plan(null, document("k1", jwk("k1"), jwk("k2"), jwk("k3")), NOW.minusSeconds(10));
        KeysetDocument second = document("k2", jwk("k1"), jwk("k2"), jwk("k3"))
                .withRevisionTime(NOW)
                .withPrevious(first);
        Keyset after = plan(startedLate, NOW.minusSeconds(5), second);
        assertThat(active(after, NOW)).isEqualTo("k2");
        assertThat(key(after, "k2").publishedAt()).isEqualTo(NOW.minusSeconds(1000));
        assertThat(key(after, "k3").publishedAt()).isEqualTo(NOW.minusSeconds(10));
    }

    @Test
    void plan_versionGoneBackFrom_datesNoKeyThatIsListed() {
        Map<String, Object> spare = jwk("spare", NOW.minusSeconds(9000), null, null);
        KeysetDocument newer = document("k2", jwk("k1"), jwk("k2"), spare).withRevisionTime(NOW.minusSeconds(1000));
        KeysetDocument old = document("k1", jwk("k1"), spare).withRevisionTime(NOW.minusSeconds(9000));
        Keyset startedLate = plan(null, old, NOW.minusSeconds(10));
        Keyset back = plan(startedLate, NOW.minusSeconds(5), old.withPrevious(newer));
        assertThat(key(back, "spare").placed().seenSince()).isEqualTo(NOW.minusSeconds(10));
        assertThat(key(back, "spare").publishedAt()).isEqualTo(NOW.minusSeconds(9000));
    }

    @Test
    void plan_keysOfTheVersionGoneBackFrom_verifyForAsLongAsItStandsThere() {
        KeysetDocument old = one(jwk("k1"), NOW.minusSeconds(9000));
        KeysetDocument newer = one(jwk("k2"), NOW.minusSeconds(4000));
        Keyset running = plan(plan(null, old, NOW.minusSeconds(9000)), NOW.minusSeconds(4001), newer);
        KeysetDocument back = old.withPrevious(newer);
        for (Keyset each : List.of(plan(null, back, NOW), plan(running, NOW.minusSeconds(5), back))) {
            assertThat(key(each, "k2").status(NOW.plusSeconds(86_400L * 365))).isEqualTo(KeyStatus.VERIFICATION_ONLY);
            assertThat(key(each, "k2").removeAt()).isEmpty();
        }
    }

    @Test
    void plan_goneBackFromAVersionThatIsNotBeside_itsKeyVerifiesUntilItsTokensHaveEnded() {
        KeysetDocument old = document("k1", jwk("k1")).withRevisionTime(NOW.minusSeconds(9000));
        KeysetDocument newer = document("k2", jwk("k1"), jwk("k2")).withRevisionTime(NOW.minusSeconds(4000));
        Keyset running = plan(null, document("k3", jwk("k1"), jwk("k3")), NOW.minusSeconds(5000));
        Keyset back = plan(running, NOW.minusSeconds(5), old.withPrevious(newer));
        assertThat(key(back, "k3").removeAt())
                .contains(NOW.plus(LEAD).plusSeconds(246).plus(TIMES.removalDelay("default")));
    }

    @Test
    void plan_versionBeforeThatIsReadLater_itsKeyVerifiesUntilARetentionAfterTheDocument() {
        KeysetDocument first = one(jwk("k1"), NOW.minusSeconds(9000));
        KeysetDocument second = one(jwk("k2"), NOW.minusSeconds(4000));
        Duration retention = LEAD.plusSeconds(246).plus(TIMES.removalDelay("default"));
        Keyset running = plan(null, second, NOW.minusSeconds(100));
        Keyset after = plan(running, NOW.minusSeconds(5), second.withPrevious(first));
        assertThat(active(after, NOW)).isEqualTo("k2");
        assertThat(key(after, "k1").removeAt()).contains(NOW.minusSeconds(4000).plus(retention));
        KeysetDocument undated = KeysetDocument.of(SampleKeys.json(jwk("k1")));
        assertThat(key(plan(null, second.withPrevious(undated), NOW), "k1").removeAt())
                .contains(NOW.plus(retention));
        KeysetDocument set = document("k2", jwk("k2")).withPrevious(document("k1", jwk("k1")));
        assertThat(plan(null, set, NOW).key("k1")).isEmpty();
    }

    // ---- keys that left

    @Test
    void plan_keyThatHoldsWhereTheNextDocumentHasRoom_verifiesForAsLongAsItWasTold() {
        Keyset first = plan(null, one(jwk("k1"), NOW.minusSeconds(9000)), NOW.minusSeconds(9000));
        Keyset second = plan(first, NOW.minusSeconds(61), KeysetDocument.of(SampleKeys.json(jwk("k2"))));
        assertThat(active(second, NOW)).isEqualTo("k1");
        Instant told = key(second, "k1").removeAt().orElseThrow();
        Keyset set = plan(second, NOW.minusSeconds(1), document("k2", jwk("k2")));
        assertThat(active(set, NOW)).isEqualTo("k2");
        assertThat(key(set, "k1").removeAt()).contains(told);
        Keyset third = plan(second, KeysetDocument.of(SampleKeys.json(jwk("k2"))), NOW.plusSeconds(60));
        assertThat(key(third, "k1").removeAt()).as("it signed until now").contains(told.plusSeconds(60));
    }

    @Test
    void plan_keyThatEnded_isForgottenWhenItLeaves() {
        Map<String, Object> ending = jwk("k1", null, null, NOW);
        Keyset before = plan(null, KeysetDocument.of(SampleKeys.json(ending)), NOW.minusSeconds(60));
        assertThat(plan(before, KeysetDocument.of(SampleKeys.json(jwk("k2"))), NOW)
                        .key("k1"))
                .isEmpty();
    }

    @Test
    void plan_versionToComeThatIsWithdrawn_leavesNoKey() {
        KeysetDocument pair = KeysetDocument.of(SampleKeys.json(jwk("k1")));
        Keyset before = plan(null, pair.withPending(document("k2", jwk("k2"))), NOW.minusSeconds(60));
        assertThat(before.key("k2")).isPresent();
        assertThat(plan(before, pair, NOW).key("k2")).isEmpty();
    }

    @Test
    void plan_afterAFallback_itsKeysVerifyUntilTheirTokensHaveEndedAndSignNoMore() {
        Keyset standIn = plan(null, document("k1", jwk("k1"), jwk("k2")), NOW.minusSeconds(60));
        Keyset keyset = KeysetPlanner.plan(
                parsed(document("k2", jwk("k2"))), null, Set.of(), standIn, CryptoProvider.jdk(), TIMES, NOW);
        assertThat(active(keyset, NOW)).isEqualTo("k2");
        assertThat(key(keyset, "k1").status(NOW)).isEqualTo(KeyStatus.VERIFICATION_ONLY);
        assertThat(key(keyset, "k1").retireAt()).contains(NOW);
        assertThat(key(keyset, "k1").removeAt()).contains(NOW.plus(TIMES.removalDelay("default")));
        assertThat(key(keyset, "k2").removeAt()).isEmpty();
    }

    @Test
    void plan_holderThatEnds_theNextSignsFromThen() {
        Map<String, Object> ending = jwk("k1", null, null, NOW.plusSeconds(300));
        Keyset before = plan(null, document("k1", ending), NOW.minusSeconds(3600));
        Keyset after = plan(before, document("k2", ending, jwk("k2")), NOW);
        assertThat(active(after, NOW.plusSeconds(299))).isEqualTo("k1");
        assertThat(active(after, NOW.plusSeconds(300))).isEqualTo("k2");
    }

    @Test
    void plan_holderThatIsNowForAnotherPurpose_doesNotSign() {
        Keyset before = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(3600));
        Map<String, Object> moved = SampleKeys.with(jwk("k1"), "purpose", "access");
        assertThat(active(plan(before, document("k2", moved, jwk("k2")), NOW), NOW))
                .isEqualTo("k2");
    }

    @Test
    void plan_whatIsKnownOfTheSameKey_isNotMadeReadyAnew() {
        Map<String, Object> rsa =
                SampleKeys.with(SampleKeys.jwk(SampleKeys.shared(SampleAlgorithm.RS256)), "kid", "r1");
        Map<String, Object> rs256 = SampleKeys.with(rsa, "alg", "RS256");
        Keyset before = plan(null, document("k1", jwk("k1"), rs256, jwk("k2")), NOW.minusSeconds(60));
        Keyset after = plan(
                before,
                document(
                        "k1",
                        jwk("k1"),
                        SampleKeys.with(rsa, "alg", "PS256"),
                        SampleKeys.jwk("k2", SampleAlgorithm.EDDSA)),
                NOW);
        assertThat(key(after, "k1").jws()).isSameAs(key(before, "k1").jws());
        assertThat(key(after, "r1").jws()).isNotSameAs(key(before, "r1").jws());
        assertThat(key(after, "k2").jws()).isNotSameAs(key(before, "k2").jws());
        Keyset verifying = plan(before, document("k1", jwk("k1"), SampleKeys.publicOnly(jwk("k2"))), NOW);
        assertThat(key(verifying, "k2").jws()).isNotSameAs(key(before, "k2").jws());
    }

    // ---- revocations

    private static Keyset planRevoking(String kid, KeysetDocument document) {
        return KeysetPlanner.plan(parsed(document), null, Set.of(kid), null, CryptoProvider.jdk(), TIMES, NOW);
    }

    @Test
    void plan_revokedWhereSeveralWithoutTimesAreLeft_theLastListedSigns() {
        assertThat(active(planRevoking("k1", document("k1", jwk("k1"), jwk("k2"), jwk("k3"))), NOW))
                .isEqualTo("k3");
    }

    @Test
    void plan_revokedWhereSeveralWaitForTheirTime_theFirstOfThemSigns() {
        Map<String, Object> retired = jwk("k1", null, NOW.minusSeconds(7200), null);
        Map<String, Object> ended = jwk("k2", null, NOW.minusSeconds(3600), NOW);
        Map<String, Object> second = jwk("k3", null, NOW.plusSeconds(7200), null);
        Map<String, Object> next = jwk("k4", null, NOW.plusSeconds(3600), null);
        Keyset keyset = planRevoking(
                "k0", document(null, jwk("k0", null, NOW.minusSeconds(60), null), retired, ended, next, second));
        assertThat(active(keyset, NOW)).isEqualTo("k4");
        assertThat(active(keyset, NOW.plusSeconds(7200))).isEqualTo("k3");
    }

    @Test
    void nextChange_ofAKeyThatIsKnownEverywhereAndDoesNotSign_isNone() {
        Keyset before = plan(null, document("k1", jwk("k1")), NOW.minusSeconds(3600));
        assertThat(plan(before, document("k1", jwk("k1"), jwk("k2")), NOW).nextChange(NOW))
                .isEmpty();
    }

    @Test
    void plan_revocationOfAKeyThatIsNotListed_countsToo() {
        String document = SampleKeys.jwkSet(
                null, jwk("k1", null, NOW.minusSeconds(7200), null), jwk("k2", null, NOW.minusSeconds(3600), NOW));
        assertThat(active(plan(null, KeysetDocument.of(document), NOW), NOW)).isEqualTo("nothing");
        String revoking = document.replaceFirst("\\{", "{\"revoked\":[\"k0\"],");
        assertThat(active(plan(null, KeysetDocument.of(revoking), NOW), NOW)).isEqualTo("k1");
    }

    @Test
    void plan_iatOfAKnownKey_staysBelieved() {
        KeysetDocument document = document("k1", jwk("k1"), jwk("k2", NOW.minusSeconds(9000), null, null));
        Keyset again = plan(plan(null, document, NOW.minusSeconds(60)), document, NOW);
        assertThat(key(again, "k2").publishedAt()).isEqualTo(NOW.minusSeconds(9000));
    }

    // ---- purposes and algorithms apart

    @Test
    void plan_datedKeysOfTwoPurposes_eachSignsForItsOwn() {
        Map<String, Object> access = SampleKeys.with(jwk("a1", null, NOW.minusSeconds(100), null), "purpose", "access");
        Map<String, Object> refresh =
                SampleKeys.with(jwk("r1", null, NOW.minusSeconds(50), null), "purpose", "refresh");
        Keyset keyset = plan(null, document(null, access, refresh), NOW);
        assertThat(keyset.activeKey("access", NOW).orElseThrow().kid()).isEqualTo("a1");
        assertThat(keyset.activeKey("refresh", NOW).orElseThrow().kid()).isEqualTo("r1");
        assertThat(keyset.key("a1").orElseThrow().retireAt()).isEmpty();
    }

    private static String active(Keyset keyset, String algorithm, Instant at) {
        return keyset.activeKey("default", algorithm, at).map(KeysetKey::kid).orElse("nothing");
    }

    @Test
    void plan_keysOfSeveralAlgorithms_eachSignsAsIfThereWereNoOthers() {
        Map<String, Object> s1 = SampleKeys.jwk("s1", SampleAlgorithm.ES256);
        Map<String, Object> s2 = SampleKeys.jwk("s2", SampleAlgorithm.ES256);
        Keyset keyset = plan(null, document("k1", jwk("k1"), s1, jwk("k2")), NOW);
        assertThat(active(keyset, "EdDSA", NOW)).isEqualTo("k1");
        assertThat(active(keyset, "ES256", NOW)).isEqualTo("s1");
        assertThat(active(keyset, "RS256", NOW)).isEqualTo("nothing");
        Keyset two = plan(null, document("k1", jwk("k1"), s1, s2), NOW);
        assertThat(active(two, "ES256", NOW)).isEqualTo("nothing");
        assertThat(new Succession.Chair("access", SampleAlgorithm.ES256.known()))
                .hasToString("purpose access and the algorithm ES256");
        assertThat(Succession.Chair.of("access")).hasToString("purpose access");
    }

    // ---- what was before the document came

    @Test
    void plan_turnsThatHaveEndedBeforeTheDocumentCame_areThoseThatItsTimesTell() {
        Keyset keyset = plan(
                null,
                document(
                        "k0",
                        jwk("k0"),
                        jwk("k1", null, NOW.minusSeconds(200), null),
                        jwk("k2", null, NOW.minusSeconds(100), null)),
                NOW);
        assertThat(key(keyset, "k0").activateAt()).isEmpty();
        assertThat(key(keyset, "k0").retireAt()).isEmpty();
        assertThat(key(keyset, "k1").activateAt()).contains(NOW.minusSeconds(200));
        assertThat(key(keyset, "k1").retireAt()).contains(NOW.minusSeconds(100));
        assertThat(key(keyset, "k2").retireAt()).isEmpty();
    }

    @Test
    void plan_undatedKeyBesideADatedOneThatEnded_signsThoughNobodyNamesIt() {
        Keyset keyset = plan(
                null, document(null, jwk("k1", null, NOW.minusSeconds(200), NOW.minusSeconds(100)), jwk("k2")), NOW);
        assertThat(active(keyset, NOW)).isEqualTo("k2");
    }
}
