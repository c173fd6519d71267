package io.github.keyset4j;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static io.github.keyset4j.SampleKeys.json;
import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.shared;
import static io.github.keyset4j.SampleKeys.with;
import static org.assertj.core.api.Assertions.assertThat;

/** Keys this library has no use for: refused by name, or left out aloud where the policy says so. */
class UnsupportedKeysTest {

    private static final String OTHER_KEY = "the key is not RSA, EC on P-256, P-384 or P-521, or Ed25519";
    private static final String NOT_SIGNING = "the key is not for signatures";
    private static final String SECP256K1 = "06052b8104000a";
    private static final String EC = "06072a8648ce3d0201";

    /** An entry of a keyset, and the problem it is refused for. */
    record Unsupported(Object entry, String where, String rule) {

        Arguments when(String name) {
            return Arguments.argumentSet(name, this);
        }

        String problem() {
            return "keys, entry 1" + where + ": " + rule;
        }
    }

    private static Unsupported of(Map<String, Object> jwk, String where, String rule) {
        return new Unsupported(jwk, where, rule);
    }

    private static Unsupported pem(String pem) {
        return new Unsupported(pem, "", OTHER_KEY);
    }

    private static KeyPair pair(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As much of a key as says what kind it is: newer Java runtimes have none on this curve. */
    private static String secp256k1(boolean isPrivate) {
        String algorithm = "3010" + EC + SECP256K1;
        String der =
                isPrivate ? "3019" + "020100" + algorithm + "0402" + "0500" : "3017" + algorithm + "0303" + "000400";
        int length = HexFormat.of().parseHex(der).length - 2;
        return SampleKeys.pem(
                isPrivate ? "PRIVATE KEY" : "PUBLIC KEY",
                HexFormat.of().parseHex("30" + HexFormat.of().toHexDigits((byte) length) + der.substring(4)));
    }

    static Stream<Arguments> keys() {
        Map<String, Object> ec = jwk(shared(SampleAlgorithm.ES256));
        Map<String, Object> rsa = jwk(shared(SampleAlgorithm.RS256));
        Map<String, Object> ed = jwk(shared(SampleAlgorithm.EDDSA));
        String algorithm = "not a signature algorithm this library has";
        String type = "a key type other than RSA, EC, OKP and oct";
        String curve = "a curve other than P-256, P-384 and P-521";
        return Stream.of(
                of(Map.of("kty", "AKP", "alg", "ML-DSA-65", "pub", "AAAA"), ".kty", type)
                        .when("AKP"),
                of(with(ec, "kty", "ec"), ".kty", type).when("kty in small letters"),
                of(with(ec, "crv", "secp256k1"), ".crv", curve).when("secp256k1"),
                of(with(ec, "crv", "BP-256"), ".crv", curve).when("Brainpool"),
                of(with(ed, "crv", "Ed448"), ".crv", "a curve other than Ed25519")
                        .when("Ed448"),
                of(with(ed, "crv", "X25519"), ".crv", "a curve other than Ed25519")
                        .when("X25519"),
                of(with(rsa, "use", "enc"), ".use", NOT_SIGNING).when("use enc"),
                of(with(rsa, "use", "SIG"), ".use", NOT_SIGNING).when("use in capitals"),
                of(with(rsa, "key_ops", List.of("encrypt", "wrapKey")), ".key_ops", NOT_SIGNING)
                        .when("key_ops to encrypt"),
                of(with(rsa, "key_ops", List.of()), ".key_ops", NOT_SIGNING).when("no key_ops"),
                of(with(rsa, "oth", List.of(Map.of())), ".oth", "an RSA key of more than two primes")
                        .when("three primes"),
                of(with(rsa, "alg", "RSA-OAEP-256"), ".alg", algorithm).when("RSA-OAEP"),
                of(with(ec, "alg", "ECDH-ES"), ".alg", algorithm).when("ECDH"),
                of(with(ec, "alg", "none"), ".alg", algorithm).when("none"),
                of(Map.of("kty", "oct", "alg", "A256GCM", "k", "AAAA"), ".alg", algorithm)
                        .when("AES"),
                pem(SampleKeys.privatePem(pair("Ed448"))).when("Ed448 as private PEM"),
                pem(SampleKeys.publicPem(pair("Ed448"))).when("Ed448 as public PEM"),
                pem(SampleKeys.privatePem(pair("X25519"))).when("X25519 as private PEM"),
                pem(SampleKeys.publicPem(pair("X25519"))).when("X25519 as public PEM"),
                pem(SampleKeys.publicPem(pair("DSA"))).when("DSA as PEM"),
                new Unsupported(secp256k1(true), "", curve).when("secp256k1 as private PEM"),
                new Unsupported(secp256k1(false), "", curve).when("secp256k1 as public PEM"),
                new Unsupported(
                                SampleKeys.publicPem(pair("RSASSA-PSS")),
                                "",
                                "the key is restricted to RSASSA-PSS; a plain RSA key with a PS alg does the same")
                        .when("RSASSA-PSS"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void parse_unsupportedKey_isRefused(Unsupported key) {
        Refusal.of(json(Map.of("keys", Map.of("bad", key.entry()))), key.problem())
                .check();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void parse_unsupportedKeyWhereIgnored_isLeftOutWithOneWarning(Unsupported key) {
        KeysetParser parser = KeysetParser.of(KeysetPolicy.standard().ignoreUnsupportedKeys());
        Map<String, Object> good = jwk(shared(SampleAlgorithm.ES384));
        String document = json(Map.of("keys", new TreeMap<>(Map.of("bad", key.entry(), "good", good))));

        ParsedKeyset parsed = parser.read(KeysetDocument.of(document), "document");

        assertThat(parsed.keys()).extracting(ParsedKeyset.Entry::kid).containsExactly("good");
        assertThat(parsed.active()).containsOnly(Map.entry("default", "good"));
        assertThat(parsed.warnings())
                .containsExactly(KeysetProblem.of("keys, entry 1" + key.where(), key.rule(), "the key is left out")
                        .withCode("unsupported-key"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void parse_nothingButUnsupportedKeysIgnored_isRefused(Unsupported key) {
        Refusal.of(json(Map.of("keys", Map.of("bad", key.entry()))), "document: no keys")
                .advising("list at least one that is not left out")
                .by(KeysetPolicy.standard().ignoreUnsupportedKeys())
                .check();
        if (key.entry() instanceof String pem) {
            Refusal.of(pem, "document: no keys")
                    .advising("list at least one that is not left out")
                    .by(KeysetPolicy.standard().ignoreUnsupportedKeys())
                    .check();
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void parse_ignoredKeyNamedActive_isRefused(Unsupported key) {
        Map<String, Object> keys =
                new TreeMap<>(Map.of("bad", key.entry(), "good", jwk(shared(SampleAlgorithm.ES384))));

        Refusal.of(json(Map.of("keys", keys, "active_kid", "bad")), "active_kid: names no key of the document")
                .by(KeysetPolicy.standard().ignoreUnsupportedKeys())
                .check();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void parse_brokenKeyWhereUnsupportedAreIgnored_isRefusedAllTheSame(Unsupported key) {
        Map<String, Object> keys =
                new TreeMap<>(Map.of("bad", key.entry(), "worse", with(jwk(shared(SampleAlgorithm.ES384)), "x", "A")));

        Refusal.of(json(Map.of("keys", keys)), "keys, entry 2.x: not canonical base64url")
                .by(KeysetPolicy.standard().ignoreUnsupportedKeys())
                .check();
    }

    static Stream<Arguments> pairs() {
        KeyPair ed448 = pair("Ed448");
        KeyPair good = shared(SampleAlgorithm.ES256);
        return Stream.of(
                Arguments.argumentSet(
                        "both", SampleKeys.privatePem(ed448), SampleKeys.publicPem(ed448), "privateKeyPem"),
                Arguments.argumentSet(
                        "the private half", SampleKeys.privatePem(ed448), SampleKeys.publicPem(good), "privateKeyPem"),
                Arguments.argumentSet(
                        "the public half", SampleKeys.privatePem(good), SampleKeys.publicPem(ed448), "publicKeyPem"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void parse_unsupportedPairWhereIgnored_isLeftOutAsAWhole(String privatePem, String publicPem, String told) {
        KeysetParser parser = KeysetParser.of(KeysetPolicy.standard().ignoreUnsupportedKeys());
        Map<String, Object> pairs = new TreeMap<>(Map.of(
                "access", Map.of("privateKeyPem", privatePem, "publicKeyPem", publicPem),
                "refresh", Map.of("privateKeyPem", SampleKeys.privatePem(shared(SampleAlgorithm.ES384)))));

        ParsedKeyset parsed = parser.read(KeysetDocument.of(json(pairs)), "document");

        assertThat(parsed.keys()).extracting(ParsedKeyset.Entry::purpose).containsExactly("refresh");
        assertThat(parsed.warnings())
                .containsExactly(KeysetProblem.of("entry 1." + told, OTHER_KEY, "the key is left out")
                        .withCode("unsupported-key"));
    }
}
