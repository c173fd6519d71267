package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.aws.MotoServer;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The jar that is uploaded: run with nothing beside it but what Lambda's runtime brings. */
@Timeout(180)
class RotationFunctionJarIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static final Path JAR = Path.of(System.getProperty("rotation.jar"));
    private static final long MOST_BYTES = 10L << 20;

    @TempDir
    private Path directory;

    @Test
    void jar_saysByWhichLicencesItsPartsAre() throws IOException {
        try (FileSystem jar = FileSystems.newFileSystem(JAR)) {
            Path metadata = jar.getPath("META-INF");
            assertThat(metadata.resolve("LICENSE")).content().contains("Apache License");
            assertThat(metadata.resolve("NOTICE")).content().contains("Copyright 2026 The keyset4j authors", "AWS SDK");
            assertThat(metadata.resolve("licenses/SLF4J")).content().contains("QOS.ch");
            assertThat(metadata.resolve("THIRD-PARTY.txt"))
                    .content()
                    .doesNotContain("Unknown")
                    .contains("com.amazonaws:aws-lambda-java-core:", "software.amazon.awssdk:sdk-core:", ":jose4j:");
        }
    }

    @Test
    void jar_byLambdasRuntimeAndItsEnvironment_rotates() throws Exception {
        assertThat(Files.size(JAR)).isLessThan(MOST_BYTES);
        try (RotatedSecret secret = new RotatedSecret(MOTO, new MotoScheduler(MOTO), RotatedSecret.oneKey())) {
            String version = secret.schedule();
            Path events = Files.write(
                    directory.resolve("events"),
                    RotatedSecret.STEPS.stream()
                            .map(step -> "{\"Step\":\"" + step + "\",\"SecretId\":\"" + secret.name
                                    + "\",\"ClientRequestToken\":\"" + version
                                    + "\",\"RotationToken\":\"r\",\"Unknown\":1}")
                            .toList());

            List<String> answers = run(events);

            assertThat(answers).hasSize(4);
            assertThat(answers.get(0)).startsWith("generated my-key");
            assertThat(secret.current()).isEqualTo(version);
            assertThat(secret.refreshed().keys()).hasSize(2);
        }
    }

    private List<String> run(Path events) throws IOException, InterruptedException, URISyntaxException {
        Path out = directory.resolve("out");
        Path log = directory.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        String.join(
                                System.getProperty("path.separator"),
                                JAR.toString(),
                                place(FunctionRuntime.class),
                                place(
                                        com.amazonaws.services.lambda.runtime.serialization.events
                                                .LambdaEventSerializers.class)),
                        FunctionRuntime.class.getName(),
                        "io.github.keyset4j.aws.lambda.SecretsManagerRotationHandler")
                .redirectInput(events.toFile())
                .redirectOutput(out.toFile())
                .redirectError(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "AWS_ENDPOINT_URL_SECRETS_MANAGER", MOTO.endpoint().toString(),
                        "AWS_REGION", "eu-west-1",
                        "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                        "AWS_SECRET_ACCESS_KEY", "not-a-secret",
                        "AWS_SESSION_TOKEN", "not-a-token",
                        "KEYSET4J_KID", "my-key"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        assertThat(log)
                .content()
                .contains("createSecret")
                .contains("finishSecret")
                .doesNotContain("SLF4J");
        return Files.readAllLines(out);
    }

    private static String place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
