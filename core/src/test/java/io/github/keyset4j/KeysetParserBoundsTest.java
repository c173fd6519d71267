package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static io.github.keyset4j.SampleKeys.json;
import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static io.github.keyset4j.SampleKeys.secret;
import static io.github.keyset4j.SampleKeys.shared;
import static io.github.keyset4j.SampleKeys.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** Documents made to cost more than they are worth: all are refused in bounded time, and in few words. */
class KeysetParserBoundsTest {

    private static final int SIZE = KeysetParser.MAX_BYTES - 4096;

    private static String filled(String text) {
        return text.repeat(SIZE / text.length());
    }

    private static Arguments costly(String name, String document) {
        return Arguments.argumentSet(name, document);
    }

    static Stream<Arguments> documents() {
        Map<String, Object> keys = new LinkedHashMap<>();
        IntStream.range(0, 1025).forEach(i -> keys.put("k" + i, secret(32)));
        Map<String, Object> rsa = jwk(shared(SampleAlgorithm.RS256));
        String block = SampleKeys.pem(
                "PRIVATE KEY", shared(SampleAlgorithm.RS256).getPrivate().getEncoded());
        return Stream.of(
                costly("beginnings of blocks", filled("-----BEGIN ")),
                costly("labels", filled("-----BEGIN A-----")),
                costly("unknown blocks", filled("-----BEGIN A-----\n-----END A-----\n")),
                costly("parameter blocks", filled("-----BEGIN EC PARAMETERS-----\n-----END EC PARAMETERS-----\n")),
                costly("one key again and again", filled(block)),
                costly("a block of blanks", "-----BEGIN PRIVATE KEY-----" + filled(" ") + "-----END PRIVATE KEY-----"),
                costly(
                        "a block of base64",
                        "-----BEGIN PRIVATE KEY-----" + filled("AAAA") + "-----END PRIVATE KEY-----"),
                costly(
                        "a certificate of base64",
                        "-----BEGIN CERTIFICATE-----" + filled("MIIA") + "-----END CERTIFICATE-----"),
                costly("base64 of base64", "LS0tLS" + filled("LS0tLS")),
                costly("nested arrays", "{\"keys\":" + filled("[")),
                costly("arrays", filled("[")),
                costly("nested objects", filled("{\"a\":")),
                costly("commas", "k:" + filled(",")),
                costly("colons", "k" + filled(":")),
                costly("list entries", filled("k:s,")),
                costly("commas in JSON", "{\"keys\":[" + filled(",") + "]}"),
                costly("nulls", "{\"keys\":[" + filled("null,") + "null]}"),
                costly("empty keys", "{\"keys\":[" + filled("{},") + "{}]}"),
                costly("revoked numbers", "{\"keys\":[],\"revoked\":[" + filled("1,") + "1]}"),
                costly("one string", "{\"keys\":\"" + filled("a") + "\"}"),
                costly("escapes", "{\"keys\":\"" + filled("\\u0000") + "\"}"),
                costly("one name", "{\"" + filled("a") + "\":1}"),
                costly("one number", "{\"keys\":" + filled("1") + "}"),
                costly("a number's exponent", "{\"keys\":1e" + filled("9") + "}"),
                costly("1025 keys", json(Map.of("active_kid", "k1", "keys", keys))),
                costly("a secret of a megabyte", "{\"keys\":{\"k1\":\"" + filled("s") + "\"}}"),
                costly("a secret of a megabyte in a list", "k1:" + filled("s")),
                costly("a k of a megabyte", jwkSet(null, Map.of("kty", "oct", "kid", "k", "k", filled("AAAA")))),
                costly(
                        "a kid of a megabyte",
                        jwkSet(null, with(jwk(shared(SampleAlgorithm.ES256)), "kid", filled("k")))),
                costly(
                        "an e of 8192 bits",
                        jwkSet(
                                null,
                                with(
                                        rsa,
                                        "e",
                                        Base64Url.encode(Base64Url.unsigned(
                                                BigInteger.ONE.shiftLeft(8192).subtract(BigInteger.ONE), 1024))))),
                costly("a d of a megabyte", jwkSet(null, with(rsa, "d", filled("AAAA")))),
                costly("2^31 - 1 iterations", PemSamples.encryptedWithIterations("7fffffff")),
                costly("2^31 iterations", PemSamples.encryptedWithIterations("0080000000")));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void parse_costlyDocument_isRefusedInTimeAndInFewWords(String text) {
        KeysetDocument document = KeysetDocument.of(text);
        assertThat(document.size()).isLessThanOrEqualTo(KeysetParser.MAX_BYTES);
        KeysetParser parser = KeysetParser.of(KeysetPolicy.standard()).withPemPassword("password"::toCharArray);

        InvalidKeysetException refused = assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> catchThrowableOfType(InvalidKeysetException.class, () -> parser.parse(document, Refusal.NOW)));

        assertThat(refused).isNotNull();
        assertThat(refused.problems()).hasSizeLessThanOrEqualTo(101);
        assertThat(String.valueOf(refused.getMessage())).hasSizeLessThan(30_000);
    }
}
