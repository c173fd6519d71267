package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tokens of the time before keys had names. */
@SuppressWarnings("try") // what is logged is kept off the console
class TokensWithoutKidTest {

    private static final String CLAIMS = "{\"sub\":\"me\",\"exp\":1900000000}";

    private final ManualClock clock = ManualClock.create();
    private final Instant until = clock.instant().plus(Duration.ofDays(30));
    private final KeyManager keys = KeyManager.builder(ScriptedKeysetSource.of(SampleKeys.jwkSet(
                    "k1",
                    SampleKeys.jwk("k1", SampleAlgorithm.EDDSA),
                    SampleKeys.jwk("k2", SampleAlgorithm.EDDSA),
                    SampleKeys.with(SampleKeys.jwk("r1", SampleAlgorithm.EDDSA), "purpose", "refresh"))))
            .clock(clock)
            .start();
    private final JwtVerifier verifier =
            keys.verifier().tokensWithoutKid("k1", until).build();

    @AfterEach
    void close() {
        keys.close();
    }

    private String signedBy(String kid, String header) {
        return Forge.with(keys, kid).token(header, CLAIMS);
    }

    private static void assertRejected(JwtVerifier verifier, String token, Reason reason) {
        assertThatThrownBy(() -> verifier.verify(token))
                .isInstanceOfSatisfying(
                        JwtRejectedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void verify_tokenWithoutKid_isOfTheKeyThatStandsIn_andCounted() {
        String token = signedBy("k1", "{\"alg\":\"EdDSA\"}");
        assertRejected(keys.verifier().build(), token, Reason.KID_MISSING);
        for (int i = 1; i <= 2; i++) { // read the first time, known the second
            assertThat(verifier.verify(token).kid()).isEqualTo("k1");
            assertThat(keys.stats().verifiedWithoutKid()).isEqualTo(i);
        }
        assertThat(verifier.verify(signedBy("k2", "{\"alg\":\"EdDSA\",\"kid\":\"k2\"}"))
                        .kid())
                .isEqualTo("k2");
        assertThat(keys.stats().verifiedWithoutKid()).isEqualTo(2);
        assertThat(keys.stats().verified()).isEqualTo(3);
        // Known by its text by now, and of no use to a verifier that was told nothing.
        assertRejected(keys.verifier().build(), token, Reason.KID_MISSING);
    }

    @Test
    void verify_afterTheInstant_isRefused() {
        String token = signedBy("k1", "{\"alg\":\"EdDSA\"}");
        clock.set(until.minusNanos(1));
        assertThat(verifier.verify(token).kid()).isEqualTo("k1");
        clock.set(until);
        assertRejected(verifier, token, Reason.KID_MISSING);
    }

    @Test
    void verify_everythingElse_isAskedAsOfAnyToken() {
        assertRejected(verifier, signedBy("k2", "{\"alg\":\"EdDSA\"}"), Reason.SIGNATURE_INVALID);
        assertRejected(verifier, signedBy("k1", "{\"alg\":\"Ed25519\"}"), Reason.ALG_REFUSED);
        assertRejected(verifier, signedBy("k1", "{\"alg\":\"EdDSA\",\"kid\":\"\"}"), Reason.KID_UNKNOWN);
        assertRejected(
                keys.verifier().tokensWithoutKid("r1", until).build(),
                signedBy("r1", "{\"alg\":\"EdDSA\"}"),
                Reason.KID_UNKNOWN);
        try (LogCapture quiet = LogCapture.start()) {
            keys.revoke("k1");
        }
        assertRejected(verifier, signedBy("k2", "{\"alg\":\"EdDSA\"}"), Reason.KID_REVOKED);
    }

    @Test
    void tokensWithoutKid_noName_isRefused() {
        assertThatThrownBy(() -> keys.verifier().tokensWithoutKid(" ", until))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
