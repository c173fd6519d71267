package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.secret.PublicSamples;
import io.github.keyset4j.secret.WeakSecret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What stands in public documentation is in everybody's dictionary. */
class PublicSamplesTest {

    /** The appendices of RFC 7515 and RFC 8037, and what tutorials of frameworks have their readers copy. */
    static Stream<Arguments> documents() {
        String tutorial = "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970";
        return Stream.of(
                Arguments.argumentSet("jwt.io", secret("a-string-secret-at-least-256-bits-long")),
                Arguments.argumentSet("a tutorial", secret(tutorial)),
                Arguments.argumentSet(
                        "a tutorial, decoded from base64",
                        oct(Base64.getDecoder().decode(tutorial))),
                Arguments.argumentSet(
                        "a tutorial, decoded from hex", oct(HexFormat.of().parseHex(tutorial))),
                Arguments.argumentSet(
                        "RFC 7515 A.1",
                        oct(Base64.getUrlDecoder()
                                .decode(
                                        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr"
                                                + "1Z9CAow"))),
                Arguments.argumentSet(
                        "RFC 7515 A.3",
                        SampleKeys.json(Map.of(
                                "kty", "EC",
                                "crv", "P-256",
                                "x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                                "y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))),
                Arguments.argumentSet(
                        "RFC 8037 A.1",
                        SampleKeys.json(Map.of(
                                "kty", "OKP", "crv", "Ed25519", "x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))));
    }

    private static String secret(String text) {
        return SampleKeys.json(Map.of("keys", Map.of("k1", text)));
    }

    private static String oct(byte[] octets) {
        return SampleKeys.json(Map.of("kty", "oct", "kid", "k1", "k", Base64Url.encode(octets)));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void sample_isRefusedByStrictAndWarnedOfByStandard(String document) {
        assertThatExceptionOfType(InvalidKeysetException.class)
                .isThrownBy(() -> KeysetParser.of(KeysetPolicy.strictProduction())
                        .parse(KeysetDocument.of(document), Refusal.NOW))
                .satisfies(e -> assertThat(e.problems())
                        .extracting(KeysetProblem::rule)
                        .containsAnyOf(PublicSamples.KNOWN, WeakSecret.WELL_KNOWN_DEFAULT));
        assertThat(KeysetParser.of(KeysetPolicy.standard()).warnings(KeysetDocument.of(document)))
                .hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void sample_onADevelopersMachine_passes(String document) {
        List<KeysetProblem> warnings =
                KeysetParser.of(KeysetPolicy.development()).warnings(KeysetDocument.of(document));
        assertThat(warnings).isEmpty();
        assertThat(PublicSamples.isSecret("another".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }
}
