package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.testing.ManualClock;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Claims written and read without jose4j, and the seams that a user's test takes hold of. */
@SuppressWarnings("JavaUtilDate") // programs have them
class SigningApiTest {

    private final ManualClock clock = ManualClock.create();
    private final KeyManager keys = KeyManager.builder(KeysetSource.of(Keysets.generate("ES256")))
            .clock(clock)
            .start();

    @AfterEach
    void close() {
        keys.close();
    }

    private VerifiedJwt verified(JwtBuilder token) {
        return keys.verifier().anyAudience().build().verify(token.sign());
    }

    private enum Tier {
        GOLD
    }

    private record Tenant(String id, Tier tier, List<Instant> since) {}

    @Test
    void jwt_registeredClaims_areReadBackAsTheyWere() {
        Instant now = clock.instant();
        VerifiedJwt token = verified(keys.signer()
                .jwt()
                .issuer("https://issuer.example")
                .subject("alice")
                .audience("api", "admin")
                .id("id-1")
                .notBefore(now)
                .expiresAt(now.plusSeconds(60)));
        assertThat(token.issuer()).contains("https://issuer.example");
        assertThat(token.subject()).contains("alice");
        assertThat(token.audience()).containsExactly("api", "admin");
        assertThat(token.id()).contains("id-1");
        assertThat(token.notBefore()).contains(now);
        assertThat(token.issuedAt()).contains(now);
        assertThat(token.expiresAt()).isEqualTo(now.plusSeconds(60));
        assertThat(token.type()).contains("JWT");
        assertThat(token.purpose()).isEqualTo(KeysetKey.DEFAULT_PURPOSE);
    }

