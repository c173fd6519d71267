package io.github.keyset4j;

import io.github.keyset4j.RotationRefusedException.Gate;
import io.github.keyset4j.edit.KeysetEdit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeysetEditTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.500Z");
    private static final KeysetParser PARSER = KeysetParser.of(KeysetPolicy.standard());

    @ParameterizedTest
    @EnumSource(
            value = SampleAlgorithm.class,
            names = {"HS256", "HS512", "RS256", "PS384", "ES256", "ES384", "ES512", "EDDSA", "ED25519"})
    void generate_everyAlgorithm_readsBackAndSigns(SampleAlgorithm algorithm) {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        String kid = edit.generate(
                KeyTemplate.of(algorithm.joseName()).withRsaBits(2048).withPurpose("access"), NOW);
        edit.publishedAt(kid, NOW);

        Keyset keyset = PARSER.parse(edit.document(), NOW);

        KeysetKey key = keyset.key(kid).orElseThrow();
        assertThat(key.algorithm()).isEqualTo(algorithm.joseName());
        assertThat(key.purpose()).isEqualTo("access");
        assertThat(key.canSign()).isTrue();
        assertThat(key.publishedAt()).isEqualTo(Instant.parse("2026-03-01T12:00:00Z"));
        assertThat(key.thumbprint().orElse(kid)).isEqualTo(kid);
    }

    @Test
    void document_thatNobodyTouched_isWhatItWas() {
        String text = "{\"note\":{\"owner\":[\"us\",1.5,null]},\"active_kid\":\"k2\",\"keys\":{\"k1\":\""
                + SampleKeys.secret(43) + "\",\"k2\":\"" + SampleKeys.secret(43) + "\"},\"revoked\":[\"k0\"]}";

        assertThat(text(open(text).document())).isEqualTo(text);
    }

    @Test
    void document_afterOneChange_keepsEverythingElse() {
        String secret = SampleKeys.secret(43);
        KeysetEdit edit = open("{\"note\":\"ours\",\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + secret + "\"}}");

        edit.generate(KeyTemplate.of("HS256").withKid("k2"), NOW);

        assertThat(text(edit.document()))
                .startsWith("{\"note\":\"ours\",\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + secret + "\",\"k2\":\"");
    }

    @Test
    void document_withUnknownMembersInAKey_keepsThem() {
        Map<String, Object> jwk = SampleKeys.jwk("k1", SampleAlgorithm.ES256);
        jwk.put("x5t#S256", "something of theirs");
        KeysetEdit edit = open(SampleKeys.jwkSet(null, jwk));

        edit.removeAt("k1", NOW);

        assertThat(text(edit.document())).contains("something of theirs", "\"exp\":1772366401");
    }

    @Test
    void document_withKeysThatThePolicyLeavesOut_keepsThem() {
        Map<String, Object> jwk = SampleKeys.jwk("k1", SampleAlgorithm.ES256);
        String text = SampleKeys.jwkSet(null, Map.of("kty", "AKP", "kid", "pq"), jwk);
        KeysetEdit edit = KeysetEdit.open(
                KeysetDocument.of(text), KeysetParser.of(KeysetPolicy.standard().ignoreUnsupportedKeys()), "test");
        edit.name("k1").generate(KeyTemplate.of("ES256").withKid("k2"), NOW);

        assertThat(text(edit.document())).contains("AKP", "k2");
        assertThatThrownBy(() -> edit.as(KeysetShape.JWK_MAP).document())
                .isInstanceOfSatisfying(
                        RotationRefusedException.class,
                        refused -> assertThat(refused.gate()).isEqualTo(Gate.SHAPE));
    }

    @ParameterizedTest
    @EnumSource(
            value = KeysetShape.class,
            names = {"JWK_SET", "JWK_MAP", "KEYSET"})
    void in_shapesThatCarryEverything_thereAndBack_keepsKeysTimesNamesAndRevocations(KeysetShape shape) {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        edit.generate(KeyTemplate.of("PS256").withPurpose("access").withKid("a1"), NOW);
        edit.publishedAt("a1", NOW);
        edit.generate(KeyTemplate.of("Ed25519").withPurpose("access").withKid("a2"), NOW);
        edit.publishedAt("a2", NOW);
        edit.generate(KeyTemplate.of("HS512").withPurpose("refresh").withKid("r1"), NOW);
        edit.generate(KeyTemplate.of("HS256").withKid("d1"), NOW);
        edit.activateAt("a1", NOW).activateAt("a2", NOW.plusSeconds(60)).removeAt("a1", NOW.plusSeconds(3600));
        edit.name("r1").revoke("gone");
        Keyset before = keyset(edit);

        KeysetEdit there = open(text(edit.as(shape).document()));
        assertThat(there.shape()).isEqualTo(shape);
        KeysetEdit back = open(text(there.as(KeysetShape.JWK_SET).document()));

        assertThat(keyset(back).toString()).isEqualTo(before.toString());
        assertThat(back.revoked()).containsExactly("gone");
        for (KeysetKey key : keyset(back).keys()) {
            assertThat(key.material().sameAs(before.find(key.kid()).material())).isTrue();
        }
    }

    @Test
    void in_pemPairs_ofOneKeyForEachPurpose_readsBack() {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        edit.generate(
                KeyTemplate.of("RS256").withRsaBits(2048).withPurpose("access").withKid("a1"), NOW);
        edit.generate(KeyTemplate.of("ES384").withPurpose("refresh").withKid("r1"), NOW);

        KeysetEdit pairs = open(text(edit.as(KeysetShape.PEM_PAIRS).document()));

        assertThat(pairs.shape()).isEqualTo(KeysetShape.PEM_PAIRS);
        assertThat(pairs.kids()).containsExactly("a1", "r1");
        pairs.generate(KeyTemplate.of("ES256").withPurpose("access").withKid("a2"), NOW);
        assertThatThrownBy(pairs::document)
                .isInstanceOf(RotationRefusedException.class)
                .hasMessageContaining("one key of each purpose")
                .hasMessageContaining("convert");
    }

    @Test
    void in_listAndPem_namesTheKidBeside() {
        KeysetEdit secrets = KeysetEdit.empty(KeysetShape.LIST);
        secrets.generate(KeyTemplate.of("HS256").withKid("h1"), NOW);
        secrets.generate(KeyTemplate.of("HS256").withKid("h2"), NOW);
        secrets.name("h2");

        assertThat(text(secrets.document())).startsWith("h1:").contains(",h2:");
        assertThat(secrets.kidBeside()).contains("h2");
        KeysetEdit pair = KeysetEdit.empty(KeysetShape.PEM);
        String kid = pair.generate(KeyTemplate.of("ES256"), NOW);
        assertThat(text(pair.document())).startsWith("-----BEGIN PRIVATE KEY-----");
        assertThat(PARSER.parse(KeysetDocument.of(text(pair.document())), NOW).key(kid))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"LIST", "PEM", "PEM_PAIRS"})
    void in_shapesThatCannotCarryIt_isRefusedBeforeAnythingIsLost(KeysetShape shape) {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        edit.generate(KeyTemplate.of("EdDSA").withKid("k1"), NOW);
        edit.publishedAt("k1", NOW);
        edit.generate(KeyTemplate.of("HS256").withKid("k2"), NOW);
        edit.publishedAt("k2", NOW);
        edit.name("k1");

        assertThatThrownBy(() -> edit.as(shape).document())
                .isInstanceOfSatisfying(RotationRefusedException.class, refused -> {
                    assertThat(refused.gate()).isEqualTo(Gate.SHAPE);
                    assertThat(refused.gate().forceable()).isFalse();
                });
    }

    @Test
    void generate_underAKidThatIsTaken_countsOn() {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        KeyTemplate dated = KeyTemplate.of("ES256").withPurpose("access").withKid("{purpose}-{date}");
        edit.revoke("access-2026-03-01");

        assertThat(List.of(edit.generate(dated, NOW), edit.generate(dated, NOW)))
                .containsExactly("access-2026-03-01-2", "access-2026-03-01-3");
        assertThat(edit.generate(dated.withKid("{alg}-{time}"), NOW)).isEqualTo("es256-20260301T120000Z");
    }

    @Test
    void template_thatCannotBe_isRefused() {
        for (String algorithm : List.of("none", "RS1", "ES256K", "es256", "")) {
            assertThatThrownBy(() -> KeyTemplate.of(algorithm)).isInstanceOf(IllegalArgumentException.class);
        }
        KeyTemplate template = KeyTemplate.of("RS256");
        for (int bits : new int[] {1024, 2047, 2050, 4104}) {
            assertThatThrownBy(() -> template.withRsaBits(bits)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> template.withKid("k-{what}")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> template.withKid("\n")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> template.withPurpose("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void toString_ofEverything_showsNoSecret() {
        String secret = SampleKeys.secret(43);
        KeysetEdit edit = open("{\"keys\":{\"k1\":\"" + secret + "\"}}");

        assertThat(edit.toString() + edit.document()).doesNotContain(secret);
    }

    private static KeysetEdit open(String text) {
        return KeysetEdit.open(KeysetDocument.of(text), PARSER, "test");
    }

    private static Keyset keyset(KeysetEdit edit) {
        return edit.keyset(RotationTimes.standard(), NOW);
    }

    private static String text(KeysetDocument document) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            document.writeTo(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    // ---- keys of the version before

    private static final RotationTimes TIMES = RotationTimes.standard();
    private static final Duration RETENTION =
            TIMES.publishLead().plus(TIMES.loadTime()).plus(TIMES.removalDelay("default"));

    private static KeysetEdit pair(String kid) {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.PEM_PAIRS);
        edit.generate(KeyTemplate.of("ES256").withKid(kid), NOW);
        return edit;
    }

    /** The pair k1 gave way to this one then. */
    private static KeysetEdit replaced(KeysetEdit second, Instant written) {
        KeysetDocument before = pair("k1").document().withRevisionTime(written.minusSeconds(86_400));
        return KeysetEdit.open(second.document().withRevisionTime(written).withPrevious(before), PARSER, "x");
    }

    private static List<String> carriedInto(KeysetShape shape, KeysetEdit edit) {
        return edit.carryOver(shape, TIMES, NOW);
    }

    @Test
    void carryOver_theKeyThatStillSigns_isDatedAndSoIsTheOneThatWaits() {
        Instant written = floor(NOW.minusSeconds(60));
        KeysetEdit edit = replaced(pair("k2"), written);

        assertThat(carriedInto(KeysetShape.JWK_SET, edit)).containsExactly("k1");

        assertThat(edit.publishedAt("k1")).contains(written.minusSeconds(86_400));
        assertThat(edit.activateAt("k1")).contains(written.minusSeconds(86_400));
        assertThat(edit.removeAt("k1")).contains(written.plus(RETENTION));
        assertThat(edit.activateAt("k2")).contains(written.plus(TIMES.publishLead()));
        assertThat(edit.named("default")).isEmpty();
        Keyset restarted = PARSER.parse(edit.as(KeysetShape.JWK_SET).document(), NOW);
        assertThat(restarted.activeKey("default", NOW).orElseThrow().kid()).isEqualTo("k1");
    }

    @Test
    void carryOver_aKeyThatOnlyVerifies_leavesTheOneThatSignsNamed() {
        Instant written = floor(NOW.minusSeconds(3600));
        KeysetEdit edit = replaced(pair("k2"), written);

        assertThat(carriedInto(KeysetShape.KEYSET, edit)).containsExactly("k1");

        assertThat(edit.activateAt("k1")).isEmpty();
        assertThat(edit.removeAt("k1")).contains(written.plus(RETENTION));
        assertThat(edit.activateAt("k2")).isEmpty();
        assertThat(edit.named("default")).contains("k2");
        Keyset restarted = PARSER.parse(edit.as(KeysetShape.JWK_SET).document(), NOW);
        assertThat(restarted.activeKey("default", NOW).orElseThrow().kid()).isEqualTo("k2");
        assertThat(restarted
                        .key("k1")
                        .orElseThrow()
                        .status(written.plus(RETENTION).minusSeconds(1)))
                .isEqualTo(KeyStatus.VERIFICATION_ONLY);
    }

    @Test
    void carryOver_besideADatedKeyThatSigns_isActivatedBeforeIt() {
        Instant since = floor(NOW.minusSeconds(3600));
        KeysetEdit edit = replaced(pair("k2").activateAt("k2", since), since);

        assertThat(carriedInto(KeysetShape.JWK_MAP, edit)).containsExactly("k1");

        assertThat(edit.activateAt("k1")).contains(since.minusSeconds(1));
        assertThat(edit.activateAt("k2")).contains(since);
        assertThat(edit.named("default")).isEmpty();
    }

    @Test
    void carryOver_whatHasEndedOrHasNoRoom_isNobody() {
        assertThat(carriedInto(KeysetShape.JWK_SET, replaced(pair("k2"), NOW.minus(RETENTION))))
                .isEmpty();
        for (KeysetShape shape : List.of(KeysetShape.PEM_PAIRS, KeysetShape.LIST, KeysetShape.PEM)) {
            KeysetEdit edit = replaced(pair("k2"), NOW.minusSeconds(60));
            assertThat(carriedInto(shape, edit)).isEmpty();
            assertThat(edit.kids()).containsExactly("k2");
        }
    }

    private static Instant floor(Instant instant) {
        return instant.truncatedTo(SECONDS);
    }
}
