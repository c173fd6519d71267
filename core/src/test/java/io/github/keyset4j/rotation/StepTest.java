package io.github.keyset4j.rotation;

import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.RotationRefusedException.Gate;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.MemoryKeysetStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What each step writes, and what it refuses, on documents of every kind of history. */
class StepTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final RotationTimes TIMES = RotationTimes.standard();
    private static final Duration SKEW = TIMES.clockSkew();
    private static final Duration LEAD = TIMES.publishLead();
    private static final Duration LOAD = TIMES.loadTime();
    private static final Duration REMOVAL = TIMES.removalDelay("default");
    private static final KeyTemplate ED25519 = KeyTemplate.of("EdDSA");

    private final ManualClock clock = ManualClock.create();
    private final Instant now = clock.instant();
    private final MemoryKeysetStore store = MemoryKeysetStore.empty();
    private final KeysetRotator rotator =
            KeysetRotator.builder(store).clock(clock).build();
    private KeysetEdit draft = KeysetEdit.empty(KeysetShape.JWK_SET);

    private void add(
            KeyTemplate template, String kid, @Nullable Instant iat, @Nullable Instant nbf, @Nullable Instant exp) {
        draft.generate(template.withKid(kid), now);
        if (iat != null) {
            draft.publishedAt(kid, iat);
        }
        if (nbf != null) {
            draft.activateAt(kid, nbf);
        }
        if (exp != null) {
            draft.removeAt(kid, exp);
        }
    }

    private void add(String kid, @Nullable Instant iat, @Nullable Instant nbf, @Nullable Instant exp) {
        add(ED25519, kid, iat, nbf, exp);
    }

    private void undated(String kid) {
        add(kid, null, null, null);
    }

    private void stored() {
        store.put(draft.document());
    }

    private void storedWithoutPrivateHalf(String kid) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        draft.document().writeTo(out);
        String text = out.toString(StandardCharsets.UTF_8);
        int d = text.indexOf("\"d\":\"", text.indexOf("\"" + kid + "\""));
        int end = text.indexOf('"', d + 5);
        String without = text.substring(0, d) + text.substring(end + (text.charAt(end + 1) == ',' ? 2 : 1));
        store.put(KeysetDocument.of(without.replace(",}", "}")));
    }

    /** What the store holds now. */
    private KeysetEdit written() {
        return KeysetEdit.open(store.load(), KeysetParser.of(KeysetPolicy.standard()), "store");
    }

    private Optional<Instant> iat(String kid) {
        return written().publishedAt(kid);
    }

    private Optional<Instant> nbf(String kid) {
        return written().activateAt(kid);
    }

    private Optional<Instant> exp(String kid) {
        return written().removeAt(kid);
    }

    private Optional<String> named() {
        return written().named("default");
    }

    private RotationRefusedException refused(Gate gate, ThrowingCallable step) {
        int writes = store.writes();
        RotationRefusedException refused = catchThrowableOfType(RotationRefusedException.class, step);
        assertThat(refused).as("refused").isNotNull();
        assertThat(refused.gate()).isEqualTo(gate);
        assertThat(store.writes()).isEqualTo(writes);
        return refused;
    }

    private void unchanged(RotationReport report, String says) {
        assertThat(report.changed()).isFalse();
        assertThat(report.next()).singleElement().asString().contains(says);
    }

    // ---- the clock

    @Test
    void step_onADocumentDatedAheadByMoreThanTheSkew_isRefused() {
        add("k1", now.plus(SKEW), null, null);
        stored();
        rotator.prepare(ED25519.withKid("k2"));
        add("k3", now.plus(SKEW).plusSeconds(1), null, null);
        draft.name("k1");
        stored();
        assertThat(refused(Gate.CLOCK, () -> rotator.prepare(ED25519)))
                .hasMessageContaining("ahead of this machine's clock")
                .hasMessageContaining("1m1s");
        draft.remove("k3");
        store.put(draft.document().withRevisionTime(now.plus(SKEW).plusMillis(1)));
        refused(Gate.CLOCK, () -> rotator.prepare(ED25519));
    }

    // ---- prepare

    @Test
    void prepare_aKidThatIsListed_datesItUnlessItIs() {
        undated("k1");
        add("k2", now.minus(HOUR), null, null);
        add("k3", null, now.plus(HOUR), null);
        undated("k4");
        draft.name("k1");
        stored();
        unchanged(rotator.prepare(ED25519.withKid("k2")), "promote k2 from " + now);
        unchanged(rotator.prepare(ED25519.withKid("k3")), "promote k3 from");
        assertThat(rotator.prepare(ED25519.withKid("k4")).done()).containsExactly("dated k4: published from now on");
        assertThat(iat("k4")).contains(now);
    }

    @Test
    void prepare_whileAKeyWaits_isLeftAtThat() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", now, now.plus(HOUR), null);
        stored();
        unchanged(rotator.prepare(ED25519), "k2 is waiting already");
    }

    @Test
    void prepare_inADocumentOfPublicKeysAlone_isRefused() throws IOException {
        undated("k1");
        storedWithoutPrivateHalf("k1");
        refused(Gate.SHAPE, () -> rotator.forced("anyway").prepare(ED25519));
    }

    @Test
    void prepare_whereNothingSigns_isRefusedSinceTheNewKeyWouldAtOnce() {
        undated("k1");
        stored();
        refused(Gate.PUBLISH_LEAD, () -> rotator.prepare(ED25519.withPurpose("other")));
        assertThat(rotator.forced("a new purpose")
                        .prepare(ED25519.withPurpose("other"))
                        .overridden())
                .hasSize(1);
    }

    @Test
    void prepare_saysFromWhenItCanBePromoted() {
        undated("k1");
        stored();
        assertThat(rotator.prepare(ED25519.withKid("k2")).next())
                .containsExactly("promote k2 from " + now.plus(LEAD).minus(LOAD) + " on");
        assertThat(iat("k2")).contains(now);
    }

    // ---- what the first step writes

    @Test
    void firstStep_onAKeyThatSignsAlone_datesItAsSigningOnTheSlowestClock() {
        undated("k1");
        draft.name("k1");
        stored();
        rotator.prepare(ED25519);
        assertThat(nbf("k1")).contains(now.minus(SKEW));
        assertThat(named()).isEmpty();
    }

    @Test
    void firstStep_onAKeyWithAnIat_datesItFromThen() {
        add("k1", now.minus(HOUR), null, null);
        stored();
        rotator.prepare(ED25519);
        assertThat(nbf("k1")).contains(now.minus(HOUR));
    }

    @Test
    void firstStep_datesWhoElseCouldSignJustBefore() throws IOException {
        Instant since = now.minus(HOUR);
        undated("spare");
        add("k1", since, null, null);
        undated("another");
        add("prepared", now.minusSeconds(60), null, null);
        add("waits", now.minus(HOUR), now.plus(HOUR.multipliedBy(3)), null);
        add("next", now.minus(HOUR), now.plus(HOUR), null);
        add(ED25519.withPurpose("other"), "o1", null, null, null);
        undated("public");
        draft.name("k1");
        storedWithoutPrivateHalf("public");
        rotator.promote("next", now.plus(HOUR.multipliedBy(2)));
        assertThat(nbf("k1")).contains(since);
        assertThat(nbf("spare")).contains(since.minusSeconds(1));
        assertThat(nbf("another")).contains(since.minusSeconds(2));
        assertThat(nbf("next")).contains(now.plus(HOUR.multipliedBy(2)));
        assertThat(nbf("waits")).contains(now.plus(HOUR.multipliedBy(3)));
        for (String kid : new String[] {"prepared", "o1", "public"}) {
            assertThat(nbf(kid)).as(kid).isEmpty();
        }
    }

    @Test
    void firstStep_whereNothingIsNamed_namesTheKeyThatAnotherMayStillBeHeldFor() {
        undated("k1");
        add("k2", now.minus(HOUR), now.plus(HOUR), null);
        stored();
        rotator.promote("k2", now.plus(HOUR.multipliedBy(2)));
        assertThat(named()).contains("k1");
        assertThat(iat("k1")).contains(now);
    }

    @Test
    void step_onAKeyThatHasJustBegunToSign_leavesItsTimes() {
        add("k0", null, now.minus(HOUR), null);
        add("k1", null, now.minusSeconds(10), null);
        stored();
        rotator.prepare(ED25519);
        assertThat(nbf("k1")).contains(now.minusSeconds(10));
        assertThat(iat("k1")).isEmpty();
        assertThat(named()).isEmpty();
    }

    @Test
    void rotate_theKeysOfOnePurpose_isWithoutEffectOnPublicOnes() throws IOException {
        add("k1", null, now.minus(HOUR), null);
        add("spare", null, now.minus(HOUR).minusSeconds(9), null);
        undated("public");
        storedWithoutPrivateHalf("public");
        rotator.rotate(ED25519.withKid("k2"));
        assertThat(exp("spare")).contains(now.plus(LEAD).plus(REMOVAL));
        assertThat(exp("public")).isEmpty();
    }

    @Test
    void step_besideAVersionToCome_leavesThatAlone() {
        undated("k1");
        KeysetEdit pending = KeysetEdit.empty(KeysetShape.JWK_SET);
        pending.generate(ED25519.withKid("k9"), now);
        pending.removeAt("k9", now.plus(HOUR));
        store.put(draft.document().withPending(pending.document()));
        rotator.rotate(ED25519.withKid("k2"));
        assertThat(written().kids()).containsExactly("k1", "k2");
    }

    @Test
    void firstStep_whereAProcessMayStillHoldAnother_namesTheKeyAndGivesItAnIat() {
        undated("k1");
        undated("spare");
        draft.name("k1");
        stored();
        rotator.rotate(ED25519.withKid("k2"));
        assertThat(nbf("k1")).isEmpty();
        assertThat(named()).contains("k1");
        assertThat(iat("k1")).contains(now);
        assertThat(exp("k1")).contains(now.plus(LOAD).plus(LEAD).plus(REMOVAL));
    }

    @Test
    void firstStep_whereAProcessMayStillHoldAnother_leavesTheIatThatIsThere() {
        add("k1", now.minusSeconds(60), null, null);
        undated("spare");
        draft.name("k1");
        stored();
        rotator.prepare(ED25519);
        assertThat(named()).contains("k1");
        assertThat(iat("k1")).contains(now.minusSeconds(60));
    }

    @Test
    void step_onADatedKeyThatIsNamed_takesTheNameOut() {
        add("k1", null, now.minus(HOUR), null);
        draft.name("k1");
        stored();
        rotator.prepare(ED25519);
        assertThat(named()).isEmpty();
        assertThat(nbf("k1")).contains(now.minus(HOUR));
    }

    // ---- promote

    @Test
    void promote_aPublicKey_isTheCallersMistake() throws IOException {
        undated("k1");
        undated("k2");
        draft.name("k1");
        storedWithoutPrivateHalf("k2");
        assertThatThrownBy(() -> rotator.promote("k2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no private half");
    }

    @Test
    void promote_aKeyThatEndsBeforeReplicasKnow_isTheCallersMistake() {
        add("k1", null, now.minus(HOUR), null);
        add("k0", null, now.minus(HOUR).minusSeconds(9), now.plus(LOAD).minusSeconds(1));
        stored();
        assertThatThrownBy(() -> rotator.promote("k0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ended");
        draft.removeAt("k0", now.plus(LOAD));
        stored();
        assertThat(rotator.promote("k0").changed()).isTrue();
        assertThat(exp("k0")).isEmpty();
    }

    @Test
    void promote_aKeyThatIsToSignAlready_changesItsInstantIfAnotherIsSaid() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", now.minus(HOUR), now.plus(HOUR), null);
        stored();
        unchanged(rotator.promote("k2"), "k2 signs from " + now.plus(HOUR) + " on already");
        unchanged(rotator.promote("k2", now.plus(HOUR)), "on already");
        assertThat(rotator.promote("k2", now.plus(HOUR.multipliedBy(2))).changed())
                .isTrue();
        assertThat(nbf("k2")).contains(now.plus(HOUR.multipliedBy(2)));
        assertThat(iat("k2")).contains(now.minus(HOUR));
    }

    @Test
    void promote_aKeyThatSignsBeforeReplicasCouldLearnOtherwise_isRefused() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", now.minus(HOUR), now.plus(LOAD).minusSeconds(1), null);
        stored();
        assertThat(refused(Gate.LOAD_TIME, () -> rotator.promote("k2", now.plus(HOUR))))
                .hasMessageContaining("before every replica could learn otherwise");
        draft.activateAt("k2", now.plus(LOAD));
        stored();
        assertThat(rotator.promote("k2", now.plus(HOUR)).changed()).isTrue();
    }

    @Test
    void promote_atAFractionOfASecond_isTheNextWholeOne() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", now.minus(HOUR), null, null);
        stored();
        rotator.promote("k2", now.plus(LOAD).minusMillis(1));
        assertThat(nbf("k2")).contains(now.plus(LOAD));
    }

    @Test
    void promote_atAnInstantBeforeTheLeadHasPassed_isAllowedFromThenOn() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", now, null, null);
        stored();
        RotationRefusedException refused = refused(
                Gate.PUBLISH_LEAD, () -> rotator.promote("k2", now.plus(LEAD).minusSeconds(2)));
        assertThat(refused.allowedFrom()).contains(now.plus(LEAD));
        assertThat(refused.shortBy()).contains(Duration.ofSeconds(2));
        assertThat(refused).hasMessageContaining("publishedAt + L + E + W + ε, the lead of");
        assertThat(rotator.promote("k2", now.plus(LEAD)).changed()).isTrue();
    }

    @Test
    void promote_aSecretBeforeReplicasHaveIt_isRefusedByAFormulaWithoutCaches() {
        KeyTemplate hs256 = KeyTemplate.of("HS256");
        add(hs256, "k1", null, now.minus(HOUR), null);
        add(hs256, "k2", now, null, null);
        stored();
        assertThat(refused(Gate.PUBLISH_LEAD, () -> rotator.promote("k2")))
                .hasMessageContaining("publishedAt + L + ε of");
    }

    @Test
    void promote_whereTheKeyBeforeHasOnlyBegunToSign_isRefusedOnlyForOneThatSigned() {
        add("k0", null, now.minus(HOUR), null);
        add("k1", null, now.minusSeconds(10), null);
        add("k2", now.minus(HOUR), null, null);
        stored();
        assertThat(refused(Gate.LOAD_TIME, () -> rotator.promote("k0")).allowedFrom())
                .contains(now.minusSeconds(10).plus(SKEW));
        rotator.promote("k2");
        assertThat(nbf("k2")).contains(now.plus(LOAD));
        rotator.promote("k2", now.plus(HOUR));
        assertThat(nbf("k2")).contains(now.plus(HOUR));
    }

    @Test
    void promote_aKeyThatSignedBeforeAnythingWasDated_needsNoLead() {
        add("k0", null, now.minusSeconds(130), null);
        add("k1", null, now.minusSeconds(120), null);
        stored();
        rotator.promote("k0");
        assertThat(nbf("k0")).contains(now.plus(LOAD));
        assertThat(iat("k0")).contains(now.minusSeconds(130));
    }

    @Test
    void promote_aKeyThatSignedAndWasPublishedJustNow_needsTheLead() {
        add("k0", now.minusSeconds(130), now.minusSeconds(130), null);
        add("k1", null, now.minusSeconds(120), null);
        stored();
        refused(Gate.PUBLISH_LEAD, () -> rotator.promote("k0"));
    }

    @Test
    void promote_aKeyThatWaitsAndSaysNotSinceWhenItIsPublic_isRefused() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", null, now.plus(HOUR), null);
        stored();
        refused(Gate.PUBLISH_LEAD, () -> rotator.promote("k2", now.plus(HOUR.multipliedBy(2))));
    }

    @Test
    void promote_forcedToAnInstantThatHasPassed_datesTheKeyBeforeEarlier() {
        undated("k1");
        add("k2", now.minus(HOUR), null, null);
        draft.name("k1");
        stored();
        rotator.forced("late").promote("k2", now.minusSeconds(600));
        assertThat(nbf("k2")).contains(now.minusSeconds(600));
        assertThat(nbf("k1")).contains(now.minusSeconds(602));
    }

    @Test
    void promote_atTheInstantOfAKeyOfAnotherPurpose_isLeftAtThat() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", now.minus(HOUR), null, null);
        add(ED25519.withPurpose("other"), "o1", null, now.plus(HOUR), null);
        stored();
        rotator.promote("k2", now.plus(HOUR));
        assertThat(nbf("k2")).contains(now.plus(HOUR));
    }

    // ---- retire

    @Test
    void retire_theKeyThatSignsAndHasASuccessor_endsItWithItsLastToken() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", now.minus(HOUR), now.plus(HOUR), null);
        stored();
        rotator.retire("k1");
        assertThat(exp("k1")).contains(now.plus(HOUR).plus(REMOVAL));
    }

    @Test
    void retire_aSpareWithoutTimes_endsItWhenNoReplicaCanSignWithItAnyMore() {
        undated("k1");
        undated("spare");
        draft.name("k1");
        stored();
        rotator.retire("spare");
        assertThat(exp("spare")).contains(now.plus(LOAD).plus(LEAD).plus(REMOVAL));
    }

    @Test
    void retire_aKeyThatIsToSign_isTheCallersMistake() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", now.minus(HOUR), now.plus(HOUR), null);
        stored();
        assertThatThrownBy(() -> rotator.retire("k2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has not signed yet");
    }

    @Test
    void retire_aKeyThatEndsAnyhow_changesNothing() {
        add("k0", null, now.minus(HOUR).minusSeconds(9), now.plus(LOAD).minusSeconds(1));
        add("k1", null, now.minus(HOUR), null);
        stored();
        unchanged(rotator.retire("k0"), "already: prune");
        unchanged(rotator.retire("k0", now.plus(REMOVAL)), "already: prune");
    }

    @Test
    void retire_aKeyWithAnEnd_movesItOnlyIfItIsTooEarlyOrAnotherIsSaid() {
        Instant earliest = now.minus(HOUR).plus(REMOVAL);
        add("k0", null, now.minus(HOUR).minusSeconds(9), earliest.minusSeconds(1));
        add("k1", null, now.minus(HOUR), null);
        stored();
        rotator.retire("k0");
        assertThat(exp("k0")).contains(earliest);
        unchanged(rotator.retire("k0"), "k0 is removed at " + earliest + " already");
        rotator.retire("k0", earliest.plusSeconds(60).plusMillis(1));
        assertThat(exp("k0")).contains(earliest.plusSeconds(61));
        unchanged(rotator.retire("k0"), "k0 is removed at " + earliest.plusSeconds(61) + " already");
        unchanged(rotator.retire("k0", earliest.plusSeconds(61)), "already");
        rotator.retire("k0", earliest.minusMillis(1));
        assertThat(exp("k0")).contains(earliest);
    }

    // ---- rotate, auto, prune

    @Test
    void rotate_aPurposeThatNobodySignsFor_isRefused() {
        undated("k1");
        stored();
        assertThat(refused(Gate.SUCCESSOR, () -> rotator.forced("anyway").rotate(ED25519.withPurpose("other"))))
                .hasMessageContaining("nothing to rotate");
    }

    @Test
    void rotate_access_leavesTheKeysOfRefreshAlone() {
        KeyTemplate access = ED25519.withPurpose("access");
        KeyTemplate refresh = ED25519.withPurpose("refresh");
        add(access, "a1", null, now.minus(HOUR), null);
        add(refresh, "r1", null, now.minus(HOUR), null);
        add(refresh, "r2", now.minus(HOUR), null, null);
        add(refresh, "r3", now.minus(HOUR), now.plus(HOUR), null);
        stored();
        RotationReport report = rotator.rotate(access.withKid("a2"));
        assertThat(report.done()).noneMatch(line -> line.contains("r1") || line.contains("r2") || line.contains("r3"));
        assertThat(nbf("a2")).contains(now.plus(LEAD));
        assertThat(exp("a1")).contains(now.plus(LEAD).plus(TIMES.removalDelay("access")));
        assertThat(nbf("r2")).isEmpty();
        assertThat(exp("r1")).isEmpty();
        assertThat(nbf("r3")).contains(now.plus(HOUR));
    }

    @Test
    void rotate_toAKeyPreparedLongAgo_happensWhenAllReplicasKnow() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", now.minus(HOUR), null, null);
        stored();
        RotationReport report = rotator.rotate(ED25519);
        assertThat(report.done()).noneMatch(line -> line.startsWith("generated"));
        assertThat(nbf("k2")).contains(now.plus(LOAD));
        assertThat(exp("k1")).contains(now.plus(LOAD).plus(REMOVAL));
    }

    @Test
    void rotate_leavesEndsAsTheyAreAndTakesOutWhatHasEnded() {
        add("ended", null, now.minus(HOUR).minusSeconds(60), now);
        add("k0", null, now.minus(HOUR).minusSeconds(9), now.plusSeconds(9));
        add("k1", null, now.minus(HOUR), null);
        stored();
        rotator.rotate(ED25519.withKid("k2"));
        assertThat(written().kids()).containsExactly("k0", "k1", "k2");
        assertThat(exp("k0")).contains(now.plusSeconds(9));
    }

    @Test
    void auto_beforeItIsDue_takesOutWhatHasEnded() {
        add("ended", null, now.minus(HOUR).minusSeconds(60), now);
        add("k1", null, now.minus(HOUR), null);
        stored();
        RotationReport report = rotator.auto(ED25519, Duration.ofDays(30));
        assertThat(report.done()).containsExactly("removed ended, which had ended");
        assertThat(report.next())
                .containsExactly("the next rotation begins at "
                        + now.minus(HOUR).plus(Duration.ofDays(30)).minus(LEAD));
    }

    @Test
    void auto_aKeyOfNoKnownAge_isDue() {
        undated("k1");
        stored();
        rotator.auto(ED25519.withKid("k2"), Duration.ofDays(30));
        assertThat(nbf("k2")).contains(now.plus(LEAD));
    }

    @Test
    void prune_wherePurposesHaveNobodyLeftToSign_keepsTheirKeys() {
        KeyTemplate refresh = ED25519.withPurpose("refresh");
        add("k1", null, now.minus(HOUR), null);
        add(refresh, "r1", null, now.minus(HOUR), now);
        stored();
        assertThat(rotator.prune().changed()).isFalse();
    }

    // ---- revoke, emergency

    @Test
    void emergency_ofAKidThatIsNotListed_isTheCallersMistake() {
        undated("k1");
        draft.revoke("k0");
        stored();
        unchanged(rotator.emergency("k0", ED25519), "k0 is revoked already");
        assertThatThrownBy(() -> rotator.emergency("k9", ED25519)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void emergency_ofAKeyThatSignsNoMore_leavesTheOneThatDoesAndLetsAFreshOneFollow() {
        undated("k1");
        add("k0", null, null, now.plusSeconds(9));
        add("spare", now.minusSeconds(60), null, null);
        draft.name("k1");
        stored();
        RotationReport report = rotator.emergency("k0", ED25519.withKid("k2"));
        assertThat(report.overridden())
                .extracting(RotationRefusedException::gate)
                .containsExactly(Gate.REMOVAL);
        assertThat(named()).contains("k1");
        assertThat(iat("k1")).as("the first step dates the key that signs").contains(now);
        assertThat(nbf("spare")).isEmpty();
        assertThat(nbf("k2")).contains(now.plus(LEAD));
        assertThat(report.done()).anyMatch(line -> line.startsWith("generated k2, which signs from " + now.plus(LEAD)));
    }

    @Test
    void emergency_ofAKeyThatNeverSigned_rejectsNothing() {
        add("k1", null, now.minus(HOUR), null);
        add("k2", now.minus(HOUR), null, null);
        stored();
        assertThat(rotator.emergency("k2", ED25519.withKid("k3")).overridden()).isEmpty();
        assertThat(nbf("k3")).contains(now.plus(LEAD));
    }

    @Test
    void emergency_withARetiredKey_hasItSignAtOnceAndWithoutAnEnd() {
        add("k0", null, now.minus(HOUR).minusSeconds(9), now.plus(HOUR));
        add("k1", null, now.minus(HOUR), null);
        stored();
        rotator.emergency("k1", ED25519.withKid("k2"));
        assertThat(nbf("k0")).contains(now.minus(SKEW));
        assertThat(exp("k0")).as("until the fresh key's successor").isEmpty();
        assertThat(nbf("k2")).contains(now.plus(LEAD));
    }

    @Test
    void emergency_ofAPurpose_makesAKeyForThat() {
        add(ED25519.withPurpose("access"), "a1", null, now.minus(HOUR), null);
        add(ED25519.withPurpose("other"), "o1", null, now.minus(HOUR), null);
        stored();
        RotationReport report = rotator.emergency("a1", ED25519.withKid("a2"));
        assertThat(written().purpose("a2")).isEqualTo("access");
        assertThat(nbf("a2")).contains(now.minus(SKEW));
        assertThat(report.done()).anyMatch(line -> line.equals("generated a2, which signs from now on"));
        assertThat(nbf("o1")).contains(now.minus(HOUR));
    }

    @Test
    void emergency_inADocumentOfPublicKeysAlone_revokesAndSaysWhereToGoOn() throws IOException {
        undated("k1");
        storedWithoutPrivateHalf("k1");
        add("k2", null, null, null);
        KeysetEdit both = written();
        both.generate(ED25519.withKid("k2"), now);
        draft = both;
        draft.name("k2");
        storedWithoutPrivateHalf("k2");
        RotationReport report = rotator.emergency("k1", ED25519.withKid("k3"));
        assertThat(written().kids()).containsExactly("k2");
        assertThat(written().revoked()).containsExactly("k1");
        assertThat(report.next())
                .containsExactly("the document holds public keys alone: replace the key where the private ones are");
    }

    @Test
    void emergency_withAKeyThatBeganToSignJustThen_leavesItAtThat() {
        add("k0", null, now.minus(SKEW), null);
        add("k1", null, now.minusSeconds(30), null);
        stored();
        rotator.emergency("k1", ED25519.withKid("k2"));
        assertThat(nbf("k0")).contains(now.minus(SKEW));
    }

    // ---- ends follow activations

    @Test
    void promote_toAnEarlierInstant_leavesTheEndOfTheKeyBefore() {
        Instant end = now.plus(HOUR).plus(REMOVAL);
        add("k1", null, now.minus(HOUR), end);
        add("k2", now.minus(HOUR), now.plus(HOUR), null);
        stored();
        RotationReport report = rotator.promote("k2", now.plus(LOAD));
        assertThat(exp("k1")).contains(end);
        assertThat(report.done()).containsExactly("k2 signs from " + now.plus(LOAD) + " on");
    }

    @Test
    void step_afterAnEndThatWasForced_leavesItAsItWas() {
        Instant end = now.plus(HOUR).plusSeconds(60);
        add("k1", null, now.minus(HOUR), end);
        add("k2", now.minus(HOUR), now.plus(HOUR), null);
        add(ED25519.withPurpose("other"), "o1", null, now.minus(HOUR), null);
        stored();
        rotator.prepare(ED25519.withPurpose("other").withKid("o2"));
        assertThat(exp("k1")).contains(end);
    }

    @Test
    void revoke_theSuccessorToCome_letsTheKeyBeforeGoOnUntilTheNext() {
        add("k1", null, now.minus(HOUR), now.plus(HOUR).plus(REMOVAL));
        add("k2", now.minusSeconds(60), now.plus(HOUR), null);
        add("k3", now.minusSeconds(60), now.plus(HOUR.multipliedBy(2)), null);
        stored();
        rotator.revoke("k2");
        assertThat(exp("k1")).contains(now.plus(HOUR.multipliedBy(2)).plus(REMOVAL));
        assertThat(rotator.keyset().key("k1").orElseThrow().status(now.plus(HOUR)))
                .isEqualTo(KeyStatus.ACTIVE);
    }
}
