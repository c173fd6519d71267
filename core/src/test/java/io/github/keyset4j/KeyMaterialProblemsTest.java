package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static io.github.keyset4j.SampleKeys.other;
import static io.github.keyset4j.SampleKeys.publicOnly;
import static io.github.keyset4j.SampleKeys.shared;
import static io.github.keyset4j.SampleKeys.with;
import static org.assertj.core.api.Assertions.assertThat;

/** Key by key, what is wrong with its material. */
class KeyMaterialProblemsTest {

    private static final String BASE64URL = "not canonical base64url";
    private static final String NO_KEY = "the members do not make a key of this type";
    private static final String FOREIGN = "the private half does not belong to the public one";

    private static Map<String, Object> rsa() {
        return jwk(shared(SampleAlgorithm.RS256));
    }

    private static Map<String, Object> ec() {
        return jwk(shared(SampleAlgorithm.ES256));
    }

    private static Map<String, Object> ed() {
        return jwk(shared(SampleAlgorithm.EDDSA));
    }

    private static Refusal refused(Map<String, Object> jwk, String... problems) {
        return Refusal.of(jwkSet(null, jwk), problems);
    }

    private static String number(BigInteger value) {
        return Base64Url.encode(Base64Url.unsigned(value, (value.bitLength() + 7) / 8));
    }

    private static byte[] octets(Map<String, Object> jwk, String member) {
        return Base64.getUrlDecoder().decode(String.valueOf(jwk.get(member)));
    }

    private static BigInteger number(Map<String, Object> jwk, String member) {
        return new BigInteger(1, octets(jwk, member));
    }

    private static Map<String, Object> rsaPublic(BigInteger n, BigInteger e) {
        Map<String, Object> jwk = new LinkedHashMap<>();
        jwk.put("kty", "RSA");
        jwk.put("n", number(n));
        jwk.put("e", number(e));
        return jwk;
    }

    /** A number of exactly this many bits without small factors: a modulus, as far as anybody can tell. */
    private static BigInteger modulus(int bits) {
        BigInteger candidate = new BigInteger(bits, new Random(bits))
                .setBit(bits - 1)
                .clearBit(bits - 2)
                .setBit(0);
        while (hasSmallFactor(candidate)) {
            candidate = candidate.add(BigInteger.TWO);
        }
        return candidate;
    }

    private static boolean hasSmallFactor(BigInteger number) {
        return IntStream.iterate(3, factor -> factor <= 7919, factor -> factor + 2)
                .anyMatch(factor -> number.mod(big(factor)).signum() == 0);
    }

