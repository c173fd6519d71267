package io.github.keyset4j;

import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.encoding.Base64Url;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.SampleKeys.json;
import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static io.github.keyset4j.SampleKeys.privatePem;
import static io.github.keyset4j.SampleKeys.publicOnly;
import static io.github.keyset4j.SampleKeys.shared;
import static io.github.keyset4j.SampleKeys.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The members of a key beside its material: absent, null, misspelled, and what they let the key be used for. */
class KeyMembersTest {

    private static final List<SampleAlgorithm> KINDS =
            List.of(SampleAlgorithm.RS256, SampleAlgorithm.ES256, SampleAlgorithm.EDDSA, SampleAlgorithm.HS256);

    private static final List<String> OPTIONAL = List.of(
            "kid",
            "alg",
            "use",
            "key_ops",
            "purpose",
            "iat",
            "nbf",
            "exp",
            "d",
            "p",
            "q",
            "dp",
            "dq",
            "qi",
            "oth",
            "k",
            "x5c",
            "x5t",
            "x5t#S256",
            "x5u",
            "ext",
            "x",
            "y",
            "crv",
            "n",
            "e",
            "status",
            "Exp",
            "name");

    private static Map<String, Object> key(SampleAlgorithm algorithm) {
        return algorithm.family().symmetric()
                ? SampleKeys.jwk("k1", algorithm)
                : with(jwk(shared(algorithm)), "kid", "k1");
    }

    private static ParsedKeyset parsed(String document) {
        return KeysetParser.of(KeysetPolicy.standard()).read(KeysetDocument.of(document), "test");
    }

    /** Everything that was found in a document, in words. */
    private static String found(ParsedKeyset parsed) {
        StringBuilder words = new StringBuilder(parsed.active() + " " + parsed.warnings());
        for (ParsedKeyset.Entry key : parsed.keys()) {
            words.append(String.join(
                    " ",
                    "",
                    key.kid(),
                    key.purpose(),
                    key.material().toString(),
                    String.valueOf(key.material().canSign()),
                    Base64Url.encode(key.material().identity()),
                    String.valueOf(key.publishedAt()),
                    String.valueOf(key.activateAt()),
                    String.valueOf(key.removeAt())));
        }
        return words.toString();
    }

