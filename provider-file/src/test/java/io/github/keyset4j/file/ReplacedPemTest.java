package io.github.keyset4j.file;

import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A mounted private key that is replaced by the next one, as certificate managers do at each renewal. */
@SuppressWarnings("NullAway.Init") // JUnit sets it before each test
class ReplacedPemTest {

    private static final Duration REFRESH = Duration.ofMinutes(1);
    private static final Duration LIFETIME = Duration.ofMinutes(30);
    private static final RotationTimes TIMES =
            RotationTimes.internal().toBuilder().maxTokenLifetime(LIFETIME).build();
    private static final Duration LEAD = TIMES.publishLead();

    private final ManualClock clock = ManualClock.create();
    /** When each token was signed. */
    private final Map<String, Instant> tokens = new LinkedHashMap<>();

    @TempDir
    private Path directory;

    private static String pem() throws Exception {
        byte[] key = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getEncoder().encodeToString(key)
                + "\n-----END PRIVATE KEY-----\n";
    }

    private Path file() {
        return directory.resolve("tls.key");
    }

    private void replace(String text) throws Exception {
        Path beside = Files.createTempFile(directory, "new", ".tmp");
        Files.writeString(beside, text);
        Files.move(beside, file(), StandardCopyOption.ATOMIC_MOVE);
    }

    private KeyManager start() {
        return KeyManager.builder(FileKeysetSource.of(file()))
                .clock(clock)
                .rotation(TIMES)
                .refreshEvery(REFRESH)
                .start();
    }

    /** Signs, and verifies the oldest tokens that live; the kid that signs. */
    private String minutePasses(KeyManager keys) {
        clock.advance(REFRESH);
        assertThat(keys.refreshNow()).isIn(LoadOutcome.LOADED, LoadOutcome.UNCHANGED);
        String token = keys.signer().withLifetime(LIFETIME).sign(new JwtClaims());
        tokens.put(token, clock.instant());
        tokens.values().removeIf(signed -> !signed.plus(LIFETIME).isAfter(clock.instant()));
        JwtVerifier verifier = keys.verifier().build();
        tokens.keySet().stream().limit(3).forEach(verifier::verify); // the oldest, whose keys go first
        return verifier.verify(token).kid();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void replace_pemAlone_noLiveTokenIsRejectedAndTheNewKeySignsAfterTheLead(boolean inBase64) throws Exception {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String pem = "# renewed\n" + pem();
            documents.add(inBase64 ? Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8)) : pem);
        }
        replace(documents.get(0));
        try (KeyManager keys = start()) {
            String before = minutePasses(keys);
            for (String next : documents.subList(1, 3)) {
                replace(next);
                Instant loaded = clock.instant().plus(REFRESH);
                String signing = minutePasses(keys);
                while (clock.instant().isBefore(loaded.plus(LEAD))) {
                    assertThat(signing).isEqualTo(before);
                    assertThat(keys.keyset().keys()).as("both are published").hasSize(2);
                    signing = minutePasses(keys);
                }
                assertThat(signing).isNotEqualTo(before);
                String old = before;
                Instant end = clock.instant().plus(LIFETIME);
                while (clock.instant().isBefore(end)) {
                    assertThat(keys.keyset().key(old)).isPresent();
                    minutePasses(keys);
                }
                for (int i = 0; i < 30; i++) { // L, the leeway and what clocks differ by
                    minutePasses(keys);
                }
                replace(next + "\n"); // a document that is read again without the key that has ended
                minutePasses(keys);
                assertThat(keys.keyset().key(old)).isEmpty();
                before = signing;
            }
        }
    }

    @Test
    void replace_pemByItsSuccessorBeforeTheFirstSigned_goesOnWithTheOldestUntilTheLastIsKnown() throws Exception {
        replace(pem());
        try (KeyManager keys = start()) {
            String first = minutePasses(keys);
            replace(pem());
            minutePasses(keys);
            replace(pem());
            Instant loaded = clock.instant().plus(REFRESH);
            while (clock.instant().isBefore(loaded.plus(LEAD).minus(REFRESH))) {
                assertThat(minutePasses(keys)).isEqualTo(first);
            }
            assertThat(minutePasses(keys)).isNotEqualTo(first);
        }
    }
}
