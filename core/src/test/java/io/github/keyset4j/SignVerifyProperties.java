package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.NumericDates;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** What is signed verifies and says the same; what verifies can be signed; and nothing else comes out of either. */
class SignVerifyProperties {

    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
    private static final ManualClock CLOCK = ManualClock.at(NOW);
    private static final KeyManager KEYS = Managers.onlyWhenTold(
                    ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.HS256))))
            .clock(CLOCK)
            .unknownKidWait(Duration.ZERO)
            .start();
    private static final JwtVerifier VERIFIER = KEYS.verifier().anyAudience().build();

    @AfterContainer
    static void close() {
        KEYS.close();
    }

    @Property
    void sign_anyClaims_isRefusedOrVerifiesAndSaysTheSame(@ForAll("claims") Map<String, @Nullable Object> given) {
        JwtClaims claims = new JwtClaims();
        given.forEach(claims::setClaim);
        String token;
        try {
            token = KEYS.signer().sign(claims);
        } catch (IllegalArgumentException e) {
            return;
        }
        Map<String, @Nullable Object> verified = verifiedInTime(token, given.get("nbf"));
        Map<String, @Nullable Object> said = new LinkedHashMap<>(given);
        said.putIfAbsent("iat", verified.get("iat"));
        said.putIfAbsent("exp", verified.get("exp"));
        assertThat(plain(verified)).isEqualTo(plain(said));
    }

    /** At once, or as soon as its {@code nbf} has come. */
    private static Map<String, @Nullable Object> verifiedInTime(String token, @Nullable Object notBefore) {
        Instant begins = NumericDates.instant(notBefore);
        CLOCK.set(begins == null || begins.isBefore(NOW) ? NOW : begins);
        try {
            return VERIFIER.verify(token).claims().getClaimsMap();
        } finally {
            CLOCK.set(NOW);
        }
    }

    @Property
    void verify_whatVerifies_canBeSigned(@ForAll("claims") Map<String, @Nullable Object> given) throws MalformedJson {
        byte[] payload;
        try {
            payload = StrictJson.write(given);
        } catch (IllegalArgumentException e) {
            return;
        }
        VerifiedJwt verified;
        try {
            verified = VERIFIER.verify(Forge.with(KEYS, "k1")
                    .token("{\"alg\":\"HS256\",\"kid\":\"k1\"}".getBytes(StandardCharsets.UTF_8), payload));
        } catch (JwtRejectedException e) {
            return;
        }
        JwtClaims claims = verified.claims();
        assertThat(plain(claims.getClaimsMap())).isEqualTo(plain(StrictJson.object(payload)));
        // Times are a signer's own business.
        ClaimRules.DATES.forEach(claims::unsetClaim);
        assertThat(VERIFIER.verify(KEYS.signer().sign(claims)).claims().getClaimsMap())
                .containsAllEntriesOf(claims.getClaimsMap());
    }

    @Property
    void verify_anyText_isRejectedOrVerified(@ForAll("tokens") @Nullable String token) {
        try {
            assertThat(VERIFIER.verify(token)).isNotNull();
        } catch (JwtRejectedException | KeysetUnavailableException e) {
            assertThat(e).hasNoCause();
        }
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> object) {
            Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
            object.forEach((name, member) -> plain.put(String.valueOf(name), plain(member)));
            return plain;
        }
        if (value instanceof Collection<?> array) {
            List<@Nullable Object> plain = new ArrayList<>();
            array.forEach(element -> plain.add(plain(element)));
            return plain;
        }
        return value instanceof Number number
                ? new BigDecimal(number instanceof Float ? String.valueOf(number.doubleValue()) : number.toString())
                        .stripTrailingZeros()
                : value;
    }

    /** A good token with one part, character or more put wrong, and what is none at all. */
    @Provide
    Arbitrary<@Nullable String> tokens() {
        JwtClaims claims = new JwtClaims();
        claims.setClaim("scope", "read");
        String good = KEYS.signer().sign(claims);
        String[] parts = good.split("\\.", -1);
        Arbitrary<String> text = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(40),
                Arbitraries.strings()
                        .withChars("{}[]\":,\\0123456789eE.-+ algkidtypHS256k1nuf")
                        .ofMaxLength(60),
                Arbitraries.of(
                        "{", "{}", "{\"alg\":\"HS256\",\"kid\":\"k1\"", "null", "[".repeat(9000), "1e999999999"));
        Arbitrary<String> encoded = text.map(json -> Base64Url.encode(json.getBytes(StandardCharsets.UTF_8)));
        return Arbitraries.oneOf(
                text,
                encoded.map(part -> part + '.' + parts[1] + '.' + parts[2]),
                encoded.map(part -> Forge.with(KEYS, "k1").encoded(parts[0], part)),
                encoded.map(part -> Forge.with(KEYS, "k1").encoded(part, parts[1])),
                encoded.map(part -> parts[0] + '.' + parts[1] + '.' + part),
                text.map(part -> part + '.' + part + '.' + part),
                Arbitraries.integers()
                        .between(0, good.length() - 1)
                        .flatMap(at ->
                                Arbitraries.chars().all().map(c -> good.substring(0, at) + c + good.substring(at + 1))),
                Arbitraries.of(good, "", ".", "..", "...", ".".repeat(70_000), "x".repeat(70_000)),
                Arbitraries.just(null));
    }

    @Provide
    Arbitrary<Map<String, @Nullable Object>> claims() {
        Arbitrary<String> names = Arbitraries.oneOf(
                        Arbitraries.of("sub", "jti", "iss", "aud", "nbf", "exp", "iat"),
                        Arbitraries.of("scope", "nbf", "exp", "iat", "x\ud800", "x".repeat(4097), "\ud83d\ude00"),
                        Arbitraries.strings().ofMaxLength(4))
                .injectNull(0.02);
        return Arbitraries.maps(names, values()).ofMaxSize(5).map(LinkedHashMap::new);
    }

    private static Arbitrary<@Nullable Object> values() {
        Arbitrary<Object> texts = Arbitraries.oneOf(
                        Arbitraries.strings().ofMaxLength(5),
                        Arbitraries.of("me", "", "\ud83d", "\uFFFF", "\"\\\u0001", "x".repeat(60_000)))
                .map(text -> text);
        long now = NOW.getEpochSecond();
        Arbitrary<Object> dates = Arbitraries.longs()
                .between(-400, 90_000)
                .flatMap(s -> Arbitraries.<Object>of(
                        now + s,
                        (double) (now + s),
                        now + s + 0.5,
                        new BigDecimal(now + s + ".0000000001"),
                        BigInteger.valueOf(now + s),
                        (now + s) * 1000,
                        String.valueOf(now + s),
                        (float) (now + s)));
        Arbitrary<Object> numbers = Arbitraries.oneOf(
                Arbitraries.longs().map(n -> (Object) n),
                Arbitraries.integers().map(n -> (Object) n),
                Arbitraries.doubles().map(n -> (Object) n),
                Arbitraries.bigDecimals().map(n -> (Object) n),
                Arbitraries.<Object>of(
                        Double.NaN,
                        Float.NEGATIVE_INFINITY,
                        0.1f,
                        (short) 3,
                        BigInteger.TEN.pow(999),
                        BigInteger.TEN.pow(1000),
                        new BigDecimal("1e1000"),
                        new BigDecimal("1e1001"),
                        new BigDecimal("1e-1000"),
                        new BigDecimal("1e-1001"),
                        new BigDecimal("1e-2000000000"),
                        new BigDecimal("1e2000000000"),
                        new BigDecimal("0e-999"),
                        new AtomicInteger(1)));
        Arbitrary<Object> nested = Arbitraries.integers().between(25, 33).map(SignVerifyProperties::nested);
        Arbitrary<@Nullable Object> leaf = Arbitraries.oneOf(
                        texts, dates, dates, numbers, Arbitraries.of(true, false), nested)
                .injectNull(0.05);
        return Arbitraries.oneOf(
                leaf,
                leaf,
                leaf.list().ofMaxSize(3).map(list -> list),
                texts.list().ofMaxSize(3).map(LinkedHashSet::new),
                Arbitraries.maps(Arbitraries.of("a", "b", "\udc00"), leaf).map(map -> map),
                Arbitraries.just(Map.of(1, "a")));
    }

    private static Object nested(int levels) {
        Object nested = "x";
        for (int i = 0; i < levels; i++) {
            nested = i % 2 == 0 ? List.of(nested) : Map.of("in", nested);
        }
        return nested;
    }
}