    private static Map<String, @Nullable Object> withNull(Map<String, Object> jwk, String member) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(jwk);
        copy.putIfAbsent(member, null);
        return copy;
    }

    @Provide
    Arbitrary<String> members() {
        return Arbitraries.of(OPTIONAL);
    }

    /** In every shape that has members beside a key, and for keys that sign and keys that verify. */
    @Property
    void parse_nullMembers_areAbsentOnes(
            @ForAll @IntRange(max = 3) int kind,
            @ForAll boolean ofPublic,
            @ForAll @IntRange(max = 3) int shape,
            @ForAll("members") String one,
            @ForAll("members") String another) {
        Map<String, Object> jwk = key(KINDS.get(kind));
        if (kind < 3) {
            jwk = with(ofPublic ? publicOnly(jwk) : jwk, "kid", null);
        }
        Map<String, @Nullable Object> nulls = new LinkedHashMap<>(withNull(jwk, one));
        nulls.putIfAbsent(another, null);

        assertThat(found(parsed(document(shape, nulls)))).isEqualTo(found(parsed(document(shape, jwk))));
    }

    private static String document(int shape, Map<String, ?> jwk) {
        return switch (shape) {
            case 0 -> json(Map.of("keys", List.of(jwk)));
            case 1 -> json(Map.of("keys", Map.of("k1", jwk)));
            case 2 -> json(Map.of("k1", jwk));
            default -> json(jwk);
        };
    }

    @Test
    void parse_nullMembersOfAPair_areAbsentOnes() {
        Map<String, @Nullable Object> pair = new LinkedHashMap<>();
        pair.put("privateKeyPem", privatePem(shared(SampleAlgorithm.ES256)));
        String plain = found(parsed(json(Map.of("access", pair))));
        for (String member : List.of("kid", "alg", "publicKeyPem", "nbf", "exp", "iat")) {
            pair.put(member, null);
        }

        assertThat(found(parsed(json(Map.of("access", pair))))).isEqualTo(plain);
        Map<String, @Nullable Object> nothing = new LinkedHashMap<>(pair);
        nothing.put("privateKeyPem", null);
        Refusal.of(json(Map.of("access", nothing)), "entry 1: neither a JWK nor a pair of PEMs")
                .check();
    }

    @Test
    void parse_nullActiveKid_isNone() {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("active_kid", null);
        document.put("keys", List.of(key(SampleAlgorithm.ES256)));

        assertThat(parsed(json(document)).active()).isEqualTo(Map.of("default", "k1"));
        Map<String, @Nullable Object> byPurpose = new LinkedHashMap<>();
        byPurpose.put("access", null);
        document.put("active_kid", byPurpose);
        assertThat(parsed(json(document)).active()).isEqualTo(Map.of("default", "k1"));
    }

    @Test
    void parse_emptyListOfFurtherPrimes_isAnRsaKeyOfTwo() {
        Map<String, Object> jwk = key(SampleAlgorithm.RS256);

        assertThat(found(parsed(jwkSet(null, with(jwk, "oth", List.of())))))
                .isEqualTo(found(parsed(jwkSet(null, jwk))));
        Refusal.of(jwkSet(null, with(jwk, "oth", "")), "keys[0].oth: an RSA key of more than two primes")
                .check();
    }

    @ParameterizedTest
    @CsvSource({
        "KID, kid",
        "keyId, kid",
        "Alg, alg",
        "algorithm, alg",
        "Use, use",
        "keyOps, key_ops",
        "Purpose, purpose",
        "issued_at, iat",
        "Nbf, nbf",
        "not_before, nbf",
        "notBefore, nbf",
        "valid_from, nbf",
        "NOT-BEFORE, nbf",
        "Exp, exp",
        "expires_at, exp",
        "expiresAt, exp",
        "expiry, exp",
        "not_after, exp",
        "validUntil, exp",
        "Revoked, revoked",
        "revoked_at, revoked"
    })
    void parse_memberSpelledAnotherWay_isRefused(String member, String ours) {
        String problem = ": a member that looks like " + ours + ", spelled another way";
        for (SampleAlgorithm algorithm : KINDS) {
            Map<String, Object> jwk = with(key(algorithm), member, 4_000_000_000L);
            Refusal.of(jwkSet(null, jwk), "keys[0]" + problem)
                    .advising("write " + ours + ", or take the member out")
                    .check();
            Refusal.of(json(Map.of("keys", Map.of("k1", jwk))), "keys, entry 1" + problem)
                    .check();
            Refusal.of(json(Map.of("k1", jwk)), "entry 1" + problem).check();
        }
        Map<String, Object> pair =
                Map.of("privateKeyPem", privatePem(shared(SampleAlgorithm.ES256)), member, 4_000_000_000L);
        Refusal.of(json(Map.of("access", pair)), "entry 1" + problem).check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "Status", "state", "active", "is_active", "enabled", "disabled"})
    void parse_memberThatSaysWhetherTheKeyIsInUse_isRefused(String member) {
        Refusal.of(
                        jwkSet(null, with(key(SampleAlgorithm.ES256), member, "revoked")),
                        "keys[0]: a member that looks like revoked, nbf and exp, spelled another way")
                .check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"private_key_pem", "privateKey", "PublicKeyPem", "public_key"})
    void parse_halfOfAPairSpelledAnotherWay_isRefused(String member) {
        String pem = privatePem(shared(SampleAlgorithm.ES256));
        Refusal.of(
                        json(Map.of("access", Map.of("privateKeyPem", pem, member, pem))),
                        "entry 1: a member that looks like "
                                + (member.startsWith("p") && member.contains("rivate")
                                        ? "privateKeyPem"
                                        : "publicKeyPem")
                                + ", spelled another way")
                .check();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x5c",
                "x5t",
                "x5t#S256",
                "x5u",
                "ext",
                "issuer",
                "cloud_instance_name",
                "name",
                "description",
                "created",
                "createdAt",
                "tags",
                "owner",
                "comment",
                "version",
                "rotation",
                "jku",
                "iss",
                "sub",
                "environment",
                "id"
            })
    void parse_memberOfOthers_isLeftAlone(String member) {
        for (SampleAlgorithm algorithm : KINDS) {
            assertThat(parsed(jwkSet(null, with(key(algorithm), member, "a value")))
                            .keys())
                    .hasSize(1);
        }
    }

    @Test
    void parse_timesOfOpenIdFederation_areTheKeysTimes() {
        Map<String, Object> jwk = key(SampleAlgorithm.ES256);
        jwk.putAll(Map.of("iat", 10, "nbf", 20, "exp", 30));

        assertThat(parsed(jwkSet(null, jwk)).keys().get(0).removeAt()).isEqualTo(Instant.ofEpochSecond(30));
    }

    static Stream<String> numbers() {
        return Stream.of("n", "e");
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void parse_leadingZerosInANumber_arePublishedWithoutOrRefused(String member) {
        Map<String, Object> own = key(SampleAlgorithm.RS256);
        Map<String, Object> zerosFirst = with(own, member, "AAAA" + own.get(member));
        Map<String, Object> other = publicOnly(zerosFirst);

        ParsedKeyset parsed = parsed(jwkSet(null, other));

        assertThat(parsed.warnings())
                .containsExactly(KeysetProblem.of(
                                "keys[0]." + member,
                                "a number with leading zero octets",
                                "they are left out (RFC 7518 section 2)")
                        .withCode("malformed"));
        assertThat(parsed.keys().get(0).material().publicMembers())
                .containsEntry(member, String.valueOf(own.get(member)));
        Keyset keyset = KeysetParser.of(KeysetPolicy.strictProduction())
                .parse(KeysetDocument.of(jwkSet(null, other)), Refusal.NOW);
        assertThat(Jwks.of(keyset, Optional.empty(), Refusal.NOW).json())
                .contains("\"" + member + "\":\"" + own.get(member) + "\"");
        Refusal.of(jwkSet(null, zerosFirst), "keys[0]." + member + ": a number with leading zero octets")
                .check();
    }

    @Test
    void parse_numberOfZerosAlone_isNoKey() {
        Map<String, Object> other = publicOnly(key(SampleAlgorithm.RS256));
        for (String member : List.of("n", "e")) {
            String document = jwkSet(null, with(other, member, "A".repeat(400_000)));
            assertThatThrownBy(() -> parsed(document)).isInstanceOf(InvalidKeysetException.class);
        }
    }

    @Test
    void parse_publicKeyThatMayNotVerify_isUnsupported() {
        for (SampleAlgorithm algorithm : KINDS.subList(0, 3)) {
            Map<String, Object> jwk = with(publicOnly(key(algorithm)), "key_ops", List.of("sign"));
            Refusal.of(jwkSet(null, jwk), "keys[0].key_ops: a public key that may not verify")
                    .check();
            ParsedKeyset left = KeysetParser.of(KeysetPolicy.standard().ignoreUnsupportedKeys())
                    .read(KeysetDocument.of(jwkSet(null, jwk, with(key(SampleAlgorithm.ES384), "kid", "k2"))), "test");
            assertThat(left.keys()).extracting(ParsedKeyset.Entry::kid).containsExactly("k2");
            assertThat(left.warnings()).hasSize(1);
        }
    }

    @Test
    void parse_secretThatMayNotVerify_isRefused() {
        Refusal.of(
                        jwkSet(null, with(key(SampleAlgorithm.HS256), "key_ops", List.of("sign"))),
                        "keys[0].key_ops: a secret that may not verify what it signs")
                .advising("say [\"sign\", \"verify\"]")
                .check();
    }

    @Test
    void parse_secretThatMayNotSign_verifiesOnlyWhateverIsWrittenOfIt() {
        Map<String, Object> old = with(SampleKeys.jwk("k0", SampleAlgorithm.HS256), "key_ops", List.of("verify"));
        Map<String, Object> own = SampleKeys.jwk("k1", SampleAlgorithm.HS256);
        KeysetDocument document = KeysetDocument.of(jwkSet(null, old, own));

        ParsedKeyset parsed = KeysetParser.of(KeysetPolicy.standard()).read(document, "test");

        assertThat(parsed.active()).isEqualTo(Map.of("default", "k1"));
        assertThat(parsed.warnings()).extracting(KeysetProblem::where).containsExactly("keys[0].key_ops");
        assertThat(signing(parsed)).containsExactly("k1");
        for (KeysetShape shape : List.of(KeysetShape.JWK_SET, KeysetShape.KEYSET, KeysetShape.JWK_MAP)) {
            KeysetEdit edit = KeysetEdit.open(document, KeysetParser.of(KeysetPolicy.standard()), "test");
            KeysetDocument written = edit.as(shape).document();
            assertThat(signing(parsed(new String(written.content(), StandardCharsets.UTF_8))))
                    .as(shape.label())
                    .containsExactly("k1");
        }
        Keyset keyset =
                KeysetParser.of(KeysetPolicy.standard()).parse(KeysetDocument.of(jwkSet(null, old)), Refusal.NOW);
        assertThat(keyset.key("k0").map(KeysetKey::canSign)).isEqualTo(Optional.of(false));
    }

    private static List<String> signing(ParsedKeyset parsed) {
        List<String> kids = new ArrayList<>();
        parsed.keys().stream().filter(key -> key.material().canSign()).forEach(key -> kids.add(key.kid()));
        return kids;
    }
}
