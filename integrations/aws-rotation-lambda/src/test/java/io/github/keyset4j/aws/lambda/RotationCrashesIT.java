package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.aws.MotoServer;
import io.github.keyset4j.aws.lambda.Calls.Side;
import io.github.keyset4j.testing.ours.LogCapture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The function ends before and after every call it makes, and Secrets Manager tries again. */
@Timeout(300)
class RotationCrashesIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    /** Four of createSecret, one of setSecret, three of testSecret, six of finishSecret. */
    private static final int CALLS = 14;

    private static MotoScheduler scheduler;

    @BeforeAll
    static void schedule() {
        scheduler = new MotoScheduler(MOTO);
    }

    /** What Secrets Manager does after a failure. */
    enum Retry {
        THE_STEP,
        THE_ROTATION
    }

    @ParameterizedTest
    @CsvSource({"BEFORE, THE_STEP", "AFTER, THE_STEP", "BEFORE, THE_ROTATION", "AFTER, THE_ROTATION"})
    void rotation_endedAtAnyCall_endsRightAtTheRetry(Side side, Retry retry) {
        int call = 1;
        try (LogCapture logs = LogCapture.start()) {
            while (crashed(call, side, retry)) {
                call++;
            }
            assertThat(logs.lines()).anyMatch(line -> line.level().equals("ERROR"));
        }
        assertThat(call - 1).isEqualTo(CALLS);
    }

    /** Whether there was a call of this number to end at. */
    private static boolean crashed(int call, Side side, Retry retry) {
        try (RotatedSecret secret = new RotatedSecret(MOTO, scheduler, RotatedSecret.oneKey())) {
            String before = secret.current();
            secret.signAndVerify("default");
            String version = secret.schedule();
            secret.calls.crashAt(call, side);
            boolean retried = false;
            for (int i = 0; i < RotatedSecret.STEPS.size(); i++) {
                try {
                    secret.step(RotatedSecret.STEPS.get(i), version);
                } catch (RuntimeException e) {
                    if (retried || !secret.calls.crashed()) {
                        throw e;
                    }
                    retried = true;
                    i = retry == Retry.THE_STEP ? i - 1 : -1;
                    secret.clock.advance(Duration.ofMinutes(5));
                }
                secret.refreshed();
                secret.signAndVerify("default");
            }
            rotatedOnce(secret, Map.of(before, List.of("AWSPREVIOUS"), version, List.of("AWSCURRENT")));
            return secret.calls.crashed();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("ended " + side + " call " + call + ", retried " + retry, e);
        }
    }

    private static void rotatedOnce(RotatedSecret secret, Map<String, List<String>> stages) {
        assertThat(secret.stages()).isEqualTo(stages);
        Keyset keyset = secret.refreshed();
        assertThat(keyset.keys()).hasSize(2);
        KeysetKey fresh = keyset.keys().get(1);
        Instant activate = fresh.activateAt().orElseThrow();
        Instant lead = secret.clock.instant().plus(Duration.ofMinutes(15));
        assertThat(activate).isAfterOrEqualTo(lead).isBefore(lead.plus(Duration.ofMinutes(61)));

        secret.clock.set(activate.minusSeconds(1));
        assertThat(active(secret)).isEqualTo("k1");
        secret.signAndVerify("default");
        secret.clock.set(activate);
        assertThat(active(secret)).isEqualTo(fresh.kid());
        secret.signAndVerify("default");
        secret.refreshed();
        secret.verify("default");
    }

    private static String active(RotatedSecret secret) {
        return secret.application
                .keyset()
                .activeKey("default", secret.clock.instant())
                .orElseThrow()
                .kid();
    }
}
