package io.github.keyset4j.command;

import io.github.keyset4j.Health;
import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.config.KeyManagers;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Keys from a key management client that configuration names: rotated with an overlap, broken, mended, cleaned up. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class CommandWorkflowIT {

    private static final Duration REFRESH = Duration.ofMinutes(1);

    private final ManualClock clock = ManualClock.create();
    private final String k1 = "\"k1\": \"" + randomSecret() + "\"";
    private final String k2 = "\"k2\": \"" + randomSecret() + "\"";

    @TempDir
    private Path directory;

    private Path client;
    private Path keyset;

    /** A client that knows one sub-command and one format, and reads its keyset from beside itself. */
    @BeforeEach
    void installClient() throws IOException {
        keyset = directory.resolve("keyset");
        client = Scripts.write(
                directory.resolve("kms-client"),
                "[ \"$*\" = 'get-jwt-keyset --format json' ] || exit 64\nexec cat " + keyset);
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(Leftovers.processes(directory.toString())).isEmpty();
        assertThat(Leftovers.threads()).isEmpty();
    }

    private static String randomSecret() {
        byte[] random = new byte[48];
        new SecureRandom().nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    private void keyset(String activeKid, String... keys) throws IOException {
        Files.writeString(
                keyset,
                "{\n  \"active_kid\": \"" + activeKid + "\",\n  \"keys\": {" + String.join(", ", keys) + "}\n}\n");
    }

    private KeyManager.Builder manager(String command, String... more) {
        Map<String, String> variables =
                new HashMap<>(Map.of("RGS_JWT_KEYSET_COMMAND", command, "RGS_JWT_KEYSET_REFRESH_INTERVAL", "1m"));
        for (int i = 0; i < more.length; i += 2) {
            variables.put(more[i], more[i + 1]);
        }
        return KeyManagers.from(variables, "RGS").clock(clock).unknownKidWait(Duration.ZERO);
    }

    private String command() {
        return client + " get-jwt-keyset --format json";
    }

    private LoadOutcome refreshIntervalElapses(KeyManager keys) {
        clock.advance(REFRESH);
        return keys.refreshNow();
    }

    private static String sign(KeyManager keys) {
        return keys.signer().withLifetime(Duration.ofHours(2)).sign(new JwtClaims());
    }

    private static String kid(KeyManager keys, String token) {
        return keys.verifier().build().verify(token).kid();
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void rotation_withOverlap_losesNoTokenBeforeItsKeyIsRemoved(String strict) throws IOException {
        keyset("k1", k1);
        try (LogCapture log = LogCapture.start();
                KeyManager keys =
                        manager(command(), "RGS_STRICT_PRODUCTION_MODE", strict).start()) {
            String old = sign(keys);
            assertThat(kid(keys, old)).isEqualTo("k1");

            keyset("k2", k1, k2);
            assertThat(refreshIntervalElapses(keys)).isEqualTo(LoadOutcome.LOADED);
            assertThat(kid(keys, sign(keys)))
                    .as("before every replica knows k2")
                    .isEqualTo("k1");
            clock.advance(RotationTimes.internal().publishLead());
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            String young = sign(keys);
            assertThat(kid(keys, young)).isEqualTo("k2");
            assertThat(kid(keys, old)).as("the overlap").isEqualTo("k1");

            keyset("k2", k2);
            assertThat(refreshIntervalElapses(keys)).isEqualTo(LoadOutcome.LOADED);
            assertThatExceptionOfType(JwtRejectedException.class)
                    .isThrownBy(() -> kid(keys, old))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(JwtRejectedException.Reason.KID_UNKNOWN));
            assertThat(kid(keys, young)).isEqualTo("k2");
            assertThat(log.lines("ERROR")).isEmpty();
        }
    }

    @Test
    void outage_clientFailsAndPrintsRubbish_keepsLastKnownGoodAndRecovers() throws IOException {
        keyset("k1", k1);
        try (LogCapture log = LogCapture.start();
                KeyManager keys =
                        manager(command(), "RGS_STRICT_PRODUCTION_MODE", "true").start()) {
            String token = sign(keys);
            Files.delete(keyset);
            assertThat(refreshIntervalElapses(keys)).isEqualTo(LoadOutcome.FAILED);
            Files.writeString(keyset, "{\"active_kid\": \"k1\", \"keys\": {\"k1\": \"unfin");
            assertThat(refreshIntervalElapses(keys)).isEqualTo(LoadOutcome.REJECTED);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(kid(keys, token)).isEqualTo("k1");
            assertThat(kid(keys, sign(keys))).isEqualTo("k1");
            assertThat(log.text())
                    .contains("exit code 1", "the last-known-good keyset stays in force")
                    .doesNotContain("unfin", "get-jwt-keyset");
            keyset("k1", k1);
            refreshIntervalElapses(keys);
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
    }

    @Test
    void strictProduction_commandFoundOverPathOrInAShell_isRefusedWithTheRemedy() {
        assertThatExceptionOfType(InvalidKeysetException.class)
                .isThrownBy(
                        manager("kms-client get-jwt-keyset --format json", "RGS_STRICT_PRODUCTION_MODE", "true")::start)
                .withMessageContaining("name it by its absolute path");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> manager(command() + " | cat", "RGS_STRICT_PRODUCTION_MODE", "true"))
                .withMessageStartingWith("RGS_JWT_KEYSET_COMMAND")
                .withMessageContaining("executable script");
    }

    @Test
    void strictProduction_clientThatOthersMayReplace_isRefusedWithTheRemedy() throws IOException {
        Files.setPosixFilePermissions(client, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatExceptionOfType(InvalidKeysetException.class)
                .isThrownBy(manager(command(), "RGS_STRICT_PRODUCTION_MODE", "true")::start)
                .withMessageContaining("chmod go-w");
    }

    @Test
    void strictExternal_commandBesideInlineKeys_usesTheCommandAndSaysSo() throws IOException {
        keyset("k1", k1);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(
                                command(),
                                "RGS_JWT_KEYSET",
                                "inline:" + randomSecret(),
                                "RGS_STRICT_EXTERNAL_JWT_KEYSET",
                                "true")
                        .start()) {
            assertThat(kid(keys, sign(keys))).isEqualTo("k1");
            assertThat(log.lines("WARN")).singleElement().asString().contains("RGS_JWT_KEYSET: not used");
        }
    }
}
