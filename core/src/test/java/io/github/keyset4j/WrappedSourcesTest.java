package io.github.keyset4j;

import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What a source says of itself and its documents holds, however it is wrapped. */
@Timeout(30)
@SuppressWarnings("try") // what is logged is kept off the console
class WrappedSourcesTest {

    private static final KeysetProblem READABLE = KeysetProblem.of("file", "others may read it", "chmod 600");
    private static final Duration NOT_SOON = Duration.ofHours(1);

    private final String good = SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA));

    private static Stream<KeysetSource> inline() {
        String keys = SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA));
        EnvKeysetSource environment = EnvKeysetSource.of("KEYS").from(Map.of("KEYS", keys));
        KeysetSource constant = KeysetSource.of(KeysetDocument.of(keys));
        return Stream.of(environment, constant)
                .flatMap(source -> Stream.of(
                        source,
                        () -> source.load(),
                        () -> source.load().withRevision("1"),
                        KeysetSource.named("vault:keys", () -> source.load()),
                        source.around(KeysetSource::load),
                        source.reading(DocumentFormat.standard()),
                        new Forwarding(source)));
    }

    @ParameterizedTest
    @MethodSource("inline")
    void strictProduction_inlineSourceInWhateverWrapper_isRefusedAtOnce(KeysetSource source) {
        KeyManager.Builder builder = KeyManager.builder(source).policy(KeysetPolicy.strictProduction());
        long begin = System.nanoTime();
        try (LogCapture quiet = LogCapture.start()) {
            assertThatExceptionOfType(InvalidKeysetException.class)
                    .isThrownBy(builder::start)
                    .withMessageContaining("inside the process's own configuration")
                    .withMessageContaining("allowInlineSources()");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isLessThan(Duration.ofSeconds(20)); // no deadline waited for
    }

    @ParameterizedTest
    @MethodSource("inline")
    void strictProduction_inlineSourceAskedForByName_starts(KeysetSource source) {
        KeyManager.Builder builder = KeyManager.builder(source)
                .policy(KeysetPolicy.strictProduction().allowInlineSources());
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = builder.start()) {
            assertThat(keys.activeKey().map(KeysetKey::kid)).contains("k1");
        }
    }

    /** A place that others may read, as a file of mode 0644. */
    private KeysetSource readable() {
        return new KeysetSource() {
            @Override
            public KeysetDocument load() {
                return KeysetDocument.of(good).withFindings(findings());
            }

            @Override
            public List<KeysetProblem> findings() {
                return List.of(READABLE);
            }
        };
    }

    @Test
    void strictProduction_findingsOfASourceInALambda_refuseItsDocument() {
        KeysetSource source = readable();
        for (KeysetSource wrapped :
                List.<KeysetSource>of(source, () -> source.load(), source.around(KeysetSource::load))) {
            KeyManager.Builder builder = KeyManager.builder(wrapped)
                    .policy(KeysetPolicy.strictProduction())
                    .startDeadline(Duration.ofMillis(300));
            try (LogCapture quiet = LogCapture.start()) {
                assertThatExceptionOfType(InvalidKeysetException.class)
                        .isThrownBy(builder::start)
                        .withMessageContaining("others may read it");
            }
        }
    }

    @Test
    void standard_findingsOfASource_areToldOnce() {
        KeysetSource source = readable();
        for (KeysetSource wrapped : List.<KeysetSource>of(source, () -> source.load())) {
            try (LogCapture log = LogCapture.start();
                    KeyManager keys =
                            KeyManager.builder(wrapped).refreshEvery(NOT_SOON).start()) {
                keys.refreshNow();
                assertThat(log.lines("WARN"))
                        .singleElement()
                        .satisfies(line -> assertThat(line.message()).contains("others may read it"));
            }
        }
    }

    @Test
    void chainInALambda_fallbackDelivers_isStaleAndTold() {
        ScriptedKeysetSource primary = ScriptedKeysetSource.of("");
        primary.fail(new KeysetLoadException(KeysetLoadException.Reason.TIMED_OUT, "primary: no answer"));
        KeysetSource chain = primary.orElse(KeysetSource.of(KeysetDocument.of(good)));
        ToldEvents events = new ToldEvents();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(() -> chain.load())
                        .policy(KeysetPolicy.strictProduction())
                        .refreshEvery(NOT_SOON)
                        .listener(events)
                        .start()) {
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(keys.health().fallback()).isTrue();
            assertThat(keys.health().lastFailure().map(Health.Failure::kind)).contains(FailureKind.TIMED_OUT);
            assertThat(events.news(keys))
                    .hasExactlyElementsOfTypes(Events.Failed.class, Events.Loaded.class, Events.Activated.class);
            assertThat(log.text()).contains("primary: no answer").contains("loaded as a fallback");

            String other = SampleKeys.jwkSet("k2", SampleKeys.jwk("k2", SampleAlgorithm.EDDSA));
            primary.deliver(other);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
            assertThat(keys.activeKey().map(KeysetKey::kid)).contains("k2");

            primary.fail(new KeysetLoadException(KeysetLoadException.Reason.TIMED_OUT, "primary: no answer"));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.activeKey().map(KeysetKey::kid))
                    .as("the last-known-good keyset of the source itself stays")
                    .contains("k2");
            assertThat(keys.health().fallback()).isFalse();
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
        }
    }

    @Test
    void around_chain_isDoneForBothAndStaysAChain() {
        ScriptedKeysetSource primary = ScriptedKeysetSource.of("");
        primary.fail(new KeysetLoadException(KeysetLoadException.Reason.TIMED_OUT, "primary: no answer"));
        AtomicInteger loads = new AtomicInteger();
        KeysetSource counted = primary.orElse(KeysetSource.of(KeysetDocument.of(good)))
                .around(source -> {
                    loads.incrementAndGet();
                    return source.load();
                });
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(counted).start()) {
            assertThat(loads).hasValue(2);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(counted.description()).isEqualTo("scripted:source, or else constant:document");
        }
    }

    @Test
    void wrappers_keepWhatTheSourceSaysOfItself() throws Exception {
        AtomicReference<Runnable> watched = new AtomicReference<>();
        AtomicInteger closed = new AtomicInteger();
        KeysetSource source = new KeysetSource() {
            @Override
            public KeysetDocument load() {
                return KeysetDocument.of(good);
            }

            @Override
            public String description() {
                return "vault:keys";
            }

            @Override
            public boolean inline() {
                return true;
            }

            @Override
            public List<KeysetProblem> findings() {
                return List.of(READABLE);
            }

            @Override
            public void watch(Runnable changed) {
                watched.set(changed);
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        List<KeysetSource> wrapped = List.of(
                source.around(KeysetSource::load),
                source.reading(DocumentFormat.standard()),
                new Forwarding(source),
                KeysetSource.named("vault:keys", source));
        for (KeysetSource one : wrapped) {
            Runnable changed = () -> {};
            one.watch(changed);
            one.close();
            assertThat(one.description()).isEqualTo("vault:keys");
            assertThat(one).hasToString("vault:keys");
            assertThat(one.inline()).isTrue();
            assertThat(one.findings()).containsExactly(READABLE);
            assertThat(watched.get()).isSameAs(changed);
            assertThat(one.load().size()).isEqualTo(good.length());
        }
        assertThat(closed).hasValue(wrapped.size());
    }

    @Test
    void named_lambda_isSoInTheLogAndInHealth() {
        KeysetSource source = KeysetSource.named("vault:jwt-keys", () -> KeysetDocument.of(good));
        try (LogCapture log = LogCapture.start();
                KeyManager keys = KeyManager.builder(source).start()) {
            assertThat(keys.health().source()).isEqualTo("vault:jwt-keys");
            assertThat(keys.health().sourceKind()).isEqualTo("vault");
            assertThat(log.text()).contains("INFO vault:jwt-keys: loaded");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> KeysetSource.named(" ", source));
    }

    @Test
    void around_adviceThatThrows_isAFailedLoadAndWithholdsItsMessage() {
        KeysetSource source = KeysetSource.named("vault:keys", () -> KeysetDocument.of(good))
                .around(inner -> {
                    throw new IllegalStateException("canary-secret");
                });
        KeyManager.Builder builder = KeyManager.builder(source).startDeadline(Duration.ofMillis(200));
        try (LogCapture log = LogCapture.start()) {
            assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(builder::start)
                    .withMessageStartingWith("vault:keys: load: failed with java.lang.IllegalStateException");
            assertThat(log.text()).doesNotContain("canary-secret");
        }
    }

    @Test
    void named_chain_staysAChainWhoseOwnKeysAreKept() {
        ScriptedKeysetSource primary = ScriptedKeysetSource.of(good);
        KeysetSource environment = EnvKeysetSource.of("KEYS")
                .from(Map.of("KEYS", SampleKeys.jwkSet("e1", SampleKeys.jwk("e1", SampleAlgorithm.EDDSA))));
        KeysetSource decrypting = KeysetSource.named("vault:keys", primary.orElse(environment))
                .around(source -> {
                    ByteArrayOutputStream content = new ByteArrayOutputStream();
                    source.load().writeTo(content);
                    return KeysetDocument.of(content.toByteArray()); // what the document said is forgotten
                });
        assertThat(decrypting.description()).isEqualTo("vault:keys, or else env:KEYS");
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(decrypting)
                        .policy(KeysetPolicy.strictProduction())
                        .start()) {
            primary.fail(new KeysetLoadException(KeysetLoadException.Reason.TIMED_OUT, "primary: no answer"));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.activeKey().map(KeysetKey::kid)).contains("k1");
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
        }
    }

    @Test
    void forwarding_chain_isRefusedWithWhatToDo() {
        KeysetSource chain = ScriptedKeysetSource.of(good).orElse(ScriptedKeysetSource.of(good));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Forwarding(chain))
                .withMessageContaining("wrap each of the two");
    }

    @Test
    void chainInALambdaInAChain_itsOwnFallbackStays() {
        ScriptedKeysetSource first = ScriptedKeysetSource.of("");
        first.fail(new KeysetLoadException(KeysetLoadException.Reason.TIMED_OUT, "first: no answer"));
        KeysetSource inner = first.orElse(ScriptedKeysetSource.of(good));
        String last = SampleKeys.jwkSet("c1", SampleKeys.jwk("c1", SampleAlgorithm.EDDSA));
        ToldEvents events = new ToldEvents();
        KeysetSource outer = KeysetSource.named("own:chain", () -> inner.load()).orElse(ScriptedKeysetSource.of(last));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(outer).listener(events).start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
                assertThat(keys.activeKey().map(KeysetKey::kid)).contains("k1");
            }
            assertThat(events.all(keys).subList(3, 6)).hasOnlyElementsOfType(Events.Unchanged.class);
        }
    }

    @Test
    void chainInALambda_fallbackIsBroken_theSourcesOwnFailureIsTold() {
        ScriptedKeysetSource first = ScriptedKeysetSource.of("");
        first.fail(new KeysetLoadException(KeysetLoadException.Reason.THROTTLED, "first: slower"));
        KeysetSource chain = first.orElse(ScriptedKeysetSource.of("{"));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(() -> chain.load()).startInBackground()) {
            keys.refreshNow();
            assertThat(keys.health().lastFailure().map(Health.Failure::kind)).contains(FailureKind.THROTTLED);
            assertThat(keys.health().failuresInRow()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void chainInALambda_fallbackListsARevocation_itHoldsThoughTheKeysAreNotTaken() {
        ScriptedKeysetSource first = ScriptedKeysetSource.of(SampleKeys.jwkSet(
                "k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA), SampleKeys.jwk("k2", SampleAlgorithm.EDDSA)));
        String revoking = good.substring(0, good.length() - 1) + ",\"revoked\":[\"k2\"]}";
        KeysetSource chain = first.orElse(ScriptedKeysetSource.of(revoking));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(() -> chain.load()).start()) {
            first.fail(new KeysetLoadException(KeysetLoadException.Reason.TIMED_OUT, "first: no answer"));
            keys.refreshNow();
            assertThat(keys.keyset().revokedKids()).containsExactly("k2");
            assertThat(keys.health().fallback()).isFalse();
        }
    }

    @Test
    void strictProduction_placeOfTheFallbackIsRefused_theSourceIsTriedAgain() {
        ScriptedKeysetSource flaky = ScriptedKeysetSource.of("");
        AtomicInteger loads = new AtomicInteger();
        flaky.answer(() -> {
            if (loads.incrementAndGet() < 3) {
                throw new KeysetLoadException(KeysetLoadException.Reason.UNAVAILABLE, "flaky: not yet");
            }
            return KeysetDocument.of(good);
        });
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = KeyManager.builder(flaky.orElse(readable()))
                        .policy(KeysetPolicy.strictProduction())
                        .start()) {
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
    }

    @Test
    void strictProduction_inlineVersionBesideTheDocument_isRefused() throws Exception {
        KeysetDocument inline = KeysetSource.of(KeysetDocument.of(good)).load();
        KeysetSource source = () -> KeysetDocument.of(good).withPending(inline);
        KeyManager.Builder builder = KeyManager.builder(source).policy(KeysetPolicy.strictProduction());
        try (LogCapture quiet = LogCapture.start()) {
            assertThatExceptionOfType(InvalidKeysetException.class).isThrownBy(builder::start);
        }
    }

    /** A subclass of a user's. */
    private static final class Forwarding extends ForwardingKeysetSource {

        Forwarding(KeysetSource to) {
            super(to);
        }
    }
}
