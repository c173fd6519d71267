package io.github.keyset4j.compatibility;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.aws.MotoServer;
import io.github.keyset4j.aws.ParameterStoreKeysetSource;
import io.github.keyset4j.aws.SecretsManagerKeysetSource;
import io.github.keyset4j.file.FileKeysetSource;
import io.github.keyset4j.rotation.KeysetStore;
import io.github.keyset4j.testing.TestKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The lowest versions of docs/compatibility.md in use: this module's class path has them. */
class LowestVersionsIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    @ParameterizedTest
    @CsvSource({"jose4j, jose4j", "SLF4J, slf4j-api", "AWS SDK for Java, sdk-core"})
    void classPath_hasWhatTheDocumentSays(String name, String jar) throws IOException {
        String lowest =
                System.getProperty("java.class.path").replaceAll(".*[\\\\/]" + jar + "-([\\d.]+)\\.jar.*", "$1");
        assertThat(Files.readString(Path.of("../../docs/compatibility.md")))
                .contains("| " + name + " | " + lowest + " |");
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "evidence", "provider-file", "provider-command", "provider-aws"})
    void sources_compileAgainstThem(String module, @TempDir Path classes) throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, UTF_8);
                Stream<Path> tree = Files.walk(Path.of("../..", module, "src/main/java"))) {
            List<Path> sources =
                    tree.filter(file -> file.toString().endsWith(".java")).toList();
            List<String> options = List.of("-proc:none", "-d", classes.toString());
            assertThat(javac.getTask(errors, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                            .call())
                    .as(errors.toString())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "PS256", "ES256", "EdDSA", "HS256"})
    void file_signsVerifiesAndLogs(String algorithm, @TempDir Path directory) throws IOException {
        Path file = directory.resolve("keys.json");
        try (OutputStream out = Files.newOutputStream(file)) {
            document(algorithm).writeTo(out);
        }
        signsAndVerifies(FileKeysetSource.of(file));
        assertThat(log()).contains("file:" + file + ": loaded");
    }

    @Test
    void missingFile_isLoggedAndTold(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("missing.json");
        KeyManager.Builder manager =
                KeyManager.builder(FileKeysetSource.of(file)).startDeadline(Duration.ofMillis(100));
        assertThatThrownBy(manager::start).hasMessageContaining(file.toString());
        assertThat(log()).contains("(NOT_FOUND); there is no keyset to work with");
    }

    @Test
    void secretsManager_isWrittenAndRead() throws Exception {
        stored(SecretsManagerKeysetSource.builder("lowest")
                .region("eu-west-1")
                .endpoint(MOTO.endpoint())
                .buildStore());
    }

    @Test
    void parameterStore_isWrittenAndRead() throws Exception {
        stored(ParameterStoreKeysetSource.builder("/lowest")
                .region("eu-west-1")
                .endpoint(MOTO.endpoint())
                .buildStore());
    }

    private static void stored(KeysetStore store) throws Exception {
        assertThatThrownBy(store::load).hasMessageContaining("there is no such thing");
        String revision = store.create(document("RS256"));
        store.replace(document("ES256"), revision);
        signsAndVerifies(store);
    }

    private static KeysetDocument document(String algorithm) {
        try (TestKeys keys = TestKeys.of(algorithm)) {
            return keys.document();
        }
    }

    private static void signsAndVerifies(KeysetSource source) {
        try (KeyManager keys = KeyManager.builder(source).start()) {
            JwtClaims claims = new JwtClaims();
            claims.setSubject("somebody");
            claims.setAudience("api");
            String token = keys.signer().sign(claims);
            assertThat(keys.verifier()
                            .audience("api")
                            .build()
                            .verify(token)
                            .claims()
                            .getClaimValue("sub"))
                    .isEqualTo("somebody");
            assertThat(keys.jwks().json()).startsWith("{\"keys\":[");
        }
    }

    private static String log() throws IOException {
        return Files.readString(Path.of(System.getProperty("org.slf4j.simpleLogger.logFile")));
    }
}
