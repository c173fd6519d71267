package io.github.keyset4j;

import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tokens and keys exchanged with jose on Node.js, both ways; one request to it for all algorithms. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeJoseInteropIT {

    private NodeProject node;
    private InteropKeys keys;
    private Map<String, @Nullable Object> verified;
    private Map<String, @Nullable Object> signed;

    @BeforeAll
    void ask() throws Exception {
        node = NodeProject.installed();
        keys = new InteropKeys();
        Path request = node.file("request.json");
        Path response = node.file("answer.json");
        Files.write(request, StrictJson.write(request()));
        node.run(Duration.ofMinutes(1), request, response, "node", "interop.mjs");
        Map<String, @Nullable Object> answer = StrictJson.object(Files.readAllBytes(response));
        verified = object(answer.get("verified"));
        signed = object(answer.get("signed"));
    }

    @AfterAll
    void close() throws IOException {
        if (keys != null) {
            keys.close();
        }
        if (node != null) {
            Files.deleteIfExists(node.file("request.json"));
        }
    }

    @ParameterizedTest
    @EnumSource(SampleAlgorithm.class)
    void sign_here_verifiesThereWithThePublishedKey(SampleAlgorithm algorithm) {
        Map<String, @Nullable Object> token = object(verified.get(algorithm + " as signed"));
        assertThat(token).doesNotContainKey("error");
        assertThat(object(token.get("claims")))
                .containsEntry("sub", InteropKeys.SUBJECT)
                .containsEntry("nested", Map.of("list", List.of(1L, new BigDecimal("2.5"), "three", true)));
        assertThat(object(token.get("header")))
                .containsEntry("alg", algorithm.joseName())
                .containsEntry("kid", InteropKeys.kid(algorithm));
    }

    @ParameterizedTest
    @EnumSource(SampleAlgorithm.class)
    void sign_hereAndTamperedWith_refusedThere(SampleAlgorithm algorithm) {
        Map<String, String> refused = Map.of("error", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
        assertThat(object(verified.get(algorithm + " with another signature"))).isEqualTo(refused);
        assertThat(object(verified.get(algorithm + " with another payload"))).isEqualTo(refused);
    }

    @ParameterizedTest
    @EnumSource(SampleAlgorithm.class)
    void sign_there_verifiesHere(SampleAlgorithm algorithm) {
        VerifiedJwt token = keys.verify(algorithm, signedByNode(algorithm));
        assertThat(token.algorithm()).isEqualTo(algorithm.joseName());
        assertThat(token.claims().getClaimValue("sub")).isEqualTo(InteropKeys.SUBJECT);
    }

    @ParameterizedTest
    @EnumSource(SampleAlgorithm.class)
    void sign_thereAndTamperedWith_refusedHere(SampleAlgorithm algorithm) {
        String token = signedByNode(algorithm);
        assertSignatureInvalid(algorithm, InteropKeys.withOtherSignature(token));
        assertSignatureInvalid(algorithm, InteropKeys.withOtherPayload(token));
    }

    private void assertSignatureInvalid(SampleAlgorithm algorithm, String token) {
        assertThatExceptionOfType(JwtRejectedException.class)
                .isThrownBy(() -> keys.verify(algorithm, token))
                .satisfies(rejected ->
                        assertThat(rejected.reason()).isEqualTo(JwtRejectedException.Reason.SIGNATURE_INVALID));
    }

    private String signedByNode(SampleAlgorithm algorithm) {
        return (String) requireNonNull(signed.get(InteropKeys.kid(algorithm)), "signed");
    }

    private Map<String, Object> request() throws MalformedJson {
        List<Map<String, Object>> tokens = new ArrayList<>();
        List<Map<String, Object>> privateKeys = new ArrayList<>();
        for (SampleAlgorithm algorithm : SampleAlgorithm.values()) {
            String token = keys.sign(algorithm);
            tokens.add(token(algorithm, " as signed", token));
            tokens.add(token(algorithm, " with another signature", InteropKeys.withOtherSignature(token)));
            tokens.add(token(algorithm, " with another payload", InteropKeys.withOtherPayload(token)));
            privateKeys.add(keys.privateJwk(algorithm));
        }
        return Map.of(
                "jwks",
                StrictJson.object(keys.publishedJwks()),
                "issuer",
                InteropKeys.ISSUER,
                "audience",
                InteropKeys.AUDIENCE,
                "subject",
                InteropKeys.SUBJECT,
                "tokens",
                tokens,
                "keys",
                privateKeys);
    }

    private Map<String, Object> token(SampleAlgorithm algorithm, String what, String token) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", algorithm + what);
        entry.put("token", token);
        if (algorithm.family().symmetric()) {
            entry.put("secret", keys.privateJwk(algorithm));
        }
        return entry;
    }

    @SuppressWarnings("unchecked") // StrictJson makes no other maps
    private static Map<String, @Nullable Object> object(@Nullable Object json) {
        return (Map<String, @Nullable Object>) requireNonNull(json, "json");
    }
}