    @Test
    void jwt_oneAudience_isAStringAndReadAsOne() {
        VerifiedJwt token = verified(keys.signer().jwt().audience("two words"));
        assertThat(token.asMap().get("aud")).isEqualTo("two words");
        assertThat(token.audience()).containsExactly("two words");
        assertThat(verified(keys.signer().jwt()).audience()).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> keys.signer().jwt().audience());
    }

    @Test
    void jwt_valuesOfJavasTypes_haveTheirFormInJson() {
        Instant since = clock.instant();
        UUID uuid = UUID.randomUUID();
        Map<String, Object> tenant = Map.of("id", "t1", "tier", "GOLD", "since", List.of(since.getEpochSecond()));
        VerifiedJwt token = verified(keys.signer()
                .jwt()
                .randomId()
                .claim("instant", since.plusMillis(999))
                .claim("date", Date.from(since))
                .claim("sql", new java.sql.Date(since.toEpochMilli()))
                .claim("uuid", uuid)
                .claim("enum", Tier.GOLD)
                .claim("array", new Object[] {Tier.GOLD, new int[] {1, 2}})
                .claim("record", new Tenant("t1", Tier.GOLD, List.of(since)))
                .claim("map", Map.of("nested", new Tenant[] {new Tenant("t1", Tier.GOLD, List.of(since))}))
                .claim("null", null)
                .claims(Map.of("n", 7, "big", new BigDecimal("1.5"), "yes", true)));
        Map<String, Object> expected = new HashMap<>(Map.of(
                "instant", since.getEpochSecond(),
                "date", since.getEpochSecond(),
                "sql", since.getEpochSecond(),
                "uuid", uuid.toString(),
                "enum", "GOLD",
                "array", List.of("GOLD", List.of(1L, 2L)),
                "record", tenant,
                "map", Map.of("nested", List.of(tenant)),
                "n", 7L,
                "yes", true));
        expected.put("big", new BigDecimal("1.5"));
        expected.put("null", null);
        assertThat(token.asMap()).containsAllEntriesOf(expected).containsKeys("iat", "exp", "jti");
        assertThat(token.instant("instant")).contains(since);
        assertThat(token.id().map(UUID::fromString)).isPresent();
    }

    @Test
    void jwt_registeredClaimsOfJavasTypes_areTakenFromJwtClaimsToo() {
        JwtClaims claims = new JwtClaims();
        UUID subject = UUID.randomUUID();
        claims.setClaim("sub", subject);
        claims.setClaim("exp", Date.from(clock.instant().plusSeconds(30)));
        claims.setClaim("nbf", clock.instant());
        claims.setClaim("aud", new String[] {"api"});
        VerifiedJwt token =
                keys.verifier().audience("api").build().verify(keys.signer().sign(claims));
        assertThat(token.subject()).contains(subject.toString());
        assertThat(token.expiresAt()).isEqualTo(clock.instant().plusSeconds(30));
        assertThat(claims.getClaimValue("sub")).isEqualTo(subject);
    }

    @Test
    void jwt_valuesWithoutAFormInJson_areRefusedByTheirNameAndNotTheirContent() {
        JwtBuilder jwt = keys.signer().jwt();
        for (Object value : List.of(
                new byte[] {1}, "canary".toCharArray(), Optional.of("canary"), new Object(), new ThrowingRecord("x"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> jwt.claim("odd", value).sign())
                    .withMessageContaining("member odd")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("canary"));
        }
        Object[] endless = new Object[1];
        endless[0] = endless;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jwt.claim("odd", endless).sign())
                .withMessageContaining("nested deeper");
        assertThat(jwt).hasToString("JwtBuilder[1 claims]");
    }

    @SuppressWarnings("UnusedMethod") // called by the library
    private record ThrowingRecord(String value) {
        @Override
        public String value() {
            throw new IllegalStateException("canary");
        }
    }

    @Test
    void sign_again_makesAnotherTokenOfTheSameClaims() {
        JwtBuilder jwt = keys.signer().jwt().subject("alice");
        String first = jwt.sign();
        clock.advance(Duration.ofMinutes(1));
        String second = jwt.sign();
        JwtVerifier verifier = keys.verifier().build();
        assertThat(verifier.verify(first).subject())
                .isEqualTo(verifier.verify(second).subject());
        assertThat(verifier.verify(second).expiresAt())
                .isEqualTo(verifier.verify(first).expiresAt().plusSeconds(60));
    }

    @Test
    void claims_areCopies_andMapsAreUnmodifiable() {
        VerifiedJwt token = verified(keys.signer().jwt().subject("alice").claim("list", List.of(Map.of("a", 1))));
        token.claims().setSubject("mallory");
        assertThat(token.claims().getClaimValue("list"))
                .isInstanceOfSatisfying(
                        List.class, list -> assertThat(list.remove(0)).isNotNull());
        assertThat(token.subject()).contains("alice");
        assertThat(token.asMap().get("list")).isEqualTo(List.of(Map.of("a", 1L)));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> token.asMap().put("sub", "mallory"));
        assertThat(token.asMap().get("list")).isInstanceOfSatisfying(List.class, list -> {
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(list::clear);
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> ((Map<?, ?>) list.get(0)).clear());
        });
        VerifiedJwt other = verified(keys.signer().jwt().subject("alice").claim("list", List.of(Map.of("a", 1))));
        assertThat(token).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(token).isNotEqualTo(verified(keys.signer().jwt().subject("bob")));
        assertThat(token.toString()).doesNotContain("alice");
    }

    @Test
    void claim_ofAnotherType_isThe401ThatOthersAre() {
        VerifiedJwt token = verified(keys.signer()
                .jwt()
                .claim("text", "a  b")
                .claim("number", 7)
                .claim("fraction", new BigDecimal("1.5"))
                .claim("huge", BigInteger.ONE.shiftLeft(64))
                .claim("thousand", new BigDecimal("1e3"))
                .claim("flag", true)
                .claim("texts", List.of("a", "b"))
                .claim("mixed", Arrays.asList("a", null))
                .claim("none", null)
                .claim("blank", " "));
        assertThat(token.strings("text")).containsExactly("a", "b");
        assertThat(token.strings("texts")).containsExactly("a", "b");
        assertThat(token.strings("blank")).isEmpty();
        assertThat(token.number("number")).contains(7L);
        assertThat(token.number("thousand")).contains(1000L);
        assertThat(token.flag("flag")).contains(true);
        for (String absent : List.of("none", "absent")) {
            assertThat(token.string(absent)).isEmpty();
            assertThat(token.strings(absent)).isEmpty();
            assertThat(token.number(absent)).isEmpty();
            assertThat(token.flag(absent)).isEmpty();
            assertThat(token.instant(absent)).isEmpty();
        }
        assertRejected(() -> token.string("number"), "number: not a string");
        assertRejected(() -> token.strings("number"), "number: not a string or an array of strings");
        assertRejected(() -> token.strings("mixed"), "mixed: not a string or an array of strings");
        assertRejected(() -> token.number("text"), "text: not a whole number");
        assertRejected(() -> token.number("fraction"), "fraction: not a whole number");
        assertRejected(() -> token.number("huge"), "huge: not a whole number");
        assertRejected(() -> token.flag("text"), "text: not true or false");
        assertRejected(() -> token.instant("text"), "text: not a NumericDate");
    }

    private static void assertRejected(Runnable call, String message) {
        assertThatExceptionOfType(JwtRejectedException.class)
                .isThrownBy(call::run)
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.CLAIM_INVALID));
    }

    @Test
    void headers_ofAVerifiedToken_canAllBeRead() {
        KeysetSigner signer = keys.signer().withType("at+jwt");
        String jwt = signer.sign(new JwtClaims(), Map.of("x5t", "abc", "nested", Map.of("a", List.of(1))));
        VerifiedJwt token = keys.verifier().type("at+jwt").build().verify(jwt);
        assertThat(token.headers())
                .containsEntry("alg", "ES256")
                .containsEntry("kid", token.kid())
                .containsEntry("typ", "at+jwt")
                .containsEntry("x5t", "abc")
                .containsEntry("nested", Map.of("a", List.of(1L)));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> token.headers().clear());
    }

    @Test
    void check_ofOnesOwn_isAskedLastAndCounted() {
        String jwt = keys.signer().jwt().claim("tenant", "t1").claim("n", "x").sign();
        JwtVerifier.Builder ours = keys.verifier()
                .check(
                        "tenant: not ours",
                        token -> token.string("tenant").filter("t1"::equals).isPresent());
        assertThat(ours.build().verify(jwt).string("tenant")).contains("t1");
        JwtVerifier others =
                keys.verifier().check("tenant: not ours", token -> false).build();
        assertRejected(() -> others.verify(jwt), "CLAIM_INVALID: tenant: not ours");
        JwtVerifier typed = keys.verifier()
                .check("n", token -> token.number("n").isPresent())
                .build();
        assertRejected(() -> typed.verify(jwt), "n: not a whole number");
        JwtVerifier failing = keys.verifier()
                .check("mine", token -> {
                    throw new IllegalStateException("canary");
                })
                .build();
        assertRejected(() -> failing.verify(jwt), "mine: its check failed with java.lang.IllegalStateException");
        JwtVerifier deep = keys.verifier()
                .check("mine", token -> {
                    throw new StackOverflowError();
                })
                .build();
        assertRejected(() -> deep.verify(jwt), "mine: its check failed with java.lang.StackOverflowError");
        JwtVerifier down = keys.verifier()
                .check("mine", token -> {
                    throw new KeysetUnavailableException(KeysetUnavailableException.Reason.STALE, "another's");
                })
                .build();
        assertThatExceptionOfType(KeysetUnavailableException.class).isThrownBy(() -> down.verify(jwt));
        assertThat(keys.stats().rejected()).containsEntry(Reason.CLAIM_INVALID, 4L);
        assertThat(ours.issuer("nobody").build()).isNotNull();
    }

    @Test
    void type_calledTwice_acceptsBoth() {
        JwtVerifier verifier = keys.verifier().type("at+jwt").type("logout+jwt").build();
        for (String type : List.of("at+jwt", "logout+jwt")) {
            assertThat(verifier.verify(keys.signer().withType(type).jwt().sign())
                            .type())
                    .contains(type);
        }
        assertRejected(() -> verifier.verify(keys.signer().jwt().sign()), "typ");
        assertThatIllegalArgumentException().isThrownBy(() -> keys.signer().withType(" "));
    }

    @Test
    void listsOutOfSomeConfiguration_thatAreEmpty_switchNothingOff() {
        JwtVerifier.Builder verifier = keys.verifier();
        String[] none = {};
        assertThatIllegalArgumentException().isThrownBy(() -> verifier.algorithm(none));
        assertThatIllegalArgumentException().isThrownBy(() -> verifier.type(none));
        assertThatIllegalArgumentException().isThrownBy(() -> verifier.require(none));
        assertThatIllegalArgumentException().isThrownBy(() -> verifier.issuer(none));
        assertThatIllegalArgumentException().isThrownBy(() -> verifier.audience(none));
    }

    @Test
    void withLifetime_longerThanKeysAreKept_isRefusedAtOnce() {
        KeysetSigner signer = keys.signer();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signer.withLifetime(Duration.ofDays(30)))
                .withMessageContaining("maxTokenLifetime");
    }

    @Test
    void fakes_areLambdasAndExceptionsThatCanBeThrown() {
        JwtSigner signer = claims -> "token of " + claims.getClaimValue("sub");
        assertThat(signer.jwt().subject("alice").sign()).isEqualTo("token of alice");
        VerifiedJwt alice = verified(keys.signer().jwt().subject("alice"));
        JwtVerifier verifier = token -> {
            if ("good".equals(token)) {
                return alice;
            }
            throw new JwtRejectedException(Reason.EXPIRED, "exp has passed");
        };
        assertThat(verifier.verify("good").subject()).contains("alice");
        assertThatExceptionOfType(JwtRejectedException.class)
                .isThrownBy(() -> verifier.verify("bad"))
                .withMessage("EXPIRED: exp has passed")
                .isNotInstanceOf(KeysetException.class)
                .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
        KeysetUnavailableException unavailable =
                new KeysetUnavailableException(KeysetUnavailableException.Reason.STALE, "vault: too old");
        assertThat(unavailable.reason()).isEqualTo(KeysetUnavailableException.Reason.STALE);
        assertThat(unavailable).hasNoCause().isInstanceOf(KeysetException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "RS256", "HS256", "EdDSA"})
    void generate_keyset_signsAndVerifiesAtOnce(String algorithm) {
        KeysetSource source = KeysetSource.of(Keysets.generate(algorithm));
        try (KeyManager manager = KeyManager.builder(source).start()) {
            VerifiedJwt token =
                    manager.verifier().build().verify(manager.signer().jwt().sign());
            assertThat(token.algorithm()).isEqualTo(algorithm);
            assertThat(manager.activeKey().map(KeysetKey::kid)).contains(token.kid());
        }
    }

    @Test
    void generate_severalAlgorithms_theFirstSignsUnlessAnotherIsNamed() {
        KeysetSource source = KeysetSource.of(Keysets.generate("ES256", "RS256"));
        try (KeyManager manager = KeyManager.builder(source).start()) {
            assertThat(manager.activeKey().map(KeysetKey::algorithm)).contains("ES256");
            String rsa = manager.signer().withAlgorithm("RS256").jwt().sign();
            assertThat(manager.verifier().build().verify(rsa).algorithm()).isEqualTo("RS256");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Keysets.generate(new String[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> Keysets.generate("none"));
    }

    @Test
    void signer_beforeThereIsAKeyset_isGivenAndSignsLater() throws Exception {
        CountDownLatch delivers = new CountDownLatch(1);
        KeysetDocument document = Keysets.generate("EdDSA");
        try (KeyManager manager = KeyManager.builder(() -> {
                    assertThat(delivers.await(10, TimeUnit.SECONDS)).isTrue();
                    return document;
                })
                .startInBackground()) {
            KeysetSigner signer = manager.signer();
            JwtVerifier verifier = manager.verifier().build();
            assertThatExceptionOfType(KeysetUnavailableException.class)
                    .isThrownBy(() -> signer.jwt().sign())
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(KeysetUnavailableException.Reason.NOT_LOADED));
            delivers.countDown();
            manager.refreshNow();
            assertThat(verifier.verify(signer.jwt().subject("alice").sign()).subject())
                    .contains("alice");
            assertThatExceptionOfType(KeysetUnavailableException.class)
                    .isThrownBy(() -> manager.signer("refresh"))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(KeysetUnavailableException.Reason.NO_ACTIVE_KEY));
        }
    }

    @Test
    void signer_ofAVerifyOnlyManager_isAMistakeInTheProgramAndNo503() {
        try (KeyManager manager = KeyManager.builder(KeysetSource.of(Keysets.generate("ES256")))
                .verifyOnly()
                .start()) {
            assertThatIllegalStateException()
                    .isThrownBy(manager::signer)
                    .withMessageContaining("verifyOnly()")
                    .isNotInstanceOf(KeysetException.class);
        }
    }

    @Test
    void documents_canBeReadByACachingSource() {
        KeysetDocument before = KeysetDocument.of("a").withRevision("1");
        KeysetDocument document =
                KeysetDocument.of("b").withActiveKid("k1").withPrevious(before).withPending(KeysetDocument.of("c"));
        assertThat(document.activeKid()).contains("k1");
        assertThat(document.previous().flatMap(KeysetDocument::revision)).contains("1");
        assertThat(document.pending().map(KeysetDocument::size)).contains(1);
        byte[] bytes = {1, 2};
        KeysetDocument decrypted = document.withContent(bytes);
        bytes[0] = 7;
        assertThat(decrypted.size()).isEqualTo(2);
        assertThat(decrypted).isNotEqualTo(document).isEqualTo(document.withContent(new byte[] {1, 2}));
        assertThat(decrypted.activeKid()).contains("k1");
        assertThat(decrypted.previous()).contains(before);
    }

    @Test
    void payload_datesAreWholeSeconds() throws Exception {
        String jwt = keys.signer()
                .jwt()
                .expiresAt(clock.instant().plusSeconds(60).plusMillis(700))
                .sign();
        byte[] payload = Base64.getUrlDecoder().decode(jwt.substring(jwt.indexOf('.') + 1, jwt.lastIndexOf('.')));
        assertThat(StrictJson.object(payload).get("exp"))
                .isEqualTo(clock.instant().plusSeconds(60).getEpochSecond());
        assertThat(new String(payload, StandardCharsets.UTF_8)).doesNotContain(".");
    }
}
