package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.SampleKeys.json;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static io.github.keyset4j.SampleKeys.publicOnly;
import static io.github.keyset4j.SampleKeys.secret;
import static io.github.keyset4j.SampleKeys.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** Document by document, what is wrong with it: the form, the kids, the times and the key that signs. */
class KeysetParserProblemsTest {

    private static final String BAD_KID =
            "a kid that is blank, longer than 1024 characters, or has control or invisible characters";
    private static final String BAD_PURPOSE =
            "a purpose that is blank, longer than 64 characters, or has control or invisible characters";

    private static Map<String, Object> ec(String kid) {
        return with(SampleKeys.jwk(SampleKeys.shared(SampleAlgorithm.ES256)), "kid", kid);
    }

    private static Map<String, Object> ed(String kid) {
        return with(SampleKeys.jwk(SampleKeys.shared(SampleAlgorithm.EDDSA)), "kid", kid);
    }

    private static String one(Map<String, Object> jwk) {
        return jwkSet(null, jwk);
    }

    private static String hmac(String kid) {
        return json(Map.of("keys", Map.of(kid, secret(48))));
    }

    private static String set(String member, @Nullable Object value) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("keys", List.of(ec("k1")));
        document.put(member, value);
        return json(document);
    }

    private static String pair(String member, Object value) {
        Map<String, Object> pair = new LinkedHashMap<>();
        pair.put("kid", "k1");
        pair.put("privateKeyPem", SampleKeys.privatePem(SampleKeys.shared(SampleAlgorithm.ES256)));
        pair.put("publicKeyPem", SampleKeys.publicPem(SampleKeys.shared(SampleAlgorithm.ES256)));
        pair.put(member, value);
        return json(Map.of("access", pair));
    }

    static Stream<Arguments> form() {
        String valid = jwkSet("k1", ec("k1"));
        String word = "document: a single word, in which nothing says what it is";
        String flat = "document: a flat object, in which nothing says what is a key";
        String keyset = "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"<secret>\"}}";
        String addOne = "add one, as in " + keyset;
        String ownDocument =
                "write " + keyset + " into a document of its own, or name the member that is the key: ?member=..,"
                        + " DocumentFormat.withMember(..)";
        return Stream.of(
                Refusal.of("", "document: empty").when("no bytes"),
                Refusal.of(" \n\t ", "document: empty").when("blanks"),
                Refusal.of("\uFEFF", "document: empty").when("a byte order mark"),
                Refusal.of("[]", "document: a JSON array").when("an array"),
                Refusal.of("[" + valid + "]", "document: a JSON array").when("a keyset in an array"),
                Refusal.of("{}", "document: no keys").advising(addOne).when("an empty object"),
                Refusal.of("{\"keys\":[]}", "document: no keys")
                        .advising(addOne)
                        .when("an empty list"),
                Refusal.of("{\"keys\":{}}", "document: no keys")
                        .advising(addOne)
                        .when("an empty map"),
                Refusal.of("{\"active_kid\":\"k1\"}", "document: no keys")
                        .advising(addOne)
                        .when("no member but active_kid"),
                Refusal.of("{\"active_kid\":\"k1\",\"revoked\":[\"k0\"]}", "document: no keys")
                        .advising(addOne)
                        .when("no members but our own"),
                Refusal.of(json(Map.of("SECRET_KEY", secret(48), "JWT_SECRET_KEY", secret(48), "DB_PORT", 5432)), flat)
                        .advising(ownDocument)
                        .when("an application's secrets"),
                Refusal.of(json(Map.of("active_kid", "k1", "k1", secret(48))), flat)
                        .advising(ownDocument)
                        .when("secrets by kid, without keys around them"),
                Refusal.of("{\"a\":null,\"b\":[]}", flat).advising(ownDocument).when("nothing and a list"),
                Refusal.of("hunter2-hunter2-hunter2", word).when("a word"),
                Refusal.of(":hunter2-hunter2-hunter2", word).when("a list whose kid is missing"),
                Refusal.of("\"" + secret(48) + "\"", "document: quotes around the whole of it")
                        .when("a JSON string"),
                Refusal.of("<html><title>503</title></html>", "document: no keyset but the start of a web page")
                        .when("a page"),
                Refusal.of("{\"keys\":", "line 1, column 9: not valid JSON").when("JSON that ends early"),
                Refusal.of("\n\n {\"keys\" []}", "line 3, column 10: not valid JSON")
                        .when("JSON with a slip"),
                Refusal.of("{'keys':[]}", "line 1, column 2: not valid JSON").when("single quotes"),
                Refusal.of("{\"keys\":[],}", "line 1, column 12: not valid JSON")
                        .when("a comma too many"),
                Refusal.of("{\"keys\":[]}//", "line 1, column 12: there is text after the JSON object")
                        .when("a comment"),
                Refusal.of("{\"keys\":[NaN]}", "line 1, column 10: not valid JSON")
                        .when("NaN"),
                Refusal.of("{\"keys\":[01]}", "line 1, column 11: not valid JSON")
                        .when("a leading zero"),
                Refusal.of("{\"keys\":1e1001}", "line 1, column 9: a number of more than 1000 digits, or out of range")
                        .when("a number out of range"),
                Refusal.of(
                                "{\"nbf\":" + "9".repeat(1001) + "}",
                                "line 1, column 8: a number of more than 1000 digits, or out of range")
                        .when("a number of 1001 digits"),
                Refusal.of(
                                "{\"a\":".repeat(33) + "1" + "}".repeat(33),
                                "line 1, column 161: nested deeper than 32 levels")
                        .when("33 levels"),
                Refusal.of(
                                valid + "x",
                                "line 1, column " + (valid.length() + 1) + ": there is text after the JSON object")
                        .when("text after the document"),
                Refusal.of(
                                valid + "{}",
                                "line 1, column " + (valid.length() + 1) + ": there is text after the JSON object")
                        .when("another document after the document"),
                Refusal.of("{\"keys\":[{\"kid\":\"\\ud800\"}]}", "line 1, column 18: half a character")
                        .when("half a kid"),
                Refusal.of("{\"keys\":[],\n \"keys\":[]}", "line 2, column 2: a member is named twice in one object")
                        .when("a member named twice"),
                Refusal.of(
                                "{\"keys\":[{\"kty\":\"oct\",\"kty\":\"oct\"}]}",
                                "line 1, column 23: a member is named twice in one object")
                        .when("a member named twice in a key"),
                Refusal.of(valid.getBytes(StandardCharsets.UTF_16), "document: UTF-16")
                        .when("UTF-16 with its mark"),
                Refusal.of(valid.getBytes(StandardCharsets.UTF_16LE), "document: UTF-16")
                        .when("UTF-16LE"),
                Refusal.of(valid.getBytes(StandardCharsets.UTF_16BE), "document: UTF-16")
                        .when("UTF-16BE"),
                Refusal.of(("é" + valid).getBytes(StandardCharsets.ISO_8859_1), "document: not UTF-8")
                        .when("Latin-1"),
                Refusal.of(new byte[] {'{', (byte) 0xc0, (byte) 0xaf, '}'}, "document: not UTF-8")
                        .when("overlong UTF-8"),
                Refusal.of(
                                "a".repeat(KeysetParser.MAX_BYTES + 1),
                                "document: 1048577 bytes, more than the 1048576 a keyset may have")
                        .when("a byte too many"));
    }

    static Stream<Arguments> types() {
        String notObject = "not a JSON object";
        return Stream.of(
                Refusal.of("{\"keys\":null}", "keys: neither an array of JWKs nor an object of keys by kid")
                        .when("keys null"),
                Refusal.of("{\"keys\":\"k1\"}", "keys: neither an array of JWKs nor an object of keys by kid")
                        .when("keys a string"),
                Refusal.of(
                                "{\"keys\":[null,1,\"k\",[],true]}",
                                IntStream.range(0, 5)
                                        .mapToObj(i -> "keys[" + i + "]: " + notObject)
                                        .toArray(String[]::new))
                        .when("entries of a list that are no objects"),
                Refusal.of(
                                "{\"keys\":{\"a\":null,\"b\":1,\"c\":[],\"d\":true}}",
                                IntStream.range(1, 5)
                                        .mapToObj(i -> "keys, entry " + i + ": " + notObject)
                                        .toArray(String[]::new))
                        .when("entries of a map that are neither strings nor objects"),
                Refusal.of(
                                "{\"k1\":1,\"k2\":" + json(ec("k2")) + ",\"version\":\"2\"}",
                                "entry 1: " + notObject,
                                "entry 3: " + notObject)
                        .advising("write a JWK or, under a purpose, a pair of PEMs")
                        .when("members that are no objects, beside a key"),
                Refusal.of("{\"k1\":{\"a\":1}}", "entry 1: neither a JWK nor a pair of PEMs")
                        .when("an object of nothing"),
                Refusal.of("{\"k1\":{\"kty\":1}}", "entry 1.kty: missing or not a string")
                        .when("kty a number"),
                Refusal.of(one(Map.of()), "keys[0].kty: missing or not a string")
                        .when("a JWK without kty"),
                Refusal.of(one(with(ec("k"), "kid", 7)), "keys[0].kid: not a string")
                        .when("kid a number"),
                Refusal.of(set("active_kid", List.of("k1")), "active_kid: not a string")
                        .when("active_kid a list"),
                Refusal.of(set("active_kid", Map.of("default", 1)), "active_kid: a purpose's kid is not a string")
                        .when("active_kid of a purpose a number"),
                Refusal.of(set("revoked", "k1"), "revoked: not an array").when("revoked a string"),
                Refusal.of(set("revoked", Map.of("k1", true)), "revoked: not an array")
                        .when("revoked an object"),
                Refusal.of(set("revoked", List.of("k9", 1)), "revoked[1]: not a string")
                        .when("revoked a number"),
                Refusal.of(one(with(ec("k1"), "purpose", List.of())), "keys[0].purpose: not a string")
                        .when("purpose a list"),
                Refusal.of(one(with(ec("k1"), "alg", 256)), "keys[0].alg: not a string")
                        .when("alg a number"),
                Refusal.of(one(with(ec("k1"), "use", true)), "keys[0].use: not a string")
                        .when("use a boolean"),
                Refusal.of(one(with(ec("k1"), "key_ops", "sign")), "keys[0].key_ops: not an array of different strings")
                        .when("key_ops a string"),
                Refusal.of(
                                one(with(ec("k1"), "key_ops", List.of("sign", 1))),
                                "keys[0].key_ops: not an array of different strings")
                        .when("key_ops a number"),
                Refusal.of(
                                one(with(ec("k1"), "key_ops", List.of("sign", "sign"))),
                                "keys[0].key_ops: not an array of different strings")
                        .when("key_ops twice the same"),
                Refusal.of(one(with(ec("k1"), "crv", 256)), "keys[0].crv: missing or not a string")
                        .when("crv a number"),
                Refusal.of(one(with(ec("k1"), "x", List.of())), "keys[0].x: missing, empty or not a string")
                        .when("x a list"),
                Refusal.of(pair("kid", 1), "entry 1.kid: not a string").when("a pair's kid a number"),
                Refusal.of(pair("privateKeyPem", 1), "entry 1.privateKeyPem: not a string")
                        .when("a PEM a number"),
                Refusal.of(pair("publicKeyPem", List.of()), "entry 1.publicKeyPem: not a string")
                        .when("a PEM a list"),
                Refusal.of(pair("alg", true), "entry 1.alg: not a string").when("a pair's alg a boolean"),
                Refusal.of(pair("nbf", "now"), "entry 1.nbf: not a NumericDate").when("a pair's nbf a string"),
                Refusal.of(
                                "{\"keys\":[],\"activeKid\":\"k1\"}",
                                "document: a member that looks like active_kid or revoked, spelled another way")
                        .when("active_kid in camel case"));
    }

    static Stream<Arguments> kids() {
        return Stream.of(
                Refusal.of(one(ec("")), "keys[0]: " + BAD_KID).when("empty"),
                Refusal.of(one(ec(" \t ")), "keys[0]: " + BAD_KID).when("blank"),
                Refusal.of(one(ec("k".repeat(1025))), "keys[0]: " + BAD_KID).when("1025 characters"),
                Refusal.of(one(ec("key\r\nSet-Cookie: a")), "keys[0]: " + BAD_KID)
                        .when("line ends"),
                Refusal.of(one(ec("key\u0000")), "keys[0]: " + BAD_KID).when("a null character"),
                Refusal.of(one(ec("key\u0085")), "keys[0]: " + BAD_KID).when("a C1 control character"),
                Refusal.of(hmac(" "), "keys, entry 1: " + BAD_KID).when("blank, of a secret"),
                Refusal.of(
                                " :" + secret(48) + ",k2:" + secret(48),
                                "document: a single word, in which nothing says what it is")
                        .ofAVariable()
                        .when("blank, first in a list"),
                Refusal.of("k2:" + secret(48) + ", :" + secret(48), "list, entry 2: " + BAD_KID)
                        .ofAVariable()
                        .when("blank, in a list"),
                Refusal.of(one(with(SampleKeys.jwk("k", SampleAlgorithm.HS256), "kid", null)), "keys[0].kid: missing")
                        .when("absent from a secret"),
                Refusal.of(json(Map.of("k1", ec("k2"))), "entry 1.kid: not the name the entry stands under")
                        .when("two for one entry"),
                Refusal.of(
                                jwkSet("canary-kid-one", ec("canary-kid-one"), ed("canary-kid-one")),
                                "keys[1]: the same kid as keys[0]")
                        .when("twice"),
                Refusal.of("k1:" + secret(48) + ",k1:" + secret(48), "list, entry 2: the same kid as list, entry 1")
                        .ofAVariable()
                        .with(document -> document.withActiveKid("k1"))
                        .when("twice in a list"),
                Refusal.of(
                                jwkSet(null, with(ec("k1"), "purpose", "access"), with(ed("k1"), "purpose", "refresh")),
                                "keys[1]: the same kid as keys[0], for another purpose")
                        .when("in two purposes"),
                Refusal.of(one(with(ec("k1"), "purpose", " ")), "keys[0]: " + BAD_PURPOSE)
                        .when("purpose blank"),
                Refusal.of(one(with(ec("k1"), "purpose", "p".repeat(65))), "keys[0]: " + BAD_PURPOSE)
                        .when("purpose of 65 characters"),
                Refusal.of(pair("kid", "a\tb"), "entry 1: " + BAD_KID).when("a pair's, with a tab"),
                Refusal.of(set("revoked", List.of("k9", "")), "revoked[1]: " + BAD_KID)
                        .when("revoked and empty"),
                Refusal.of(set("revoked", List.of("k".repeat(1025))), "revoked[0]: " + BAD_KID)
                        .when("revoked, of 1025 characters"),
                Refusal.of(set("revoked", List.of("k9\n2026-03-01 ERROR")), "revoked[0]: " + BAD_KID)
                        .when("revoked, with a line end"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x202e, 0x2066, 0x2028, 0x2029, 0x200b, 0xfeff, 0xe0001})
    void parse_invisibleCharacter_isRefusedInKidPurposeAndRevoked(int codePoint) {
        String name = "k" + Character.toString(codePoint) + "1";
        Refusal.of(one(ec(name)), "keys[0]: " + BAD_KID).check();
        Refusal.of(one(with(ec("k1"), "purpose", name)), "keys[0]: " + BAD_PURPOSE)
                .check();
        Refusal.of(set("revoked", List.of(name)), "revoked[0]: " + BAD_KID).check();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Revoked",
                "revoke",
                "revoked_keys",
                "revokedKid",
                "revoked-kids",
                "revocations",
                "ACTIVE_KID",
                "active",
                "activekid",
                "active key"
            })
    void parse_misspelledMember_isRefusedRatherThanWithoutEffect(String spelling) {
        String lookalike = "document: a member that looks like active_kid or revoked, spelled another way";
        Refusal.of(set(spelling, List.of("k9")), lookalike).check();
        assertThat(KeysetParser.of(KeysetPolicy.standard())
                        .parse(KeysetDocument.of(json(Map.of(spelling, with(ec("k1"), "kid", spelling)))), Refusal.NOW)
                        .key(spelling))
                .as("a key may have that name")
                .isPresent();
    }

    @Test
    void toString_ofTheKeyset_tellsHowManyWereRevokedButNotWhat() {
        String secret = secret(48);
        assertThat(KeysetParser.of(KeysetPolicy.standard())
                        .parse(KeysetDocument.of(set("revoked", List.of(secret, "k9"))), Refusal.NOW)
                        .toString())
                .contains("2 revoked")
                .doesNotContain(secret);
    }

    static Stream<Arguments> signing() {
        Map<String, Object> publicEc = publicOnly(ec("public"));
        Map<String, Object> ed = ed("private");
        String unclear = "document: several keys of one purpose could sign, and nothing says which does";
        String sameTime = "document: two keys of one purpose have the same nbf, so that two would be active";
        return Stream.of(
                Refusal.of(jwkSet(null, ec("k1"), ed("k2")), unclear).when("two private keys and nothing said"),
                Refusal.of("k1:" + secret(48) + ",k2:" + secret(48), unclear)
                        .ofAVariable()
                        .when("a list without an active kid"),
                Refusal.of(jwkSet(null, with(ec("k1"), "nbf", 1), with(ed("k2"), "nbf", 1)), sameTime)
                        .when("the same nbf twice"),
                Refusal.of(jwkSet(null, with(ec("k1"), "nbf", 1), with(ed("k2"), "nbf", 1.0)), sameTime)
                        .when("the same nbf as integer and fraction"),
                Refusal.of(jwkSet("k9", ec("k1")), "active_kid: names no key of the document")
                        .when("nothing of that name"),
                Refusal.of(one(ec("k1")), "active_kid: names no key of the document")
                        .with(document -> document.withActiveKid("k9"))
                        .when("nothing of the name beside it"),
                Refusal.of(jwkSet("public", publicEc, ed), "active_kid: names a key without a private half")
                        .when("a public key"),
                Refusal.of(set("revoked", List.of("k1")), "document: no key is left")
                        .when("all keys revoked"),
                Refusal.of(set("active_kid", Map.of("access", "k1")), "active_kid: names a key of another purpose")
                        .when("a key of another purpose"),
                Refusal.of(set("active_kid", Map.of("", "k1")), "active_kid: names a key of another purpose")
                        .when("a key of no purpose"),
                Refusal.of(
                                jwkSet("k1", ec("k1"), ed("k2")),
                                "active_kid: the document names another active kid than the setting beside it")
                        .with(document -> document.withActiveKid("k2"))
                        .when("two names"),
                Refusal.of(
                                json(Map.of(
                                        "keys", List.of(ec("k1"), ed("k2")), "active_kid", Map.of("default", "k1"))),
                                "active_kid: the document names another active kid than the setting beside it")
                        .with(document -> document.withActiveKid("k2"))
                        .when("two names, one by purpose"),
                Refusal.of(one(with(with(ec("k1"), "nbf", 10), "exp", 10)), "keys[0].exp: not after nbf")
                        .when("exp no later than nbf"));
    }

    static Stream<Arguments> lists() {
        return Stream.of(
                Refusal.of("k1:" + secret(48) + ",", "list, entry 2: no colon between kid and secret")
                        .ofAVariable()
                        .when("a comma too many"),
                Refusal.of("k1:" + secret(48) + "\nk2:" + secret(48), "document: a list of more than one line")
                        .ofAVariable()
                        .when("two lines"),
                Refusal.of("k1:", "list, entry 1: an HMAC secret of 0 octets")
                        .ofAVariable()
                        .when("no secret"));
    }

    @ParameterizedTest
    @MethodSource({"form", "types", "kids", "signing", "lists"})
    void parse_refusedDocument_tellsWhereWhatAndWhatToDo(Refusal refusal) {
        refusal.check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "253402300800", "1e300", "-0.5", "\"1\"", "true", "[]", "99999999999999999999"})
    void parse_timeOutOfRange_isNoNumericDate(String number) {
        for (String member : List.of("iat", "nbf", "exp")) {
            String jwk = json(with(ec("k1"), member, "AT"));
            Refusal.of(
                            "{\"keys\":[" + jwk.replace("\"AT\"", number) + "]}",
                            "keys[0]." + member + ": not a NumericDate")
                    .check();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1.5", "1e3", "253402300799"})
    void parse_timeInRange_isTaken(String number) {
        String jwk = json(with(ec("k1"), "iat", "AT")).replace("\"AT\"", number);

        assertThat(KeysetParser.of(KeysetPolicy.standard())
                        .parse(KeysetDocument.of("{\"keys\":[" + jwk + "]}"), Refusal.NOW)
                        .keys())
                .hasSize(1);
    }

    @Test
    void parse_severalProblems_tellsAllInTheOrderOfTheDocument() {
        Map<String, Object> twice = with(with(ec("a\u0007b"), "purpose", ""), "nbf", "soon");
        Refusal.of(
                        jwkSet(null, twice, with(ec("k2"), "x", "A"), Map.of("kty", "oct")),
                        "keys[0]: " + BAD_KID,
                        "keys[0]: " + BAD_PURPOSE,
                        "keys[0].nbf: not a NumericDate",
                        "keys[1].x: not canonical base64url",
                        "keys[2].k: missing, empty or not a string")
                .check();
    }

    @Test
    void parse_problemsWithoutNumber_tellsAHundredAndCountsTheRest() {
        List<String> expected = new ArrayList<>();
        IntStream.range(0, 100).forEach(i -> expected.add("revoked[" + i + "]: not a string"));
        expected.add("document: 901 more problems");

        Refusal.of(
                        json(Map.of("keys", List.of(), "revoked", Collections.nCopies(1001, 1))),
                        expected.toArray(String[]::new))
                .check();
    }

    @Test
    void parse_twentyMegabytes_areRefusedUnread() {
        byte[] deep = "[".repeat(20_000_000).getBytes(StandardCharsets.US_ASCII);
        KeysetDocument document = KeysetDocument.of(deep);
        KeysetParser parser = KeysetParser.of(KeysetPolicy.standard());

        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatThrownBy(() -> parser.parse(document, Refusal.NOW))
                        .isInstanceOf(InvalidKeysetException.class)
                        .hasMessage("document: document: 20000000 bytes, more than the 1048576 a keyset may have;"
                                + " check that the source points to a keyset"));
    }

    @Test
    void parse_brokenVersionBeside_isLeftOutAloud() {
        KeysetDocument document = KeysetDocument.of(one(ec("k1")))
                .withPrevious(KeysetDocument.of("{}"))
                .withPending(KeysetDocument.of(one(ed("k2"))));

        ParsedKeyset parsed = KeysetParser.of(KeysetPolicy.standard()).read(document, "source");

        assertThat(parsed.previous().orElseThrow().keys()).isEmpty();
        assertThat(parsed.pending()).isPresent();
        assertThat(parsed.warnings())
                .containsExactly(KeysetProblem.of("previous version: document", "no keys", "this version is left out")
                        .withCode("version-left-out"));
    }

    @Test
    void warnings_oneKeyUnderTwoKids_areToldWithoutRefusal() {
        String secret = secret(48);
        KeysetDocument twice =
                KeysetDocument.of(json(Map.of("active_kid", "k1", "keys", Map.of("k1", secret, "k2", secret))));
        KeysetParser parser = KeysetParser.of(KeysetPolicy.standard());
        assertThat(parser.warnings(twice)).isNotEmpty();
        assertThat(parser.warnings(KeysetDocument.of(hmac("k1")))).isEmpty();
        assertThatThrownBy(
                        () -> KeysetParser.of(KeysetPolicy.strictProduction()).warnings(twice))
                .isInstanceOf(InvalidKeysetException.class);
    }
}
