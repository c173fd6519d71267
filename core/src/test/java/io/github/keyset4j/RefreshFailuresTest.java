package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.security.InvalidKeyException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SignatureException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Whatever is thrown on the way to a keyset is a recorded failure: event, statistics, health, one line. */
@Timeout(40)
@SuppressWarnings("try") // what is logged is kept off the console
class RefreshFailuresTest {

    private final ManualClock clock = ManualClock.create();
    private final Map<String, Object> k1 = SampleKeys.jwk("k1", SampleAlgorithm.EDDSA);
    private final String good = SampleKeys.jwkSet("k1", k1);
    private final ToldEvents events = new ToldEvents();

    static Stream<Arguments> whatIsThrown() {
        return Stream.of(
                arguments(
                        "a runtime exception", (Supplier<Throwable>) () -> new IllegalStateException("canary-secret")),
                arguments("an exception", (Supplier<Throwable>) () -> new Exception("canary-secret")),
                arguments(
                        "one without a trace", (Supplier<Throwable>) () -> new IllegalStateException("canary-secret") {
                            private static final long serialVersionUID = 1L;

                            @Override
                            @SuppressWarnings("NullAway") // which is the point
                            public StackTraceElement[] getStackTrace() {
                                return null;
                            }
                        }),
                arguments("an error", (Supplier<Throwable>) () -> new AssertionError("canary-secret")),
                arguments("a stack overflow", (Supplier<Throwable>) StackOverflowError::new),
                arguments("no memory", (Supplier<Throwable>) () -> new OutOfMemoryError("canary-secret")),
                arguments("a missing class", (Supplier<Throwable>)
                        () -> new NoClassDefFoundError("com/example/json/Reader")));
    }

    private KeyManager.Builder manager(KeysetSource source) {
        return Managers.onlyWhenTold(source).clock(clock).listener(events);
    }

