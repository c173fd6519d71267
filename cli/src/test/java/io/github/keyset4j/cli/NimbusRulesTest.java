package io.github.keyset4j.cli;

import com.nimbusds.jose.jwk.JWKSet;
import io.github.keyset4j.cli.Check.Verdict;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Sets that Nimbus refuses whole, by Nimbus itself, beside what the doctor says of them. */
class NimbusRulesTest {

    /** A self-signed certificate of the EC key below. */
    private static final String EC_CERTIFICATE =
            "MIIBcDCCARWgAwIBAgIUWS3QMyHr4PZ2NNEmfP4igdRSZmIwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAgFw0yNj"
                    + "ExMjkwMTA4MDRaGA8yMTI2MTEwNTAxMDgwNFowDDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA"
                    + "BO1wY6LIfA9flrwXSdIhv4ZxNqqlWGZdNBQGIYUCVYSUKB9ZSOzGFxSGr+g/qfcU0+iAsjlby9+8UYZXUnHzCcKjUz"
                    + "BRMB0GA1UdDgQWBBRCwkrsXSmk9xy2C464ITaq95HlYTAfBgNVHSMEGDAWgBRCwkrsXSmk9xy2C464ITaq95HlYTAP"
                    + "BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCWDRrPnaAHAAzG9Yjo840pi2oUUoypQKVJ+GEGzUJPGg"
                    + "IhAN0tuVuEMTC+xVBdAzNdO11/yK60kwLlehiiuG0iJ15M";

    /** A self-signed certificate of the Ed25519 key below. */
    private static final String ED25519_CERTIFICATE =
            "MIIBLjCB4aADAgECAhRa1e0sAaL7kcQd6eRK2GyRtZLIejAFBgMrZXAwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjkwMT"
                    + "A4MDVaGA8yMTI2MTEwNTAxMDgwNVowDDEKMAgGA1UEAwwBYTAqMAUGAytlcAMhAKGEGsai2xPb1NcVskkmhNsjng+d"
                    + "pqNTZt44MtYGawj9o1MwUTAdBgNVHQ4EFgQUEO+ndCchWzGcPN8Ao63P669yEhgwHwYDVR0jBBgwFoAUEO+ndCchWz"
                    + "GcPN8Ao63P669yEhgwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQCD//RSkWSNwATRetIZ7/jG/NwkS0NkYXiD+EJM"
                    + "bdFFB/Phh6CIdYACjVkgwZK9ltIFgV+Wv54ZLZRFd6LR1x0A";

    private static final Map<String, String> EC = Map.of(
            "kty", "\"EC\"",
            "crv", "\"P-256\"",
            "x", "\"7XBjosh8D1-WvBdJ0iG_hnE2qqVYZl00FAYhhQJVhJQ\"",
            "y", "\"KB9ZSOzGFxSGr-g_qfcU0-iAsjlby9-8UYZXUnHzCcI\"",
            "kid", "\"a\"",
            "alg", "\"ES256\"",
            "use", "\"sig\"");

    private static final Map<String, String> ED25519 = Map.of(
            "kty", "\"OKP\"",
            "crv", "\"Ed25519\"",
            "x", "\"oYQaxqLbE9vU1xWySSaE2yOeD52mo1Nm3jgy1gZrCP0\"",
            "kid", "\"a\"",
            "alg", "\"EdDSA\"",
            "use", "\"sig\"");

    /** The key of RFC 7638 section 3.1. */
    private static final Map<String, String> RSA = Map.of(
            "kty", "\"RSA\"",
            "n",
                    "\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\"",
            "e", "\"AQAB\"",
            "kid", "\"a\"",
            "alg", "\"RS256\"",
            "use", "\"sig\"");

    /** Without it a set whose one odd key is passed over would be empty, and told for that. */
    private static final String BESIDE =
            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\","
                    + "\"kid\":\"beside\",\"alg\":\"EdDSA\",\"use\":\"sig\"}";

    private static final List<String> MEMBERS = List.of(
            "kty",
            "crv",
            "x",
            "y",
            "n",
            "e",
            "kid",
            "alg",
            "use",
            "key_ops",
            "x5u",
            "x5t",
            "x5t#S256",
            "x5c",
            "exp",
            "nbf",
            "iat",
            "revoked",
            "d",
            "oth",
            "purpose",
            "other");

    private static final List<String> VALUES = List.of(
            "",
            "null",
            "1",
            "-1",
            "1.5",
            "1e400",
            "9999999999999999999999",
            "true",
            "{}",
            "{\"a\":1}",
            "{\"revoked_at\":1}",
            "{\"revoked_at\":1,\"reason\":1}",
            "{\"revoked_at\":1,\"reason\":\"compromised\"}",
            "[]",
            "[1]",
            "[null]",
            "[\"\"]",
            "[\"x\"]",
            "[\"verify\"]",
            "[\"sign\",\"verify\"]",
            "[\"encrypt\"]",
            "[\"verify\",\"verify\"]",
            "[\"" + EC_CERTIFICATE + "\"]",
            "[\"" + ED25519_CERTIFICATE + "\"]",
            "[\"" + EC_CERTIFICATE + "\",\"x\"]",
            "\"" + EC_CERTIFICATE + "\"",
            "\"\"",
            "\" \"",
            "\"\\u0000\"",
            "\"a b\"",
            "\"!!!\"",
            "\"AA==\"",
            "\"AA\"",
            "\"A\"",
            "\"enc\"",
            "\"P-192\"",
            "\"P-384\"",
            "\"secp256k1\"",
            "\"X25519\"",
            "\"Ed448\"",
            "\"RSA\"",
            "\"EC\"",
            "\"OKP\"",
            "\"oct\"",
            "\"AKP\"",
            "\"rsa\"",
            "\"none\"",
            "\"RS512\"",
            "\"::\"",
            "\"http://x y\"",
            "\"https://a.example\"");

