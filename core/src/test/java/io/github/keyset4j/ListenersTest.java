package io.github.keyset4j;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/** Listeners are told one event at a time, in order, and nobody waits for them. */
@Timeout(60)
@SuppressWarnings("try") // what is logged is kept off the console
class ListenersTest {

    private final ManualClock clock = ManualClock.create();
    private final Map<String, Object> k1 = SampleKeys.jwk("k1", SampleAlgorithm.EDDSA);
    private final Map<String, Object> k2 = SampleKeys.jwk("k2", SampleAlgorithm.EDDSA);
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(SampleKeys.jwkSet("k1", k1));
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private KeyManager.Builder manager() {
        return Managers.onlyWhenTold(source).clock(clock);
    }

    /** A listener that does not return from its first event until it is let. */
    private void hold(KeysetEvent event) {
        held.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void listener_hangs_neitherRefreshNorSigningNorRevocationWaits() throws Exception {
        ToldEvents events = new ToldEvents();
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys =
                        manager().listener(this::hold).listener(events).start()) {
            held.await();
            source.deliver(SampleKeys.jwkSet("k1", k1, k2));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(keys.signer().sign(new JwtClaims())).isNotEmpty();
            assertThat(keys.revoke("k2")).isTrue();
            clock.advance(Duration.ofHours(25));
            KeysetSigner signer = keys.signer();
            assertThatExceptionOfType(KeysetUnavailableException.class)
                    .isThrownBy(() -> signer.sign(new JwtClaims()))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(KeysetUnavailableException.Reason.STALE));
            release.countDown();
            assertThat(events.all(keys))
                    .hasExactlyElementsOfTypes(
                            Events.Loaded.class,
                            Events.Activated.class,
                            Events.Loaded.class,
                            Events.Revoked.class,
                            Events.Expired.class);
        }
    }

    @Test
    void events_ofManyThreads_areToldOneAtATimeOnOneThreadInTheOrderOfTheirNumbers() throws Exception {
        List<KeysetEvent> told = new ArrayList<>(); // of one thread
        AtomicInteger inside = new AtomicInteger();
        List<String> threads = new CopyOnWriteArrayList<>();
        KeyManager keys = manager()
                .listener(event -> {
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    told.add(event);
                    if (!threads.contains(Thread.currentThread().getName())) {
                        threads.add(Thread.currentThread().getName());
                    }
                    inside.decrementAndGet();
                })
                .start();
        ExecutorService callers = Executors.newFixedThreadPool(4);
        try (LogCapture quiet = LogCapture.start();
                keys) {
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String kid = "r" + i;
                calls.add(callers.submit(() -> keys.revoke(kid)));
                calls.add(callers.submit(keys::refreshNow));
                source.deliver(SampleKeys.jwkSet("k1", k1, SampleKeys.jwk(kid, SampleAlgorithm.EDDSA)));
            }
            for (Future<?> call : calls) {
                call.get();
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(threads).containsExactly("keyset4j-events");
        assertThat(told)
                .extracting(KeysetEvent::sequence)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, told.size()).boxed().toList());
        assertThat(keys.stats().events()).isEqualTo(told.size());
        assertThat(keys.stats().lostEvents()).isZero();
        assertThat(told).hasAtLeastOneElementOfType(KeysetEvent.Revoked.class);
        // Who reads events in order knows what is in force: no keyset after a revocation has the key.
        List<String> revoked = new ArrayList<>();
        for (KeysetEvent event : told) {
            if (event instanceof KeysetEvent.Revoked key) {
                revoked.add(key.kid());
            } else if (event instanceof KeysetEvent.Loaded loaded) {
                assertThat(loaded.keyset().keys()).extracting(KeysetKey::kid).noneMatch(revoked::contains);
            }
        }
    }

    @Test
    void events_moreThanThereIsRoomFor_areLostAndTheGapShows() throws Exception {
        AtomicReference<KeysetEvent> last = new AtomicReference<>();
        ToldEvents events = new ToldEvents();
        EventDispatch dispatch = new EventDispatch(List.of(this::hold, events, last::set));
        dispatch.start();
        assertThat(dispatch.test(new Events.Retired(1, clock.instant(), "k1", "default")))
                .isTrue();
        held.await();
        int lost = 0;
        for (int i = 2; i <= EventDispatch.ROOM + 11; i++) {
            lost += dispatch.test(new Events.Retired(i, clock.instant(), "k1", "default")) ? 0 : 1;
        }
        assertThat(lost).isEqualTo(10);
        release.countDown();
        dispatch.close();
        assertThat(dispatch.test(new Events.Retired(5000, clock.instant(), "k1", "default")))
                .isFalse();
        assertThat(last.get().sequence()).isEqualTo(EventDispatch.ROOM + 1);
        assertThat(events.closed()).isTrue();
    }

    @Test
    void lostEvents_areCountedAndLoggedWhenTheyHaveDoubled() {
        Counters counters = new Counters();
        Announcer announcer = new Announcer(event -> false, counters, RotationTimes.standard());
        try (LogCapture log = LogCapture.start()) {
            for (int i = 0; i < 100; i++) {
                announcer.tell(List.of(new Events.Unchanged(0, clock.instant(), "scripted:source")));
                announcer.writeLog();
            }
            assertThat(log.lines("ERROR")).hasSize(6);
            assertThat(log.lines("ERROR").get(5).message()).startsWith("63 events were lost");
        }
        assertThat(counters.stats(Optional.empty()).lostEvents()).isEqualTo(100);
    }

    @Test
    void unchangedLoads_whileAListenerHangs_leaveRoomForARevocation() throws Exception {
        AtomicReference<KeysetEvent> last = new AtomicReference<>();
        EventDispatch dispatch = new EventDispatch(List.of(this::hold, last::set));
        dispatch.start();
        for (int i = 1; i <= 10 * EventDispatch.ROOM; i++) {
            dispatch.test(new Events.Unchanged(i, clock.instant(), "scripted:source"));
        }
        assertThat(dispatch.test(new Events.Retired(7, clock.instant(), "k1", "default")))
                .isTrue();
        release.countDown();
        dispatch.close();
        assertThat(last.get()).isInstanceOf(KeysetEvent.Retired.class);
    }

    @Test
    void log_fails_neitherThreadEndsAndRevokingWorks() {
        ch.qos.logback.classic.Logger logger =
                (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("io.github.keyset4j.KeyManager");
        AppenderBase<ILoggingEvent> failing = new AppenderBase<>() {
            @Override
            public synchronized void doAppend(ILoggingEvent event) {
                throw new IllegalStateException("disk full");
            }

            @Override
            protected void append(ILoggingEvent event) {}
        };
        ToldEvents events = new ToldEvents();
        failing.start();
        logger.addAppender(failing);
        try (KeyManager keys = manager()
                .listener(event -> {
                    throw new IllegalStateException("and a listener that fails, which is logged");
                })
                .listener(events)
                .start()) {
            source.deliver("{");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            source.deliver(SampleKeys.jwkSet("k1", k1, k2));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(keys.revoke("k2")).isTrue();
            assertThat(events.all(keys)).last().isInstanceOf(KeysetEvent.Revoked.class);
        } finally {
            logger.detachAppender(failing);
        }
    }

    @Test
    void listener_leavesItsThreadInterrupted_theNextIsNotDisturbed() {
        List<Boolean> interrupted = new CopyOnWriteArrayList<>();
        ToldEvents events = new ToldEvents();
        try (KeyManager keys = manager()
                .listener(event -> Thread.currentThread().interrupt())
                .listener(event -> interrupted.add(Thread.currentThread().isInterrupted()))
                .listener(events)
                .start()) {
            keys.refreshNow();
            assertThat(events.all(keys)).hasSize(3);
            assertThat(interrupted).containsOnly(false);
        }
    }

    @Test
    void start_refusedBeforeAnythingRuns_closesTheListenersToo() {
        ToldEvents events = new ToldEvents();
        KeyManager.Builder builder = manager().listener(events).tokenLifetime(Duration.ofDays(30));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(builder::start);
        assertThat(events.closed()).isTrue();
        assertThat(source.closed()).isTrue();
    }

    @Test
    void close_eventsAreWaiting_tellsThemAllAndThenClosesTheListener() throws Exception {
        ToldEvents events = new ToldEvents();
        KeyManager keys = manager().listener(this::hold).listener(events).start();
        try (LogCapture quiet = LogCapture.start()) {
            held.await();
            for (int i = 0; i < 50; i++) {
                keys.refreshNow();
            }
            Thread letting = new Thread(release::countDown);
            letting.start();
            keys.close();
            letting.join();
        }
        assertThat(events.closed()).isTrue();
        assertThat(events.all(keys)).hasSize(52);
    }

    @Test
    void close_calledByAListener_returnsAndTellsTheRest() throws Exception {
        AtomicReference<KeyManager> manager = new AtomicReference<>();
        CountDownLatch closed = new CountDownLatch(1);
        KeysetListener last = new KeysetListener() {
            @Override
            public void onEvent(KeysetEvent event) {
                if (event instanceof KeysetEvent.Unchanged) {
                    manager.get().close();
                }
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        KeyManager keys = manager().listener(last).start();
        manager.set(keys);
        keys.refreshNow();
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(source.closed()).isTrue();
    }

    @Test
    void listener_throws_isLoggedByItsTypeAndTheOthersAreToldAllTheSame() {
        ToldEvents events = new ToldEvents();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager()
                        .listener(event -> {
                            throw new AssertionError("a listener's own trouble");
                        })
                        .listener(events)
                        .start()) {
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            assertThat(events.all(keys)).hasSize(3);
            assertThat(log.lines("WARN"))
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line.message())
                            .contains("AssertionError")
                            .doesNotContain("own trouble"));
        }
    }

    @Test
    void refreshNow_calledByAListener_loads() {
        AtomicReference<KeyManager> manager = new AtomicReference<>();
        List<LoadOutcome> outcomes = new CopyOnWriteArrayList<>();
        ToldEvents events = new ToldEvents();
        try (KeyManager keys = manager()
                .on(
                        KeysetEvent.ActivationScheduled.class,
                        event -> outcomes.add(manager.get().refreshNow()))
                .listener(events)
                .start()) {
            manager.set(keys);
            source.deliver(SampleKeys.jwkSet("k2", k1, k2));
            keys.refreshNow();
            assertThat(events.all(keys)).isNotEmpty();
            assertThat(outcomes).containsExactly(LoadOutcome.UNCHANGED);
        }
    }

    @Test
    void on_kind_isToldOfThatKindAlone_activationsSayWhoSignedBefore() {
        List<KeysetEvent.Activated> activated = new CopyOnWriteArrayList<>();
        ToldEvents all = new ToldEvents();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager()
                        .on(KeysetEvent.Activated.class, activated::add)
                        .listener(all)
                        .start()) {
            source.deliver(SampleKeys.jwkSet("k2", k1, k2));
            keys.refreshNow();
            clock.advance(Duration.ofMinutes(15));
            keys.refreshNow();
            assertThat(all.all(keys)).hasSizeGreaterThan(2);
            assertThat(activated)
                    .extracting(
                            KeysetEvent.Activated::kid, key -> key.previousKid().orElse("-"), KeysetEvent::at)
                    .containsExactly(
                            tuple("k1", "-", clock.instant().minus(Duration.ofMinutes(15))),
                            tuple("k2", "k1", clock.instant()));
            assertThat(log.text()).contains("key k2 (default): signs now, after k1");
        }
    }

    @Test
    void nobodyListens_thereIsNoThreadForIt() {
        try (KeyManager keys = manager().start()) {
            keys.refreshNow();
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain("keyset4j-events");
        }
    }
}