    /** A private RSA key of these two primes. */
    private static Map<String, Object> rsaOf(BigInteger p, BigInteger q) {
        BigInteger e = big(65537);
        BigInteger lessP = p.subtract(BigInteger.ONE);
        BigInteger lessQ = q.subtract(BigInteger.ONE);
        BigInteger d = e.modInverse(lessP.multiply(lessQ));
        Map<String, Object> jwk = rsaPublic(p.multiply(q), e);
        jwk.put("d", number(d));
        jwk.put("p", number(p));
        jwk.put("q", number(q));
        jwk.put("dp", number(d.mod(lessP)));
        jwk.put("dq", number(d.mod(lessQ)));
        jwk.put("qi", number(q.modInverse(p)));
        return jwk;
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 7919})
    void parse_modulusWithASmallFactor_isRefused(int factor) {
        BigInteger p = big(factor);
        BigInteger q = BigInteger.probablePrime(2047, new Random(factor));
        Map<String, Object> jwk = rsaOf(p, q);
        String problem = "keys[0]: the modulus is divisible by a small prime";
        refused(jwk, problem).check();
        refused(publicOnly(jwk), problem).check();
    }

    @Test
    void parse_primesOfVeryDifferentLength_areRefused() {
        Random random = new Random(1);
        Map<String, Object> jwk = rsaOf(BigInteger.probablePrime(200, random), BigInteger.probablePrime(1900, random));
        refused(jwk, "keys[0]: the modulus is not made of two primes of about the same length")
                .check();
    }

    @Test
    void parse_keyOpsWithoutSign_keyOnlyVerifiesAndThatIsTold() {
        for (SampleAlgorithm algorithm : List.of(SampleAlgorithm.RS256, SampleAlgorithm.ES256, SampleAlgorithm.EDDSA)) {
            Map<String, Object> jwk = with(jwk(shared(algorithm)), "kid", "k1");
            ParsedKeyset verifyOnly = parsed(with(jwk, "key_ops", List.of("verify")));
            assertThat(verifyOnly.keys())
                    .allSatisfy(entry -> assertThat(entry.material().canSign()).isFalse());
            assertThat(verifyOnly.warnings())
                    .containsExactly(KeysetProblem.of(
                                    "keys[0].key_ops",
                                    "without sign, beside a private half",
                                    "the key verifies only; leave d out")
                            .withCode("verifies-only"));
            assertThat(parsed(with(jwk, "key_ops", List.of("sign"))).keys())
                    .allSatisfy(entry -> assertThat(entry.material().canSign()).isTrue());
        }
    }

    private static ParsedKeyset parsed(Map<String, Object> jwk) {
        return KeysetParser.of(KeysetPolicy.standard()).read(KeysetDocument.of(jwkSet(null, jwk)), "test");
    }

    private static BigInteger big(long value) {
        return BigInteger.valueOf(value);
    }

    static Stream<Arguments> encoding() {
        String x = String.valueOf(ec().get("x"));
        String last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        // 32 octets end in a character of which four bits count; the next one differs in a bit that does not.
        char unused = last.charAt(last.indexOf(x.charAt(x.length() - 1)) + 1);
        return Stream.of(
                refused(with(ec(), "x", x + "="), "keys[0].x: " + BASE64URL).when("padding"),
                refused(with(ec(), "x", "+/" + x.substring(2)), "keys[0].x: " + BASE64URL)
                        .when("base64's alphabet"),
                refused(with(ec(), "x", x + "\n"), "keys[0].x: " + BASE64URL).when("a line end"),
                refused(with(ec(), "x", "\u0141" + x.substring(1)), "keys[0].x: " + BASE64URL)
                        .when("another script"),
                refused(with(ec(), "x", x.substring(0, 41)), "keys[0].x: " + BASE64URL)
                        .when("an impossible length"),
                refused(with(ec(), "x", x.substring(0, 42) + unused), "keys[0].x: " + BASE64URL)
                        .when("trailing bits"),
                refused(with(ec(), "x", ""), "keys[0].x: missing, empty or not a string")
                        .when("nothing"),
                refused(with(ed(), "d", "===="), "keys[0].d: " + BASE64URL).when("padding alone"),
                refused(
                                with(SampleKeys.jwk("k", SampleAlgorithm.HS256), "k", "c2VjcmV0LWNhbmFyeS1zZWNyZXQ="),
                                "keys[0].k: " + BASE64URL)
                        .when("a padded secret"));
    }

    static Stream<Arguments> rsaNumbers() {
        BigInteger n = number(rsa(), "n");
        BigInteger f4 = big(65537);
        String exponent = "keys[0]: the public exponent is under 65537, or longer than 64 bits";
        KeysetPolicy development = KeysetPolicy.development();
        return Stream.of(
                refused(jwk(SampleKeys.rsa(1024)), "keys[0]: the modulus has 1024 bits, not 2048 to 8192")
                        .when("1024 bits"),
                refused(rsaPublic(modulus(2047), f4), "keys[0]: the modulus has 2047 bits, not 2048 to 8192")
                        .by(development)
                        .when("2047 bits"),
                refused(rsaPublic(modulus(8193), f4), "keys[0].n: longer than 8192 bits")
                        .when("8193 bits"),
                refused(rsaPublic(n.clearBit(0), f4), "keys[0]: the modulus is even")
                        .when("an even modulus"),
                refused(rsaPublic(n, big(65538)), "keys[0]: the public exponent is even")
                        .when("an even exponent"),
                refused(rsaPublic(n, big(3)), exponent).when("e = 3"),
                refused(rsaPublic(n, big(65535)), exponent)
                        .by(KeysetPolicy.strictProduction())
                        .when("e = 65535"),
                refused(rsaPublic(n, BigInteger.ONE), "keys[0]: " + NO_KEY)
                        .by(development)
                        .when("e = 1"),
                refused(rsaPublic(n, BigInteger.ONE.shiftLeft(64).setBit(0)), exponent)
                        .when("e of 65 bits"),
                refused(with(rsa(), "e", "AAEAAQ"), "keys[0].e: a number with leading zero octets")
                        .when("zeros first"),
                refused(with(rsa(), "e", null), "keys[0].e: missing, empty or not a string")
                        .when("no e"),
                refused(with(rsa(), "q", null), "keys[0].q: missing, empty or not a string")
                        .when("no q"),
                refused(with(rsa(), "d", null), "keys[0].d: missing, though other private members are there")
                        .when("no d"),
                Refusal.of(publicPem(modulus(9216), f4), "PEM: the modulus has 9216 bits, not 2048 to 8192")
                        .when("9216 bits as PEM"),
                Refusal.of(publicPem(n, big(3)), "PEM: " + exponent.substring(9))
                        .when("e = 3 as PEM"),
                Refusal.of(
                                SampleKeys.privatePem(SampleKeys.rsa(1024)),
                                "PEM: the modulus has 1024 bits, not 2048 to 8192")
                        .when("1024 bits as private PEM"));
    }

    private static String publicPem(BigInteger n, BigInteger e) {
        try {
            return SampleKeys.pem(
                    "PUBLIC KEY",
                    KeyFactory.getInstance("RSA")
                            .generatePublic(new RSAPublicKeySpec(n, e))
                            .getEncoded());
        } catch (GeneralSecurityException ex) {
            throw new IllegalStateException(ex);
        }
    }

    static Stream<Arguments> points() {
        byte[] x = octets(ec(), "x");
        byte[] offCurve = octets(ec(), "y");
        offCurve[31] ^= 1;
        BigInteger p = EcCurve.P256.prime();
        return Stream.of(
                refused(with(ec(), "y", Base64Url.encode(offCurve)), "keys[0]: the point is not on the curve P-256")
                        .when("off the curve"),
                refused(
                                with(with(publicOnly(ec()), "x", zeros(32)), "y", zeros(32)),
                                "keys[0]: the point is not on the curve P-256")
                        .when("zero"),
                refused(with(ec(), "x", number(p)), "keys[0]: the point is not on the curve P-256")
                        .when("x not in the field"),
                refused(
                                with(ec(), "x", Base64Url.encode(Arrays.copyOf(x, 31))),
                                "keys[0].x: 31 octets, where the curve has 32")
                        .when("x of 31 octets"),
                refused(with(ec(), "y", zeros(33)), "keys[0].y: 33 octets, where the curve has 32")
                        .when("y of 33 octets"),
                refused(with(ec(), "d", zeros(31)), "keys[0].d: 31 octets, where the curve has 32")
                        .when("d of 31 octets"),
                refused(with(ec(), "d", zeros(32)), "keys[0]: " + NO_KEY).when("d = 0"),
                refused(with(ec(), "d", number(EcCurve.P256.spec().getOrder())), "keys[0]: " + NO_KEY)
                        .when("d = n"),
                refused(
                                with(jwk(shared(SampleAlgorithm.ES512)), "x", zeros(65)),
                                "keys[0].x: 65 octets, where the curve has 66")
                        .when("P-521's x of 65 octets"),
                refused(
                                with(jwk(shared(SampleAlgorithm.ES384)), "crv", "P-256"),
                                "keys[0].x: 48 octets, where the curve has 32",
                                "keys[0].y: 48 octets, where the curve has 32",
                                "keys[0].d: 48 octets, where the curve has 32")
                        .when("P-384's coordinates on P-256"),
                refused(with(ed(), "x", zeros(31)), "keys[0].x: 31 octets, where the curve has 32")
                        .when("Ed25519's x of 31 octets"),
                refused(with(ed(), "d", zeros(33)), "keys[0].d: 33 octets, where the curve has 32")
                        .when("Ed25519's d of 33 octets"));
    }

    private static String zeros(int octets) {
        return Base64Url.encode(new byte[octets]);
    }

    static Stream<Arguments> halves() {
        List<Arguments> rows = new ArrayList<>();
        for (SampleAlgorithm algorithm : List.of(
                SampleAlgorithm.RS256,
                SampleAlgorithm.ES256,
                SampleAlgorithm.ES384,
                SampleAlgorithm.ES512,
                SampleAlgorithm.EDDSA)) {
            KeyPair one = shared(algorithm);
            KeyPair another = other(algorithm);
            rows.add(refused(with(jwk(one), "d", jwk(another).get("d")), "keys[0]: " + FOREIGN)
                    .when(algorithm + ": d of another key"));
            Map<String, Object> foreign = new LinkedHashMap<>(jwk(one));
            foreign.putAll(publicOnly(jwk(another)));
            rows.add(refused(foreign, "keys[0]: " + FOREIGN).when(algorithm + ": public members of another key"));
            rows.add(Refusal.of(
                            SampleKeys.json(Map.of(
                                    "access",
                                    Map.of(
                                            "privateKeyPem",
                                            SampleKeys.privatePem(one),
                                            "publicKeyPem",
                                            SampleKeys.publicPem(another)))),
                            "entry 1: " + FOREIGN)
                    .when(algorithm + ": a pair of PEMs"));
            rows.add(Refusal.of(SampleKeys.privatePem(one) + SampleKeys.publicPem(another), "PEM: " + FOREIGN)
                    .when(algorithm + ": two blocks of a PEM"));
        }
        Map<String, Object> rsa = rsa();
        for (String member : List.of("p", "q", "dp", "dq", "qi")) {
            BigInteger value = number(rsa, member).add(BigInteger.TWO);
            rows.add(refused(with(rsa, member, number(value)), "keys[0]: " + FOREIGN)
                    .when("RSA: another " + member));
        }
        rows.add(refused(with(rsa, "d", number(number(rsa, "d").subtract(BigInteger.TWO))), "keys[0]: " + FOREIGN)
                .when("RSA: another d beside right CRT values"));
        rows.add(refused(with(with(rsa, "p", rsa.get("q")), "q", rsa.get("p")), "keys[0]: " + FOREIGN)
                .when("RSA: p and q swapped"));
        Map<String, Object> bare = rsa;
        for (String member : List.of("p", "q", "dp", "dq", "qi")) {
            bare = with(bare, member, null);
        }
        rows.add(refused(with(bare, "d", jwk(other(SampleAlgorithm.RS256)).get("d")), "keys[0]: " + FOREIGN)
                .when("RSA: d of another key without CRT values"));
        KeyPair p256 = shared(SampleAlgorithm.ES256);
        rows.add(Refusal.of(
                        SampleKeys.privatePem(p256) + SampleKeys.publicPem(shared(SampleAlgorithm.ES384)),
                        "PEM: " + FOREIGN)
                .when("a PEM of two curves"));
        rows.add(Refusal.of(
                        SampleKeys.privatePem(p256) + SampleKeys.publicPem(shared(SampleAlgorithm.RS256)),
                        "PEM: " + FOREIGN)
                .when("a PEM of two types"));
        rows.add(Refusal.of(
                        SampleKeys.json(Map.of(
                                "access",
                                Map.of(
                                        "privateKeyPem",
                                        SampleKeys.privatePem(p256)
                                                + SampleKeys.publicPem(other(SampleAlgorithm.ES256)),
                                        "publicKeyPem",
                                        SampleKeys.publicPem(p256)))),
                        "entry 1: " + FOREIGN)
                .when("a third half"));
        return rows.stream();
    }

    static Stream<Arguments> algorithms() {
        String mismatch = "keys[0].alg: the algorithm does not go with the key's type or curve";
        return Stream.of(
                refused(with(ec(), "alg", "ES384"), mismatch).when("ES384 on P-256"),
                refused(with(jwk(shared(SampleAlgorithm.ES384)), "alg", "ES256"), mismatch)
                        .when("ES256 on P-384"),
                refused(with(ec(), "alg", "RS256"), mismatch).when("RS256 on EC"),
                refused(with(ec(), "alg", "HS256"), mismatch).when("HS256 on EC"),
                refused(with(rsa(), "alg", "ES256"), mismatch).when("ES256 on RSA"),
                refused(with(rsa(), "alg", "HS256"), mismatch).when("HS256 on RSA"),
                refused(with(ed(), "alg", "ES256"), mismatch).when("ES256 on Ed25519"),
                refused(with(SampleKeys.jwk("k", SampleAlgorithm.HS256), "alg", "RS256"), mismatch)
                        .when("RS256 on a secret"));
    }

    private static Map<String, Object> oct(byte[] secret, SampleAlgorithm algorithm) {
        return Map.of("kty", "oct", "kid", "k1", "alg", algorithm.joseName(), "k", Base64Url.encode(secret));
    }

    static Stream<Arguments> secrets() {
        KeysetPolicy strict = KeysetPolicy.strictProduction();
        String known = "keys[0]: the secret is a well-known default, or made of words that defaults are made of";
        String pattern = "keys[0]: the secret repeats itself too much to be random";
        List<Arguments> rows = new ArrayList<>();
        for (String text : List.of(
                "dev-insecure-change-me-dev-insecure-change-me",
                "changeme-changeme-changeme-changeme",
                "SECRET_SECRET_SECRET_SECRET_SECRET_256",
                "ChangeMeChangeMeChangeMeChangeMe",
                "mySuperSecretKeyForJwtSigning2026",
                "dev-insecure-change-me-12345678901234567890",
                "  Secret  00000000000000000000000000  ",
                "please-change-this-secret-in-production-0001")) {
            rows.add(refused(oct(text.getBytes(StandardCharsets.US_ASCII), SampleAlgorithm.HS256), known)
                    .by(strict)
                    .when("strict: " + text));
        }
        for (String text : List.of("a".repeat(32), "0123456789".repeat(5), "00000000000000000000000000000001")) {
            rows.add(refused(oct(text.getBytes(StandardCharsets.US_ASCII), SampleAlgorithm.HS256), pattern)
                    .by(strict)
                    .when("strict: " + text));
        }
        for (SampleAlgorithm algorithm : List.of(SampleAlgorithm.HS256, SampleAlgorithm.HS384, SampleAlgorithm.HS512)) {
            int octets = algorithm.hashBytes() - 1;
            Refusal tooShort = refused(
                    oct(SampleKeys.secret(octets).getBytes(StandardCharsets.US_ASCII), algorithm),
                    "keys[0]: an HMAC secret of " + octets + " octets is too short for " + algorithm + ", which needs "
                            + algorithm.hashBytes() + " (RFC 7518 section 3.2)");
            rows.add(tooShort.when(algorithm + " too short"));
            rows.add(tooShort.by(strict).when("strict: " + algorithm + " too short"));
        }
        rows.add(refused(oct(new byte[1025], SampleAlgorithm.HS256), "keys[0]: an HMAC secret of 1025 octets")
                .when("1025 octets"));
        rows.add(Refusal.of("{\"keys\":{\"k1\":\"\"}}", "keys, entry 1: an HMAC secret of 0 octets")
                .by(KeysetPolicy.development())
                .when("nothing, in development"));
        rows.add(Refusal.of(
                        "{\"keys\":{\"k1\":\"\\ud800" + SampleKeys.secret(40) + "\"}}",
                        "line 1, column 16: half a character")
                .when("half a character"));
        return rows.stream();
    }

    @ParameterizedTest
    @MethodSource({"encoding", "rsaNumbers", "points", "halves", "algorithms", "secrets"})
    void parse_badMaterial_tellsWhereWhatAndWhatToDo(Refusal refusal) {
        refusal.check();
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 17, 65535})
    void parse_smallExponent_isAcceptedInDevelopment(long e) {
        String document = jwkSet(null, rsaPublic(number(rsa(), "n"), big(e)));

        assertThat(KeysetParser.of(KeysetPolicy.development())
                        .read(KeysetDocument.of(document), "d")
                        .keys())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2048, 8192})
    void parse_modulusAtTheBounds_isAccepted(int bits) {
        String document = jwkSet(null, rsaPublic(modulus(bits), big(65537)));

        assertThat(KeysetParser.of(KeysetPolicy.strictProduction())
                        .read(KeysetDocument.of(document), "d")
                        .keys())
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"HS256", "HS384", "HS512"})
    void parse_shortSecretInDevelopment_isWarnedOf(SampleAlgorithm algorithm) {
        ParsedKeyset parsed = KeysetParser.of(KeysetPolicy.development())
                .read(KeysetDocument.of(jwkSet(null, oct(new byte[] {1}, algorithm))), "d");

        assertThat(parsed.warnings())
                .singleElement()
                .extracting(KeysetProblem::rule)
                .asString()
                .startsWith("an HMAC secret of 1 octets is too short for " + algorithm);
    }

    @Test
    void parse_guessableSecret_isWarnedOfInStandardAlone() {
        KeysetDocument document = KeysetDocument.of(
                jwkSet(null, oct("changeme".repeat(5).getBytes(StandardCharsets.US_ASCII), SampleAlgorithm.HS256)));

        assertThat(KeysetParser.of(KeysetPolicy.standard()).read(document, "d").warnings())
                .extracting(KeysetProblem::rule)
                .containsExactly("the secret is a well-known default, or made of words that defaults are made of");
        assertThat(KeysetParser.of(KeysetPolicy.development())
                        .read(document, "d")
                        .warnings())
                .isEmpty();
    }

    static Stream<Arguments> sameMaterial() {
        String secret = SampleKeys.secret(48);
        return Stream.of(
                Arguments.argumentSet("a secret", "{\"keys\":{\"k1\":\"" + secret + "\",\"k2\":\"" + secret + "\"}}"),
                Arguments.argumentSet("EC", jwkSet("k1", with(ec(), "kid", "k1"), with(ec(), "kid", "k2"))),
                Arguments.argumentSet(
                        "RSA, one of them public",
                        jwkSet("k1", with(rsa(), "kid", "k1"), with(publicOnly(rsa()), "kid", "k2"))),
                Arguments.argumentSet(
                        "Ed25519 in two purposes",
                        jwkSet(
                                null,
                                with(with(ed(), "kid", "k1"), "purpose", "access"),
                                with(with(ed(), "kid", "k2"), "purpose", "refresh"))));
    }

    @ParameterizedTest
    @MethodSource("sameMaterial")
    void parse_sameKeyUnderTwoKids_isWarnedOfAndRefusedInStrict(String text) {
        KeysetDocument document = text.contains("active_kid") || text.contains("purpose")
                ? KeysetDocument.of(text)
                : KeysetDocument.of(text).withActiveKid("k1");

        ParsedKeyset parsed = KeysetParser.of(KeysetPolicy.standard()).read(document, "d");

        assertThat(parsed.keys()).hasSize(2);
        assertThat(parsed.warnings())
                .singleElement()
                .extracting(KeysetProblem::rule)
                .asString()
                .matches("the same key as keys(\\[0]|, entry 1) under another kid");
        KeysetProblem warning = parsed.warnings().get(0);
        Refusal.of(text, warning.where() + ": " + warning.rule())
                .by(KeysetPolicy.strictProduction())
                .with(same -> document)
                .check();
    }
}