    private void assertRecorded(KeyManager keys, LogCapture log, LoadOutcome outcome, Throwable thrown) {
        assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
        assertThat(keys.health().failuresInRow()).isEqualTo(1);
        assertThat(keys.stats().loads(outcome)).isEqualTo(1);
        assertThat(events.all(keys))
                .filteredOn(e -> e instanceof KeysetEvent.Failed || e instanceof KeysetEvent.Rejected)
                .hasSize(1);
        List<LogCapture.Line> told = Stream.concat(log.lines("ERROR").stream(), log.lines("WARN").stream())
                .toList();
        assertThat(told).hasSize(1);
        assertThat(told.get(0).message())
                .contains(thrown.getClass().getSimpleName())
                .contains("last-known-good")
                .doesNotContain("canary-secret");
        assertThat(keys.verifier()
                        .build()
                        .verify(keys.signer().sign(new JwtClaims()))
                        .kid())
                .isEqualTo("k1");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsThrown")
    void load_throws_isRecordedAndTheKeysetStays(String what, Supplier<Throwable> failure) {
        ScriptedKeysetSource source = ScriptedKeysetSource.of(good);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source).start()) {
            log.clear();
            source.answer(() -> {
                throw sneaky(failure.get());
            });
            assertThat(keys.refreshNow()).as(what).isEqualTo(LoadOutcome.FAILED);
            assertRecorded(keys, log, LoadOutcome.FAILED, failure.get());
        }
    }

    /** The document is read by a provider's code too: here it throws while its key is tried. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsThrown")
    void reading_throws_isRecordedAndTheKeysetStays(String what, Supplier<Throwable> failure) {
        Provider provider = BrokenProvider.thatThrows(SampleAlgorithm.ES256, failure);
        ScriptedKeysetSource source = ScriptedKeysetSource.of(good);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager(source)
                        .cryptoProvider(CryptoProvider.of(provider))
                        .start()) {
            log.clear();
            source.deliver(SampleKeys.jwkSet("k1", k1, SampleKeys.jwk("e1", SampleAlgorithm.ES256)));
            LoadOutcome outcome = keys.refreshNow();
            assertThat(outcome).as(what).isIn(LoadOutcome.FAILED, LoadOutcome.REJECTED);
            if (failure.get() instanceof RuntimeException) {
                assertThat(log.text()).contains("keys[1]: CryptoProvider[Broken] does not take this key");
            } else {
                assertRecorded(keys, log, outcome, failure.get());
                assertThat(log.text()).contains(" at ").contains(" < ");
            }
            source.deliver(good);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
    }

    @Test
    void start_classPathLacksSomething_failsAtOnceAndSaysWhatToAlign() {
        ScriptedKeysetSource source = ScriptedKeysetSource.of(good);
        source.answer(() -> {
            throw new IllegalStateException(
                    "wrapped", new NoClassDefFoundError("com/example/json/StreamReadConstraints"));
        });
        try (LogCapture quiet = LogCapture.start()) {
            assertThatThrownBy(() -> KeyManager.builder(source)
                            .startDeadline(Duration.ofDays(1))
                            .start())
                    .isInstanceOf(KeysetLoadException.class)
                    .hasMessageContaining("NoClassDefFoundError of com/example/json/StreamReadConstraints")
                    .hasMessageContaining("align the versions");
            assertThat(source.loads()).isEqualTo(1);
            assertThat(source.closed()).isTrue();
        }
    }

    @Test
    void start_classPathLacksSomethingOfAProvider_failsAtOnce() {
        Provider provider = BrokenProvider.thatThrows(
                SampleAlgorithm.EDDSA, () -> new NoSuchMethodError("'void org.example.Curve.check(int)'"));
        try (LogCapture quiet = LogCapture.start()) {
            assertThatThrownBy(() -> KeyManager.builder(ScriptedKeysetSource.of(good))
                            .cryptoProvider(CryptoProvider.of(provider))
                            .startDeadline(Duration.ofDays(1))
                            .start())
                    .isInstanceOf(KeysetLoadException.class)
                    .hasMessageContaining("NoSuchMethodError of org.example.Curve.check")
                    .hasMessageContaining("align the versions");
        }
    }

    /** A module that was pulled out is nobody's bad token: whoever comes with a good one is not to be logged out. */
    @Test
    void provider_failsLater_isNoVerdictOnTokens() {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Provider provider = BrokenProvider.thatThrows(SampleAlgorithm.EDDSA, failure::get);
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = manager(ScriptedKeysetSource.of(good))
                        .cryptoProvider(CryptoProvider.of(provider))
                        .start()) {
            String token = keys.signer().sign(new JwtClaims());
            JwtVerifier verifier = keys.verifier().build();
            for (Throwable thrown : List.of(
                    new ProviderException("canary-secret"),
                    new UnsatisfiedLinkError("canary-secret"),
                    new InvalidKeyException("canary-secret"))) {
                failure.set(thrown);
                assertThatThrownBy(() -> keys.signer().sign(new JwtClaims()))
                        .isInstanceOf(KeysetUnavailableException.class)
                        .hasMessageNotContaining("canary");
                assertThatThrownBy(() -> verifier.verify(token))
                        .isInstanceOf(KeysetUnavailableException.class)
                        .hasMessageContaining("key k1 failed to verify")
                        .hasMessageNotContaining("canary");
            }
            // What a provider throws at a signature of a form that is none.
            for (Throwable thrown : List.of(
                    new SignatureException("canary-secret"),
                    new ArrayIndexOutOfBoundsException(7),
                    new IllegalStateException("canary-secret"))) {
                failure.set(thrown);
                assertThatThrownBy(() -> keys.signer().sign(new JwtClaims()))
                        .isInstanceOf(KeysetUnavailableException.class);
                assertThatThrownBy(() -> verifier.verify(token))
                        .isInstanceOfSatisfying(
                                JwtRejectedException.class,
                                e -> assertThat(e.reason()).isEqualTo(JwtRejectedException.Reason.SIGNATURE_INVALID));
            }
            failure.set(null);
            assertThat(verifier.verify(token).kid()).isEqualTo("k1");
        }
    }

    @Test
    void message_ofALinkageError_tellsNamesOfClassesAndNothingElse() {
        KeysetException told =
                Failures.of(ScriptedKeysetSource.of(good), new LinkageError("canary-secret in a.b.C, canary2"));
        assertThat(told).hasMessageContaining(" of a.b.C").hasMessageNotContaining("canary");
        assertThat(Failures.of(ScriptedKeysetSource.of(good), new UnsatisfiedLinkError()))
                .hasMessageContaining("UnsatisfiedLinkError");
    }

    /** A clock that fails, at which the refresh itself breaks. */
    private static final class FailingClock implements InstantSource {

        private final InstantSource clock;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        FailingClock(InstantSource clock) {
            this.clock = clock;
        }

        @Override
        public Instant instant() {
            Throwable thrown = failure.get();
            if (thrown != null && Thread.currentThread().getName().equals("keyset4j-refresh")) {
                throw unchecked(thrown);
            }
            return clock.instant();
        }
    }

    @Test
    void refresh_breaksByItself_whoWaitsIsAnsweredAndTheLoopLivesOn() {
        FailingClock failing = new FailingClock(clock);
        ScriptedKeysetSource source = ScriptedKeysetSource.of(good);
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source).clock(failing).start()) {
            for (Throwable thrown : List.of(new IllegalStateException("canary-secret"), new StackOverflowError())) {
                failing.failure.set(thrown);
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
                failing.failure.set(null);
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            }
            assertThat(log.text())
                    .contains("a refresh failed unexpectedly with java.lang.IllegalStateException at ")
                    .contains("a refresh failed unexpectedly with java.lang.StackOverflowError")
                    .doesNotContain("canary-secret");
        }
    }

    private static Exception sneaky(Throwable thrown) throws Exception {
        if (thrown instanceof Exception exception) {
            throw exception;
        }
        throw (Error) thrown;
    }

    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        throw (Error) thrown;
    }
}
