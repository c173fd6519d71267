package io.github.keyset4j.rotation;

import io.github.keyset4j.DocumentFormat;
import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.RotationRefusedException.Gate;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.MemoryKeysetStore;
import io.github.keyset4j.testing.ours.ClockedStore;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class KeysetRotatorTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final RotationTimes TIMES = RotationTimes.standard();
    private static final Duration LEAD = TIMES.publishLead();
    private static final Duration LOAD = TIMES.loadTime();
    private static final Duration REMOVAL = TIMES.removalDelay("default");
    private static final KeyTemplate ED25519 = KeyTemplate.of("EdDSA");

    private final ManualClock clock = ManualClock.create();
    private final MemoryKeysetStore store = MemoryKeysetStore.empty();
    private final KeysetRotator rotator =
            KeysetRotator.builder(store).clock(clock).build();

    @BeforeEach
    void oneKey() {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        edit.generate(ED25519.withKid("k1"), clock.instant());
        store.create(edit.document());
    }

    @Test
    void prepare_aKey_isPublishedAndDoesNotSign() {
        RotationReport report = rotator.prepare(ED25519.withKid("k2"));

        assertThat(report.changed()).isTrue();
        assertThat(active()).isEqualTo("k1");
        KeysetKey prepared = key("k2");
        assertThat(prepared.published(clock.instant())).isTrue();
        assertThat(prepared.status(clock.instant())).isEqualTo(KeyStatus.PENDING);
        assertThat(key("k1").activateAt())
                .as("the first write dates the key that signs")
                .isPresent();
        assertThat(text()).doesNotContain("active_kid");
    }

    @Test
    void prepare_twice_changesNothingTheSecondTime() {
        rotator.prepare(ED25519);
        int writes = store.writes();

        RotationReport again = rotator.prepare(ED25519);

        assertThat(again.changed()).isFalse();
        assertThat(again.next()).singleElement().asString().contains("promote");
        assertThat(store.writes()).isEqualTo(writes);
    }

    @Test
    void listener_thatThrows_doesNotMakeATakenStepLookUntaken() {
        List<RotationReport> told = new ArrayList<>();
        KeysetRotator listened = KeysetRotator.builder(store)
                .clock(clock)
                .listener(report -> {
                    throw new AssertionError("a listener's own");
                })
                .listener(told::add)
                .build();

        try (LogCapture log = LogCapture.of(KeysetRotator.class.getName())) {
            RotationReport report = listened.prepare(ED25519.withKid("k2"));

            assertThat(report.written()).isTrue();
            assertThat(told).containsExactly(report);
            assertThat(text()).contains("\"k2\"");
            assertThat(log.text()).contains("a listener failed with java.lang.AssertionError");
        }
    }

    @Test
    void beforeWriting_thatThrows_leavesTheStoreAsItWas() {
        String before = text();
        List<String> asked = new ArrayList<>();
        KeysetRotator checked = KeysetRotator.builder(store)
                .clock(clock)
                .beforeWriting(() -> asked.add(text()))
                .beforeWriting(() -> {
                    throw new KeysetConflictException("evidence: taken; choose another");
                })
                .build();

        assertThatThrownBy(() -> checked.prepare(ED25519.withKid("k2"))).isInstanceOf(KeysetConflictException.class);
        assertThat(text()).isEqualTo(before);
        assertThat(asked).containsExactly(before);

        assertThat(checked.dryRun().prepare(ED25519.withKid("k2")).changed()).isTrue();
        assertThat(checked.prune().changed()).isFalse();
        assertThat(asked).hasSize(1);
    }

    @Test
    void promote_tooEarly_isRefusedUntilTheLeadHasPassed() {
        rotator.prepare(ED25519.withKid("k2"));
        Instant allowed = clock.instant().plus(LEAD).minus(LOAD);

        RotationRefusedException refused =
                catchThrowableOfType(RotationRefusedException.class, () -> rotator.promote("k2"));

        assertThat(refused.gate()).isEqualTo(Gate.PUBLISH_LEAD);
        assertThat(refused.shortBy()).contains(LEAD.minus(LOAD));
        assertThat(refused.allowedFrom()).contains(allowed);
        assertThat(refused).hasMessageContaining("L + E + W + ε").hasMessageContaining(allowed.toString());

        clock.advance(LEAD.minus(LOAD).minusSeconds(1));
        assertThatThrownBy(() -> rotator.promote("k2")).isInstanceOf(RotationRefusedException.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(rotator.promote("k2").changed()).isTrue();
    }

    @Test
    void promote_afterTheLead_changesTheKeyWhenAllReplicasKnow() {
        promoted();

        assertThat(active()).isEqualTo("k1");
        assertThat(key("k1").retireAt()).contains(clock.instant().plus(LOAD));
        assertThat(rotator.promote("k2").changed()).isFalse();
        clock.advance(LOAD);
        assertThat(active()).isEqualTo("k2");
        assertThat(rotator.promote("k2").changed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-3, 3})
    void step_byAClockThatThePlaceItselfContradicts_isRefused(int minutesOff) {
        Instant said = clock.instant().minus(Duration.ofMinutes(minutesOff));
        KeysetRotator answered = KeysetRotator.builder(new ClockedStore(store, InstantSource.fixed(said)))
                .clock(clock)
                .build();

        RotationRefusedException refused =
                catchThrowableOfType(RotationRefusedException.class, () -> answered.rotate(ED25519));

        assertThat(refused.gate()).isEqualTo(Gate.CLOCK);
        assertThat(refused)
                .hasMessageContaining(minutesOff < 0 ? "clock is 3m behind" : "clock is 3m ahead of")
                .hasMessageContaining(said.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void step_byAClockThatDiffersByTheSkew_isTaken(int minutesOff) {
        Instant said = clock.instant().plus(TIMES.clockSkew().multipliedBy(minutesOff));
        KeysetRotator answered = KeysetRotator.builder(new ClockedStore(store, InstantSource.fixed(said)))
                .clock(clock)
                .build();

        assertThat(answered.rotate(ED25519).changed()).isTrue();
    }

    @Test
    void emergency_byAClockThatThePlaceItselfContradicts_goesByThePlacesClockAndSaysSo() {
        promoted();
        Instant said = clock.instant();
        clock.advance(Duration.ofDays(-2));
        KeysetRotator answered = KeysetRotator.builder(new ClockedStore(store, InstantSource.fixed(said)))
                .clock(clock)
                .build();

        RotationReport report = answered.emergency("k2", ED25519.withKid("k3"));

        assertThat(report.overridden())
                .extracting(RotationRefusedException::gate)
                .contains(Gate.CLOCK);
        assertThat(report.after().key("k3").orElseThrow().publishedAt()).isEqualTo(said.truncatedTo(SECONDS));
        clock.set(said);
        assertThat(active()).isEqualTo("k1");
    }

    @Test
    void retire_toBeforeItWasPublished_isNotTakenEvenIfForced() {
        promoted();
        clock.advance(LEAD);
        rotator.rotate(ED25519.withKid("k3"));
        String before = text();
        Instant published = key("k2").publishedAt();

        assertThatThrownBy(() -> rotator.forced("by a wrong clock").retire("k2", published))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("published");
        assertThat(text()).isEqualTo(before);
    }

    @Test
    void promotePrepared_twice_changesNothingTheSecondTime() {
        rotator.prepare(ED25519.withKid("k2"));
        clock.advance(LEAD);
        rotator.promotePrepared("default");

        RotationReport again = rotator.promotePrepared("default");

        assertThat(again.changed()).isFalse();
        assertThat(again.next()).singleElement().asString().contains("k2 signs from");
    }

    @Test
    void rotate_aRevisionDatedByAClockThatIsAhead_leavesTheActiveKeyActive() {
        store.put(store.load().withRevisionTime(clock.instant().plusSeconds(3)));

        rotator.rotate(ED25519.withKid("k2"));

        assertThat(active()).isEqualTo("k1");
    }

    @Test
    void promote_atAnInstantBeforeAllReplicasKnow_isRefused() {
        rotator.prepare(ED25519.withKid("k2"));
        clock.advance(LEAD.multipliedBy(2));
        Instant soon = clock.instant().plus(LOAD).minusSeconds(1);

        assertThatThrownBy(() -> rotator.promote("k2", soon))
                .isInstanceOfSatisfying(RotationRefusedException.class, refused -> {
                    assertThat(refused.gate()).isEqualTo(Gate.LOAD_TIME);
                    assertThat(refused.allowedFrom()).contains(soon.plusSeconds(1));
                });
        assertThat(rotator.promote("k2", soon.plusSeconds(1)).changed()).isTrue();
    }

    @Test
    void promote_atTheInstantOfAnother_comesASecondLater() {
        rotator.rotate(ED25519.withKid("k2"));
        Instant taken = key("k2").activateAt().orElseThrow();
        KeysetEdit edit = open();
        edit.generate(ED25519.withKid("k3"), clock.instant());
        edit.publishedAt("k3", clock.instant().minus(LEAD));
        store.put(edit.document());

        rotator.promote("k3", taken);

        assertThat(key("k3").activateAt()).contains(taken.plusSeconds(1));
    }

    @Test
    void promote_aKeyWithoutADate_isRefusedUntilPrepareDatedIt() {
        KeysetEdit edit = open();
        edit.name("k1").generate(ED25519.withKid("k2"), clock.instant());
        store.put(edit.document());

        assertThatThrownBy(() -> rotator.promote("k2"))
                .isInstanceOf(RotationRefusedException.class)
                .hasMessageContaining("since when");
        rotator.prepare(ED25519.withKid("k2"));
        clock.advance(LEAD.minus(LOAD));
        assertThat(rotator.promote("k2").changed()).isTrue();
    }

    @Test
    void promote_theOldKeyAgain_goesBack() {
        promoted();
        clock.advance(LOAD);
        rotator.retire("k1");
        assertThatThrownBy(() -> rotator.promote("k1"))
                .isInstanceOfSatisfying(
                        RotationRefusedException.class,
                        refused -> assertThat(refused.allowedFrom())
                                .contains(clock.instant().plus(TIMES.clockSkew())));
        clock.advance(TIMES.clockSkew());

        rotator.promote("k1");

        assertThat(active()).isEqualTo("k2");
        clock.advance(LOAD);
        assertThat(active()).isEqualTo("k1");
        assertThat(key("k1").removeAt()).isEmpty();
    }

    @Test
    void retire_theActiveKeyWithoutSuccessor_isRefusedAndCannotBeForced() {
        for (KeysetRotator any : List.of(rotator, rotator.forced("in a hurry"))) {
            assertThatThrownBy(() -> any.retire("k1"))
                    .isInstanceOfSatisfying(
                            RotationRefusedException.class,
                            refused -> assertThat(refused.gate()).isEqualTo(Gate.SUCCESSOR));
        }
    }

    @Test
    void retire_afterPromotion_endsTheKeyWhenItsLastTokenHas() {
        promoted();
        Instant retireAt = clock.instant().plus(LOAD);
        Instant removeAt = retireAt.plus(REMOVAL);

        assertThatThrownBy(() -> rotator.retire("k1", removeAt.minusSeconds(1)))
                .isInstanceOfSatisfying(RotationRefusedException.class, refused -> {
                    assertThat(refused.gate()).isEqualTo(Gate.REMOVAL);
                    assertThat(refused.shortBy()).contains(Duration.ofSeconds(1));
                    assertThat(refused.allowedFrom()).contains(removeAt);
                });
        assertThat(rotator.retire("k1").changed()).isTrue();

        assertThat(key("k1").removeAt()).contains(removeAt);
        assertThat(rotator.retire("k1").changed()).isFalse();
        clock.advance(LOAD.plus(REMOVAL).minusSeconds(1));
        assertThat(rotator.prune().changed()).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(rotator.prune().changed()).isTrue();
        assertThat(keyset().key("k1")).isEmpty();
    }

    @Test
    void revoke_aRetiredKeyWhoseTokensLive_isRefusedUntilTheyHaveEnded() {
        promoted();
        clock.advance(LOAD);

        RotationRefusedException refused =
                catchThrowableOfType(RotationRefusedException.class, () -> rotator.revoke("k1"));

        assertThat(refused.gate()).isEqualTo(Gate.REMOVAL);
        assertThat(refused.allowedFrom()).contains(clock.instant().plus(REMOVAL));
        clock.advance(REMOVAL);
        assertThat(rotator.revoke("k1").changed()).isTrue();
        assertThat(keyset().revokedKids()).containsExactly("k1");
        assertThat(rotator.revoke("k1").changed()).isFalse();
    }

    @Test
    void revoke_thePreparedKey_isAllowedAtOnce() {
        rotator.prepare(ED25519.withKid("k2"));

        assertThat(rotator.revoke("k2").changed()).isTrue();
        assertThat(keyset().key("k2")).isEmpty();
    }

    @Test
    void revoke_theActiveKey_pointsToTheEmergency() {
        assertThatThrownBy(() -> rotator.forced("now").revoke("k1"))
                .isInstanceOf(RotationRefusedException.class)
                .hasMessageContaining("emergency");
    }

    @Test
    void revoke_aKidThatNobodyHas_isTakenForATypingError() {
        assertThatThrownBy(() -> rotator.revoke("k0")).isInstanceOf(RotationRefusedException.class);

        RotationReport report = rotator.forced("it was in the old file").revoke("k0");

        assertThat(report.changed()).isTrue();
        assertThat(report.overridden()).as("what was forced is told").hasSize(1);
        assertThat(keyset().revokedKids()).containsExactly("k0");
    }

    @Test
    void rotate_once_carriesTheWholeTimeline() {
        Instant began = clock.instant();

        RotationReport report = rotator.rotate(ED25519.withKid("k2"));

        assertThat(report.done()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(key("k2").publishedAt()).isEqualTo(began);
        assertThat(key("k2").activateAt()).contains(began.plus(LEAD));
        assertThat(key("k1").retireAt()).contains(began.plus(LEAD));
        assertThat(key("k1").removeAt()).contains(began.plus(LEAD).plus(REMOVAL));
        assertThat(active()).isEqualTo("k1");
        clock.advance(LEAD);
        assertThat(active()).isEqualTo("k2");
    }

    @Test
    void rotate_whileOneIsUnderWay_changesNothing() {
        rotator.rotate(ED25519.withKid("k2"));

        assertThat(rotator.rotate(ED25519.withKid("k3")).changed()).isFalse();
        clock.advance(LEAD);
        assertThat(rotator.rotate(ED25519.withKid("k3")).changed()).isTrue();
    }

    @Test
    void rotate_afterPrepare_takesThePreparedKey() {
        rotator.prepare(ED25519.withKid("k2"));
        clock.advance(Duration.ofMinutes(5));

        rotator.rotate(ED25519.withKid("k3"));

        assertThat(keyset().key("k3")).isEmpty();
        assertThat(key("k2").activateAt()).contains(clock.instant().plus(LEAD).minus(Duration.ofMinutes(5)));
    }

    @Test
    void promote_beyondTheEndOfTheKeyBefore_movesThatEndUntilItsLastTokenHasEnded() {
        rotator.rotate(ED25519.withKid("k2"));
        Instant later = key("k1").removeAt().orElseThrow().plusSeconds(60);

        assertThat(rotator.promote("k2", later).done()).contains("k1 verifies until " + later.plus(REMOVAL));

        assertThat(key("k1").retireAt()).contains(later);
        assertThat(key("k1").removeAt()).contains(later.plus(REMOVAL));
    }

    @Test
    void revoke_theSuccessorToCome_hasTheKeyBeforeGoOnWithoutAnEnd() {
        rotator.rotate(ED25519.withKid("k2"));

        RotationReport report = rotator.forced("called off").revoke("k2");

        assertThat(report.done()).contains("k1 goes on signing, without an end");
        assertThat(key("k1").removeAt()).isEmpty();
        assertThat(key("k1").retireAt()).isEmpty();
    }

    @Test
    void rotate_ofHmacKeys_needsNoLongerThanTheLoad() {
        MemoryKeysetStore secrets = MemoryKeysetStore.of(
                "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + "o9Fv3Ue1lQdKz8Xc6Bn0Rt5Yw2Pa7Sj4" + "\"}}");

        KeysetRotator.builder(secrets)
                .clock(clock)
                .build()
                .rotate(KeyTemplate.of("HS256").withKid("k2"));

        Keyset keyset = KeysetRotator.builder(secrets).clock(clock).build().keyset();
        assertThat(keyset.key("k2").orElseThrow().activateAt())
                .contains(clock.instant().plus(TIMES.symmetricLead()));
    }

    @Test
    void emergency_withAPreparedKey_signsWithItAtOnceAndAFreshOneLater() {
        rotator.prepare(ED25519.withKid("k2"));
        clock.advance(LEAD);

        RotationReport report = rotator.emergency("k1", ED25519.withKid("k3"));

        assertThat(report.forced()).isTrue();
        assertThat(report.overridden())
                .extracting(RotationRefusedException::gate)
                .containsExactly(Gate.REMOVAL);
        assertThat(active()).isEqualTo("k2");
        assertThat(keyset().revokedKids()).containsExactly("k1");
        assertThat(key("k3").activateAt()).contains(clock.instant().plus(LEAD));
        assertThat(rotator.emergency("k1", ED25519).changed()).isFalse();
    }

    @Test
    void emergency_withAKeyThatNotEverybodyKnows_prefersItToAFreshOneAndSaysSo() {
        rotator.rotate(ED25519.withKid("k2"));
        clock.advance(Duration.ofMinutes(5));

        RotationReport report = rotator.emergency("k1", ED25519.withKid("k3"));

        assertThat(active()).isEqualTo("k2");
        assertThat(report.overridden())
                .extracting(RotationRefusedException::gate)
                .containsExactly(Gate.REMOVAL, Gate.PUBLISH_LEAD);
        assertThat(key("k3").activateAt()).contains(clock.instant().plus(LEAD));
    }

    @Test
    void emergency_withARetiredKey_goesBackToIt() {
        promoted();
        clock.advance(LOAD.plus(LEAD));

        rotator.emergency("k2", ED25519.withKid("k3"));

        assertThat(active()).isEqualTo("k1");
        assertThat(keyset().revokedKids()).containsExactly("k2");
    }

    @Test
    void emergency_withoutAnyOtherKey_signsWithAFreshOneAndSaysWhatThatBreaks() {
        RotationReport report = rotator.emergency("k1", ED25519.withKid("k2"));

        assertThat(active()).isEqualTo("k2");
        assertThat(report.overridden())
                .extracting(RotationRefusedException::gate)
                .containsExactly(Gate.REMOVAL, Gate.PUBLISH_LEAD);
    }

    @Test
    void auto_rotatesWhenTheActiveKeyIsOldEnough() {
        Duration month = Duration.ofDays(30);
        rotator.rotate(ED25519.withKid("k2"));
        clock.advance(LEAD);

        assertThat(rotator.auto(ED25519, month).changed()).isFalse();
        clock.advance(month.minus(LEAD).minusSeconds(1));
        assertThat(rotator.auto(ED25519, month).done()).allMatch(line -> line.startsWith("removed k1"));
        clock.advance(Duration.ofSeconds(1));
        assertThat(rotator.auto(ED25519.withKid("k3"), month).changed()).isTrue();
        assertThat(key("k3").activateAt())
                .contains(key("k2").activateAt().orElseThrow().plus(month));
    }

    @Test
    void dryRun_ofAStep_tellsWhatItWouldDoAndWritesNothing() {
        int writes = store.writes();

        RotationReport report = rotator.dryRun().rotate(ED25519.withKid("k2"));

        assertThat(report.changed()).isTrue();
        assertThat(report.written()).isFalse();
        assertThat(report.after().key("k2")).isPresent();
        assertThat(store.writes()).isEqualTo(writes);
    }

    @Test
    void forced_aStep_isTakenAndLoud() {
        rotator.prepare(ED25519.withKid("k2"));

        RotationReport report = rotator.forced("the old HSM goes away").promote("k2");

        assertThat(report.forced()).isTrue();
        assertThat(report.forcedBecause()).contains("the old HSM goes away");
        assertThat(report.overridden())
                .extracting(RotationRefusedException::gate)
                .containsExactly(Gate.PUBLISH_LEAD);
    }

    @Test
    void step_thatSomebodyElseOvertakes_isToldSo() {
        KeysetStore overtaken = new KeysetStore() {
            @Override
            public KeysetDocument load() {
                KeysetDocument document = store.load();
                store.put(document);
                return document;
            }

            @Override
            public String create(KeysetDocument document) {
                return store.create(document);
            }

            @Override
            public String replace(KeysetDocument document, String expectedRevision) {
                return store.replace(document, expectedRevision);
            }
        };

        assertThatThrownBy(() -> KeysetRotator.of(overtaken).rotate(ED25519))
                .isInstanceOf(KeysetConflictException.class);
    }

    @Test
    void create_emptyStore_hasAKeysetThatSignsAndCanBeRotated() {
        MemoryKeysetStore empty = MemoryKeysetStore.empty();
        List<RotationReport> told = new ArrayList<>();
        KeysetRotator rotator =
                KeysetRotator.builder(empty).clock(clock).listener(told::add).build();
        KeyTemplate refresh = ED25519.withPurpose("refresh").withKid("r1");

        RotationReport dry = rotator.dryRun().create(ED25519.withKid("k1"), refresh);
        assertThat(dry.written()).isFalse();
        assertThatThrownBy(rotator::keyset).isInstanceOf(KeysetLoadException.class);

        RotationReport report = rotator.create(ED25519.withKid("k1"), ED25519.withKid("k2"), refresh);
        assertThat(report.step()).isEqualTo("create");
        assertThat(report.written()).isTrue();
        assertThat(report.before().keys()).isEmpty();
        assertThat(report.revision()).isPresent();
        assertThat(report.done()).hasSize(3).first().asString().contains("generated k1 (EdDSA, default)");
        assertThat(told).containsExactly(dry, report);
        for (Keyset keyset : List.of(report.after(), rotator.keyset())) {
            assertThat(keyset.activeKey("default", clock.instant()).map(KeysetKey::kid))
                    .contains("k1");
            assertThat(keyset.activeKey("refresh", clock.instant()).map(KeysetKey::kid))
                    .contains("r1");
            assertThat(keyset.key("k1").orElseThrow().publishedAt()).isEqualTo(clock.instant());
        }
        assertThat(rotator.rotate(refresh.withKid("r2")).written()).isTrue();
        assertThatThrownBy(() -> rotator.create(ED25519)).isInstanceOf(KeysetConflictException.class);
        assertThatThrownBy(rotator::create).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void create_checkRefuses_writesNothing() {
        MemoryKeysetStore empty = MemoryKeysetStore.empty();
        KeysetRotator rotator = KeysetRotator.builder(empty)
                .clock(clock)
                .convertTo(KeysetShape.PEM_PAIRS)
                .beforeWriting(() -> {
                    throw new IllegalStateException("no room for evidence");
                })
                .build();
        assertThatThrownBy(() -> rotator.create(ED25519)).hasMessage("no room for evidence");
        assertThatThrownBy(rotator::keyset).isInstanceOf(KeysetLoadException.class);
        KeysetRotator pairs =
                KeysetRotator.builder(empty).convertTo(KeysetShape.PEM_PAIRS).build();
        assertThat(pairs.create(ED25519.withPurpose("access")).after().purposes())
                .containsExactly("access");
    }

    @ParameterizedTest
    @EnumSource(value = KeysetShape.class)
    void rotate_aDocumentOfAnyShape_keepsTheShapeOrSaysWhatToConvert(KeysetShape shape) throws IOException {
        KeysetEdit first = KeysetEdit.empty(shape);
        first.generate(
                KeyTemplate.of(shape == KeysetShape.LIST ? "HS256" : "ES256").withKid("k1"), clock.instant());
        KeysetDocument document = first.document();
        MemoryKeysetStore shaped = MemoryKeysetStore.empty();
        KeysetDocument read = KeysetDocument.of(text(document));
        shaped.create(
                shape == KeysetShape.LIST
                        ? read.withFormat(DocumentFormat.standard().asList())
                        : read);
        KeysetRotator.Builder builder = KeysetRotator.builder(shaped).clock(clock);
        KeyTemplate template =
                KeyTemplate.like(builder.build().keyset().keys().get(0)).withKid("k2");

        if (List.of(KeysetShape.PEM_PAIRS, KeysetShape.LIST, KeysetShape.PEM).contains(shape)) {
            assertThatThrownBy(() -> builder.build().rotate(template))
                    .isInstanceOfSatisfying(
                            RotationRefusedException.class,
                            refused -> assertThat(refused.gate()).isEqualTo(Gate.SHAPE))
                    .hasMessageContaining("convert");
            builder.convertTo(KeysetShape.JWK_SET).build().rotate(template);
        } else {
            builder.build().rotate(template);
            assertThat(KeysetEdit.open(shaped.load(), KeysetParser.of(KeysetPolicy.standard()), "x")
                            .shape())
                    .isEqualTo(shape);
        }
        assertThat(builder.build().keyset().keys()).hasSize(2);
    }

    // ---- a version before whose key is still in use

    private static final KeyTemplate ES256 = KeyTemplate.of("ES256");

    private static KeysetDocument pair(String kid) {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.PEM_PAIRS);
        edit.generate(ES256.withKid(kid), Instant.EPOCH);
        return edit.document();
    }

    /** The pair k2 was put in the place of k1 this long ago. */
    private KeysetRotator.Builder pairReplaced(Duration ago) {
        Instant written = clock.instant().minus(ago);
        KeysetDocument before = pair("k1").withRevisionTime(written.minus(Duration.ofDays(30)));
        store.put(pair("k2").withRevisionTime(written).withPrevious(before));
        return KeysetRotator.builder(store).clock(clock);
    }

    @Test
    void rotate_convertingAPairThatWasReplaced_carriesTheKeyBeforeUntilItsLastTokenHasEnded() {
        Instant written = clock.instant().minus(LEAD).minus(LOAD);
        KeysetRotator converting =
                pairReplaced(LEAD.plus(LOAD)).convertTo(KeysetShape.JWK_SET).build();
        Instant end = written.plus(LEAD).plus(LOAD).plus(REMOVAL);
        assertThat(key("k1").removeAt()).contains(end);

        RotationReport report = converting.rotate(ES256.withKid("k3"));

        assertThat(report.done())
                .contains("listed k1, which had left the document and is in use until " + end)
                .contains("converted from pem-pairs to jwk-set");
        store.put(store.load()); // and nothing beside it
        assertThat(key("k1").removeAt()).contains(end);
        assertThat(key("k1").status(end.minusSeconds(1))).isEqualTo(KeyStatus.VERIFICATION_ONLY);
        assertThat(key("k1").published(clock.instant())).isTrue();
        assertThat(active()).isEqualTo("k2");
        assertThat(key("k2").retireAt()).contains(clock.instant().plus(LEAD));
        clock.advance(LEAD);
        assertThat(active()).isEqualTo("k3");
    }

    @Test
    void emergency_convertingAPairJustReplaced_carriesTheKeyThatStillSigns() {
        KeysetRotator converting =
                pairReplaced(MINUTE).convertTo(KeysetShape.JWK_SET).build();
        assertThat(active()).isEqualTo("k1");

        converting.emergency("k2", ES256.withKid("k3"));

        assertThat(active()).isEqualTo("k1");
        assertThat(keyset().revokedKids()).containsExactly("k2");
        clock.advance(LEAD);
        assertThat(active()).isEqualTo("k3");
        assertThat(key("k1").removeAt().orElseThrow())
                .isAfterOrEqualTo(clock.instant().plus(REMOVAL));
    }

    @Test
    void rotate_aPairJustReplaced_isUnderWayAlready() {
        for (KeysetRotator any : List.of(
                pairReplaced(MINUTE).build(),
                pairReplaced(MINUTE).convertTo(KeysetShape.JWK_SET).build())) {
            assertThat(any.rotate(ES256).changed()).isFalse();
            assertThat(any.auto(ES256, Duration.ofDays(90)).changed()).isFalse();
            assertThat(any.prune().changed()).isFalse();
        }
    }

    @Test
    void rotate_convertingAPairReplacedLongAgo_forgetsTheKeyBefore() {
        Duration all = LEAD.plus(LOAD).plus(REMOVAL);
        KeysetRotator converting =
                pairReplaced(all).convertTo(KeysetShape.JWK_SET).build();

        assertThat(converting.rotate(ES256.withKid("k3")).done()).noneMatch(line -> line.contains("k1"));
        assertThat(open().kids()).containsExactly("k2", "k3");
    }

    @Test
    void emergency_withoutRoomForTheKeyBefore_saysThatItsTokensAreRejected() {
        pairReplaced(LEAD.plus(LOAD));

        RotationReport report = rotator.emergency("k2", ES256.withKid("k3"));

        assertThat(report.overridden())
                .anyMatch(each -> String.valueOf(each.getMessage()).contains("k1 has left the document"));
        assertThat(active()).isEqualTo("k3");
        assertThat(open().shape()).isEqualTo(KeysetShape.PEM_PAIRS);
    }

    @Test
    void revoke_theKeyBeforeForWhichThereIsNoRoom_isForcedOnce() {
        pairReplaced(LEAD.plus(LOAD));

        RotationReport report = rotator.forced("stolen").revoke("k1");

        assertThat(report.overridden()).singleElement().asString().contains("names no key of the document");
        assertThat(keyset().revokedKids()).containsExactly("k1");
    }

    @Test
    void emergency_afterGoingBackToThePairBefore_saysThatTokensOfTheNewerOneAreRejected() {
        KeysetDocument newer = pair("k2").withRevisionTime(clock.instant().minus(Duration.ofHours(1)));
        KeysetDocument old = pair("k1").withRevisionTime(clock.instant().minus(Duration.ofDays(30)));
        store.put(old.withPrevious(newer));

        RotationReport report = rotator.emergency("k1", ES256.withKid("k3"));

        assertThat(report.overridden())
                .anyMatch(each -> String.valueOf(each.getMessage()).contains("k2 has left the document"));
    }

    private void promoted() {
        rotator.prepare(ED25519.withKid("k2"));
        clock.advance(LEAD.minus(LOAD));
        rotator.promotePrepared("default");
    }

    private KeysetEdit open() {
        return KeysetEdit.open(store.load(), KeysetParser.of(KeysetPolicy.standard()), "store");
    }

    private Keyset keyset() {
        return rotator.keyset();
    }

    private KeysetKey key(String kid) {
        return keyset().key(kid).orElseThrow();
    }

    private String active() {
        return keyset().activeKey("default", clock.instant()).orElseThrow().kid();
    }

    private String text() {
        try {
            return text(store.load());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(KeysetDocument document) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        document.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
