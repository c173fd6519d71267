package io.github.keyset4j.rotation;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.edit.KeysetEdit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FormulasTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant HOUR_AGO = NOW.minusSeconds(3600);
    private static final Instant IN_AN_HOUR = NOW.plusSeconds(3600);
    private static final RotationTimes TIMES = RotationTimes.standard();
    private static final Duration LEAD = TIMES.publishLead();
    private static final Duration LOAD = TIMES.loadTime();
    private static final Duration REMOVAL = TIMES.removalDelay("default");
    private static final KeyTemplate ED25519 = KeyTemplate.of("EdDSA");
    private static final KeyTemplate ES256 = KeyTemplate.of("ES256");

    private KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);

    private void add(
            KeyTemplate template, String kid, @Nullable Instant iat, @Nullable Instant nbf, @Nullable Instant exp) {
        edit.generate(template.withKid(kid), NOW);
        if (iat != null) {
            edit.publishedAt(kid, iat);
        }
        if (nbf != null) {
            edit.activateAt(kid, nbf);
        }
        if (exp != null) {
            edit.removeAt(kid, exp);
        }
    }

    private void add(String kid, @Nullable Instant iat, @Nullable Instant nbf, @Nullable Instant exp) {
        add(ED25519, kid, iat, nbf, exp);
    }

    private void undated(String kid) {
        add(kid, null, null, null);
    }

    private void withoutPrivateHalf(String kid) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        edit.document().writeTo(out);
        String text = out.toString(StandardCharsets.UTF_8);
        int begin = text.indexOf("\"" + kid + "\"");
        int d = text.indexOf("\"d\":\"", begin);
        int end = text.indexOf('"', d + 5);
        String without = text.substring(0, d) + text.substring(end + (text.charAt(end + 1) == ',' ? 2 : 1));
        edit = open(KeysetDocument.of(without.replace(",}", "}")));
    }

    private static KeysetEdit open(KeysetDocument document) {
        return KeysetEdit.open(document, KeysetParser.of(KeysetPolicy.standard()), "test");
    }

    private static Formulas of(KeysetDocument document, Instant now) {
        KeysetEdit opened = open(document);
        return new Formulas(opened, opened.keyset(TIMES, now), TIMES, now);
    }

    private Formulas formulas() {
        return of(edit.document(), NOW);
    }

    private Formulas writtenAt(Instant revisionTime) {
        return of(edit.document().withRevisionTime(revisionTime), NOW);
    }

    private static String kid(Optional<KeysetKey> key) {
        return key.map(KeysetKey::kid).orElse("none");
    }

    // ---- since when

    @Test
    void endsBeforeReplicasKnow_anEndWithinL() {
        undated("k1");
        add("k2", null, null, NOW.plus(LOAD).minusSeconds(1));
        add("k3", null, null, NOW.plus(LOAD));
        edit.name("k1");
        assertThat(formulas().endsBeforeReplicasKnow("k1")).isFalse();
        assertThat(formulas().endsBeforeReplicasKnow("k2")).isTrue();
        assertThat(formulas().endsBeforeReplicasKnow("k3")).isFalse();
    }

    @Test
    void publishedSince_iatElseAnNbfThatHasComeElseTheVersionsDate() {
        add("k1", HOUR_AGO.minusSeconds(60), HOUR_AGO, null);
        add("k2", null, HOUR_AGO.plusSeconds(60), null);
        add("k3", null, NOW, null);
        add("k4", null, NOW.plusSeconds(1), null);
        assertThat(formulas().publishedSince("k1")).contains(HOUR_AGO.minusSeconds(60));
        assertThat(formulas().publishedSince("k2")).contains(HOUR_AGO.plusSeconds(60));
        assertThat(formulas().publishedSince("k3")).contains(NOW);
        assertThat(formulas().publishedSince("k4")).isEmpty();
        assertThat(writtenAt(HOUR_AGO).publishedSince("k4"))
                .as("a date alone dates no key")
                .contains(NOW);
    }

    @Test
    void publishedSince_iatThatTheVersionBeforeDisproves_isNotBelieved() {
        undated("k1");
        KeysetDocument previous = edit.document().withRevisionTime(HOUR_AGO);
        add("k2", HOUR_AGO.plusSeconds(60), null, null);
        edit.name("k1");
        KeysetDocument document =
                edit.document().withRevisionTime(NOW.minusSeconds(9)).withPrevious(previous);
        assertThat(of(document, NOW).publishedSince("k2")).contains(NOW.minusSeconds(9));
    }

    @Test
    void since_nbfElsePublishedSince() {
        add("k1", HOUR_AGO, NOW.minusSeconds(60), null);
        add("k2", HOUR_AGO, null, null);
        undated("k3");
        edit.name("k2");
        assertThat(formulas().since("k1")).contains(NOW.minusSeconds(60));
        assertThat(formulas().since("k2")).contains(HOUR_AGO);
        assertThat(formulas().since("k3")).isEmpty();
    }

    @Test
    void signsEverywhere_wherePublishedForLeadAndLoad() {
        add("k1", NOW.minus(LEAD).minus(LOAD), null, null);
        undated("k2");
        edit.name("k1");
        assertThat(formulas().signsEverywhere(formulas().key("k1"))).isTrue();
        edit.publishedAt("k1", NOW.minus(LEAD).minus(LOAD).plusSeconds(1));
        assertThat(formulas().signsEverywhere(formulas().key("k1"))).isFalse();
    }

    @Test
    void signsEverywhere_whereNoOtherKeyCouldBeHeldInItsPlace() throws Exception {
        undated("k1");
        add(ED25519.withPurpose("other"), "o1", null, null, null);
        add("prepared", NOW.minusSeconds(30), null, null);
        add("ended", null, null, NOW);
        undated("public");
        edit.name("k1");
        withoutPrivateHalf("public");
        assertThat(formulas().signsEverywhere(formulas().key("k1"))).isTrue();
        undated("k2");
        assertThat(formulas().signsEverywhere(formulas().key("k1"))).isFalse();
    }

    @Test
    void signsEverywhere_inADocumentOfOneKey_notBeforeThatIsKnown() {
        edit = KeysetEdit.empty(KeysetShape.PEM_PAIRS);
        add(ES256, "k1", null, null, null);
        assertThat(formulas().signsEverywhere(formulas().key("k1"))).isFalse();
    }

    // ---- from when, until when

    @Test
    void atOnce_isNowOnTheSlowestClock() {
        undated("k1");
        assertThat(of(edit.document(), NOW.plusMillis(500)).atOnce()).isEqualTo(NOW.minus(TIMES.clockSkew()));
    }

    @Test
    void earliestPromotion_isALeadAfterPublicationLessL() {
        undated("k1");
        assertThat(formulas().earliestPromotion("k1", NOW.minusMillis(500)))
                .isEqualTo(NOW.plus(LEAD).minus(LOAD));
        assertThat(formulas().earliestPromotion("k1", NOW.minus(LEAD))).isEqualTo(NOW);
    }

    @Test
    void lead_ofASecret_isShorter() {
        edit = KeysetEdit.empty(KeysetShape.KEYSET);
        add(KeyTemplate.of("HS256"), "k1", null, null, null);
        assertThat(formulas().symmetric("k1")).isTrue();
        assertThat(formulas().lead("k1")).isEqualTo(TIMES.symmetricLead());
        add("k2", null, null, null);
        edit.name("k1");
        assertThat(formulas().symmetric("k2")).isFalse();
        assertThat(formulas().lead("k2")).isEqualTo(LEAD);
    }

    @Test
    void lastUse_isTheSuccessorsActivationIfAllReplicasGoByIt() {
        add("k1", null, HOUR_AGO, null);
        add("k2", NOW, IN_AN_HOUR, null);
        assertThat(formulas().lastUse(formulas().key("k1"))).isEqualTo(IN_AN_HOUR);
        assertThat(formulas().earliestRemoval(formulas().key("k1"))).isEqualTo(IN_AN_HOUR.plus(REMOVAL));
        assertThat(formulas().lastUse(formulas().key("k2")))
                .isEqualTo(NOW.plus(LOAD).plus(LEAD));
    }

    @Test
    void lastUse_ofAKeyWithoutTimes_isLoadAndLeadAfterTheDocument() {
        undated("k1");
        add("k2", null, IN_AN_HOUR, null);
        edit.name("k1");
        assertThat(formulas().key("k1").retireAt()).contains(IN_AN_HOUR);
        assertThat(formulas().lastUse(formulas().key("k1")))
                .isEqualTo(NOW.plus(LOAD).plus(LEAD));
        Formulas written = writtenAt(HOUR_AGO.plusMillis(1));
        assertThat(written.lastUse(written.key("k1")))
                .isEqualTo(HOUR_AGO.plusMillis(1).plus(LOAD).plus(LEAD));
        assertThat(written.earliestRemoval(written.key("k1")))
                .isEqualTo(HOUR_AGO.plusSeconds(1).plus(LOAD).plus(LEAD).plus(REMOVAL));
    }

    @Test
    void harmlessFrom_aKeyThatHasNotSigned_alwaysUnlessItMayBeforeReplicasKnow() {
        add("k1", null, HOUR_AGO, null);
        add("prepared", HOUR_AGO.plusSeconds(60), null, null);
        add("k2", HOUR_AGO, IN_AN_HOUR, null);
        add("soon", HOUR_AGO, NOW.plus(LOAD), null);
        add("in time", HOUR_AGO, NOW.plus(LOAD).plusSeconds(1), null);
        Formulas formulas = formulas();
        assertThat(formulas.harmlessFrom(formulas.key("prepared"))).isEqualTo(Instant.MIN);
        assertThat(formulas.harmlessFrom(formulas.key("k2"))).isEqualTo(Instant.MIN);
        assertThat(formulas.harmlessFrom(formulas.key("in time"))).isEqualTo(Instant.MIN);
        assertThat(formulas.harmlessFrom(formulas.key("soon")))
                .isEqualTo(NOW.plus(LOAD).plus(REMOVAL));
    }

    @Test
    void harmlessFrom_aKeyThatWaitsAndMayHaveSignedBefore_sinceTheActiveOneHasSigned() {
        add("k1", null, HOUR_AGO, null);
        add("k2", HOUR_AGO.minusSeconds(1), IN_AN_HOUR, null);
        add("k3", null, IN_AN_HOUR.plusSeconds(1), null);
        for (String kid : new String[] {"k2", "k3"}) {
            assertThat(formulas().harmlessFrom(formulas().key(kid))).isEqualTo(HOUR_AGO.plus(REMOVAL));
        }
        edit.remove("k1");
        assertThat(formulas().harmlessFrom(formulas().key("k3"))).isEqualTo(NOW.plus(REMOVAL));
    }

    @Test
    void harmlessFrom_aKeyThatSigned_whenItsTokensHaveEndedOrItHas() {
        Instant ended = HOUR_AGO.plus(REMOVAL);
        add("k1", null, HOUR_AGO.minusSeconds(60), null);
        add("k2", null, HOUR_AGO, null);
        assertThat(formulas().harmlessFrom(formulas().key("k1"))).isEqualTo(ended);
        edit.removeAt("k1", ended.minusSeconds(1));
        assertThat(formulas().harmlessFrom(formulas().key("k1"))).isEqualTo(ended.minusSeconds(1));
        edit.removeAt("k1", ended.plusSeconds(1));
        assertThat(formulas().harmlessFrom(formulas().key("k1"))).isEqualTo(ended);
    }

    @Test
    void hasNotSigned_publishedWhenTheActiveOneSignedAlready() {
        add("k1", null, HOUR_AGO, null);
        add("k2", HOUR_AGO, IN_AN_HOUR, null);
        add("k3", HOUR_AGO.minusSeconds(1), IN_AN_HOUR.plusSeconds(1), null);
        add("k4", null, IN_AN_HOUR.plusSeconds(2), null);
        assertThat(formulas().hasNotSigned(formulas().key("k2"))).isTrue();
        assertThat(formulas().hasNotSigned(formulas().key("k3"))).isFalse();
        assertThat(formulas().hasNotSigned(formulas().key("k4"))).isFalse();
    }

    @Test
    void hasSigned_anActivationThatHasComeOrAnEnd() {
        add("k1", null, NOW, null);
        add("k2", null, NOW.plusSeconds(1), null);
        add("k3", null, null, IN_AN_HOUR);
        assertThat(formulas().hasSigned(formulas().key("k1"))).isTrue();
        assertThat(formulas().hasSigned(formulas().key("k2"))).isFalse();
        assertThat(formulas().hasSigned(formulas().key("k3"))).isTrue();
    }

    @Test
    void isKnown_publishedForTheLead() {
        add("k1", NOW.minus(LEAD), null, null);
        add("k2", NOW.minus(LEAD).plusSeconds(1), null, null);
        undated("k3");
        edit.name("k1");
        assertThat(formulas().isKnown(formulas().key("k1"))).isTrue();
        assertThat(formulas().isKnown(formulas().key("k2"))).isFalse();
        assertThat(formulas().isKnown(formulas().key("k3"))).isFalse();
    }

    // ---- which key

    private String standby() {
        return kid(formulas().standby(formulas().key("gone")));
    }

    @Test
    void standby_ofOtherPurposesPublicOrEnded_isNone() throws Exception {
        add("gone", null, HOUR_AGO, null);
        add(ED25519.withPurpose("other"), "o1", HOUR_AGO, null, null);
        add("ended", null, HOUR_AGO.minusSeconds(60), NOW);
        undated("public");
        withoutPrivateHalf("public");
        assertThat(standby()).isEqualTo("none");
        edit.removeAt("ended", NOW.plusSeconds(1));
        assertThat(standby()).isEqualTo("ended");
    }

    @Test
    void standby_isKnownRatherThanFreshAndHasNotSignedRatherThanDone() {
        add("gone", null, HOUR_AGO, null);
        add("fresh", NOW.minusSeconds(60), null, null);
        assertThat(standby()).isEqualTo("fresh");
        add("signed", null, HOUR_AGO.minusSeconds(60), null);
        assertThat(standby()).isEqualTo("signed");
        add("later", HOUR_AGO.plusSeconds(60), IN_AN_HOUR, null);
        assertThat(standby()).isEqualTo("later");
        add("first", HOUR_AGO, IN_AN_HOUR.plusSeconds(60), null);
        assertThat(standby()).isEqualTo("first");
    }

    @Test
    void besides_anAlgorithmThatSignsApart_isOfThatAlgorithmAlone() {
        add("e1", null, HOUR_AGO, null);
        add(ES256, "s1", null, HOUR_AGO.minusSeconds(60), null);
        Formulas formulas = formulas();
        assertThat(formulas.besides(ED25519).test(formulas.key("e1"))).isTrue();
        assertThat(formulas.besides(ED25519).test(formulas.key("s1"))).isFalse();
        assertThat(formulas.besides(ES256).test(formulas.key("e1"))).isFalse();
        assertThat(formulas.besides(KeyTemplate.of("ES384")).test(formulas.key("e1")))
                .isTrue();
        assertThat(kid(formulas.followed(ED25519))).isEqualTo("e1");
        assertThat(kid(formulas.followed(ES256))).isEqualTo("s1");
        assertThat(kid(formulas.followed(KeyTemplate.of("ES384")))).isEqualTo("e1");
    }

    @Test
    void besides_anAlgorithmThatRetires_isNotApart() {
        add("e1", null, HOUR_AGO, null);
        add(ES256, "s1", null, HOUR_AGO.minusSeconds(60), IN_AN_HOUR);
        Formulas formulas = formulas();
        assertThat(formulas.besides(ED25519).test(formulas.key("s1"))).isTrue();
        assertThat(formulas.besides(ES256).test(formulas.key("e1"))).isTrue();
        assertThat(kid(formulas.followed(ES256))).isEqualTo("e1");
    }

    @Test
    void besides_whoseAlgorithmHasASpareWithoutAnEnd_isNotApart() {
        add("e1", null, HOUR_AGO, null);
        add(ES256, "s1", null, HOUR_AGO.minusSeconds(60), IN_AN_HOUR);
        add(ES256, "s2", NOW, null, null);
        assertThat(formulas().besides(ED25519).test(formulas().key("s2"))).isTrue();
    }

    @Test
    void besides_otherPurposesAndPublicKeys_isNever() throws Exception {
        add("e1", null, HOUR_AGO, null);
        add(ES256.withPurpose("other"), "o1", null, HOUR_AGO, null);
        add(ES256, "s1", null, HOUR_AGO.minusSeconds(60), IN_AN_HOUR);
        undated("public");
        withoutPrivateHalf("public");
        Formulas formulas = formulas();
        assertThat(formulas.besides(ED25519).test(formulas.key("s1"))).isTrue();
        assertThat(formulas.besides(ED25519).test(formulas.key("o1"))).isFalse();
        assertThat(formulas.besides(ED25519).test(formulas.key("public"))).isFalse();
        assertThat(kid(formulas.followed(ED25519.withPurpose("third")))).isEqualTo("none");
    }

    @Test
    void pendingAndPrepared_ofThePurposeAlone() {
        add("k1", null, HOUR_AGO, null);
        add(ED25519.withPurpose("other"), "o1", null, HOUR_AGO, null);
        add(ED25519.withPurpose("other"), "o2", NOW, IN_AN_HOUR, null);
        add(ED25519.withPurpose("other"), "o3", NOW, null, null);
        assertThat(kid(formulas().pending(key -> true))).isEqualTo("o2");
        assertThat(kid(formulas().pending(formulas().besides(ED25519)))).isEqualTo("none");
        assertThat(kid(formulas().prepared("other"))).isEqualTo("o3");
        assertThat(kid(formulas().prepared("default"))).isEqualTo("none");
    }

    @Test
    void isPrepared_publishedAfterTheKeyThatSignsAndNotToldTo() throws Exception {
        add("k1", null, HOUR_AGO, null);
        add("before", HOUR_AGO.minusSeconds(1), null, null);
        add("after", HOUR_AGO, null, null);
        add("told", HOUR_AGO, IN_AN_HOUR, null);
        undated("undated");
        Formulas formulas = formulas();
        assertThat(formulas.isPrepared(formulas.key("after"))).isTrue();
        for (String kid : new String[] {"k1", "before", "told", "undated"}) {
            assertThat(formulas.isPrepared(formulas.key(kid))).as(kid).isFalse();
        }
        withoutPrivateHalf("after");
        assertThat(formulas().isPrepared(formulas().key("after"))).isFalse();
    }

    @Test
    void isPrepared_aKeyOfTheVersionToCome_isNot() {
        undated("k1");
        KeysetDocument document = edit.document();
        KeysetEdit pending = KeysetEdit.empty(KeysetShape.JWK_SET);
        pending.generate(ED25519.withKid("k2"), NOW);
        Formulas formulas = of(document.withPending(pending.document()), NOW);
        assertThat(formulas.isPrepared(formulas.key("k2"))).isFalse();
    }

    @Test
    void key_thatIsNotThere_isTheCallersMistake() {
        undated("k1");
        assertThat(formulas().isActive(formulas().key("k1"))).isTrue();
        assertThatThrownBy(() -> formulas().key("k2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("names no key of the document");
    }

    // ---- rounding

    @Test
    void floorAndCeiling_areWholeSeconds() {
        assertThat(Formulas.floor(NOW.plusMillis(999))).isEqualTo(NOW);
        assertThat(Formulas.ceiling(NOW.plusNanos(1))).isEqualTo(NOW.plusSeconds(1));
        assertThat(Formulas.ceiling(NOW)).isEqualTo(NOW);
        assertThat(Formulas.words(Duration.ofMinutes(75).plusMillis(999))).isEqualTo("1h15m");
    }

    @Test
    void earlierAndLater_ofTwo() {
        assertThat(Formulas.earlier(NOW, HOUR_AGO)).isEqualTo(HOUR_AGO);
        assertThat(Formulas.earlier(HOUR_AGO, NOW)).isEqualTo(HOUR_AGO);
        assertThat(Formulas.later(NOW, HOUR_AGO)).isEqualTo(NOW);
        assertThat(Formulas.later(HOUR_AGO, NOW)).isEqualTo(NOW);
    }
}
