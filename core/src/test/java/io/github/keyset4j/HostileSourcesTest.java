package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Sources, listeners and settings at their worst: what hangs, throws, lies or is out of all bounds. */
@Timeout(40)
@SuppressWarnings("try") // what is logged is kept off the console
class HostileSourcesTest {

    private final ManualClock clock = ManualClock.create();
    private final Map<String, Object> k1 = SampleKeys.jwk("k1", SampleAlgorithm.EDDSA);
    private final String document = SampleKeys.jwkSet("k1", k1);

    private static void hang(CountDownLatch until) {
        while (until.getCount() > 0) {
            try {
                until.await();
            } catch (InterruptedException e) {
                // as some drivers do
            }
        }
    }

    private static String unknown(KeyManager keys, String kid) {
        return Forge.with(keys, "k1").token("{\"alg\":\"EdDSA\",\"kid\":\"" + kid + "\"}", "{\"exp\":9999999999}");
    }

    @Test
    void loadHangs_expiryIsToldAllTheSame() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        ScriptedKeysetSource source = ScriptedKeysetSource.of(document);
        ToldEvents events = new ToldEvents();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .clock(clock)
                        .refreshEvery(Duration.ofMillis(200))
                        .listener(events)
                        .start()) {
            KeysetSigner signer = keys.signer();
            source.answer(() -> {
                hanging.countDown();
                hang(release);
                return KeysetDocument.of(document);
            });
            assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
            clock.advance(Duration.ofHours(25));
            assertThatThrownBy(() -> signer.sign(new JwtClaims())).isInstanceOf(KeysetUnavailableException.class);
            try {
                assertThat(events.all(keys)).hasAtLeastOneElementOfType(KeysetEvent.Expired.class);
                assertThat(log.text()).contains("maxStaleness");
            } finally {
                release.countDown();
            }
        }
    }

    @Test
    void loadHangs_strangersHoldThreadsForOneSecondInTenAtMost() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        ScriptedKeysetSource source = ScriptedKeysetSource.of(document);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source).clock(clock).start()) {
            source.answer(() -> {
                hang(release);
                return KeysetDocument.of(document);
            });
            JwtVerifier verifier = keys.verifier().build();
            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                String token = unknown(keys, "x" + i);
                assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(JwtRejectedException.class);
            }
            long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
            release.countDown();
            assertThat(millis)
                    .as("milliseconds that five unknown kids, one after another, held a thread")
                    .isLessThan(2000);
        }
    }

    @Test
    void closedWhileALoadHangs_refreshNowReturns() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(1);
        ScriptedKeysetSource source = ScriptedKeysetSource.of(document);
        try (LogCapture log = LogCapture.start()) {
            KeyManager keys = Managers.onlyWhenTold(source).clock(clock).start();
            source.answer(() -> {
                hanging.countDown();
                hang(release);
                return KeysetDocument.of(document);
            });
            CompletableFuture<Object> waiting = new CompletableFuture<>();
            Thread asking = new Thread(() -> {
                try {
                    waiting.complete(keys.refreshNow());
                } catch (RuntimeException e) {
                    waiting.complete(e);
                }
            });
            asking.setDaemon(true);
            asking.start();
            assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
            keys.close();
            try {
                Object thrown = waiting.get(3, TimeUnit.SECONDS);
                assertThat(release.getCount()).isOne();
                assertThat(thrown).isInstanceOf(IllegalStateException.class);
            } finally {
                release.countDown();
            }
        }
    }

    private KeysetSource source(
            java.util.function.Supplier<String> description,
            java.util.function.Supplier<List<KeysetProblem>> findings,
            Runnable close) {
        return new KeysetSource() {
            @Override
            public KeysetDocument load() {
                return KeysetDocument.of(document);
            }

            @Override
            public String description() {
                return description.get();
            }

            @Override
            public List<KeysetProblem> findings() {
                return findings.get();
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }

    @Test
    void strict_findingsThrow_startFailsSafely() {
        AtomicBoolean closed = new AtomicBoolean();
        KeysetSource source = source(
                () -> "x:y",
                () -> {
                    throw new IllegalStateException("canary-secret");
                },
                () -> closed.set(true));
        try (LogCapture log = LogCapture.start()) {
            Throwable thrown = catchThrowable(() -> KeyManager.builder(source)
                    .policy(KeysetPolicy.strictProduction())
                    .startDeadline(Duration.ofSeconds(1))
                    .start()
                    .close());
            assertThat(thrown).isInstanceOf(KeysetException.class).hasMessageNotContaining("canary-secret");
        }
    }

    @Test
    void strict_findingsHang_startDeadlineHolds() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        KeysetSource source = source(
                () -> "x:y",
                () -> {
                    hang(release);
                    return List.of();
                },
                () -> {});
        try (LogCapture log = LogCapture.start()) {
            CompletableFuture<Throwable> started =
                    CompletableFuture.supplyAsync(() -> catchThrowable(() -> KeyManager.builder(source)
                            .policy(KeysetPolicy.strictProduction())
                            .startDeadline(Duration.ofMillis(500))
                            .start()
                            .close()));
            try {
                assertThat(started.get(9, TimeUnit.SECONDS)).isInstanceOf(KeysetException.class);
            } finally {
                release.countDown();
            }
        }
    }

    @Test
    void startRefusedByStrictPolicy_sourceIsClosed() {
        AtomicBoolean closed = new AtomicBoolean();
        KeysetSource source = source(
                () -> "x:y",
                () -> List.of(KeysetProblem.of("file mode 0644", "others have access", "chmod 600")),
                () -> closed.set(true));
        assertThatThrownBy(() -> KeyManager.builder(source)
                        .policy(KeysetPolicy.strictProduction())
                        .start())
                .isInstanceOf(InvalidKeysetException.class);
        assertThat(closed).isTrue();
    }

    @Test
    void startDeadlineOfCenturies_leavesNothingBehind() {
        ScriptedKeysetSource source = ScriptedKeysetSource.failing(new IOException("away"));
        long before = threads();
        try (LogCapture log = LogCapture.start()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread starter = new Thread(() -> thrown.set(catchThrowable(() -> KeyManager.builder(source)
                    .startDeadline(Duration.ofDays(365_000))
                    .start())));
            starter.start();
            try {
                starter.join(1500);
                starter.interrupt();
                starter.join(8000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            assertThat(threads())
                    .as("refresh threads; start threw " + thrown.get())
                    .isEqualTo(before);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("keyset4j-refresh") && thread.isAlive())
                .count();
    }

    @Test
    void maxStalenessForever_worksOrIsRefusedByName() {
        ScriptedKeysetSource source = ScriptedKeysetSource.of(document);
        try (LogCapture log = LogCapture.start()) {
            Throwable thrown = catchThrowable(() -> {
                try (KeyManager keys = KeyManager.builder(source)
                        .maxStaleness(ChronoUnit.FOREVER.getDuration())
                        .startDeadline(Duration.ofSeconds(2))
                        .start()) {
                    keys.signer().sign(new JwtClaims());
                }
            });
            assertThat(thrown == null || thrown instanceof IllegalArgumentException)
                    .as(thrown + "\n" + log.text())
                    .isTrue();
        }
    }

    @Test
    void descriptionIsNull_startWorks() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = KeyManager.builder(source(() -> null, List::of, () -> {}))
                        .startDeadline(Duration.ofSeconds(2))
                        .start()) {
            keys.signer().sign(new JwtClaims());
        }
    }

    @Test
    void descriptionThrowsAnErrorLater_refreshGoesOn() {
        AtomicBoolean broken = new AtomicBoolean();
        ScriptedKeysetSource inner = ScriptedKeysetSource.of(document);
        KeysetSource source = new KeysetSource() {
            @Override
            public KeysetDocument load() throws Exception {
                return inner.load();
            }

            @Override
            public String description() {
                if (broken.get()) {
                    throw new NoClassDefFoundError("x");
                }
                return "x:y";
            }
        };
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source).clock(clock).start()) {
            broken.set(true);
            inner.deliver(SampleKeys.jwkSet("k1", k1, SampleKeys.jwk("k2", SampleAlgorithm.EDDSA)));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
        }
    }

    @Test
    void primaryCloseThrows_fallbackIsClosedAndTheLoadFailureIsTold() {
        ScriptedKeysetSource fallback = ScriptedKeysetSource.failing(new IOException("away"));
        KeysetSource primary = new KeysetSource() {
            @Override
            public KeysetDocument load() throws IOException {
                throw new IOException("away");
            }

            @Override
            public void close() {
                throw new IllegalStateException("close failed");
            }
        };
        try (LogCapture log = LogCapture.start()) {
            Throwable thrown = catchThrowable(() -> KeyManager.builder(primary.orElse(fallback))
                    .startDeadline(Duration.ofMillis(500))
                    .start());
            assertThat(thrown).isInstanceOf(KeysetLoadException.class);
            assertThat(fallback.closed()).isTrue();
        }
    }

    @Test
    void listenerRevokesAndReadsAndCloses_noDeadlock() throws Exception {
        AtomicReference<KeyManager> manager = new AtomicReference<>();
        ScriptedKeysetSource source = ScriptedKeysetSource.of(document);
        CountDownLatch done = new CountDownLatch(1);
        try (LogCapture log = LogCapture.start()) {
            KeyManager keys = Managers.onlyWhenTold(source)
                    .clock(clock)
                    .listener(event -> {
                        KeyManager held = manager.get();
                        if (held != null && event instanceof KeysetEvent.Loaded) {
                            held.health();
                            held.revoke("k9");
                            LoadOutcome unused = held.refreshNow();
                            held.close();
                            done.countDown();
                        }
                    })
                    .start();
            manager.set(keys);
            source.deliver(SampleKeys.jwkSet("k1", k1, SampleKeys.jwk("k2", SampleAlgorithm.EDDSA)));
            Throwable closedMeanwhile = catchThrowable(keys::refreshNow);
            assertThat(closedMeanwhile == null || closedMeanwhile instanceof IllegalStateException)
                    .isTrue();
            assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
            keys.close();
            assertThat(source.closed()).isTrue();
        }
    }

    @Test
    void throttledSource_strangersDoNotMakeItBeAskedMoreOften() throws Exception {
        ScriptedKeysetSource source = ScriptedKeysetSource.of(document);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .clock(clock)
                        .minReloadInterval(Duration.ofNanos(1))
                        .start()) {
            source.fail(new KeysetLoadException(KeysetLoadException.Reason.THROTTLED, "x:y: load: slow down; wait"));
            keys.refreshNow();
            int before = source.loads();
            JwtVerifier verifier = keys.verifier().build();
            for (int i = 0; i < 10; i++) {
                String token = unknown(keys, "x" + i);
                assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(JwtRejectedException.class);
            }
            assertThat(source.loads() - before).isLessThanOrEqualTo(1);
        }
    }
}
