package io.github.keyset4j.file;

import io.github.keyset4j.Health;
import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSigner;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.VerifiedJwt;
import io.github.keyset4j.config.KeyManagers;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Keys in a file that configuration names: created, rotated with an overlap, broken, mended and cleaned up. */
@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class FileWorkflowTest {

    private static final Duration REFRESH = Duration.ofMinutes(1);

    private final ManualClock clock = ManualClock.create();
    private final String k1 = "\"k1\": \"" + randomSecret() + "\"";
    private final String k2 = "\"k2\": \"" + randomSecret() + "\"";

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("jwt-keyset.json");
    }

    private static String randomSecret() {
        byte[] random = new byte[48];
        new SecureRandom().nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    /** Mode 0600, and in place at once. */
    private void write(String activeKid, String... keys) throws IOException {
        Path beside = Files.createTempFile(directory, "jwt-keyset", ".tmp");
        Files.writeString(
                beside,
                "{\n  \"active_kid\": \"" + activeKid + "\",\n  \"keys\": {\n    " + String.join(",\n    ", keys)
                        + "\n  }\n}\n");
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private KeyManager start(String prefix) {
        return KeyManagers.from(
                        Map.of(
                                prefix + "_JWT_KEYSET_FILE", file.toString(),
                                prefix + "_JWT_KEYSET_REFRESH_INTERVAL", "1m",
                                prefix + "_STRICT_PRODUCTION_MODE", "true"),
                        prefix)
                .clock(clock)
                .start();
    }

    /** What happens by itself when the refresh interval has passed. */
    private LoadOutcome refreshIntervalElapses(KeyManager keys) {
        clock.advance(REFRESH);
        return keys.refreshNow();
    }

    private static String sign(KeyManager keys) {
        KeysetSigner signer = keys.signer().withLifetime(Duration.ofHours(2));
        return signer.sign(new JwtClaims());
    }

    private static VerifiedJwt verify(KeyManager keys, String token) {
        return keys.verifier().build().verify(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RGS", "APP"})
    void rotation_withOverlap_losesNoTokenBeforeItsKeyIsRemoved(String prefix) throws IOException {
        write("k1", k1);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = start(prefix)) {
            String old = sign(keys);
            assertThat(verify(keys, old).kid()).isEqualTo("k1");

            // Both keys, the new one named: it is known everywhere before it signs.
            write("k2", k1, k2);
            assertThat(refreshIntervalElapses(keys)).isEqualTo(LoadOutcome.LOADED);
            assertThat(verify(keys, sign(keys)).kid()).isEqualTo("k1");
            for (Duration waited = Duration.ZERO;
                    waited.compareTo(RotationTimes.internal().publishLead()) < 0;
                    waited = waited.plus(REFRESH)) {
                assertThat(refreshIntervalElapses(keys)).isEqualTo(LoadOutcome.UNCHANGED);
                assertThat(verify(keys, old).kid()).isEqualTo("k1");
            }
            String young = sign(keys);
            assertThat(verify(keys, young).kid()).isEqualTo("k2");
            assertThat(verify(keys, old).kid()).as("the overlap").isEqualTo("k1");

            // The old key goes, and its tokens with it.
            write("k2", k2);
            assertThat(refreshIntervalElapses(keys)).isEqualTo(LoadOutcome.LOADED);
            assertThatThrownBy(() -> verify(keys, old)).isInstanceOf(JwtRejectedException.class);
            assertThat(verify(keys, young).kid()).isEqualTo("k2");
            assertThat(log.lines("ERROR")).isEmpty();
        }
    }

    @Test
    void outage_fileBrokenAndGone_keepsLastKnownGoodAndRecovers() throws IOException {
        write("k1", k1);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = start("RGS")) {
            String token = sign(keys);
            Files.writeString(file, "{\"active_kid\": \"k1\", \"keys\": {\"k1\": \"unfin");
            assertThat(refreshIntervalElapses(keys)).isEqualTo(LoadOutcome.REJECTED);
            Files.delete(file);
            assertThat(refreshIntervalElapses(keys)).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(verify(keys, token).kid()).isEqualTo("k1");
            assertThat(verify(keys, sign(keys)).kid()).isEqualTo("k1");
            assertThat(log.lines("ERROR"))
                    .allSatisfy(line -> assertThat(line.message())
                            .startsWith("file:" + file)
                            .contains("the last-known-good keyset stays in force")
                            .doesNotContain("unfin"));
            write("k1", k1);
            refreshIntervalElapses(keys);
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
    }

    @Test
    void permissions_othersMayRead_strictModeDoesNotStartAndSaysWhatToDo() throws IOException {
        write("k1", k1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> start("RGS"))
                .isInstanceOf(InvalidKeysetException.class)
                .hasMessageContaining("file mode 0644: others have access; chmod 600");
    }

    @Test
    void exampleFile_withItsShortSecrets_isForDevelopersOnly() throws IOException {
        write("k2", "\"k1\": \"old-signing-secret\"", "\"k2\": \"new-signing-secret\"");
        Map<String, String> variables = Map.of("RGS_JWT_KEYSET_FILE", file.toString());
        try (LogCapture log = LogCapture.start();
                KeyManager standard = KeyManagers.from(variables, "RGS").startInBackground();
                KeyManager development = KeyManagers.from(variables, "RGS")
                        .policy(KeysetPolicy.development())
                        .start()) {
            assertThat(standard.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(log.lines("ERROR"))
                    .singleElement()
                    .asString()
                    .contains("too short for HS256", "generate one: openssl rand -base64 48");
            assertThat(verify(development, sign(development)).kid()).isEqualTo("k2");
            assertThat(log.lines("WARN")).hasSize(2);
            assertThat(log.text()).doesNotContain("signing-secret");
        }
    }
}
