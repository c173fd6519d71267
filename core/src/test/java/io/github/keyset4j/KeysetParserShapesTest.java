package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static io.github.keyset4j.SampleKeys.json;
import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static io.github.keyset4j.SampleKeys.other;
import static io.github.keyset4j.SampleKeys.privatePem;
import static io.github.keyset4j.SampleKeys.publicOnly;
import static io.github.keyset4j.SampleKeys.publicPem;
import static io.github.keyset4j.SampleKeys.secret;
import static io.github.keyset4j.SampleKeys.shared;
import static io.github.keyset4j.SampleKeys.with;
import static org.assertj.core.api.Assertions.assertThat;

/** Every shape of document, accepted: which keys it has, for what, and which of them sign. */
class KeysetParserShapesTest {

    private static final SampleAlgorithm RS256 = SampleAlgorithm.RS256;
    private static final SampleAlgorithm ES256 = SampleAlgorithm.ES256;
    private static final SampleAlgorithm ES384 = SampleAlgorithm.ES384;
    private static final SampleAlgorithm EDDSA = SampleAlgorithm.EDDSA;

    private static ParsedKeyset read(KeysetDocument document) {
        ParsedKeyset parsed = KeysetParser.of(KeysetPolicy.strictProduction()).read(document, "document");
        assertThat(parsed.warnings()).isEmpty();
        return parsed;
    }

    /** Each key in a line: kid, purpose, algorithm, whether it signs or verifies, and whether it is the active one. */
    private static List<String> lines(ParsedKeyset parsed) {
        return parsed.keys().stream()
                .map(key -> String.join(
                                " ",
                                key.kid(),
                                key.purpose(),
                                key.material().algorithm().joseName(),
                                key.material().canSign() ? "signs" : "verifies",
                                key.kid().equals(parsed.active().get(key.purpose())) ? "active" : "")
                        .strip())
                .toList();
    }

