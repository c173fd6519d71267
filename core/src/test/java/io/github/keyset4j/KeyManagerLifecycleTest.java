package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeyManagerLifecycleTest {

    private final Map<String, Object> k1 = SampleKeys.jwk("k1", SampleAlgorithm.EDDSA);
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1));
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    private List<Thread> newThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("keyset4j") && !before.contains(thread))
                .toList();
    }

    @Test
    void start_running_hasOneNamedDaemonThread_andNoneAfterClose() {
        try (KeyManager keys = KeyManager.builder(source).start()) {
            assertThat(newThreads()).hasSize(1).allSatisfy(thread -> {
                assertThat(thread.isDaemon()).isTrue();
                assertThat(thread.getName()).isEqualTo("keyset4j-refresh");
            });
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
        assertThat(newThreads()).isEmpty();
        assertThat(source.closed()).isTrue();
    }

    @Test
    void start_sourceFails_throwsTheCauseAfterTheDeadlineAndLeavesNothing() {
        source.fail(new KeysetLoadException(KeysetLoadException.Reason.DENIED, "scripted:source: load: denied; ask"));
        try (LogCapture log = LogCapture.start()) {
            assertThatThrownBy(() -> KeyManager.builder(source)
                            .startDeadline(Duration.ofMillis(800))
                            .start())
                    .isInstanceOf(KeysetLoadException.class)
                    .hasMessage("scripted:source: load: denied; ask");
            assertThat(log.lines("ERROR")).hasSize(1);
        }
        assertThat(source.loads()).as("tried again until the deadline").isGreaterThan(1);
        assertThat(newThreads()).isEmpty();
        assertThat(source.closed()).isTrue();
    }

    @Test
    void start_documentInvalid_throwsEveryProblem() {
        source.deliver("{\"keys\":[{\"kty\":\"RSA\"},{\"kty\":\"EC\"}]}");
        try (LogCapture quiet = LogCapture.start()) {
            assertThatThrownBy(() -> KeyManager.builder(source)
                            .startDeadline(Duration.ofMillis(500))
                            .start())
                    .isInstanceOfSatisfying(
                            InvalidKeysetException.class,
                            e -> assertThat(e.problems()).hasSizeGreaterThan(2))
                    .hasNoCause();
            assertThat(quiet.lines("ERROR")).hasSize(1);
        }
        assertThat(newThreads()).isEmpty();
    }

    @Test
    void start_sourceHangs_failsAtTheDeadlineAndInterruptsIt() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        source.answer(() -> {
            try {
                new CountDownLatch(1).await();
                throw new AssertionError("nothing counts this down");
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        assertThatThrownBy(() -> KeyManager.builder(source)
                        .startDeadline(Duration.ofMillis(300))
                        .start())
                .isInstanceOfSatisfying(
                        KeysetLoadException.class,
                        e -> assertThat(e.reason()).isEqualTo(KeysetLoadException.Reason.TIMED_OUT));
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(newThreads()).isEmpty();
    }

    @Test
    void start_sourceRecoversBeforeTheDeadline_starts() {
        source.fail(new IOException("warming up"));
        CompletableFuture<Void> mended = CompletableFuture.runAsync(() -> {
            while (source.loads() < 3) {
                Thread.onSpinWait();
            }
            source.deliver(SampleKeys.jwkSet("k1", k1));
        });
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = KeyManager.builder(source).start()) {
            mended.join();
            assertThat(keys.keyset().keys()).hasSize(1);
            assertThat(quiet.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void startInBackground_noKeysetYet_isEmptyAndSaysWhatItWaitsFor() {
        source.fail(new IOException("not yet"));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source).startInBackground()) {
            keys.refreshNow();
            assertThat(keys.health().state()).isEqualTo(Health.State.EMPTY);
            assertThatThrownBy(keys::keyset)
                    .isInstanceOf(KeysetUnavailableException.class)
                    .hasCauseInstanceOf(KeysetLoadException.class);
            assertThatThrownBy(() -> keys.signer().sign(new JwtClaims()))
                    .isInstanceOf(KeysetUnavailableException.class)
                    .hasCauseInstanceOf(KeysetLoadException.class);
            source.deliver(SampleKeys.jwkSet("k1", k1));
            keys.refreshNow();
            assertThat(keys.signer().sign(new JwtClaims())).isNotEmpty();
            assertThat(quiet.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void close_whileLoading_interruptsTheLoad() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        KeyManager keys = KeyManager.builder(source).start();
        source.answer(() -> {
            loading.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError("nothing counts this down");
        });
        CompletableFuture<Object> asked = CompletableFuture.supplyAsync(() -> {
            try {
                return keys.refreshNow();
            } catch (IllegalStateException e) {
                return e;
            }
        });
        assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
        keys.close();
        keys.close();
        assertThat(newThreads()).isEmpty();
        assertThat(asked.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThatThrownBy(keys::refreshNow).isInstanceOf(IllegalStateException.class);
        assertThat(keys.keyset().keys()).as("what was loaded can be read").hasSize(1);
    }

    @Test
    void refresh_interruptedFromOutside_loopLivesOn() throws Exception {
        try (KeyManager keys =
                KeyManager.builder(source).refreshEvery(Duration.ofHours(1)).start()) {
            newThreads().forEach(Thread::interrupt);
            source.deliver(
                    SampleKeys.jwkSet("k1", k1, SampleKeys.publicOnly(SampleKeys.jwk("k2", SampleAlgorithm.EDDSA))));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
        }
    }

    @Test
    void refreshNow_calledByTheSourceWhileItLoads_isRefusedInsteadOfWaitingForItself() {
        AtomicReference<RuntimeException> thrown = new AtomicReference<>();
        try (KeyManager keys = KeyManager.builder(source).start()) {
            source.answer(() -> {
                try {
                    LoadOutcome unused = keys.refreshNow();
                } catch (IllegalStateException e) {
                    thrown.set(e);
                }
                return null;
            });
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(thrown.get()).hasMessageContaining("by the source while it loads");
        }
    }

    @Test
    void refreshNow_documentChangedDuringALoad_loadsAgain() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (KeyManager keys =
                KeyManager.builder(source).refreshEvery(Duration.ofHours(1)).start()) {
            String old = SampleKeys.jwkSet("k1", k1);
            source.answer(() -> {
                loading.countDown();
                goOn.await();
                return KeysetDocument.of(old);
            });
            CompletableFuture<LoadOutcome> first = CompletableFuture.supplyAsync(keys::refreshNow);
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
            source.deliver(SampleKeys.jwkSet("k1", k1, SampleKeys.jwk("k2", SampleAlgorithm.EDDSA)));
            CompletableFuture<LoadOutcome> second = CompletableFuture.supplyAsync(keys::refreshNow);
            goOn.countDown();
            assertThat(first.get(10, TimeUnit.SECONDS)).isIn(LoadOutcome.UNCHANGED, LoadOutcome.LOADED);
            assertThat(second.get(10, TimeUnit.SECONDS)).isIn(LoadOutcome.UNCHANGED, LoadOutcome.LOADED);
            assertThat(keys.keyset().key("k2")).isPresent();
        }
    }

    @Test
    void health_loadHangs_turnsStaleWithoutAFailure() {
        ManualClock clock = ManualClock.create();
        try (KeyManager keys = KeyManager.builder(source).clock(clock).start()) {
            clock.advance(Duration.ofMinutes(2));
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
            assertThat(keys.health().rotationAtRisk()).isFalse();
            clock.advance(Duration.ofMinutes(2));
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(keys.health().rotationAtRisk()).isTrue();
            assertThat(keys.health().age()).contains(Duration.ofMinutes(4));
        }
    }

    @Test
    void stats_afterLoadsSigningsAndRejections_countsThem() {
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .refreshEvery(Duration.ofHours(1))
                        .start()) {
            keys.refreshNow();
            source.fail(new IOException("away"));
            keys.refreshNow();
            String token = keys.signer().sign(new JwtClaims());
            keys.verifier().build().verify(token);
            assertThatThrownBy(() -> keys.verifier().build().verify("nonsense"))
                    .isInstanceOf(JwtRejectedException.class);
            Stats stats = keys.stats();
            assertThat(stats.loads(LoadOutcome.LOADED)).isEqualTo(1);
            assertThat(stats.loads(LoadOutcome.UNCHANGED)).isEqualTo(1);
            assertThat(stats.loads(LoadOutcome.FAILED)).isEqualTo(1);
            assertThat(stats.loads()).allSatisfy(load -> {
                assertThat(load.sourceKind()).isEqualTo("scripted");
                assertThat(load.longest()).isPositive().isLessThanOrEqualTo(load.total());
            });
            assertThat(stats.lastFailure().orElseThrow().kind()).isEqualTo(FailureKind.UNAVAILABLE);
            assertThat(stats.signed()).isEqualTo(1);
            assertThat(stats.verified()).isEqualTo(1);
            assertThat(stats.rejected()).containsExactly(Map.entry(JwtRejectedException.Reason.MALFORMED, 1L));
            assertThat(quiet.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void start_contradictorySettings_areRefusedWithTheFormula() {
        KeyManager.Builder tooShort =
                KeyManager.builder(source).refreshEvery(Duration.ofMinutes(10)).rotation(RotationTimes.internal());
        assertThatThrownBy(tooShort::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("L + E + W + ε");
        assertThatThrownBy(() -> KeyManager.builder(source)
                        .tokenLifetime(Duration.ofDays(2))
                        .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxTokenLifetime");
        assertThat(newThreads()).isEmpty();
    }

    @Test
    void start_inlineSource_strictRefusesItAloneButNotAsAFallback() {
        KeysetSource inline = KeysetSource.of(KeysetDocument.of(SampleKeys.jwkSet("k1", k1)));
        assertThatThrownBy(() -> KeyManager.builder(inline)
                        .policy(KeysetPolicy.strictProduction())
                        .start())
                .isInstanceOf(InvalidKeysetException.class);
        source.fail(new IOException("away"));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = KeyManager.builder(source.orElse(inline))
                        .policy(KeysetPolicy.strictProduction())
                        .start()) {
            assertThat(keys.health().fallback()).isTrue();
            assertThat(quiet.lines("WARN")).hasSize(2);
        }
    }

    @Test
    void findings_ofTheSource_strictRefusesToLoad_theOthersWarnOnce() {
        AtomicReference<List<KeysetProblem>> findings = new AtomicReference<>(List.of());
        KeysetSource place = new KeysetSource() {
            @Override
            public KeysetDocument load() throws Exception {
                return source.load();
            }

            @Override
            public List<KeysetProblem> findings() {
                return findings.get();
            }
        };
        List<KeysetProblem> open = List.of(KeysetProblem.of("place", "others may read it", "close it"));
        try (LogCapture log = LogCapture.start();
                KeyManager strict = Managers.onlyWhenTold(place)
                        .policy(KeysetPolicy.strictProduction())
                        .start();
                KeyManager standard = Managers.onlyWhenTold(place).start()) {
            log.clear();
            findings.set(open);
            int loads = source.loads();
            assertThat(strict.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(source.loads()).as("not even loaded").isEqualTo(loads);
            assertThat(strict.keyset().keys()).hasSize(1);
            assertThat(log.lines("ERROR")).hasSize(1);
            assertThat(standard.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            assertThat(standard.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            assertThat(log.lines("WARN")).hasSize(1);
            assertThatThrownBy(() -> KeyManager.builder(place)
                            .policy(KeysetPolicy.strictProduction())
                            .start())
                    .isInstanceOf(InvalidKeysetException.class)
                    .hasMessageContaining("place: others may read it; close it");
        }
    }

    /** Delivers, and has a word of its own for everything else. */
    private KeysetSource place(
            Supplier<@Nullable String> description, Supplier<List<KeysetProblem>> findings, Runnable close) {
        return new KeysetSource() {
            @Override
            public KeysetDocument load() throws Exception {
                return source.load();
            }

            @Override
            @SuppressWarnings("NullAway") // as sources do that are written without it
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

    private static KeyManager.Builder strict(KeysetSource place) {
        return KeyManager.builder(place).policy(KeysetPolicy.strictProduction()).startDeadline(Duration.ofMillis(300));
    }

    @Test
    void start_findingsThrow_failsWithoutTheirWords() {
        KeysetSource place = place(
                () -> "x:y",
                () -> {
                    throw new IllegalStateException("canary-secret");
                },
                () -> {});
        try (LogCapture log = LogCapture.start()) {
            assertThatThrownBy(() -> strict(place).start())
                    .isInstanceOf(KeysetLoadException.class)
                    .hasMessageContaining("IllegalStateException")
                    .hasMessageNotContaining("canary-secret");
            assertThat(log.text()).doesNotContain("canary-secret");
        }
    }

    @Test
    @SuppressWarnings("try") // the log is only kept off the console
    void start_findingsHang_endsAtTheDeadline() {
        CountDownLatch never = new CountDownLatch(1);
        KeysetSource place = place(
                () -> "x:y",
                () -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return List.of();
                },
                () -> {});
        try (LogCapture quiet = LogCapture.start()) {
            assertThatThrownBy(() -> strict(place).start()).isInstanceOf(KeysetLoadException.class);
        }
        assertThat(newThreads()).isEmpty();
    }

    @Test
    void start_refused_closesTheSource() {
        List<String> closed = new CopyOnWriteArrayList<>();
        KeysetProblem open = KeysetProblem.of("place", "others may read it", "close it");
        assertThatThrownBy(() -> strict(place(() -> "x:y", () -> List.of(open), () -> closed.add("findings")))
                        .start())
                .isInstanceOf(InvalidKeysetException.class);
        assertThatThrownBy(() -> KeyManager.builder(place(() -> "x:y", List::of, () -> closed.add("setting")))
                        .tokenLifetime(Duration.ofDays(2))
                        .startInBackground())
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(closed).containsExactly("findings", "setting");
    }

    @Test
    @SuppressWarnings("try") // the log is only kept off the console
    void start_closeOfThePrimaryThrows_closesTheFallbackAndTellsWhyItFailed() {
        source.fail(new IOException("away"));
        KeysetSource primary = place(() -> "x:y", List::of, () -> {
            throw new IllegalStateException("does not close");
        });
        ScriptedKeysetSource fallback = ScriptedKeysetSource.failing(new IOException("away"));
        try (LogCapture quiet = LogCapture.start()) {
            assertThatThrownBy(() -> KeyManager.builder(primary.orElse(fallback))
                            .startDeadline(Duration.ofMillis(300))
                            .start())
                    .isInstanceOf(KeysetLoadException.class);
        }
        assertThat(fallback.closed()).isTrue();
    }

    @Test
    @SuppressWarnings("try") // the log is only kept off the console
    void description_nullOrThrowing_isTheTypesName() {
        List<Supplier<@Nullable String>> descriptions = List.of(() -> null, () -> {
            throw new NoClassDefFoundError("x");
        });
        for (Supplier<@Nullable String> description : descriptions) {
            KeysetSource place = place(description, List::of, () -> {});
            try (LogCapture quiet = LogCapture.start();
                    KeyManager keys = KeyManager.builder(place.orElse(place))
                            .refreshEvery(Duration.ofHours(1))
                            .start()) {
                assertThat(keys.toString()).startsWith("KeyManager[custom:");
                assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
                source.deliver(SampleKeys.jwkSet("k1", k1, SampleKeys.jwk("k2", SampleAlgorithm.EDDSA)));
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            }
            source.deliver(SampleKeys.jwkSet("k1", k1));
        }
    }

    @Test
    void builder_durationWithoutEnd_isRefusedByName() {
        Duration forever = ChronoUnit.FOREVER.getDuration();
        KeyManager.Builder builder = KeyManager.builder(source);
        Map<String, Function<Duration, KeyManager.Builder>> settings = Map.of(
                "refreshEvery", builder::refreshEvery,
                "maxStaleness", builder::maxStaleness,
                "startDeadline", builder::startDeadline,
                "minReloadInterval", builder::minReloadInterval,
                "unknownKidWait", builder::unknownKidWait,
                "tokenLifetime", builder::tokenLifetime);
        settings.forEach((name, setting) -> {
            assertThatThrownBy(() -> setting.apply(forever))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(name + ": longer than");
            assertThatThrownBy(() -> setting.apply(Duration.ofNanos(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(name + ": negative");
        });
    }

    @Test
    @SuppressWarnings("try") // the log is only kept off the console
    void builder_changedAfterTheStart_changesNothing() {
        ManualClock clock = ManualClock.create();
        KeyManager.Builder builder = Managers.onlyWhenTold(source).clock(clock);
        List<KeysetEvent> events = new CopyOnWriteArrayList<>();
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = builder.start()) {
            builder.verifyOnly()
                    .failClosed()
                    .tokenLifetime(Duration.ofMinutes(1))
                    .clock(ManualClock.create())
                    .listener(events::add);
            keys.refreshNow();
            assertThat(keys.signer().sign(new JwtClaims())).isNotEmpty();
            assertThat(events).isEmpty();
        }
    }
}
