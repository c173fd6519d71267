package io.github.keyset4j.compatibility;

import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.aws.SecretsManagerKeysetSource;
import io.github.keyset4j.file.FileKeysetSource;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import software.amazon.awssdk.core.SdkClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** An application of the version of Spring Boot that the module names, with a manager for a bean. */
@ExtendWith(OutputCaptureExtension.class)
class SpringBootTest {

    @Configuration(proxyBeanMethods = false)
    static class Application {

        @Bean
        KeyManager keys(Environment environment) {
            return KeyManager.builder(FileKeysetSource.of(Path.of(environment.getRequiredProperty("keys"))))
                    .start();
        }
    }

    @Test
    void versions_areWhatTheDocumentSays() throws IOException {
        assertThat(Files.readString(Path.of("../../../docs/compatibility.md")))
                .contains("| Spring Boot | " + SpringBootVersion.getVersion() + " | SLF4J " + version(Logger.class)
                        + ", jose4j " + version(JwtClaims.class) + ", AWS SDK "
                        + version(SdkClient.class) + " |");
    }

    @Test
    void application_signsVerifiesAndLogs(@TempDir Path directory, CapturedOutput output) throws IOException {
        Path file = directory.resolve("keys.json");
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        edit.generate(KeyTemplate.of("ES256"), Instant.now());
        try (OutputStream out = Files.newOutputStream(file)) {
            edit.document().writeTo(out);
        }
        try (ConfigurableApplicationContext context =
                new SpringApplicationBuilder(Application.class).run("--keys=" + file)) {
            KeyManager keys = context.getBean(KeyManager.class);
            JwtClaims claims = new JwtClaims();
            claims.setAudience("api");
            String token = keys.signer().sign(claims);
            assertThat(keys.verifier().audience("api").build().verify(token).algorithm()).isEqualTo("ES256");
        }
        assertThat(output).contains("file:" + file + ": loaded");
    }

    @Test
    void awsProvider_asksAndTellsWhatHappened() {
        System.setProperty("aws.accessKeyId", "AKIDEXAMPLE");
        System.setProperty("aws.secretAccessKey", "not-a-secret");
        try (SecretsManagerKeysetSource source = SecretsManagerKeysetSource.builder("keys")
                .region("eu-west-1")
                .endpoint(URI.create("http://127.0.0.1:1"))
                .build()) {
            assertThatThrownBy(source::load).hasMessageContaining("failed with java.net.ConnectException");
        }
    }

    private static String version(Class<?> type) {
        String jar = Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .getFileName()
                .toString();
        return jar.replaceAll("^.*-([\\d.]+)\\.jar$", "$1");
    }
}
