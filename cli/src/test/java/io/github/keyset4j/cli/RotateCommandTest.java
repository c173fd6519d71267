package io.github.keyset4j.cli;

import io.github.keyset4j.encoding.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RotateCommandTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "ES384", "ES512", "EdDSA", "Ed25519", "RS256", "PS512", "HS256", "HS512"})
    void generate_anyAlgorithm_writesAPrivateFileThatSignsAndVerifies(String algorithm) throws IOException {
        Path file = directory.resolve("keys.json");

        Run generated = Run.of("generate", "--alg", algorithm, "--rsa-bits", "2048", "--output", file.toString());

        assertThat(generated.err()).contains("generated", algorithm);
        assertThat(generated.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(generated.out()).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Run signed = Run.of("sign", "--source", "file:" + file, "--claims", "{\"sub\":\"alice\"}");
        Run verified = Run.of("verify", "--source", "file:" + file, signed.out().strip());
        assertThat(verified.exitCode()).as(verified.err()).isEqualTo(ExitCode.OK);
        assertThat(verified.out()).contains("alice");
    }

    @Test
    void generate_whereAFileIs_isRefusedAndLeavesIt() throws IOException {
        Path file = Files.writeString(directory.resolve("keys.json"), "mine");

        Run run = Run.of("generate", "--alg", "ES256", "--output", file.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(Files.readString(file)).isEqualTo("mine");
    }

    @Test
    void generate_toStdout_wantsToBeAskedAloud() {
        Run quiet = Run.of("generate", "--alg", "ES256", "--output", "-");
        assertThat(quiet.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(quiet.out()).isEmpty();

        Run aloud = Run.of("generate", "--alg", "ES256", "--output", "-", "--show-secrets");
        assertThat(aloud.out()).contains("\"d\":");
    }

    @Test
    void generate_twoPurposesAsPemPairs_isTheShapeOfThatName() throws Exception {
        Path file = directory.resolve("keys.json");

        Run.of(
                "generate",
                "--alg",
                "RS256",
                "--rsa-bits",
                "2048",
                "--purpose",
                "access",
                "--purpose",
                "refresh",
                "--kid",
                "{purpose}-{date}",
                "--to",
                "pem-pairs",
                "--output",
                file.toString());

        Map<String, ?> document = StrictJson.object(Files.readAllBytes(file));
        assertThat(document).containsOnlyKeys("access", "refresh");
        assertThat(Files.readString(file)).contains("privateKeyPem", "\"kid\":\"access-20");
    }

    @Test
    void rotate_stepByStep_isRefusedTooEarlyAndTakenByForce() throws IOException {
        Path file = generated("EdDSA");

        Run prepared = rotate("prepare", file, "--kid", "k2");
        assertThat(prepared.exitCode()).as(prepared.err()).isEqualTo(ExitCode.OK);
        assertThat(prepared.err()).contains("generated k2", "next: promote k2");
        assertThat(rotate("prepare", file, "--kid", "k2").err()).contains("nothing to change");

        String before = Files.readString(file);
        Run early = rotate("promote", file, "--json");
        assertThat(early.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(early.out()).contains("\"refused\":{\"gate\":\"publish-lead\"", "\"allowed_from\":\"20");
        assertThat(early.err()).contains("allowed from");
        assertThat(Files.readString(file)).isEqualTo(before);

        Run dry = rotate("promote", file, "--force", "--dry-run");
        assertThat(dry.err()).contains("FORCED", "would have: k2 signs");
        assertThat(Files.readString(file)).isEqualTo(before);

        Run forced = rotate("promote", file, "k2", "--force", "--reason", "a drill");
        assertThat(forced.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(forced.err()).contains("FORCED", "L + E + W + ε");
        Run again = rotate("promote", file, "--force");
        assertThat(again.exitCode()).as(again.err()).isEqualTo(ExitCode.OK);
        assertThat(again.err()).contains("nothing to change", "k2 signs");
        assertThat(rotate("retire", file).err()).contains("retired k1");
        Run twice = rotate("retire", file);
        assertThat(twice.exitCode()).as(twice.err()).isEqualTo(ExitCode.OK);
        assertThat(twice.err()).contains("nothing to change", "k1 is removed at");
        assertThat(rotate("revoke", file, "k1").exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(Run.of("inspect", "--source", "file:" + file, "--json").out())
                .contains("\"k2\"");
    }

    @Test
    void rotate_auto_writesTheWholeTimelineOnce() throws Exception {
        Path file = generated("ES256");

        Run run = rotate("auto", file, "--kid", "k2", "--json");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        Map<String, ?> told = StrictJson.object(run.out().strip());
        assertThat(((Map<?, ?>) told.get("step")).get("changed")).isEqualTo(true);
        assertThat((List<?>) told.get("keys")).hasSize(2);
        assertThat(Files.readString(file)).contains("nbf", "iat", "exp");
        assertThat(rotate("auto", file, "--json").out()).contains("\"changed\":false");
    }

    @Test
    void rotate_emergency_revokesAndReplaces() throws IOException {
        Path file = generated("ES256");
        String token = Run.of("sign", "--source", "file:" + file).out().strip();

        Run run = rotate("emergency", file, "k1");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).contains("FORCED", "revoked k1");
        assertThat(Run.of("verify", "--source", "file:" + file, token).err()).contains("KID_REVOKED");
    }

    @Test
    void rotate_withEvidence_recordsWhatWasForced() throws IOException {
        Path file = generated("ES256");
        Path evidence = directory.resolve("evidence");
        rotate("prepare", file, "--kid", "k2", "--evidence", evidence.toString(), "--event-id", "one");

        rotate(
                "promote",
                file,
                "--force",
                "--reason",
                "a drill",
                "--evidence",
                evidence.toString(),
                "--event-id",
                "two");

        assertThat(Files.readString(evidence.resolve("two/summary.json"))).contains("a drill", "\"forced\": true");
        assertThat(Run.of("verify-evidence", evidence.toString()).exitCode()).isEqualTo(ExitCode.OK);
        try (Stream<Path> files = Files.walk(evidence)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(each)).doesNotContain("\"d\":");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES384", "PS512", "EdDSA", "HS512"})
    void rotate_withoutAlg_makesAKeyLikeTheOneItFollows(String algorithm) throws Exception {
        Path file = directory.resolve("keys.json");
        Run.of("generate", "--alg", algorithm, "--rsa-bits", "2048", "--kid", "k1", "--output", file.toString());
        for (String step : List.of("prepare", "auto", "emergency k1")) {
            assertThat(algorithmOfTheNewKey(step, file)).as(step).isEqualTo(algorithm);
            assertThat(algorithmOfTheNewKey(step + " --alg ES256", file))
                    .as(step)
                    .isEqualTo("ES256");
        }
    }

    private static String algorithmOfTheNewKey(String step, Path file) throws Exception {
        Run run = Run.of(("rotate " + step + " --dry-run --json --store file:" + file).split(" "));
        return ((List<?>) StrictJson.object(run.out().strip()).get("keys"))
                .stream()
                        .map(key -> (Map<?, ?>) key)
                        .filter(key -> !"k1".equals(key.get("kid")))
                        .map(key -> String.valueOf(key.get("alg")))
                        .reduce("", String::concat);
    }

    @Test
    void rotate_aShapeWithoutRoom_saysWhatToConvertAndOffersTo() throws IOException {
        Path file = directory.resolve("pairs.json");
        Run.of("generate", "--alg", "ES256", "--purpose", "access", "--to", "pem-pairs", "--output", file.toString());

        Run refused = rotate("auto", file);
        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("pem-pairs", "convert");

        assertThat(rotate("auto", file, "--convert").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(Files.readString(file)).startsWith("{\"keys\":[");
    }

    @Test
    void convert_thereAndBack_keepsTheKeys() throws IOException {
        Path file = generated("EdDSA");
        String token = Run.of("sign", "--source", "file:" + file).out().strip();
        Path map = directory.resolve("map.json");
        Path keyset = directory.resolve("keyset.json");

        assertThat(convert(file, "jwk-map", map).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(convert(map, "keyset", keyset).exitCode()).isEqualTo(ExitCode.OK);

        assertThat(Run.of("verify", "--source", "file:" + keyset, token).exitCode())
                .isEqualTo(ExitCode.OK);
        assertThat(convert(file, "list", directory.resolve("list")).exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(directory.resolve("list")).doesNotExist();
    }

    @Test
    void rotate_withoutAStep_isUsage() {
        assertThat(Run.of("rotate").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Run.of("rotate", "revoke", "--store", "file:/nowhere").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Run.of("rotate", "auto", "--store", "env:KEYS").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Run.of("rotate", "auto", "--store", "file:" + directory.resolve("absent"))
                        .exitCode())
                .isEqualTo(ExitCode.SOURCE);
    }

    private Path generated(String algorithm) {
        Path file = directory.resolve("keys.json");
        assertThat(Run.of("generate", "--alg", algorithm, "--kid", "k1", "--output", file.toString())
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        return file;
    }

    private static Run rotate(String step, Path file, String... more) {
        return Run.of(Stream.concat(Stream.of("rotate", step, "--store", "file:" + file), Stream.of(more))
                .toArray(String[]::new));
    }

    private static Run convert(Path from, String shape, Path to) {
        return Run.of("convert", "--source", "file:" + from, "--to", shape, "--output", to.toString());
    }
}
