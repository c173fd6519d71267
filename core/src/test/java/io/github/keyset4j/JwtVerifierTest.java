package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.publicOnly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class JwtVerifierTest {

    /** Stands in everything a token says; no message may repeat it. */
    private static final String CANARY = "canary-71b3";

    private static final Map<String, Map<String, Object>> JWKS = new LinkedHashMap<>();

    private final ManualClock clock = ManualClock.create();
    private final long now = clock.instant().getEpochSecond();
    private final LogCapture log = LogCapture.start();
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(document(JWKS.keySet()));
    private final KeyManager keys = KeyManager.builder(source)
            .clock(clock)
            .unknownKidWait(Duration.ZERO)
            .start();
    private final JwtVerifier verifier = keys.verifier().build();
    private final Forge es256 = Forge.with(keys, "ES256");

    /** A key of every algorithm, by its name, and one of another purpose. */
    @BeforeAll
    static void generate() {
        for (SampleAlgorithm algorithm : SampleAlgorithm.values()) {
            JWKS.put(algorithm.joseName(), jwk(algorithm.joseName(), algorithm));
        }
        Map<String, Object> refresh = jwk("refresh", SampleAlgorithm.ES256);
        refresh.put("purpose", "refresh");
        JWKS.put("refresh", refresh);
    }

    @AfterEach
    void close() {
        keys.close();
        log.close();
    }

    private static String document(Iterable<String> kids) {
        List<Map<String, Object>> listed = new ArrayList<>();
        kids.forEach(kid -> listed.add(JWKS.getOrDefault(kid, Map.of())));
        return SampleKeys.json(Map.of("active_kid", "ES256", "keys", listed));
    }

    private static String header(String alg, String kid) {
        return "{\"alg\":\"" + alg + "\",\"kid\":\"" + kid + "\",\"typ\":\"JWT\"}";
    }

    private String claims() {
        return claims("");
    }

    /** Claims that are good but for what is added: {@code "nbf":1}. */
    private String claims(String more) {
        return "{\"exp\":" + (now + 600) + ",\"" + CANARY + "\":\"" + CANARY + "\"" + (more.isEmpty() ? "" : "," + more)
                + "}";
    }

    private String good() {
        return es256.token(header("ES256", "ES256"), claims());
    }

    private void assertRejected(Reason reason, String token) {
        assertRejected(verifier, reason, token);
    }

    private static void assertRejected(JwtVerifier verifier, Reason reason, String token) {
        JwtRejectedException rejection = catchThrowableOfType(JwtRejectedException.class, () -> verifier.verify(token));
        assertThat(rejection).as("rejection").isNotNull();
        assertThat(rejection.reason()).as(rejection.getMessage()).isEqualTo(reason);
        assertThat(rejection).hasMessageStartingWith(reason + ": ").hasNoCause();
        assertThat(String.valueOf(rejection.getMessage())).doesNotContain(CANARY);
        assertThat(rejection.getStackTrace()).isEmpty();
    }

    private VerifiedJwt verify(String token) {
        return verifier.verify(token);
    }

    private static String tampered(String token) {
        int last = token.lastIndexOf('.') + 1;
        byte[] signature = Base64.getUrlDecoder().decode(token.substring(last));
        signature[signature.length / 2] ^= 1;
        return token.substring(0, last) + Base64Url.encode(signature);
    }

    @Nested
    class Accepted {

        @ParameterizedTest
        @EnumSource(SampleAlgorithm.class)
        void verify_everyAlgorithm_saysWhoseTheTokenIs(SampleAlgorithm algorithm) throws Exception {
            String name = algorithm.joseName();
            VerifiedJwt token = verify(Forge.with(keys, name).token(header(name, name), claims("\"sub\":\"me\"")));

            assertThat(token.kid()).isEqualTo(name);
            assertThat(token.algorithm()).isEqualTo(name);
            assertThat(token.purpose()).isEqualTo("default");
            assertThat(token.type()).contains("JWT");
            assertThat(token.claims().getSubject()).isEqualTo("me");
            assertThat(token.claims().getExpirationTime().getValue()).isEqualTo(now + 600);
            assertThat(token.toString()).doesNotContain(CANARY).isEqualTo("VerifiedJwt[%1$s, %1$s, default]", name);
        }

        @Test
        void verify_pendingAndVerificationOnlyKeys_verify() {
            Map<String, Object> pending = jwk("pending", SampleAlgorithm.ES256);
            pending.put("nbf", now + 3600);
            Map<String, Object> active = jwk("active", SampleAlgorithm.ES256);
            active.put("nbf", now - 10);
            try (KeyManager other = manager(SampleKeys.jwkSet(null, pending, active))) {
                assertThat(other.keyset().key("pending").orElseThrow().status(clock.instant()))
                        .isEqualTo(KeyStatus.PENDING);
                String token = Forge.with(other, "pending").token(header("ES256", "pending"), claims());
                assertThat(other.verifier().build().verify(token).kid()).isEqualTo("pending");
            }
        }

        @Test
        void verify_publicKeysAlone_verifies() {
            String token = good();
            try (KeyManager publicKeys =
                    manager(SampleKeys.jwkSet(null, publicOnly(JWKS.getOrDefault("ES256", Map.of()))))) {
                assertThat(publicKeys.verifier().build().verify(token).kid()).isEqualTo("ES256");
            }
        }

        @Test
        void verify_unknownMembersOfHeaderAndClaims_areOfNoMatter() {
            String header = "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"x\":{\"y\":[1,null,true]},\"cty\":7}";
            assertThat(verify(es256.token(header, claims("\"x\":{\"y\":[1,null,1.5]}")))
                            .kid())
                    .isEqualTo("ES256");
        }

        @Test
        void stats_acceptedAndRejected_areCounted() {
            verify(good());
            verify(good());
            assertRejected(Reason.SIGNATURE_INVALID, tampered(good()));
            assertRejected(Reason.MALFORMED, "x");
            assertRejected(Reason.MALFORMED, "y");

            assertThat(keys.stats().verified()).isEqualTo(2);
            assertThat(keys.stats().rejected())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(Reason.SIGNATURE_INVALID, 1L, Reason.MALFORMED, 2L));
        }

        @Test
        void verify_anything_logsNothingOfTheToken() {
            verify(good());
            assertRejected(Reason.KID_UNKNOWN, es256.token(header("ES256", CANARY), claims()));
            assertThat(log.text()).doesNotContain(CANARY);
        }
    }

    private KeyManager manager(String document) {
        return KeyManager.builder(ScriptedKeysetSource.of(document))
                .clock(clock)
                .unknownKidWait(Duration.ZERO)
                .start();
    }

    /** RFC 7515 sections 3.1, 5.2 and 7.1: three parts of canonical base64url, and JSON inside. */
    @Nested
    class Malformed {

        @ParameterizedTest
        @ValueSource(
                strings = {"", ".", "..", "...", "a", "a.b", "a.b.c.d", ".b.c", "..c", "a..", " . . ", "\u0000", "é.é.é"
                })
        void verify_notThreeParts_isMalformed(String token) {
            assertRejected(Reason.MALFORMED, token);
        }

        @Test
        @SuppressWarnings("NullAway") // as a request without the header has it
        void verify_noTokenAtAll_isMalformed() {
            assertRejected(Reason.MALFORMED, null);
            assertThat(keys.stats().rejected()).containsEntry(Reason.MALFORMED, 1L);
        }

        /** Chains of certificates stand in some headers; nothing longer does. */
        @Test
        void verify_header_isAsLongAsItMayBe() {
            String start = "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"x5c\":[\"";
            String longest = start + "x".repeat(JwsHeader.MAX_LENGTH / 4 * 3 - start.length() - 3) + "\"]}";
            assertThat(verify(es256.token(longest, claims())).kid()).isEqualTo("ES256");
            assertRejected(Reason.MALFORMED, es256.token(longest + " ", claims()));
        }

        @Test
        void verify_goodTokenWithMoreAround_isMalformed() {
            String good = good();
            for (String token : List.of(
                    good + ".", good + ".x", "." + good, good + "\n", " " + good, good + "=", good + "\uD83D\uDE00")) {
                assertRejected(Reason.MALFORMED, token);
            }
        }

        @Test
        void verify_emptyParts_areRejected() {
            String[] parts = good().split("\\.", -1);
            assertRejected(Reason.MALFORMED, "." + parts[1] + "." + parts[2]);
            assertRejected(Reason.SIGNATURE_INVALID, parts[0] + ".." + parts[2]);
            assertRejected(Reason.SIGNATURE_INVALID, parts[0] + "." + parts[1] + ".");
            assertRejected(Reason.MALFORMED, es256.encoded(parts[0], ""));
        }

        @Test
        void verify_overlongToken_isMalformedWithoutReadingIt() {
            String filler = "\"f\":\"" + "x".repeat(1 << 16) + "\"";
            assertRejected(Reason.MALFORMED, es256.token(header("ES256", "ES256"), claims(filler)));
            assertRejected(Reason.MALFORMED, "x".repeat(1 << 20));
            assertRejected(Reason.MALFORMED, ".".repeat(1 << 20));
        }

        @Test
        void verify_longestToken_isRead() {
            String shorter = es256.token(header("ES256", "ES256"), claims("\"f\":\"" + "x".repeat(48_000) + "\""));
            assertThat(shorter.length()).isBetween(64_000, 1 << 16);
            assertThat(verify(shorter).kid()).isEqualTo("ES256");
        }

        /** The text with one more bit that stands for nothing. */
        private String withStrayBit(String text) {
            assertThat(text.length() % 4).isIn(2, 3);
            String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            int last = alphabet.indexOf(text.charAt(text.length() - 1));
            return text.substring(0, text.length() - 1) + alphabet.charAt(last + 1);
        }

        /** JSON, stretched by blanks until its base64url has bits to spare. */
        private String stretched(String json) {
            return json.getBytes(StandardCharsets.UTF_8).length % 3 == 0 ? json + " " : json;
        }

        @Test
        void verify_strayBitsInAnyPart_isMalformed() {
            String header = Base64Url.encode(stretched(header("ES256", "ES256")).getBytes(StandardCharsets.UTF_8));
            String payload = Base64Url.encode(stretched(claims()).getBytes(StandardCharsets.UTF_8));
            String good = es256.encoded(header, payload);
            assertThat(verify(good).kid()).isEqualTo("ES256");

            assertRejected(Reason.MALFORMED, es256.encoded(withStrayBit(header), payload));
            assertRejected(Reason.MALFORMED, es256.encoded(header, withStrayBit(payload)));
            int signature = good.lastIndexOf('.') + 1;
            assertRejected(Reason.MALFORMED, good.substring(0, signature) + withStrayBit(good.substring(signature)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"=", "==", " ", "\n", "+", "/", "*", "A", "é", "\uFF21"})
        void verify_otherCharactersInAnyPart_isMalformed(String character) {
            String header = Base64Url.encode("{\"alg\":\"ES256\",\"kid\":\"ES256\"} ".getBytes(StandardCharsets.UTF_8));
            assertThat(header.length() % 4).isZero();
            String payload = Base64Url.encode("[]0".getBytes(StandardCharsets.UTF_8));
            assertRejected(Reason.MALFORMED, es256.encoded(header + character, payload));
            assertRejected(Reason.MALFORMED, es256.encoded(header, payload + character));
            // 86 characters of signature: the last quantum has two, so one more has to be four to fit.
            String good = es256.encoded(header, payload);
            assertRejected(Reason.MALFORMED, good + character + character + character);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "{",
                    "[]",
                    "null",
                    "1",
                    "\"canary-71b3\"",
                    "canary-71b3",
                    "{\"alg\":\"ES256\",\"kid\":\"ES256\"}x",
                    "{\"alg\":\"ES256\",\"kid\":\"ES256\"}{}",
                    "{\"alg\":\"ES256\",\"kid\":\"ES256\",}",
                    "{'alg':'ES256','kid':'ES256'}",
                    "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"kid\":\"ES256\"}",
                    "{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"ES256\"}",
                    "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"\\u0061lg\":\"none\"}",
                    "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"x\":{\"y\":1,\"y\":2}}",
                    "{\"kid\":\"ES256\"}",
                    "{\"alg\":null,\"kid\":\"ES256\"}",
                    "{\"alg\":256,\"kid\":\"ES256\"}",
                    "{\"alg\":[\"ES256\"],\"kid\":\"ES256\"}",
                    "{\"alg\":\"ES256\",\"kid\":null}",
                    "{\"alg\":\"ES256\",\"kid\":1}",
                    "{\"alg\":\"ES256\",\"kid\":{\"canary-71b3\":1}}",
                    "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"typ\":null}",
                    "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"typ\":1}",
                    "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"typ\":[\"JWT\"]}",
                    "\uFEFF{\"alg\":\"ES256\",\"kid\":\"ES256\"}"
                })
        void verify_headerNotReadAsWritten_isMalformed(String header) {
            assertRejected(Reason.MALFORMED, es256.token(header, claims()));
        }

        /** RFC 7515 sections 4.1.2 to 4.1.11, RFC 7797: nothing that brings a key along or changes what is signed. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"jku\":\"https://canary-71b3.example/jwks.json\"",
                    "\"jku\":null",
                    "\"x5u\":\"https://canary-71b3.example/cert.pem\"",
                    "\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}",
                    "\"jwk\":null",
                    "\"crit\":[\"exp\"],\"exp\":1",
                    "\"crit\":[\"b64\"],\"b64\":true",
                    "\"crit\":[\"canary-71b3\"],\"canary-71b3\":1",
                    "\"crit\":[]",
                    "\"crit\":null",
                    "\"b64\":true",
                    "\"b64\":false"
                })
        void verify_headerWithRefusedMember_isMalformed(String member) {
            String header = "{\"alg\":\"ES256\",\"kid\":\"ES256\"," + member + "}";
            assertRejected(Reason.MALFORMED, es256.token(header, claims()));
            // The same for tokens nobody's key has signed.
            assertRejected(Reason.MALFORMED, tampered(es256.token(header, claims())));
        }

        @Test
        void verify_headerNestedTooDeeply_isMalformed() {
            String deep = "[".repeat(10_000) + "]".repeat(10_000);
            assertRejected(
                    Reason.MALFORMED,
                    es256.token("{\"alg\":\"ES256\",\"kid\":\"ES256\",\"x\":" + deep + "}", claims()));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "{",
                    "[]",
                    "null",
                    "canary-71b3",
                    "\"canary-71b3\"",
                    "{\"exp\":9999999999}x",
                    "{\"exp\":9999999999}{\"exp\":1}",
                    "{\"exp\":1,\"exp\":9999999999}",
                    "{\"exp\":9999999999,\"\\u0065xp\":9999999999}",
                    "{\"exp\":9999999999,\"canary-71b3\":{\"a\":1,\"a\":1}}",
                    "{\"exp\":1e1001}",
                    "{\"exp\":NaN}",
                    "{\"exp\":+1}",
                    "{\"exp\":01}",
                    "{\"exp\":9999999999,}",
                    "{\"exp\":9999999999} // canary-71b3",
                    "{exp:9999999999}",
                    "\uFEFF{\"exp\":9999999999}"
                })
        void verify_claimsNotReadAsWritten_isMalformed(String payload) {
            assertRejected(Reason.MALFORMED, es256.token(header("ES256", "ES256"), payload));
        }

        /** RFC 7515 section 5.2 step 3 and RFC 7519 section 7.2 step 10: UTF-8, and nothing that merely looks alike. */
        @Test
        void verify_headerOrClaimsNotInUtf8_isMalformed() {
            byte[] header = header("ES256", "ES256").getBytes(StandardCharsets.UTF_8);
            byte[] payload = claims().getBytes(StandardCharsets.UTF_8);
            for (var charset : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
                assertRejected(
                        Reason.MALFORMED, es256.token(header("ES256", "ES256").getBytes(charset), payload));
                assertRejected(Reason.MALFORMED, es256.token(header, claims().getBytes(charset)));
            }
            for (String bad : List.of(
                    "\u00ff", "\u00c3", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f8\u0088\u0080\u0080\u0080")) {
                byte[] inHeader = ("{\"alg\":\"ES256\",\"kid\":\"ES256\",\"x\":\"" + bad + "\"}")
                        .getBytes(StandardCharsets.ISO_8859_1);
                byte[] inPayload = claims("\"x\":\"" + bad + "\"").getBytes(StandardCharsets.ISO_8859_1);
                assertRejected(Reason.MALFORMED, es256.token(inHeader, payload));
                assertRejected(Reason.MALFORMED, es256.token(header, inPayload));
            }
            assertThat(verify(es256.token(header("ES256", "ES256"), claims("\"x\":\"ç\uFFFD\uD83D\uDE00\"")))
                            .claims()
                            .getClaimValue("x"))
                    .isEqualTo("ç\uFFFD\uD83D\uDE00");
        }
    }

    /** RFC 8725 sections 2.1 and 3.1: the key says which algorithm it is used with. */
    @Nested
    class AlgRefused {

        @ParameterizedTest
        @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", " none", "none\u0000"})
        void verify_algNone_isRefused(String alg) {
            String header = header(alg, "ES256").replace("\u0000", "\\u0000");
            assertRejected(Reason.ALG_REFUSED, es256.token(header, claims()));
            String unsigned = Base64Url.encode(header.getBytes(StandardCharsets.UTF_8)) + "."
                    + Base64Url.encode(claims().getBytes(StandardCharsets.UTF_8)) + ".";
            assertRejected(Reason.ALG_REFUSED, unsigned);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "es256",
                    "ES256K",
                    "ES256 ",
                    "HS1",
                    "RSA-OAEP",
                    "dir",
                    "A256GCM",
                    "SHA256withECDSA",
                    "Ed448",
                    CANARY
                })
        void verify_algNobodyHas_isRefused(String alg) {
            assertRejected(Reason.ALG_REFUSED, es256.token(header(alg, "ES256"), claims()));
        }

        @ParameterizedTest
        @EnumSource(SampleAlgorithm.class)
        void verify_algOfAnotherKey_isRefusedForEveryPair(SampleAlgorithm claimed) {
            for (SampleAlgorithm signed : SampleAlgorithm.values()) {
                if (signed != claimed) {
                    Forge forge = Forge.with(keys, signed.joseName());
                    assertRejected(
                            Reason.ALG_REFUSED, forge.token(header(claimed.joseName(), signed.joseName()), claims()));
                }
            }
        }

        /** The classic: an HMAC whose secret is the RSA key everybody can read, in every form it is handed around in. */
        @Test
        void verify_hmacWithThePublicRsaKey_isRefused() throws Exception {
            byte[] der = keys.keyset()
                    .key("RS256")
                    .orElseThrow()
                    .publicKey()
                    .orElseThrow()
                    .getEncoded();
            String pem = SampleKeys.pem("PUBLIC KEY", der);
            for (byte[] secret : List.of(
                    der,
                    pem.getBytes(StandardCharsets.US_ASCII),
                    pem.strip().getBytes(StandardCharsets.US_ASCII),
                    keys.jwks().bytes())) {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret, "HmacSHA256"));
                String input = Base64Url.encode(header("HS256", "RS256").getBytes(StandardCharsets.UTF_8)) + "."
                        + Base64Url.encode(claims().getBytes(StandardCharsets.UTF_8));
                byte[] signature = mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));
                assertRejected(Reason.ALG_REFUSED, input + "." + Base64Url.encode(signature));
            }
        }

        @Test
        void verify_algorithmNotAcceptedHere_isRefused() {
            JwtVerifier narrow = keys.verifier().algorithm("RS256", "PS256").build();
            assertRejected(narrow, Reason.ALG_REFUSED, good());
            Forge rsa = Forge.with(keys, "RS256");
            assertThat(narrow.verify(rsa.token(header("RS256", "RS256"), claims()))
                            .algorithm())
                    .isEqualTo("RS256");
            // Also where the header is known from a verifier that takes it.
            verify(good());
            assertRejected(narrow, Reason.ALG_REFUSED, good());
        }

        @ParameterizedTest
        @ValueSource(strings = {"none", "es256", "", "EDDSA", "RSA-OAEP"})
        void algorithm_notOneOfOurs_isRefusedWhenBuilding(String name) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> keys.verifier().algorithm(name))
                    .withMessageContaining("algorithm");
        }
    }

    @Nested
    class Kids {

        @Test
        void verify_noKid_isMissing() {
            assertRejected(Reason.KID_MISSING, es256.token("{\"alg\":\"ES256\",\"x\":\"" + CANARY + "\"}", claims()));
        }

        @ParameterizedTest
        @ValueSource(strings = {CANARY, "", "es256", " ES256", "ES256 ", "ES256\\u0000", "../ES256", "' OR 1=1 --"})
        void verify_kidNobodyHas_isUnknown(String kid) {
            assertRejected(Reason.KID_UNKNOWN, es256.token(header("ES256", kid), claims()));
        }

        /** RFC 7517 section 4.5: the value is compared, however it is written. */
        @Test
        void verify_kidWrittenWithEscapes_isTheSameKid() {
            assertThat(verify(es256.token(header("ES256", "\\u0045S256"), claims()))
                            .kid())
                    .isEqualTo("ES256");
        }

        @Test
        void verify_overlongKid_isMalformed() {
            assertRejected(Reason.MALFORMED, es256.token(header("ES256", "k".repeat(1025)), claims()));
            assertRejected(Reason.KID_UNKNOWN, es256.token(header("ES256", "k".repeat(1024)), claims()));
        }

        @Test
        void verify_keyOfAnotherPurpose_isUnknown() {
            Forge refresh = Forge.with(keys, "refresh");
            String token = refresh.token(header("ES256", "refresh"), claims());
            assertRejected(Reason.KID_UNKNOWN, token);
            assertRejected(keys.verifier("refresh").build(), Reason.KID_UNKNOWN, good());
            assertRejected(keys.verifier("other").build(), Reason.KID_UNKNOWN, good());

            assertThat(keys.verifier("refresh").build().verify(token).purpose()).isEqualTo("refresh");
            // Not even when its header has been seen to be genuine.
            assertRejected(Reason.KID_UNKNOWN, token);
        }

        @Test
        void verify_revokedHere_isRevoked() {
            String token = Forge.with(keys, "RS256").token(header("RS256", "RS256"), claims());
            verify(token);

            keys.revoke("RS256");

            assertRejected(Reason.KID_REVOKED, token);
        }

        @Test
        void verify_revokedByTheDocument_isRevoked() {
            String document = SampleKeys.json(Map.of(
                    "active_kid", "ES256",
                    "keys", List.of(JWKS.getOrDefault("ES256", Map.of())),
                    "revoked", List.of("RS256")));
            String token = Forge.with(keys, "RS256").token(header("RS256", "RS256"), claims());
            try (KeyManager other = manager(document)) {
                assertRejected(other.verifier().build(), Reason.KID_REVOKED, token);
            }
        }

        @Test
        void verify_atTheInstantOfRemoval_isRemoved() {
            Map<String, Object> ending = jwk("ending", SampleAlgorithm.ES256);
            ending.put("exp", now + 100);
            try (KeyManager other = manager(SampleKeys.jwkSet("ES256", ending, JWKS.getOrDefault("ES256", Map.of())))) {
                JwtVerifier verifies = other.verifier().build();
                String token = Forge.with(other, "ending").token(header("ES256", "ending"), claims());
                clock.advance(Duration.ofSeconds(100).minusNanos(1));
                assertThat(verifies.verify(token).kid()).isEqualTo("ending");

                clock.advance(Duration.ofNanos(1));
                assertRejected(verifies, Reason.KEY_REMOVED, token);
            }
        }

        @Test
        void verify_keyDroppedByTheDocument_isUnknown() {
            String token = Forge.with(keys, "RS256").token(header("RS256", "RS256"), claims());
            verify(token);
            source.deliver(document(List.of("ES256", "refresh")));
            keys.refreshNow();

            assertRejected(Reason.KID_UNKNOWN, token);
        }
    }

    @Nested
    class Signatures {

        @ParameterizedTest
        @EnumSource(SampleAlgorithm.class)
        void verify_anyPartChanged_isInvalid(SampleAlgorithm algorithm) {
            String name = algorithm.joseName();
            String token = Forge.with(keys, name).token(header(name, name), claims());
            verify(token);
            assertRejected(Reason.SIGNATURE_INVALID, tampered(token));

            String[] parts = token.split("\\.", -1);
            String otherClaims = Base64Url.encode(claims("\"admin\":true").getBytes(StandardCharsets.UTF_8));
            assertRejected(Reason.SIGNATURE_INVALID, parts[0] + "." + otherClaims + "." + parts[2]);
            String otherHeader = Base64Url.encode((header(name, name) + " ").getBytes(StandardCharsets.UTF_8));
            assertRejected(Reason.SIGNATURE_INVALID, otherHeader + "." + parts[1] + "." + parts[2]);
        }

        @ParameterizedTest
        @EnumSource(SampleAlgorithm.class)
        void verify_signatureOfAnotherLength_isInvalid(SampleAlgorithm algorithm) {
            String name = algorithm.joseName();
            Forge forge = Forge.with(keys, name);
            String input = Base64Url.encode(header(name, name).getBytes(StandardCharsets.UTF_8)) + "."
                    + Base64Url.encode(claims().getBytes(StandardCharsets.UTF_8));
            byte[] signature = forge.signature(input);
            byte[] led = new byte[signature.length + 1];
            System.arraycopy(signature, 0, led, 1, signature.length);
            for (byte[] other : List.of(
                    new byte[0],
                    new byte[1],
                    new byte[signature.length],
                    Arrays.copyOf(signature, signature.length - 1),
                    Arrays.copyOf(signature, signature.length + 1),
                    Arrays.copyOf(signature, signature.length / 2),
                    Arrays.copyOf(signature, signature.length * 2),
                    led)) {
                assertRejected(Reason.SIGNATURE_INVALID, input + "." + Base64Url.encode(other));
            }
            assertThat(verify(input + "." + Base64Url.encode(signature)).kid()).isEqualTo(name);
        }

        /** RFC 7518 section 3.4: r and s side by side, each of 32 octets and between 1 and n - 1. */
        @Test
        void verify_es256SignatureOutOfShape_isInvalid() {
            String input = Base64Url.encode(header("ES256", "ES256").getBytes(StandardCharsets.UTF_8)) + "."
                    + Base64Url.encode(claims().getBytes(StandardCharsets.UTF_8));
            byte[] signature = es256.signature(input);
            byte[] r = Arrays.copyOfRange(signature, 0, 32);
            byte[] s = Arrays.copyOfRange(signature, 32, 64);
            byte[] zero = new byte[32];
            ECPublicKey publicKey = (ECPublicKey)
                    keys.keyset().key("ES256").orElseThrow().publicKey().orElseThrow();
            byte[] order = Base64Url.unsigned(publicKey.getParams().getOrder(), 32);
            byte[] one = Base64Url.unsigned(BigInteger.ONE, 32);
            Map<String, byte[]> shapes = new LinkedHashMap<>();
            shapes.put("swapped", joined(s, r));
            shapes.put("r zero", joined(zero, s));
            shapes.put("s zero", joined(r, zero));
            shapes.put("both zero", joined(zero, zero));
            shapes.put("r = n", joined(order, s));
            shapes.put("s = n", joined(r, order));
            shapes.put("both n", joined(order, order));
            shapes.put("both one", joined(one, one));
            shapes.put("r alone", r);
            shapes.put("DER", der(r, s));
            shapes.forEach(
                    (name, shape) -> assertRejected(Reason.SIGNATURE_INVALID, input + "." + Base64Url.encode(shape)));
        }

        private byte[] joined(byte[] r, byte[] s) {
            byte[] both = Arrays.copyOf(r, 64);
            System.arraycopy(s, 0, both, 32, 32);
            return both;
        }

        private byte[] der(byte[] r, byte[] s) {
            byte[] first = new BigInteger(1, r).toByteArray();
            byte[] second = new BigInteger(1, s).toByteArray();
            byte[] der = new byte[6 + first.length + second.length];
            der[0] = 0x30;
            der[1] = (byte) (der.length - 2);
            der[2] = 2;
            der[3] = (byte) first.length;
            System.arraycopy(first, 0, der, 4, first.length);
            der[4 + first.length] = 2;
            der[5 + first.length] = (byte) second.length;
            System.arraycopy(second, 0, der, 6 + first.length, second.length);
            return der;
        }

        /** What a token says of itself is not looked at before its signature is. */
        @Test
        void verify_expiredTokenWithBadSignature_isInvalidAndNotExpired() {
            String token = es256.token(header("ES256", "ES256"), "{\"exp\":1}");
            assertRejected(Reason.EXPIRED, token);
            assertRejected(Reason.SIGNATURE_INVALID, tampered(token));
        }
    }

    /** RFC 7519 sections 4.1.4 and 4.1.5, to the second and below. */
    @Nested
    class Times {

        private String timed(String claims) {
            return es256.token(header("ES256", "ES256"), claims);
        }

        private String expiring(long seconds) {
            return timed("{\"exp\":" + (now + seconds) + "}");
        }

        private String starting(long seconds) {
            return timed(claims("\"nbf\":" + (now + seconds)));
        }

        @Test
        void verify_exp_countsUntilTheSkewIsOver() {
            assertThat(verify(expiring(-59)).kid()).isEqualTo("ES256");
            assertRejected(Reason.EXPIRED, expiring(-60));
            clock.advance(Duration.ofMillis(999));
            assertThat(verify(expiring(-59)).kid()).isEqualTo("ES256");
            clock.advance(Duration.ofMillis(1));
            assertRejected(Reason.EXPIRED, expiring(-59));
        }

        @Test
        void verify_expWithoutSkew_mustLieAhead() {
            JwtVerifier exact = keys.verifier().leeway(Duration.ZERO).build();
            assertThat(exact.verify(expiring(1)).kid()).isEqualTo("ES256");
            assertRejected(exact, Reason.EXPIRED, expiring(0));
            assertRejected(exact, Reason.EXPIRED, expiring(-1));
        }

        @Test
        void verify_nbf_countsFromTheSkewBefore() {
            assertThat(verify(starting(60)).kid()).isEqualTo("ES256");
            assertRejected(Reason.NOT_YET_VALID, starting(61));
            clock.advance(Duration.ofSeconds(1));
            assertThat(verify(starting(61)).kid()).isEqualTo("ES256");
        }

        @Test
        void verify_nbfWithoutSkew_mustHaveCome() {
            JwtVerifier exact = keys.verifier().leeway(Duration.ZERO).build();
            assertThat(exact.verify(starting(0)).kid()).isEqualTo("ES256");
            assertRejected(exact, Reason.NOT_YET_VALID, starting(1));
        }

        /** RFC 7519 section 2: a NumericDate may have a fraction. */
        @Test
        void verify_fractions_areTakenAsTheyAre() {
            JwtVerifier exact = keys.verifier().leeway(Duration.ZERO).build();
            assertThat(exact.verify(timed("{\"exp\":" + now + ".5}")).kid()).isEqualTo("ES256");
            assertThat(exact.verify(timed("{\"exp\":" + now / 1000.0 + "e4}")).kid())
                    .isEqualTo("ES256");
            assertRejected(exact, Reason.NOT_YET_VALID, timed(claims("\"nbf\":" + now + ".5")));
        }

        @Test
        void verify_timesUpToTheYear9999_areCompared() {
            assertThat(verify(timed("{\"exp\":253402300799}")).kid()).isEqualTo("ES256");
            assertThat(verify(timed(claims("\"nbf\":0,\"iat\":253402300799"))).kid())
                    .isEqualTo("ES256");
            assertRejected(Reason.EXPIRED, timed("{\"exp\":0}"));
            assertRejected(Reason.EXPIRED, timed("{\"exp\":1e-1000}"));
            assertRejected(Reason.NOT_YET_VALID, timed(claims("\"nbf\":253402300799")));
        }

        /** Milliseconds, above all: a token that lives for 50,000 years, or is never valid. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "253402300800",
                    "253402300799.5",
                    "1893456000000",
                    "9223372036854775807",
                    "1e300",
                    "1e1000",
                    "-1",
                    "-0.5",
                    "-1e300",
                    "-9223372036854775808",
                    "null",
                    "\"253402300799\"",
                    "[1]",
                    "{}",
                    "true"
                })
        void verify_timeThatIsNoNumericDate_isInvalid(String time) {
            assertRejected(Reason.CLAIM_INVALID, timed("{\"exp\":" + time + "}"));
            assertRejected(Reason.CLAIM_INVALID, timed(claims("\"nbf\":" + time)));
            assertRejected(Reason.CLAIM_INVALID, timed(claims("\"iat\":" + time)));
        }

        /** An empty list out of some configuration must not switch a check off. */
        @Test
        void builder_nothingGiven_isRefusedByName() {
            Map<String, Runnable> calls = Map.of(
                    "issuer", () -> keys.verifier().issuer(),
                    "audience", () -> keys.verifier().audience(),
                    "require", () -> keys.verifier().require(),
                    "type", () -> keys.verifier().type(),
                    "algorithm", () -> keys.verifier().algorithm());
            calls.forEach((name, call) -> assertThatIllegalArgumentException()
                    .isThrownBy(call::run)
                    .withMessage(name + ": none given; name at least one, or leave the call out"));
        }

        @Test
        void leeway_beyondTheLeewayKeysAreKeptFor_isRefusedWhenBuilding() {
            Duration leeway = keys.rotation().verifierLeeway();
            assertThat(keys.verifier().leeway(leeway).build()).isNotNull();
            JwtVerifier.Builder builder = keys.verifier().leeway(leeway.plusNanos(1));
            assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining("leeway");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> keys.verifier().leeway(Duration.ofNanos(-1)));
        }
    }

    /** RFC 7519 section 4.1, RFC 8725 sections 3.8 and 3.9. */
    @Nested
    class Claims {

        private String with(String more) {
            return es256.token(header("ES256", "ES256"), claims(more));
        }

        @Test
        void verify_noExp_isInvalid() {
            assertRejected(Reason.CLAIM_INVALID, es256.token(header("ES256", "ES256"), "{\"sub\":\"" + CANARY + "\"}"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"null", "\"9999999999\"", "\"canary-71b3\"", "true", "[9999999999]", "{\"canary-71b3\":1}"})
        void verify_expOfAnotherType_isInvalid(String exp) {
            assertRejected(Reason.CLAIM_INVALID, es256.token(header("ES256", "ES256"), "{\"exp\":" + exp + "}"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"nbf\":\"0\"",
                    "\"nbf\":null",
                    "\"nbf\":[0]",
                    "\"iat\":\"0\"",
                    "\"iat\":null",
                    "\"iat\":{}",
                    "\"iss\":1",
                    "\"iss\":null",
                    "\"iss\":[\"canary-71b3\"]",
                    "\"iss\":{\"canary-71b3\":1}",
                    "\"sub\":1",
                    "\"sub\":null",
                    "\"sub\":[\"canary-71b3\"]",
                    "\"jti\":1",
                    "\"jti\":true",
                    "\"aud\":1",
                    "\"aud\":null",
                    "\"aud\":true",
                    "\"aud\":[]",
                    "\"aud\":[1]",
                    "\"aud\":[\"api\",1]",
                    "\"aud\":[\"api\",null]",
                    "\"aud\":[[\"api\"]]",
                    "\"aud\":{\"api\":1}"
                })
        void verify_claimOfAnotherType_isInvalid(String claim) {
            assertRejected(Reason.CLAIM_INVALID, with(claim));
            assertRejected(keys.verifier().anyAudience().build(), Reason.CLAIM_INVALID, with(claim));
            assertRejected(keys.verifier().audience("api").build(), Reason.CLAIM_INVALID, with(claim));
        }

        @Test
        void verify_issuer_mustBeOneOfThoseToTheLetter() {
            JwtVerifier one = keys.verifier()
                    .issuer("https://a.example", "https://b.example")
                    .build();
            assertThat(one.verify(with("\"iss\":\"https://b.example\"")).kid()).isEqualTo("ES256");
            for (String other :
                    List.of("https://c.example", "https://a.example/", "HTTPS://A.EXAMPLE", "null", "", CANARY)) {
                assertRejected(one, Reason.CLAIM_INVALID, with("\"iss\":\"" + other + "\""));
            }
            assertRejected(one, Reason.CLAIM_INVALID, with("\"x\":1"));
        }

        @Test
        void verify_missingIssuer_isNotTheIssuerNamedNull() {
            assertRejected(keys.verifier().issuer("null").build(), Reason.CLAIM_INVALID, with("\"x\":1"));
        }

        @Test
        void verify_audience_mustNameOneOfThose() {
            JwtVerifier api = keys.verifier().audience("api", "web").build();
            for (String good : List.of("\"api\"", "[\"web\"]", "[\"other\",\"api\"]", "[\"api\",\"web\",\"api\"]")) {
                assertThat(api.verify(with("\"aud\":" + good)).kid()).isEqualTo("ES256");
            }
            for (String bad :
                    List.of("\"other\"", "\"API\"", "\"api \"", "\"\"", "[\"other\"]", "\"" + CANARY + "\"")) {
                assertRejected(api, Reason.CLAIM_INVALID, with("\"aud\":" + bad));
            }
            assertRejected(api, Reason.CLAIM_INVALID, with("\"x\":1"));
        }

        @Test
        void verify_audienceNobodyAskedFor_isInvalidUnlessAnyWillDo() {
            assertRejected(Reason.CLAIM_INVALID, with("\"aud\":\"api\""));
            JwtVerifier any = keys.verifier().anyAudience().build();
            assertThat(any.verify(with("\"aud\":\"api\"")).kid()).isEqualTo("ES256");
            assertThat(any.verify(with("\"x\":1")).kid()).isEqualTo("ES256");
        }

        @Test
        void verify_requiredClaims_mustBeThereAndNotNull() {
            JwtVerifier strict = keys.verifier().require("sub", "tenant").build();
            assertThat(strict.verify(with("\"sub\":\"me\",\"tenant\":7")).kid()).isEqualTo("ES256");
            assertRejected(strict, Reason.CLAIM_INVALID, with("\"sub\":\"me\""));
            assertRejected(strict, Reason.CLAIM_INVALID, with("\"sub\":\"me\",\"tenant\":null"));
            assertRejected(strict, Reason.CLAIM_INVALID, with("\"tenant\":7"));
        }
    }

    /** RFC 8725 section 3.11, RFC 7515 section 4.1.9. */
    @Nested
    class Types {

        private String typed(String typ) {
            return es256.token("{\"alg\":\"ES256\",\"kid\":\"ES256\"" + typ + "}", claims());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    ",\"typ\":\"JWT\"",
                    ",\"typ\":\"jwt\"",
                    ",\"typ\":\"application/JWT\"",
                    ",\"typ\":\"APPLICATION/jwt\""
                })
        void verify_unlessToldOtherwise_takesJwtOrNone(String typ) {
            assertThat(verify(typed(typ)).kid()).isEqualTo("ES256");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "at+jwt",
                    "application/at+jwt",
                    "dpop+jwt",
                    "JWS",
                    "",
                    "canary-71b3",
                    "application/jwt/x",
                    "application/application/jwt"
                })
        void verify_unlessToldOtherwise_refusesOthers(String typ) {
            assertRejected(Reason.CLAIM_INVALID, typed(",\"typ\":\"" + typ + "\""));
        }

        @ParameterizedTest
        @CsvSource({"at+jwt", "application/at+jwt", "AT+JWT"})
        void verify_toldAType_takesItAlone(String type) {
            JwtVerifier access = keys.verifier().type(type).build();
            assertThat(access.verify(typed(",\"typ\":\"at+jwt\"")).type()).contains("at+jwt");
            assertThat(access.verify(typed(",\"typ\":\"application/at+JWT\"")).type())
                    .contains("at+JWT");
            assertRejected(access, Reason.CLAIM_INVALID, typed(",\"typ\":\"JWT\""));
            assertRejected(access, Reason.CLAIM_INVALID, typed(""));
        }

        @Test
        void verify_headerKnownFromAnotherVerifier_isStillLookedAt() {
            JwtVerifier access = keys.verifier().type("at+jwt").build();
            String token = typed(",\"typ\":\"at+jwt\"");
            access.verify(token);
            assertRejected(Reason.CLAIM_INVALID, token);
        }
    }

    @Nested
    class Unavailable {

        @Test
        void verify_nothingLoadedYet_isUnavailableAndNotRejected() {
            try (KeyManager empty = KeyManager.builder(ScriptedKeysetSource.failing(new IOException(CANARY)))
                    .startInBackground()) {
                JwtVerifier early = empty.verifier().build();
                String token = good();
                assertThatExceptionOfType(KeysetUnavailableException.class)
                        .isThrownBy(() -> early.verify(token))
                        .withMessageContaining("scripted:source")
                        .withMessageNotContaining(CANARY);
                assertThat(empty.stats().rejected()).isEmpty();
            }
        }

        @Test
        void verify_staleTooLong_goesOnUnlessFailClosed() {
            try (KeyManager open = KeyManager.builder(source)
                            .clock(clock)
                            .maxStaleness(Duration.ofMinutes(5))
                            .start();
                    KeyManager closed = KeyManager.builder(source)
                            .clock(clock)
                            .maxStaleness(Duration.ofMinutes(5))
                            .failClosed()
                            .start()) {
                String token = good();
                JwtVerifier failing = closed.verifier().build();
                clock.advance(Duration.ofMinutes(5));
                assertThat(failing.verify(token).kid()).isEqualTo("ES256");
                clock.advance(Duration.ofNanos(1));
                assertThat(open.verifier().build().verify(token).kid()).isEqualTo("ES256");
                assertThatExceptionOfType(KeysetUnavailableException.class)
                        .isThrownBy(() -> failing.verify(token))
                        .withMessageContaining("maxStaleness");
            }
        }
    }

    /** The headers of genuine tokens are known by their text; that must never let a token in. */
    @Nested
    class KnownHeaders {

        private String headerOf(String token) {
            return token.substring(0, token.indexOf('.'));
        }

        @Test
        void headers_badSignature_areNotKept() {
            String token = tampered(good());
            assertRejected(Reason.SIGNATURE_INVALID, token);
            assertThat(keys.keyring().present().header(headerOf(token))).isNull();
        }

        @Test
        void headers_goodSignature_areKeptAndABadOneIsStillRefused() {
            String token = good();
            verify(token);
            assertThat(keys.keyring().present().header(headerOf(token))).isNotNull();
            assertRejected(Reason.SIGNATURE_INVALID, tampered(token));
            assertThat(verify(token).kid()).isEqualTo("ES256");
        }

        @Test
        void headers_moreThanThereIsRoomFor_areVerifiedAllTheSame() {
            Forge hmac = Forge.with(keys, "HS256");
            List<String> headers = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                String token = hmac.token("{\"alg\":\"HS256\",\"kid\":\"HS256\",\"n\":" + i + "}", claims());
                assertThat(verify(token).kid()).isEqualTo("HS256");
                headers.add(headerOf(token));
            }
            Snapshot held = keys.keyring().present();
            assertThat(headers.stream()
                            .map(held::header)
                            .map(Optional::ofNullable)
                            .filter(Optional::isPresent))
                    .hasSize(256);
        }

        @Test
        void headers_newKeyset_startsWithoutAny() {
            String token = good();
            verify(token);
            source.deliver(document(List.of("ES256", "refresh")));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);

            assertThat(keys.keyring().present().header(headerOf(token))).isNull();
            assertThat(verify(token).kid()).isEqualTo("ES256");
        }
    }

    @Test
    void verify_tokenOfOurOwnSigner_isAccepted() throws Exception {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("me");
        assertThat(verify(keys.signer().sign(claims)).claims().getSubject()).isEqualTo("me");
    }

    @Test
    void toString_builtVerifier_namesThePurpose() {
        assertThat(verifier).hasToString("JwtVerifier[default]");
    }
}
