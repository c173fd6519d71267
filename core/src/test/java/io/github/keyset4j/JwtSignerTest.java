package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static io.github.keyset4j.SampleKeys.publicOnly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class JwtSignerTest {

    private static final String CANARY = "canary-5d1e";

    private final ManualClock clock = ManualClock.create();
    private final long now = clock.instant().getEpochSecond();
    private final Map<String, Object> k1 = jwk("k1", SampleAlgorithm.ES256);
    private final LogCapture log = LogCapture.start();
    private final KeyManager keys = manager(jwkSet("k1", k1));
    private final KeysetSigner signer = keys.signer();

    @AfterEach
    void close() {
        keys.close();
        log.close();
    }

    private KeyManager manager(String document) {
        return builder(document).start();
    }

    private KeyManager.Builder builder(String document) {
        return KeyManager.builder(ScriptedKeysetSource.of(document)).clock(clock);
    }

    private static RotationTimes.Builder times() {
        return RotationTimes.builder();
    }

    private static Map<String, @Nullable Object> part(String token, int index) {
        try {
            byte[] json = Base64Url.decode(token.split("\\.", -1)[index]);
            return StrictJson.object(json == null ? new byte[0] : json);
        } catch (MalformedJson e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, @Nullable Object> header(String token) {
        return part(token, 0);
    }

    private static Map<String, @Nullable Object> payload(String token) {
        return part(token, 1);
    }

    private static JwtClaims claims(Object... namesAndValues) {
        JwtClaims claims = new JwtClaims();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            claims.setClaim(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return claims;
    }

    private static Map<String, Object> purpose(Map<String, Object> jwk, String purpose) {
        jwk.put("purpose", purpose);
        return jwk;
    }

    @Nested
    class Tokens {

        @ParameterizedTest
        @EnumSource(SampleAlgorithm.class)
        void sign_everyAlgorithm_namesKeyAlgorithmAndTypeAndVerifies(SampleAlgorithm algorithm) {
            try (KeyManager one = manager(jwkSet(null, jwk("the-key", algorithm)))) {
                String token = one.signer().sign(claims("sub", "me"));

                assertThat(header(token))
                        .containsExactlyInAnyOrderEntriesOf(
                                Map.of("alg", algorithm.joseName(), "kid", "the-key", "typ", "JWT"));
                assertThat(payload(token))
                        .containsExactlyInAnyOrderEntriesOf(Map.of("sub", "me", "iat", now, "exp", now + 900));
                assertThat(one.verifier().build().verify(token).kid()).isEqualTo("the-key");
            }
        }

        @Test
        void sign_timesAreThere_keepsThem() {
            String token = signer.sign(claims("iat", now - 5, "exp", now + 60, "nbf", now));
            assertThat(payload(token)).isEqualTo(Map.of("iat", now - 5, "exp", now + 60, "nbf", now));
        }

        /** exp counts from iat, wherever that came from. */
        @Test
        void sign_iatAlone_fillsExpFromIt() {
            assertThat(payload(signer.sign(claims("iat", now - 100)))).containsEntry("exp", now + 800);
        }

        @Test
        void sign_betweenTwoSeconds_roundsDown() {
            clock.advance(Duration.ofMillis(999));
            assertThat(payload(signer.sign(claims()))).containsEntry("iat", now).containsEntry("exp", now + 900);
        }

        @Test
        void sign_claims_areNotChanged() {
            JwtClaims claims = claims("sub", "me");
            String before = claims.toJson();

            signer.sign(claims);
            clock.advance(Duration.ofSeconds(10));

            assertThat(claims.toJson()).isEqualTo(before);
            assertThat(payload(signer.sign(claims))).containsEntry("iat", now + 10);
        }

        @Test
        void sign_everyKindOfJsonValue_writesIt() {
            JwtClaims claims = claims(
                    "text",
                    "ä\"\\\u0001\uD83D\uDE00",
                    "int",
                    1,
                    "long",
                    Long.MAX_VALUE,
                    "big",
                    new BigInteger("123456789012345678901234567890"),
                    "decimal",
                    new BigDecimal("1.5"),
                    "double",
                    0.25,
                    "bool",
                    true,
                    "list",
                    List.of("a", 1, List.of()),
                    "map",
                    Map.of("x", Map.of("y", List.of(false))));
            claims.setClaim("none", null);

            assertThat(payload(signer.sign(claims)))
                    .containsEntry("text", "ä\"\\\u0001\uD83D\uDE00")
                    .containsEntry("int", 1L)
                    .containsEntry("long", Long.MAX_VALUE)
                    .containsEntry("big", new BigInteger("123456789012345678901234567890"))
                    .containsEntry("decimal", new BigDecimal("1.5"))
                    .containsEntry("double", new BigDecimal("0.25"))
                    .containsEntry("bool", true)
                    .containsEntry("list", List.of("a", 1L, List.of()))
                    .containsEntry("map", Map.of("x", Map.of("y", List.of(false))))
                    .containsEntry("none", null);
        }

        @Test
        void sign_valueJsonHasNoFormFor_isRefusedByNameWithoutItsContent() {
            for (Object value : List.of(
                    new AtomicReference<>(CANARY),
                    Optional.of(CANARY),
                    Double.NaN,
                    Float.POSITIVE_INFINITY,
                    'c',
                    List.of(Map.of("deep", new AtomicReference<>(CANARY))))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> signer.sign(claims("odd", value)))
                        .withMessageMatching("member (odd|deep) is a .*JSON.*")
                        .withMessageNotContaining(CANARY);
            }
            assertThat(keys.stats().signed()).isZero();
        }

        @Test
        void stats_signedTokens_areCounted() {
            signer.sign(claims());
            keys.signer().sign(claims());
            assertThat(keys.stats().signed()).isEqualTo(2);
        }
    }

    /** A token never outlives its key: exp - iat is at most T, which is what keys are kept for. */
    @Nested
    class Lifetimes {

        @Test
        void withLifetime_fillsExpAndLeavesTheOtherSignerAlone() {
            KeysetSigner brief = signer.withLifetime(Duration.ofSeconds(5));
            assertThat(payload(brief.sign(claims()))).containsEntry("exp", now + 5);
            assertThat(payload(signer.sign(claims()))).containsEntry("exp", now + 900);
        }

        @Test
        void withLifetime_notPositive_isRefused() {
            for (Duration lifetime : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
                assertThatIllegalArgumentException().isThrownBy(() -> signer.withLifetime(lifetime));
            }
        }

        /** What every single token would be refused for. */
        @Test
        void withLifetime_whatSignWouldRefuse_isRefusedAtOnce() {
            Duration longest = keys.rotation().maxTokenLifetime("default");
            assertThat(payload(signer.withLifetime(longest).sign(claims())))
                    .containsEntry("exp", now + longest.toSeconds());
            assertThat(payload(signer.withLifetime(Duration.ofSeconds(1)).sign(claims())))
                    .containsEntry("exp", now + 1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.withLifetime(longest.plusNanos(1)))
                    .withMessageStartingWith("lifetime: a lifetime of");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.withLifetime(Duration.ofMillis(999)))
                    .withMessageStartingWith("lifetime: less than a second");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(jwkSet("k1", k1)).tokenLifetime(Duration.ofMillis(999)))
                    .withMessageStartingWith("tokenLifetime: less than a second");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> times().maxTokenLifetime(Duration.ofMillis(999)))
                    .withMessageStartingWith("maxTokenLifetime: less than a second");
        }

        @Test
        void sign_tokenThatIsNeverValid_isRefused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.sign(claims("iat", now - 1000)))
                    .withMessageStartingWith("exp: has passed");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.sign(claims("nbf", now + 900)))
                    .withMessageStartingWith("nbf: not before exp");
            assertThat(payload(signer.sign(claims("nbf", now + 899)))).containsEntry("nbf", now + 899);
        }

        @Test
        void sign_clockBeyondTheYear9999_isRefused() {
            clock.set(Instant.ofEpochSecond(253402300799L - 899));
            keys.refreshNow();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.sign(claims()))
                    .withMessageStartingWith("exp: beyond the year 9999");
        }

        @Test
        void tokenLifetime_ofTheManager_isTheDefault() {
            try (KeyManager other =
                    builder(jwkSet("k1", k1)).tokenLifetime(Duration.ofHours(2)).start()) {
                assertThat(payload(other.signer().sign(claims()))).containsEntry("exp", now + 7200);
            }
        }

        @Test
        void sign_longestLifetime_isSignedAndASecondMoreRefused() {
            long longest = keys.rotation().maxTokenLifetime("default").toSeconds();
            assertThat(payload(signer.sign(claims("exp", now + longest)))).containsEntry("exp", now + longest);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.sign(claims("exp", now + longest + 1)))
                    .withMessageContaining("exp")
                    .withMessageContaining("maxTokenLifetime");
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            signer.withLifetime(Duration.ofSeconds(longest + 1)).sign(claims()));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.sign(claims("iat", now - 1, "exp", now + longest)));
        }

        @Test
        void sign_lifetimeOfAPurpose_isItsOwn() {
            RotationTimes rotation = times().maxTokenLifetime(Duration.ofHours(1))
                    .maxTokenLifetime("refresh", Duration.ofDays(30))
                    .build();
            String document = jwkSet(
                    null,
                    purpose(jwk("a", SampleAlgorithm.ES256), "access"),
                    purpose(jwk("r", SampleAlgorithm.ES256), "refresh"));
            try (KeyManager two = builder(document).rotation(rotation).start()) {
                JwtClaims month = claims("exp", now + 30L * 86_400);
                assertThat(header(two.signer("refresh").sign(month))).containsEntry("kid", "r");
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> two.signer("access").sign(month));
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> two.signer("refresh").sign(claims("exp", now + 30L * 86_400 + 1)));
            }
        }

        /** Keys are kept for T after they last signed, so T counts from now where iat claims a later time. */
        @Test
        void sign_iatAhead_doesNotLengthenTheLifetime() {
            long longest = keys.rotation().maxTokenLifetime("default").toSeconds();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.sign(claims("iat", now + 365L * 86_400, "exp", now + 365L * 86_400 + 60)))
                    .withMessageContaining("iat");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.sign(claims("iat", now + 1, "exp", now + longest + 1)));
            assertThat(payload(signer.sign(claims("iat", now + 30, "exp", now + longest))))
                    .containsEntry("iat", now + 30);
        }

        @Test
        void sign_expNotAfterIat_isRefused() {
            for (long exp : new long[] {now, now - 1, 0}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> signer.sign(claims("exp", exp)))
                        .withMessageContaining("exp");
            }
        }

        @Test
        void sign_timesBeyondAllReckoning_areRefusedAndDoNotOverflow() {
            for (JwtClaims claims : List.of(
                    claims("iat", Long.MIN_VALUE, "exp", Long.MAX_VALUE),
                    claims("iat", Long.MIN_VALUE, "exp", now + 60),
                    claims("iat", -9_000_000_000_000_000_000L, "exp", 9_000_000_000_000_000_000L),
                    claims("iat", Long.MAX_VALUE),
                    claims("exp", Long.MAX_VALUE),
                    claims("exp", 1e300),
                    claims("exp", new BigInteger("9").pow(40)),
                    claims("exp", BigInteger.TWO.pow(64).add(BigInteger.valueOf(now + 60))))) {
                assertThatIllegalArgumentException().isThrownBy(() -> signer.sign(claims));
            }
        }

        @Test
        void sign_timesThatAreNoNumbers_areRefusedByName() {
            for (String name : List.of("iat", "exp")) {
                for (Object value :
                        List.of(CANARY, "9999999999", true, List.of(now), Double.NaN, Double.POSITIVE_INFINITY)) {
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> signer.sign(claims(name, value)))
                            .withMessageContaining(name)
                            .withMessageNotContaining(CANARY);
                }
                JwtClaims none = claims();
                none.setClaim(name, null);
                assertThatIllegalArgumentException().isThrownBy(() -> signer.sign(none));
            }
        }

        @Test
        void sign_pastTheRemovalOfTheKey_isUnavailable() {
            k1.put("exp", now + 3600);
            try (KeyManager ending = manager(jwkSet("k1", k1))) {
                long last = now + 3600 - ending.rotation().verifierLeeway().toSeconds();
                assertThat(payload(ending.signer().sign(claims("exp", last)))).containsEntry("exp", last);
                assertThatExceptionOfType(KeysetUnavailableException.class)
                        .isThrownBy(() -> ending.signer().sign(claims("exp", last + 1)))
                        .withMessageContaining("k1")
                        .withMessageContaining("removed");
                clock.set(Instant.ofEpochSecond(last - 899));
                assertThatExceptionOfType(KeysetUnavailableException.class)
                        .isThrownBy(() -> ending.signer().sign(claims()));
            }
        }
    }

    @Nested
    class Headers {

        @Test
        void withType_isInTheHeaderAndLeavesTheOtherSignerAlone() {
            KeysetSigner access = signer.withType("at+jwt");
            assertThat(header(access.sign(claims()))).containsEntry("typ", "at+jwt");
            assertThat(header(access.withLifetime(Duration.ofSeconds(1)).sign(claims())))
                    .containsEntry("typ", "at+jwt");
            assertThat(header(signer.sign(claims()))).containsEntry("typ", "JWT");
            assertThat(keys.verifier()
                            .type("at+jwt")
                            .build()
                            .verify(access.sign(claims()))
                            .type())
                    .contains("at+jwt");
        }

        @Test
        void sign_moreHeaders_areMergedForThatTokenAlone() {
            signer.sign(claims());
            String token = signer.sign(claims(), Map.of("cty", "JWT", "x5t#S256", "abc", "typ", "custom+jwt", "n", 1));

            assertThat(header(token))
                    .isEqualTo(Map.of(
                            "alg",
                            "ES256",
                            "kid",
                            "k1",
                            "typ",
                            "custom+jwt",
                            "cty",
                            "JWT",
                            "x5t#S256",
                            "abc",
                            "n",
                            1L));
            assertThat(keys.verifier().type("custom+jwt").build().verify(token).kid())
                    .isEqualTo("k1");
            assertThat(header(signer.sign(claims())).keySet()).isEqualTo(Set.of("alg", "kid", "typ"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"alg", "kid", "crit", "b64", "jku", "jwk", "x5u", "zip", "enc"})
        void sign_headerThatIsNotTheCallers_isRefusedByName(String name) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.sign(claims(), Map.of(name, CANARY)))
                    .withMessageContaining("header " + name)
                    .withMessageNotContaining(CANARY);
        }

        @Test
        void sign_headerThatVerifiersRefuse_isRefused() {
            for (Map<String, ?> headers :
                    List.of(Map.of("typ", 1), Map.of("x5c", List.of("x".repeat(JwsHeader.MAX_LENGTH))))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> signer.sign(claims(), headers))
                        .withMessageStartingWith("headers: verifiers refuse them as MALFORMED");
            }
        }

        @Test
        void sign_headerJsonHasNoFormFor_isRefused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> signer.sign(claims(), Map.of("odd", new AtomicReference<>(CANARY))))
                    .withMessageContaining("odd")
                    .withMessageNotContaining(CANARY);
        }
    }

    @Nested
    class WhichKey {

        @Test
        void sign_keptSigner_signsWithTheKeyOfTheMoment() {
            Map<String, Object> first = jwk("first", SampleAlgorithm.ES256);
            first.put("nbf", now - 10);
            Map<String, Object> second = jwk("second", SampleAlgorithm.EDDSA);
            second.put("nbf", now + 100);
            try (KeyManager rotating = manager(jwkSet(null, first, second))) {
                JwtSigner kept = rotating.signer();
                assertThat(header(kept.sign(claims()))).containsEntry("kid", "first");

                clock.advance(Duration.ofSeconds(100).minusNanos(1));
                assertThat(header(kept.sign(claims()))).containsEntry("kid", "first");

                clock.advance(Duration.ofNanos(1));
                String token = kept.sign(claims());
                assertThat(header(token)).containsEntry("kid", "second").containsEntry("alg", "EdDSA");
                assertThat(rotating.verifier().build().verify(token).kid()).isEqualTo("second");
            }
        }

        @Test
        void sign_activeKeyRevoked_signsWithTheNext() {
            try (KeyManager two = manager(jwkSet("k1", k1, jwk("k2", SampleAlgorithm.ES256)))) {
                JwtSigner kept = two.signer();
                assertThat(header(kept.sign(claims()))).containsEntry("kid", "k1");
                two.revoke("k1");
                assertThat(header(kept.sign(claims()))).containsEntry("kid", "k2");
            }
        }

        @Test
        void signer_ofAPurpose_signsWithItsKey() {
            String document = jwkSet(
                    null,
                    purpose(jwk("a", SampleAlgorithm.ES256), "access"),
                    purpose(jwk("r", SampleAlgorithm.ES256), "refresh"));
            try (KeyManager two = manager(document)) {
                assertThat(header(two.signer("access").sign(claims()))).containsEntry("kid", "a");
                assertThat(header(two.signer("refresh").sign(claims()))).containsEntry("kid", "r");
                assertThatExceptionOfType(KeysetUnavailableException.class)
                        .isThrownBy(two::signer)
                        .withMessageContaining("default")
                        .withMessageContaining("access");
            }
        }

        @Test
        void toString_anySigner_namesThePurpose() {
            assertThat(signer).hasToString("KeysetSigner[default]");
        }
    }

    @Nested
    class Unavailable {

        @Test
        void signer_publicKeysAlone_failsClearlyAndTheRestWorks() {
            String token = signer.sign(claims("sub", "me"));
            try (KeyManager publicKeys = manager(jwkSet(null, publicOnly(k1)))) {
                assertThatExceptionOfType(KeysetUnavailableException.class)
                        .isThrownBy(publicKeys::signer)
                        .withMessageContaining("scripted:source")
                        .withMessageContaining("no key of the purpose default can sign")
                        .withMessageContaining("private key");
                assertThat(publicKeys.verifier().build().verify(token).kid()).isEqualTo("k1");
                assertThat(publicKeys.jwks().bytes()).isEqualTo(keys.jwks().bytes());
                assertThat(publicKeys.health().state()).isEqualTo(Health.State.FRESH);
                assertThat(publicKeys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            }
        }

        @Test
        void signer_builtToVerifyOnly_failsClearlyAndTheRestWorks() {
            String token = signer.sign(claims("sub", "me"));
            // Two private keys and nothing that says which one signs would be refused by a manager that signs.
            String document = jwkSet("k1", k1, jwk("k2", SampleAlgorithm.ES256));
            try (KeyManager verifying = builder(document).verifyOnly().start()) {
                assertThatIllegalStateException().isThrownBy(verifying::signer).withMessageContaining("verify only");
                assertThat(verifying.verifier().build().verify(token).kid()).isEqualTo("k1");
                assertThat(verifying.jwks().size()).isEqualTo(2);
            }
        }

        @Test
        void sign_staleTooLong_isUnavailableUntilConfirmed() {
            clock.advance(Duration.ofHours(24));
            assertThat(signer.sign(claims())).isNotEmpty();
            clock.advance(Duration.ofNanos(1));
            assertThatExceptionOfType(KeysetUnavailableException.class)
                    .isThrownBy(() -> signer.sign(claims()))
                    .withMessageContaining("maxStaleness");

            keys.refreshNow();
            assertThat(signer.sign(claims())).isNotEmpty();
        }

        @Test
        void signer_nothingLoadedYet_isUnavailable() {
            try (KeyManager empty = KeyManager.builder(ScriptedKeysetSource.failing(new IOException(CANARY)))
                    .startInBackground()) {
                assertThatExceptionOfType(KeysetUnavailableException.class)
                        .isThrownBy(() -> empty.signer().sign(claims()))
                        .withMessageContaining("no keyset has been loaded yet")
                        .withMessageNotContaining(CANARY);
            }
        }

        @Test
        void sign_activeKeyRemovedByTheClock_isUnavailable() {
            k1.put("exp", now + 3600);
            try (KeyManager ending = manager(jwkSet("k1", k1))) {
                JwtSigner kept = ending.signer();
                clock.advance(Duration.ofHours(1));
                assertThatExceptionOfType(KeysetUnavailableException.class)
                        .isThrownBy(() -> kept.sign(claims()))
                        .withMessageContaining("no key of the purpose default is active");
            }
        }
    }

    /** RFC 7515 section 7.1: nothing but the three parts, in canonical base64url. */
    @Test
    void sign_token_isCompactAndCanonical() {
        List<String> parts =
                new ArrayList<>(Arrays.asList(signer.sign(claims("x", "y")).split("\\.", -1)));
        assertThat(parts).hasSize(3).allMatch(part -> Base64Url.decode(part) != null);
        assertThat(new String(Base64.getUrlDecoder().decode(parts.get(0)), StandardCharsets.UTF_8))
                .isEqualTo("{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"JWT\"}");
    }
}
