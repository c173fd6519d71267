package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.Keyring.UnknownKidReload;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@Timeout(60)
class UnknownKidReloadTest {

    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final AtomicLong nanos = new AtomicLong();
    private final List<CompletableFuture<LoadOutcome>> asked = new CopyOnWriteArrayList<>();

    private UnknownKidReload reload(Duration wait) {
        return new UnknownKidReload(this::ask, INTERVAL, wait, nanos::get);
    }

    /** For reloads that end at once. */
    private UnknownKidReload ending(LoadOutcome outcome) {
        return new UnknownKidReload(
                () -> {
                    ask().complete(outcome);
                    return asked.get(asked.size() - 1);
                },
                INTERVAL,
                LONG,
                nanos::get);
    }

    private CompletableFuture<LoadOutcome> ask() {
        CompletableFuture<LoadOutcome> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void reload_manyWithinTheInterval_asksOnce() {
        UnknownKidReload reload = ending(LoadOutcome.UNCHANGED);
        for (int i = 0; i < 100; i++) {
            reload.reload();
            pass(INTERVAL.dividedBy(101));
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void reload_atTheEndOfTheInterval_asksAgain() {
        UnknownKidReload reload = ending(LoadOutcome.LOADED);
        reload.reload();
        pass(INTERVAL.minusNanos(1));
        reload.reload();
        assertThat(asked).hasSize(1);

        pass(Duration.ofNanos(1));
        reload.reload();
        assertThat(asked).hasSize(2);
    }

    @Test
    void reload_afterAFailedOne_keepsTheInterval() {
        UnknownKidReload reload = ending(LoadOutcome.FAILED);
        reload.reload();
        reload.reload();
        assertThat(asked).hasSize(1);
    }

    /** System.nanoTime() may be negative, and may pass from the largest number to the smallest. */
    @Test
    void reload_nanoTimeOverflows_keepsTheInterval() {
        nanos.set(Long.MAX_VALUE - 5);
        UnknownKidReload reload = ending(LoadOutcome.LOADED);
        reload.reload();
        pass(Duration.ofNanos(100));
        assertThat(nanos.get()).isNegative();
        reload.reload();
        assertThat(asked).hasSize(1);
        pass(INTERVAL);
        reload.reload();
        assertThat(asked).hasSize(2);
    }

    @Test
    void reload_nobodyWaits_neverAsks() {
        UnknownKidReload reload = reload(Duration.ZERO);
        reload.reload();
        pass(INTERVAL);
        reload.reload();
        assertThat(asked).isEmpty();
    }

    @Test
    void reload_whileOneIsUnderWay_sharesIt() throws Exception {
        UnknownKidReload reload = reload(LONG);
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Thread thread = new Thread(reload::reload, "waiter-" + i);
            thread.start();
            waiting.add(thread);
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            pass(Duration.ofMillis(1));
        }
        assertThat(asked).hasSize(1);

        asked.get(0).complete(LoadOutcome.LOADED);

        for (Thread thread : waiting) {
            thread.join();
        }
        assertThat(asked).hasSize(1);
    }

    /** Otherwise a load that hangs would hold the hundredth stranger for as long as the first. */
    @Test
    void reload_waitIsOverWhileTheLoadHangs_nobodyElseWaits() {
        UnknownKidReload reload = reload(Duration.ofMillis(50));
        reload.reload();
        pass(Duration.ofMillis(50));
        for (int i = 0; i < 1_000; i++) {
            reload.reload();
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void reload_loadThatHangs_isWaitedForOnlyBriefly() {
        UnknownKidReload reload = reload(Duration.ofMillis(50));
        long start = System.nanoTime();
        reload.reload();
        reload.reload();
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(took).isBetween(Duration.ofMillis(100), Duration.ofSeconds(20));
        assertThat(asked).hasSize(1);
    }

    @Test
    void reload_loadCancelledOrBroken_returns() {
        CompletableFuture<LoadOutcome> cancelled = new CompletableFuture<>();
        cancelled.cancel(false);
        CompletableFuture<LoadOutcome> broken = CompletableFuture.failedFuture(new IllegalStateException());
        for (CompletableFuture<LoadOutcome> answer : List.of(cancelled, broken)) {
            UnknownKidReload reload = new UnknownKidReload(() -> answer, INTERVAL, LONG, nanos::get);
            assertThatNoException().isThrownBy(reload::reload);
        }
    }

    @Test
    void reload_interrupted_returnsAtOnceAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        reload(LONG).reload();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(asked).hasSize(1);
    }

    /** What the reload is good for. */
    @Nested
    class InAManager {

        private final Map<String, Object> k1 = jwk("k1", SampleAlgorithm.ES256);
        private final Map<String, Object> k2 = jwk("k2", SampleAlgorithm.ES256);

        private String tokenOfK2() {
            try (KeyManager other = KeyManager.builder(ScriptedKeysetSource.of(jwkSet("k2", k2)))
                    .start()) {
                return other.signer().sign(new JwtClaims());
            }
        }

        private static Reason reason(JwtVerifier verifier, String token) {
            return catchThrowableOfType(JwtRejectedException.class, () -> verifier.verify(token))
                    .reason();
        }

        private static KeyManager.Builder patient(KeysetSource source) {
            return KeyManager.builder(source).unknownKidWait(LONG);
        }

        @Test
        void verify_keyNotLoadedYet_isLoadedForTheToken() {
            ScriptedKeysetSource source = ScriptedKeysetSource.of(jwkSet("k1", k1));
            try (KeyManager keys = patient(source).start()) {
                source.deliver(jwkSet("k1", k1, k2));
                assertThat(keys.verifier().build().verify(tokenOfK2()).kid()).isEqualTo("k2");
                assertThat(source.loads()).isEqualTo(2);
            }
        }

        /** The reload of the primary fails, and the key is there all the same. */
        @Test
        void verify_keyThatAFallbackBrings_isFound() {
            ScriptedKeysetSource fallback = ScriptedKeysetSource.of(jwkSet("k1", k1));
            ScriptedKeysetSource primary = ScriptedKeysetSource.failing(new IOException());
            try (LogCapture log = LogCapture.start();
                    KeyManager keys = patient(primary.orElse(fallback)).start()) {
                fallback.deliver(jwkSet("k1", k1, k2));
                assertThat(keys.verifier().build().verify(tokenOfK2()).kid()).isEqualTo("k2");
                assertThat(log.lines("ERROR")).isEmpty();
            }
        }

        @Test
        void verify_secondStranger_isRefusedWithoutALoad() {
            ScriptedKeysetSource source = ScriptedKeysetSource.of(jwkSet("k1", k1));
            try (KeyManager keys =
                    patient(source).minReloadInterval(Duration.ofDays(1)).start()) {
                JwtVerifier verifier = keys.verifier().build();
                String token = tokenOfK2();
                assertThat(reason(verifier, token)).isEqualTo(Reason.KID_UNKNOWN);
                source.deliver(jwkSet("k1", k1, k2));
                assertThat(reason(verifier, token)).isEqualTo(Reason.KID_UNKNOWN);
                assertThat(source.loads()).isEqualTo(2);

                keys.refreshNow();
                assertThat(verifier.verify(token).kid()).isEqualTo("k2");
            }
        }

        @Test
        void verify_switchedOff_neverLoads() {
            ScriptedKeysetSource source = ScriptedKeysetSource.of(jwkSet("k1", k1));
            try (KeyManager keys =
                    KeyManager.builder(source).unknownKidWait(Duration.ZERO).start()) {
                source.deliver(jwkSet("k1", k1, k2));
                assertThat(reason(keys.verifier().build(), tokenOfK2())).isEqualTo(Reason.KID_UNKNOWN);
                assertThat(source.loads()).isEqualTo(1);
            }
        }

        @Test
        void verify_kidOfAnotherPurposeOrRevoked_neverLoads() {
            k2.put("purpose", "refresh");
            ScriptedKeysetSource source = ScriptedKeysetSource.of(jwkSet(null, k1, k2));
            try (LogCapture log = LogCapture.start();
                    KeyManager keys = patient(source).start()) {
                String token = keys.signer("refresh").sign(new JwtClaims());
                assertThat(reason(keys.verifier().build(), token)).isEqualTo(Reason.KID_UNKNOWN);
                keys.revoke("k2");
                assertThat(reason(keys.verifier("refresh").build(), token)).isEqualTo(Reason.KID_REVOKED);
                assertThat(log.lines("WARN")).hasSize(2);
                assertThat(source.loads()).isEqualTo(1);
            }
        }

        @Test
        void verify_managerClosedOrSourceInline_neverLoads() {
            ScriptedKeysetSource source = ScriptedKeysetSource.of(jwkSet("k1", k1));
            KeyManager closed = patient(source).start();
            closed.close();
            assertThat(reason(closed.verifier().build(), tokenOfK2())).isEqualTo(Reason.KID_UNKNOWN);
            assertThat(source.loads()).isEqualTo(1);

            try (KeyManager inline = patient(KeysetSource.of(KeysetDocument.of(jwkSet("k1", k1))))
                    .start()) {
                assertThat(reason(inline.verifier().build(), tokenOfK2())).isEqualTo(Reason.KID_UNKNOWN);
                assertThat(inline.stats().loads(LoadOutcome.UNCHANGED)).isZero();
            }
        }
    }
}
