package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the signer refuses to sign; what it signs verifies here. */
class JwtSignerRefusalsTest {

    private static final long DAY = Duration.ofDays(1).toSeconds();

    private final ManualClock clock = ManualClock.create();
    private final long now = clock.instant().getEpochSecond();
    private final KeyManager keys = Managers.onlyWhenTold(
                    ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", JwsAlgorithm.EDDSA))))
            .clock(clock)
            .start();

    @AfterEach
    void close() {
        keys.close();
    }

    private static JwtClaims claims(Map<String, ? extends @Nullable Object> members) {
        JwtClaims claims = new JwtClaims();
        members.forEach(claims::setClaim);
        return claims;
    }

    private Map<String, Object> signed(Map<String, ?> members) {
        return keys.verifier()
                .build()
                .verify(keys.signer().sign(claims(members)))
                .claims()
                .getClaimsMap();
    }

    private void assertRefused(Map<String, ?> members, String naming) {
        assertThatThrownBy(() -> keys.signer().sign(claims(members)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(naming);
    }

    static Stream<Arguments> noNumericDates() {
        return Stream.of(
                        -1e300,
                        -1L,
                        -0.5,
                        Double.NaN,
                        Double.POSITIVE_INFINITY,
                        253402300800L,
                        Long.MAX_VALUE,
                        BigInteger.ONE.shiftLeft(64).add(BigInteger.valueOf(1_800_000_000)),
                        new BigDecimal("1e400"),
                        "1800000000")
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("noNumericDates")
    void sign_timeOutOfRange_isRefusedByName(Object time) {
        assertRefused(Map.of("iat", time), "iat: not a NumericDate");
        assertRefused(Map.of("exp", time), "exp: not a NumericDate");
    }

    @Test
    void sign_fractionOfASecond_isKept() {
        assertThat(signed(Map.of("iat", now - 0.5, "exp", new BigDecimal(now + 60).add(new BigDecimal("0.75")))))
                .containsEntry("iat", new BigDecimal(now - 1).add(new BigDecimal("0.5")))
                .containsEntry("exp", new BigDecimal(now + 60).add(new BigDecimal("0.75")));
        assertThat(signed(Map.of("iat", (double) now, "exp", new BigDecimal(now + 60 + ".00"))))
                .containsEntry("iat", now)
                .containsEntry("exp", now + 60);
    }

    @Test
    void sign_iatAhead_lifetimeCountsFromNow() {
        assertRefused(Map.of("iat", now + 301, "exp", now + 400), "iat: further ahead");
        assertRefused(Map.of("iat", now + 300, "exp", now + DAY + 1), "exp: a lifetime of");
        assertThat(signed(Map.of("iat", now + 300, "exp", now + DAY))).containsEntry("exp", now + DAY);
    }

    @Test
    void sign_iatAheadWithoutExp_staysWithinTheLongestLifetime() {
        String token = keys.signer().withLifetime(Duration.ofDays(1)).sign(claims(Map.of("iat", now + 300)));
        assertThat(keys.verifier().build().verify(token).claims().getClaimsMap())
                .containsEntry("exp", now + DAY);
    }

    @Test
    void sign_iatInThePast_lifetimeCountsFromIt() {
        assertRefused(Map.of("iat", 0, "exp", now + 60), "exp: a lifetime of");
    }

    @Test
    void withLifetime_endless_isRefusedByName() {
        assertThatThrownBy(() -> keys.signer().withLifetime(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("lifetime: longer than");
    }

    private static Object nested(int levels) {
        Object nested = "x";
        for (int i = 0; i < levels; i++) {
            nested = i % 2 == 0 ? List.of(nested) : Map.of("in", nested);
        }
        return nested;
    }

    @Test
    void sign_nesting_isSignedAsDeepAsItIsVerified() {
        assertThat(signed(Map.of("deep", nested(JsonReader.MAX_DEPTH - 1)))).containsKey("deep");
        assertRefused(Map.of("deep", nested(JsonReader.MAX_DEPTH)), "nested deeper than 32 levels");
    }

    @Test
    void sign_claimThatContainsItself_isRefused() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("self", map);
        assertRefused(Map.of("loop", list), "member loop is nested deeper");
        assertRefused(Map.of("loop", map), "member self is nested deeper");
    }

    @Test
    void sign_namesThatBecomeOne_areRefused() {
        Map<Object, Object> twice = new LinkedHashMap<>();
        twice.put(1, "a");
        twice.put("1", "b");
        assertRefused(Map.of("m", twice), "member 1 is named twice");
    }

    @Test
    void sign_valuesThatAreNotRead_areRefused() {
        assertRefused(Map.of("n", BigInteger.TEN.pow(1000)), "member n is a java.math.BigInteger");
        assertRefused(Map.of("n", new BigDecimal("1e1001")), "member n is a java.math.BigDecimal");
        assertRefused(Map.of("half", "x\ud800"), "half a character");
        assertRefused(Map.of("half\udc00", "x"), "half a character");
        assertRefused(Map.of("n".repeat(4097), 1), "name is longer than 4096 characters");
        assertThat(signed(Map.of("n", BigInteger.TEN.pow(999), "d", new BigDecimal("0.1"), "whole", "\ud83d\udd11")))
                .containsEntry("whole", "\ud83d\udd11")
                .containsEntry("n", BigInteger.TEN.pow(999))
                .containsEntry("d", new BigDecimal("0.1"));
    }

    @Test
    void sign_length_isSignedAsLongAsItIsVerified() {
        int room = JwtVerifier.MAX_TOKEN_LENGTH
                - keys.signer().sign(claims(Map.of("long", ""))).length();
        assertThat(signed(Map.of("long", "x".repeat(room / 4 * 3)))).containsKey("long");
        assertRefused(Map.of("long", "x".repeat(room / 4 * 3 + 4)), "claims: a token of");
    }
}
