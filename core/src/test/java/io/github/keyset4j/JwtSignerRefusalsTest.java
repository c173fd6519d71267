package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.Key;
import java.security.KeyFactorySpi;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SignatureSpi;
import java.security.spec.KeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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
                    ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA))))
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

    /** Each was signed once, and refused by every verifier. */
    @Test
    void sign_registeredClaimOfTheWrongType_isRefusedByName() {
        for (String name : List.of("sub", "jti", "iss")) {
            for (Object value : List.of(1, 1.5, true, List.of("x"), Map.of("x", "y"))) {
                assertRefused(Map.of(name, value), name + ": not a string; ");
            }
            JwtClaims none = new JwtClaims();
            none.setClaim(name, null);
            assertThatThrownBy(() -> keys.signer().sign(none)).hasMessageStartingWith(name + ": not a string");
        }
        for (Object value : List.of(1, List.of(), List.of("a", 1), Map.of("a", "b"))) {
            assertRefused(Map.of("aud", value), "aud: not a string or an array of strings");
        }
        for (Object value : List.of(String.valueOf(now), now * 1000, -1, List.of(now))) {
            assertRefused(Map.of("nbf", value), "nbf: not a NumericDate");
        }
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
        assertThat(signed(Map.of("deep", nested(32 - 1)))).containsKey("deep");
        assertRefused(Map.of("deep", nested(32)), "nested deeper than 32 levels");
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
        int room = KeysetVerifier.MAX_TOKEN_LENGTH
                - keys.signer().sign(claims(Map.of("long", ""))).length();
        assertThat(signed(Map.of("long", "x".repeat(room / 4 * 3)))).containsKey("long");
        assertRefused(Map.of("long", "x".repeat(room / 4 * 3 + 4)), "claims: a token of");
    }

    /** Takes numbers for RSA signatures, with any zeros before them, and makes such. */
    public static final class LaxSignature extends FakeSignature {

        @Override
        protected byte[] engineSign() {
            return new byte[LENGTH.get()];
        }

        @Override
        protected boolean engineVerify(byte[] sigBytes) {
            return true;
        }

        static final AtomicInteger LENGTH = new AtomicInteger(256);
    }

    /** What a provider need not do in these tests. */
    abstract static class FakeSignature extends SignatureSpi {

        @Override
        protected void engineInitVerify(PublicKey publicKey) {}

        @Override
        protected void engineInitSign(PrivateKey privateKey) {}

        @Override
        protected void engineUpdate(byte b) {}

        @Override
        protected void engineUpdate(byte[] b, int off, int len) {}

        @Override
        @Deprecated
        protected void engineSetParameter(String param, Object value) {}

        @Override
        @Deprecated
        protected Object engineGetParameter(String param) {
            throw new UnsupportedOperationException();
        }
    }

    /** Takes every key as it is. */
    public static final class AnyKey extends KeyFactorySpi {

        @Override
        protected PublicKey engineGeneratePublic(KeySpec keySpec) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected PrivateKey engineGeneratePrivate(KeySpec keySpec) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected <T extends KeySpec> T engineGetKeySpec(Key key, Class<T> keySpec) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected Key engineTranslateKey(Key key) {
            return key;
        }
    }

    private static final class LaxProvider extends Provider {

        private static final long serialVersionUID = 1L;

        LaxProvider() {
            super("Lax", "1", "for tests");
            put("Signature.SHA256withRSA", LaxSignature.class.getName());
            put("KeyFactory.RSA", AnyKey.class.getName());
        }
    }

    /** RFC 8017 section 8.2: a signature has the modulus's length, whatever a provider makes or takes. */
    @Test
    void sign_rsaSignatureOfAnotherLength_isNeitherMadeNorTaken() {
        String document = SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.RS256));
        try (KeyManager lax = Managers.onlyWhenTold(ScriptedKeysetSource.of(document))
                .cryptoProvider(CryptoProvider.of(new LaxProvider()))
                .start()) {
            LaxSignature.LENGTH.set(256);
            String token = lax.signer().sign(new JwtClaims());
            JwtVerifier verifier = lax.verifier().build();
            assertThat(verifier.verify(token).kid()).isEqualTo("k1");
            String input = token.substring(0, token.lastIndexOf('.') + 1);
            for (int length : new int[] {0, 1, 255, 257, 512}) {
                assertThatThrownBy(() -> verifier.verify(input + Base64Url.encode(new byte[length])))
                        .hasMessageContaining("SIGNATURE_INVALID");
                LaxSignature.LENGTH.set(length);
                assertThatThrownBy(() -> lax.signer().sign(new JwtClaims()))
                        .isInstanceOf(KeysetUnavailableException.class);
            }
        }
    }
}
