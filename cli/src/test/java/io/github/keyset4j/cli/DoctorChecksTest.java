package io.github.keyset4j.cli;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.cli.Check.Verdict;
import io.github.keyset4j.cli.SampleKeysets.TimedKey;
import io.github.keyset4j.encoding.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The doctor's checks that need neither a source nor a server. */
class DoctorChecksTest {

    private final Instant now = Instant.parse("2026-03-01T12:00:00Z");

    private Instant days(int days) {
        return now.plus(Duration.ofDays(days));
    }

    private Keyset keyset(Map<String, Object> document) {
        return KeysetParser.of(KeysetPolicy.standard()).parse(KeysetDocument.of(StrictJson.write(document)), now);
    }

    private List<Check> timeline(TimedKey... keys) {
        return new TimelineChecks(keyset(SampleKeysets.timed(keys)), now, RotationTimes.standard()).all();
    }

    private static List<String> told(List<Check> checks, Verdict verdict) {
        return checks.stream()
                .filter(check -> check.verdict() == verdict)
                .map(Check::what)
                .toList();
    }

    private static List<Check> published(String body, Optional<Keyset> keyset) {
        return new PublishedKeys(body.getBytes(StandardCharsets.UTF_8), keyset, Instant.parse("2026-03-01T12:00:00Z"))
                .all();
    }

    @Test
    void timeline_rotationInGoodTime_passes() {
        List<Check> checks = timeline(
                new TimedKey("a", "access", days(-20), days(70)), new TimedKey("b", "access", days(60), days(150)));
        assertThat(told(checks, Verdict.PASS))
                .containsExactly("access: a signs, and is 21 d old", "next change 2026-04-29 12:00 UTC, in 59 d");
        assertThat(checks).hasSize(2);
    }

    @Test
    void timeline_keyThatEndsSoonWithoutSuccessor_fails() {
        List<Check> checks = timeline(new TimedKey("a", "access", days(-20), days(5)));
        assertThat(told(checks, Verdict.FAIL)).containsExactly("access: a ends in 5 d, and no successor is published");
        assertThat(told(
                        timeline(
                                new TimedKey("a", "access", days(-20), days(5)),
                                new TimedKey("b", "access", days(1), days(90))),
                        Verdict.FAIL))
                .isEmpty();
    }

    @Test
    void timeline_keyOlderThanItMayBe_isOverdue() {
        assertThat(told(timeline(new TimedKey("a", "access", days(-90), days(400))), Verdict.WARN))
                .containsExactly("access: a signs, and is 91 d old, more than 90 d");
        assertThat(told(timeline(new TimedKey("a", "access", days(-89), days(400))), Verdict.WARN))
                .isEmpty();
    }

    @Test
    void timeline_keyThatGoesBeforeItsTokens_isWarnedOf() {
        List<Check> checks = timeline(
                new TimedKey("a", "access", days(-20), now.plus(Duration.ofHours(2))),
                new TimedKey("b", "access", now.minus(Duration.ofHours(1)), days(80)));
        assertThat(told(checks, Verdict.WARN))
                .containsExactly("access: a is removed 3 h after it retires; tokens may live for 1 d");
    }

    @Test
    void timeline_keyWithoutTimes_isAsOldAsEvidenceSays() {
        Keyset keyset = keyset(SampleKeysets.ecKeyset());
        TimelineChecks checks = new TimelineChecks(keyset, now, RotationTimes.standard());
        assertThat(told(checks.all(), Verdict.WARN))
                .containsExactly("default: k2 signs, and nothing says how old it is");
        assertThat(told(
                        checks.ages(Duration.ofDays(90), Map.of("k1", days(-300), "k2", days(-80)))
                                .all(),
                        Verdict.WARN))
                .isEmpty();
        assertThat(told(
                        checks.ages(Duration.ofDays(90), Map.of("k2", days(-100)))
                                .all(),
                        Verdict.WARN))
                .containsExactly("default: k2 signs, and is 100 d old, more than 90 d");
    }

    @Test
    void timeline_isMeasuredByTheTimesOfTheServices() {
        Keyset keyset = keyset(SampleKeysets.timed(
                new TimedKey("a", "access", days(-20), now.plus(Duration.ofHours(2))),
                new TimedKey("b", "access", now.minus(Duration.ofHours(1)), days(80))));
        RotationTimes shortLived = RotationTimes.standard().toBuilder()
                .maxTokenLifetime(Duration.ofMinutes(15))
                .build();
        assertThat(told(new TimelineChecks(keyset, now, shortLived).all(), Verdict.WARN))
                .isEmpty();
        Keyset ending = keyset(SampleKeysets.timed(new TimedKey("a", "access", days(-20), days(5))));
        assertThat(new TimelineChecks(ending, now, RotationTimes.strangers()).all())
                .anySatisfy(check -> assertThat(check.remedy()).contains("public for 2 d before"));
    }

    @Test
    void timeline_noKeySigns_fails() {
        assertThat(told(timeline(new TimedKey("a", "access", days(2), days(90))), Verdict.FAIL))
                .containsExactly("access: no key signs now");
    }