    private static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
        }
        return map;
    }

    private static Map<String, Object> named(String kid, SampleAlgorithm algorithm) {
        return with(jwk(shared(algorithm)), "kid", kid);
    }

    /** A document, and the lines of its keys. */
    record Shape(KeysetDocument document, List<String> keys) {

        Arguments when(String name) {
            return Arguments.argumentSet(name, this);
        }
    }

    private static Shape shape(String document, String... keys) {
        return new Shape(KeysetDocument.of(document), List.of(keys));
    }

    private static Shape shape(Map<String, Object> document, String... keys) {
        return shape(json(document), keys);
    }

    static Stream<Arguments> keysets() {
        String literal = privatePem(shared(ES256)).replace("\n", "\\n");
        return Stream.of(
                shape(map("keys", map("k1", secret(48))), "k1 default HS256 signs active")
                        .when("one secret"),
                shape(
                                map("active_kid", "k2", "keys", map("k1", secret(48), "k2", secret(48))),
                                "k1 default HS256 signs",
                                "k2 default HS256 signs active")
                        .when("secrets"),
                shape(
                                map("keys", map("a", literal, "b", PemSamples.wrapped(publicPem(shared(RS256))))),
                                "a default ES256 signs active",
                                "b default RS256 verifies")
                        .when("PEMs"),
                shape(
                                map(
                                        "keys",
                                        map("a", jwk(shared(RS256)), "b", publicOnly(named("b", ES384))),
                                        "revoked",
                                        List.of("c")),
                                "a default RS256 signs active",
                                "b default ES384 verifies")
                        .when("JWKs, with and without their kid"),
                shape(
                                map(
                                        "active_kid",
                                        "b",
                                        "keys",
                                        map("a", secret(32), "b", literal, "c", publicOnly(jwk(shared(EDDSA))))),
                                "a default HS256 signs",
                                "b default ES256 signs active",
                                "c default EdDSA verifies")
                        .when("a secret, a PEM and a JWK"),
                new Shape(
                                KeysetDocument.of(json(map("keys", map("k1", secret(48), "k2", secret(48)))))
                                        .withActiveKid("k2"),
                                List.of("k1 default HS256 signs", "k2 default HS256 signs active"))
                        .when("secrets, the active kid beside"),
                shape(map("keys", map("active_kid", secret(48))), "active_kid default HS256 signs active")
                        .when("a kid like a member"));
    }

    static Stream<Arguments> pemPairs() {
        String privatePem = privatePem(shared(RS256));
        String publicPem = publicPem(shared(RS256));
        return Stream.of(
                shape(
                                map(
                                        "access",
                                        map("kid", "a1", "privateKeyPem", privatePem, "publicKeyPem", publicPem),
                                        "refresh",
                                        map(
                                                "kid",
                                                "r1",
                                                "privateKeyPem",
                                                privatePem(shared(ES256)),
                                                "publicKeyPem",
                                                publicPem(shared(ES256)))),
                                "a1 access RS256 signs active",
                                "r1 refresh ES256 signs active")
                        .when("two purposes"),
                shape(
                                map(
                                        "access",
                                        map(
                                                "kid",
                                                "a1",
                                                "privateKeyPem",
                                                privatePem.replace("\n", "\\n"),
                                                "publicKeyPem",
                                                publicPem.replace("\n", "\\n"))),
                                "a1 access RS256 signs active")
                        .when("literal \\n"),
                shape(map("access", map("kid", "a1", "privateKeyPem", privatePem)), "a1 access RS256 signs active")
                        .when("private only"),
                shape(map("access", map("kid", "a1", "publicKeyPem", publicPem)), "a1 access RS256 verifies")
                        .when("public only"),
                shape(
                                map("access", map("kid", "a1", "privateKeyPem", privatePem, "alg", "PS384")),
                                "a1 access PS384 signs active")
                        .when("an alg"),
                shape(
                                map(
                                        "a",
                                        map("kid", "a1", "privateKeyPem", privatePem),
                                        "b",
                                        map("kid", "b1", "publicKeyPem", publicPem(shared(ES256))),
                                        "active_kid",
                                        map("a", "a1")),
                                "a1 a RS256 signs active",
                                "b1 b ES256 verifies")
                        .when("active_kid by purpose"));
    }

    static Stream<Arguments> jwkMaps() {
        return Stream.of(
                shape(map("k1", publicOnly(jwk(shared(RS256)))), "k1 default RS256 verifies")
                        .when("public"),
                shape(
                                map("k1", publicOnly(jwk(shared(RS256))), "k2", publicOnly(named("k2", ES256))),
                                "k1 default RS256 verifies",
                                "k2 default ES256 verifies")
                        .when("two public"),
                shape(
                                map(
                                        "active_kid",
                                        "k2",
                                        "k1",
                                        jwk(shared(RS256)),
                                        "k2",
                                        jwk(shared(ES256)),
                                        "revoked",
                                        List.of("k0")),
                                "k1 default RS256 signs",
                                "k2 default ES256 signs active")
                        .when("private"),
                shape(
                                map("keys", jwk(shared(ES256)), "revoked", publicOnly(jwk(shared(EDDSA)))),
                                "keys default ES256 signs active",
                                "revoked default EdDSA verifies")
                        .when("kids like members"));
    }

    static Stream<Arguments> jwkSets() {
        return Stream.of(
                shape(
                                jwkSet("k1", named("k1", ES256), named("k2", EDDSA)),
                                "k1 default ES256 signs active",
                                "k2 default EdDSA signs")
                        .when("active_kid"),
                shape(
                                jwkSet(null, publicOnly(named("k1", ES256)), named("k2", EDDSA)),
                                "k1 default ES256 verifies",
                                "k2 default EdDSA signs active")
                        .when("one private key"),
                shape(
                                jwkSet(
                                        null,
                                        with(named("a1", ES256), "purpose", "access"),
                                        with(named("r1", EDDSA), "purpose", "refresh")),
                                "a1 access ES256 signs active",
                                "r1 refresh EdDSA signs active")
                        .when("one private key a purpose"),
                shape(
                                map(
                                        "keys",
                                        List.of(
                                                with(named("a1", ES256), "purpose", "access"),
                                                with(named("a2", ES384), "purpose", "access"),
                                                with(named("r1", EDDSA), "purpose", "refresh"),
                                                with(named("r2", RS256), "purpose", "refresh")),
                                        "active_kid",
                                        map("refresh", "r1", "access", "a2")),
                                "a1 access ES256 signs",
                                "a2 access ES384 signs active",
                                "r1 refresh EdDSA signs active",
                                "r2 refresh RS256 signs")
                        .when("active_kid by purpose"),
                shape(
                                jwkSet(
                                        null,
                                        with(named("k1", ES256), "nbf", 1000),
                                        with(named("k2", EDDSA), "nbf", 2000)),
                                "k1 default ES256 signs",
                                "k2 default EdDSA signs")
                        .when("times"),
                shape(
                                map("keys", List.of(named("k1", ES256), named("k2", EDDSA)), "revoked", List.of("k2")),
                                "k1 default ES256 signs active",
                                "k2 default EdDSA signs")
                        .when("all but one revoked"),
                shape(json(named("k1", ES256)), "k1 default ES256 signs active").when("a JWK alone"),
                shape(
                                jwkSet(
                                                null,
                                                with(named("k1", RS256), "alg", "PS512"),
                                                SampleKeys.jwk("k2", SampleAlgorithm.HS512))
                                        .replace("{\"keys\"", "{\"active_kid\":\"k2\",\"keys\""),
                                "k1 default PS512 signs",
                                "k2 default HS512 signs active")
                        .when("algs"),
                shape(jwkSet(null, with(named("k1", EDDSA), "alg", "Ed25519")), "k1 default Ed25519 signs active")
                        .when("Ed25519 by its name of RFC 9864"),
                shape(
                                jwkSet(
                                        null,
                                        with(
                                                with(
                                                        with(named("k1", ES256), "use", "sig"),
                                                        "key_ops",
                                                        List.of("sign")),
                                                "x5c",
                                                List.of("ignored"))),
                                "k1 default ES256 signs active")
                        .when("members that do no harm"),
                shape(
                                "\uFEFF\r\n\t" + jwkSet("ключ 1", named("ключ 1", ES256)) + "\n",
                                "ключ 1 default ES256 signs active")
                        .when("a byte order mark, blanks around, and another script"));
    }

    static Stream<Arguments> lists() {
        String wrapped = PemSamples.wrapped(privatePem(shared(ES256)));
        return Stream.of(
                list("k1:" + secret(48), "k1 default HS256 signs active").when("one"),
                new Shape(
                                KeysetDocument.of(" k1:" + secret(48) + " , k2:" + secret(40) + ":/+=\n")
                                        .withFormat(DocumentFormat.standard().asList())
                                        .withActiveKid("k1"),
                                List.of("k1 default HS256 signs active", "k2 default HS256 signs"))
                        .when("two"),
                list("k1:" + wrapped, "k1 default ES256 signs active").when("a PEM in base64"));
    }

    private static Shape list(String text, String... keys) {
        return new Shape(
                KeysetDocument.of(text).withFormat(DocumentFormat.standard().asList()), List.of(keys));
    }

    @ParameterizedTest
    @MethodSource({"keysets", "pemPairs", "jwkMaps", "jwkSets", "lists"})
    void parse_everyShape_hasItsKeysAndItsActiveOne(Shape shape) {
        assertThat(lines(read(shape.document()))).isEqualTo(shape.keys());
    }

    @Test
    void parse_secretOfAList_isItsTextStripped() {
        ParsedKeyset parsed = read(KeysetDocument.of(" k1:0192:837465-qpwoeirutyalskdjfhgzmxncbv ")
                .withFormat(DocumentFormat.standard().asList()));

        assertThat(parsed.keys()
                        .get(0)
                        .material()
                        .sameAs(KeyMaterial.of(
                                SampleAlgorithm.HS256.known(),
                                new SecretKeySpec(
                                        "0192:837465-qpwoeirutyalskdjfhgzmxncbv".getBytes(StandardCharsets.US_ASCII),
                                        "HmacSHA256"))))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"HS256", "HS384", "HS512"})
    void parse_jwkWithoutKid_isNamedByItsThumbprint(SampleAlgorithm algorithm) {
        Map<String, Object> jwk = with(SampleKeys.jwk("k", algorithm), "kid", null);
        ParsedKeyset.Entry key = read(KeysetDocument.of(json(jwk))).keys().get(0);

        assertThat(key.kid()).isEqualTo(key.material().thumbprint().orElseThrow());
        assertThat(key.material().publicMembers())
                .allSatisfy((name, value) -> assertThat(jwk).containsEntry(name, value));
    }

    @Test
    void parse_timesOfAKey_areKept() {
        String document = jwkSet(
                null, with(with(with(named("k1", ES256), "iat", 1_700_000_000), "nbf", 1_700_003_600.25), "exp", 2e9));

        ParsedKeyset.Entry key = read(KeysetDocument.of(document)).keys().get(0);

        assertThat(key.publishedAt()).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(key.activateAt()).isEqualTo("2023-11-14T23:13:20.250Z");
        assertThat(key.removeAt()).isEqualTo("2033-05-18T03:33:20Z");
    }

    @Test
    void parse_timesOfAPair_areKept() {
        String document =
                json(Map.of("access", new TreeMap<>(Map.of("privateKeyPem", privatePem(shared(ES256)), "nbf", 60))));

        assertThat(read(KeysetDocument.of(document)).keys().get(0).activateAt()).isEqualTo("1970-01-01T00:01:00Z");
    }

    @Test
    void parse_revokedKids_areKept() {
        assertThat(read(KeysetDocument.of(
                                json(map("keys", List.of(named("k1", ES256)), "revoked", List.of("k0", "k9")))))
                        .revoked())
                .isEqualTo(Set.of("k0", "k9"));
    }

    @Test
    void parse_shapeOfOneKeyAPurpose_isKnownAsOne() {
        assertThat(read(KeysetDocument.of(json(Map.of("a", Map.of("publicKeyPem", publicPem(shared(ES256)))))))
                        .oneKeyPerPurpose())
                .isTrue();
        for (String alone : List.of(
                privatePem(shared(ES256)),
                PemSamples.wrapped(privatePem(shared(ES256))),
                publicPem(shared(ES256)),
                json(jwk(shared(ES256))))) {
            assertThat(read(KeysetDocument.of(alone)).oneKeyPerPurpose()).isTrue();
        }
        for (String several : List.of(json(Map.of("a", jwk(shared(ES256)))), jwkSet(null, jwk(shared(ES256))))) {
            assertThat(read(KeysetDocument.of(several)).oneKeyPerPurpose()).isFalse();
        }
    }

    @Test
    void parse_kidOf1024Characters_isAccepted() {
        assertThat(read(KeysetDocument.of(jwkSet(null, named("k".repeat(1024), ES256))))
                        .keys())
                .hasSize(1);
    }

    @Test
    void parse_1024Keys_areAccepted() {
        Map<String, Object> keys = new LinkedHashMap<>();
        for (int i = 0; i < 1024; i++) {
            keys.put("k" + i, secret(48));
        }

        assertThat(read(KeysetDocument.of(json(map("active_kid", "k7", "keys", keys))))
                        .keys())
                .hasSize(1024);
    }

    @Test
    void parse_rsaWithoutCrtValues_signs() {
        Map<String, Object> jwk = named("k1", RS256);
        for (String member : List.of("p", "q", "dp", "dq", "qi")) {
            jwk = with(jwk, member, null);
        }

        assertThat(lines(read(KeysetDocument.of(json(jwk))))).containsExactly("k1 default RS256 signs active");
    }

    @Test
    void parse_publicApi_givesTheKeysetAtAnInstant() {
        Keyset keyset = KeysetParser.of(KeysetPolicy.standard())
                .parse(
                        KeysetDocument.of(jwkSet("k2", named("k1", ES256), with(jwk(other(ES256)), "kid", "k2"))),
                        Refusal.NOW);

        assertThat(keyset.activeKey("default", Refusal.NOW).map(KeysetKey::kid)).contains("k2");
        assertThat(keyset.keys()).extracting(KeysetKey::kid).isEqualTo(Arrays.asList("k1", "k2"));
    }
}