    private static Optional<String> refusedByNimbus(String set) {
        try {
            JWKSet.parse(set);
            return Optional.empty();
        } catch (ParseException | RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static List<String> told(String set) {
        return new PublishedKeys(set.getBytes(StandardCharsets.UTF_8), Optional.empty(), Instant.EPOCH)
                .all().stream()
                        .filter(check -> check.verdict() == Verdict.FAIL)
                        .map(Check::what)
                        .toList();
    }

    private static String set(Map<String, String> key) {
        StringJoiner members = new StringJoiner(",", "{\"keys\":[" + BESIDE + ",{", "}]}");
        key.forEach((name, value) -> members.add("\"" + name + "\":" + value));
        return members.toString();
    }

    private final List<String> missed = new ArrayList<>();
    private int refused;

    private void compare(Map<String, String> key) {
        String set = set(key);
        refusedByNimbus(set).ifPresent(why -> {
            refused++;
            if (told(set).isEmpty()) {
                missed.add(set + ": " + why);
            }
        });
    }

    @Test
    void anyMember_ofAnyValue_isToldWhereNimbusRefusesTheWholeSet() {
        Map<String, String> ecForEncryption = new LinkedHashMap<>(EC);
        ecForEncryption.put("use", "\"enc\"");
        Map<String, String> rsaForEncryption = new LinkedHashMap<>(RSA);
        rsaForEncryption.put("alg", "\"RSA-OAEP\"");
        for (Map<String, String> key : List.of(EC, ED25519, RSA, ecForEncryption, rsaForEncryption)) {
            for (String member : MEMBERS) {
                for (String value : VALUES) {
                    Map<String, String> odd = new LinkedHashMap<>(key);
                    odd.remove(member);
                    if (!value.isEmpty()) {
                        odd.put(member, value);
                    }
                    compare(odd);
                }
            }
        }
        assertThat(missed).isEmpty();
        assertThat(refused).as("what Nimbus refuses").isGreaterThan(1_500);
    }

    @Test
    void anyUse_withAnyOperations_isToldWhereNimbusRefusesTheWholeSet() {
        List<String> operations = List.of(
                "sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits", "Verify");
        for (String use : List.of("null", "\"sig\"", "\"enc\"", "\"tls\"")) {
            for (String one : operations) {
                for (String other : operations) {
                    Map<String, String> odd = new LinkedHashMap<>(EC);
                    odd.put("use", use);
                    odd.put(
                            "key_ops",
                            one.equals(other) ? "[\"%s\"]".formatted(one) : "[\"%s\",\"%s\"]".formatted(one, other));
                    compare(odd);
                }
            }
        }
        assertThat(missed).isEmpty();
        assertThat(refused).as("what Nimbus refuses").isGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uFEFF{\"keys\":[K]}",
                "{\"keys\":[K]} x",
                "{\"keys\":[K]}{}",
                "{\"keys\":[K,]}",
                "{\"keys\":[K],\"keys\":[]}",
                "{\"keys\":{}}",
                "{\"keys\":null}",
                "{\"Keys\":[K]}",
                "{\"keys\":[K,null]}",
                "{\"keys\":[K,[]]}",
                "{\"keys\":[K,1]}",
                "{\"keys\":[K],\"x\":NaN}",
                "{\"keys\":[K],\"x\":01}",
                "{\"keys\":[K],\"x\":1e400}",
                "{\"keys\":[K],\"x\":[{\"y\":-1e999999}]}",
                "[K]",
                "null",
                ""
            })
    void anySet_isToldWhereNimbusRefusesIt(String form) {
        String set = form.replace("K", BESIDE);
        if (refusedByNimbus(set).isPresent()) {
            assertThat(told(set)).as(set).isNotEmpty();
        }
    }

    @Test
    void whatNimbusAccepts_isNotTold() {
        for (Map<String, String> key : List.of(EC, ED25519, RSA)) {
            Map<String, String> rich = new LinkedHashMap<>(key);
            rich.putAll(Map.of(
                    "x5u", "\"https://a.example\"",
                    "x5t", "\"AA\"",
                    "key_ops", "[\"verify\"]",
                    "exp", "1900000000",
                    "iat", "1.5e9",
                    "other", "{\"a\":[1,null]}"));
            if (key == EC) {
                rich.put("x5c", "[\"" + EC_CERTIFICATE + "\"]");
            }
            assertThat(refusedByNimbus(set(rich))).isEmpty();
            assertThat(told(set(rich))).isEmpty();
        }
    }
}
