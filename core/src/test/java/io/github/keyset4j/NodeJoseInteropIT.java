package io.github.keyset4j;

import io.github.keyset4j.testing.RequiredTool;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

    private static final int OLDEST_NODE = 20;
    private static final Path SOURCES = Path.of(System.getProperty("basedir", ""), "src", "test", "node");
    private static final Path WORK = Path.of(System.getProperty("basedir", ""), "target", "node");

    private InteropKeys keys;
    private Map<String, @Nullable Object> verified;
    private Map<String, @Nullable Object> signed;

    @BeforeAll
    void ask() throws Exception {
        requireNode();
        install();
        keys = new InteropKeys();
        Files.write(WORK.resolve("request.json"), StrictJson.write(request()));
        run(Duration.ofMinutes(1), WORK.resolve("request.json"), WORK.resolve("answer.json"), "node", "interop.mjs");
        Map<String, @Nullable Object> answer = StrictJson.object(Files.readAllBytes(WORK.resolve("answer.json")));
        verified = object(answer.get("verified"));
        signed = object(answer.get("signed"));
    }

    @AfterAll
    void close() throws IOException {
        if (keys != null) {
            keys.close();
        }
        Files.deleteIfExists(WORK.resolve("request.json"));
    }

    @ParameterizedTest
    @EnumSource(JwsAlgorithm.class)
    void sign_here_verifiesThereWithThePublishedKey(JwsAlgorithm algorithm) {
        Map<String, @Nullable Object> token = object(verified.get(algorithm + " as signed"));
        assertThat(token).doesNotContainKey("error");
        assertThat(object(token.get("claims")))
                .containsEntry("sub", InteropKeys.SUBJECT)
                .containsEntry("nested", Map.of("list", List.of(1L, 2.5, "three", true)));
        assertThat(object(token.get("header")))
                .containsEntry("alg", algorithm.joseName())
                .containsEntry("kid", InteropKeys.kid(algorithm));
    }

    @ParameterizedTest
    @EnumSource(JwsAlgorithm.class)
    void sign_hereAndTamperedWith_refusedThere(JwsAlgorithm algorithm) {
        Map<String, String> refused = Map.of("error", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
        assertThat(object(verified.get(algorithm + " with another signature"))).isEqualTo(refused);
        assertThat(object(verified.get(algorithm + " with another payload"))).isEqualTo(refused);
    }

    @ParameterizedTest
    @EnumSource(JwsAlgorithm.class)
    void sign_there_verifiesHere(JwsAlgorithm algorithm) {
        VerifiedJwt token = keys.verify(algorithm, signedByNode(algorithm));
        assertThat(token.algorithm()).isEqualTo(algorithm.joseName());
        assertThat(token.claims().getClaimValue("sub")).isEqualTo(InteropKeys.SUBJECT);
    }

    @ParameterizedTest
    @EnumSource(JwsAlgorithm.class)
    void sign_thereAndTamperedWith_refusedHere(JwsAlgorithm algorithm) {
        String token = signedByNode(algorithm);
        assertSignatureInvalid(algorithm, InteropKeys.withOtherSignature(token));
        assertSignatureInvalid(algorithm, InteropKeys.withOtherPayload(token));
    }

    private void assertSignatureInvalid(JwsAlgorithm algorithm, String token) {
        assertThatExceptionOfType(JwtRejectedException.class)
                .isThrownBy(() -> keys.verify(algorithm, token))
                .satisfies(rejected ->
                        assertThat(rejected.reason()).isEqualTo(JwtRejectedException.Reason.SIGNATURE_INVALID));
    }

    private String signedByNode(JwsAlgorithm algorithm) {
        return (String) requireNonNull(signed.get(InteropKeys.kid(algorithm)), "signed");
    }

    private Map<String, Object> request() throws StrictJson.Refused {
        List<Map<String, Object>> tokens = new ArrayList<>();
        List<Map<String, Object>> privateKeys = new ArrayList<>();
        for (JwsAlgorithm algorithm : JwsAlgorithm.values()) {
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

    private Map<String, Object> token(JwsAlgorithm algorithm, String what, String token) {
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

    private static void requireNode() {
        RequiredTool tool = RequiredTool.orElse("install Node.js " + OLDEST_NODE + " or newer, npm included");
        String version = tool.answer("node", "--version");
        if (Integer.parseInt(version.replaceAll("^v(\\d+)\\..*", "$1")) < OLDEST_NODE) {
            throw tool.missing("node is " + version);
        }
        tool.answer("npm", "--version");
    }

    /** Installs what package-lock.json pins, away from the sources. */
    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(WORK);
        for (String file : List.of("package.json", "package-lock.json", ".npmrc", "interop.mjs")) {
            Files.copy(SOURCES.resolve(file), WORK.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        Path log = WORK.resolve("npm.log");
        run(Duration.ofMinutes(5), null, log, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    }

    private static void run(Duration limit, @Nullable Path input, Path output, String... command)
            throws IOException, InterruptedException {
        File errors = WORK.resolve("errors.log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(WORK.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors);
        if (input != null) {
            builder.redirectInput(input.toFile());
        }
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(ended && process.exitValue() == 0)
                .as("%s: %s", String.join(" ", command), Files.readString(errors.toPath()))
                .isTrue();
    }
}