    @Test
    void published_whatTheSourceHas_isTheSame() {
        Keyset keyset = keyset(SampleKeysets.timed(new TimedKey("a", "access", days(-20), days(70))));
        String jwks = Jwk.set(keyset);
        assertThat(told(published(jwks, Optional.of(keyset)), Verdict.PASS))
                .containsExactly("1 key", "the same keys as in the source");
        Keyset other = keyset(SampleKeysets.timed(new TimedKey("a", "access", days(-20), days(70))));
        assertThat(told(published(jwks, Optional.of(other)), Verdict.FAIL))
                .containsExactly("a is not the same key there as in the source: x, y");
        Keyset renamed = keyset(SampleKeysets.timed(new TimedKey("b", "access", days(-20), days(70))));
        List<Check> checks = published(jwks, Optional.of(renamed));
        assertThat(told(checks, Verdict.FAIL)).containsExactly("b signs, but is not published");
        assertThat(told(checks, Verdict.WARN)).containsExactly("a is published, but not in the source");
    }

    @Test
    void published_privateMembers_failByNameAlone() {
        List<Check> checks = published(
                "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\",\"d\":\"CANARY\",\"kid\":\"a\",\"alg\":\"EdDSA\","
                        + "\"use\":\"sig\"}]}",
                Optional.empty());
        assertThat(told(checks, Verdict.FAIL)).contains("keys[0] publishes private members: d");
        assertThat(checks.toString()).doesNotContain("CANARY");
        assertThat(told(
                        published("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"AA\"}]}", Optional.empty()),
                        Verdict.FAIL))
                .contains("keys[0] publishes private members: k");
    }

    @Test
    void published_setsThatBreakVerifiers_fail() {
        assertThat(told(published("[]", Optional.empty()), Verdict.FAIL)).hasSize(1);
        assertThat(told(published("{}", Optional.empty()), Verdict.FAIL)).hasSize(1);
        assertThat(told(published("{\"keys\":[]}", Optional.empty()), Verdict.FAIL))
                .containsExactly("no key: every verifier rejects every token");
        assertThat(told(
                        published("{\"keys\":[1,{\"kid\":\"a\"},{\"kty\":\"RSA\",\"e\":\"AQAB\"}]}", Optional.empty()),
                        Verdict.FAIL))
                .anySatisfy(what -> assertThat(what).startsWith("keys[0]: "))
                .anySatisfy(what -> assertThat(what).startsWith("keys[1].kty: "))
                .anySatisfy(what -> assertThat(what).startsWith("keys[2].n: "))
                .contains("keys[2] has no kid");
        String twice = Jwk.set(keyset(SampleKeysets.timed(new TimedKey("a", "access", days(-20), days(70)))))
                .replaceAll("\\[(.*)]", "[$1,$1]");
        assertThat(told(published(twice, Optional.empty()), Verdict.FAIL))
                .anySatisfy(what -> assertThat(what).contains("kid"));
        String key =
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\",\"alg\":\"ES256\",\"use\":\"sig\",\"kid\":\"";
        StringBuilder eleven = new StringBuilder(key + "0\"}");
        for (int i = 1; i < 11; i++) {
            eleven.append(',').append(key).append(i).append("\"}");
        }
        assertThat(told(published("{\"keys\":[" + eleven + "]}", Optional.empty()), Verdict.WARN))
                .containsExactly("11 keys; AWS's load balancers take 10");
    }

    @Test
    void clock_differences_areJudgedByWhatVerifiersForgive() {
        assertThat(ClockCheck.of("AWS", now, now.plusSeconds(4)).verdict()).isEqualTo(Verdict.PASS);
        assertThat(ClockCheck.of("AWS", now.plusSeconds(30), now).verdict()).isEqualTo(Verdict.WARN);
        assertThat(ClockCheck.of("AWS", now.plusSeconds(61), now).verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void published_keyOfTheSourceForAnotherUse_fails() {
        Keyset keyset = keyset(SampleKeysets.timed(new TimedKey("a", "access", days(-20), days(70))));
        String jwks = Jwk.set(keyset);
        for (String other : List.of(
                jwks.replace("\"sig\"", "\"enc\""),
                jwks.replace("\"ES256\"", "\"ES384\""),
                jwks.replace("\"ES256\"", "\"ECDH-ES\""),
                jwks.replace("\"kty\"", "\"key_ops\":[\"sign\"],\"kty\""))) {
            assertThat(other).isNotEqualTo(jwks);
            List<Check> checks = published(other, Optional.of(keyset));
            assertThat(told(checks, Verdict.FAIL))
                    .as(other)
                    .contains("a is published for a use other than signing with ES256: verifiers reject its tokens");
            assertThat(told(checks, Verdict.PASS)).as(other).doesNotContain("the same keys as in the source");
        }
        List<Check> silent = published(
                jwks.replace("\"alg\":\"ES256\",", "").replace(",\"alg\":\"ES256\"", ""), Optional.of(keyset));
        assertThat(told(silent, Verdict.WARN)).contains("keys[0] does not say its alg, or use sig");
        assertThat(told(silent, Verdict.PASS)).doesNotContain("the same keys as in the source");
    }

    @Test
    void published_revokedKid_fails() {
        Map<String, Object> document = SampleKeysets.timed(
                new TimedKey("a", "access", days(-20), days(70)), new TimedKey("b", "access", days(-10), days(70)));
        String jwks = Jwk.set(keyset(document));
        document.put("revoked", List.of("a"));
        assertThat(told(published(jwks, Optional.of(keyset(document))), Verdict.FAIL))
                .containsExactly("a is revoked, but published");
    }
}
