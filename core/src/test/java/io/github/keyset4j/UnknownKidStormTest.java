package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static org.assertj.core.api.Assertions.assertThat;

/** Strangers make up kids as fast as they can: the source hardly notices, and users with real tokens not at all. */
@Timeout(120)
class UnknownKidStormTest {

    private static final int STRANGERS = 1_000;

    private final Map<String, Object> k1 = jwk("k1", SampleAlgorithm.ES256);
    private final Map<String, Object> k2 = jwk("k2", SampleAlgorithm.ES256);
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(jwkSet("k1", k1));
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch loadMayEnd = new CountDownLatch(1);
    private final List<Throwable> surprises = new CopyOnWriteArrayList<>();

    /** From now on every load says that it has begun, and waits. */
    private void block(String document) {
        source.answer(() -> {
            loading.countDown();
            loadMayEnd.await();
            return KeysetDocument.of(document);
        });
    }

    /** Starts this many threads, releases them together, and returns them. */
    private List<Thread> storm(int size, Storm storm) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(size);
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int number = i;
            Thread thread = new Thread(
                    null,
                    () -> {
                        ready.countDown();
                        try {
                            go.await();
                            storm.blow(number);
                        } catch (Throwable e) {
                            surprises.add(e);
                        }
                    },
                    "stranger-" + i,
                    256 * 1024);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        ready.await();
        go.countDown();
        return threads;
    }

    private interface Storm {
        void blow(int number) throws Exception;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(60));
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void verify_thousandUnknownKidsAtOnce_loadOnceAndKnownKidsNeverWait() throws Exception {
        try (KeyManager keys = KeyManager.builder(source)
                .refreshEvery(Duration.ofMinutes(1))
                .minReloadInterval(Duration.ofHours(1))
                .unknownKidWait(Duration.ofSeconds(50))
                .start()) {
            JwtVerifier verifier = keys.verifier().build();
            String known = keys.signer().sign(new JwtClaims());
            Forge forge = Forge.with(keys, "k1");
            block(jwkSet("k1", k1));

            AtomicInteger refused = new AtomicInteger();
            List<Thread> strangers = storm(STRANGERS, number -> {
                String token = forge.token("{\"alg\":\"ES256\",\"kid\":\"stranger-" + number + "\"}", "{\"exp\":1}");
                try {
                    verifier.verify(token);
                } catch (JwtRejectedException e) {
                    assertThat(e.reason()).isEqualTo(Reason.KID_UNKNOWN);
                    refused.incrementAndGet();
                }
            });
            loading.await();

            // Nobody but this test ends the load, so whatever is verified now has not waited for it.
            for (int i = 0; i < 200; i++) {
                assertThat(verifier.verify(known).kid()).isEqualTo("k1");
            }
            assertThat(refused).hasValue(0);
            assertThat(source.loads()).isEqualTo(2);

            loadMayEnd.countDown();
            join(strangers);

            assertThat(surprises).isEmpty();
            assertThat(refused).hasValue(STRANGERS);
            assertThat(source.loads()).isEqualTo(2);
            assertThat(keys.stats().rejected()).isEqualTo(Map.of(Reason.KID_UNKNOWN, (long) STRANGERS));
        }
    }

    @Test
    void verify_thousandTokensOfANewKeyAtOnce_areAllAcceptedAfterOneLoad() throws Exception {
        try (KeyManager keys = KeyManager.builder(source)
                        .minReloadInterval(Duration.ofHours(1))
                        .unknownKidWait(Duration.ofSeconds(50))
                        .start();
                KeyManager ahead = KeyManager.builder(ScriptedKeysetSource.of(jwkSet("k2", k2)))
                        .start()) {
            JwtVerifier verifier = keys.verifier().build();
            String token = ahead.signer().sign(new JwtClaims());
            source.deliver(jwkSet("k1", k1, k2));

            // Not held back: the load ends in the middle of the storm, for some before they have asked for it.
            AtomicInteger accepted = new AtomicInteger();
            join(storm(STRANGERS, number -> {
                verifier.verify(token);
                accepted.incrementAndGet();
            }));

            assertThat(surprises).isEmpty();
            assertThat(accepted).hasValue(STRANGERS);
            assertThat(source.loads()).isEqualTo(2);
        }
    }

    @Test
    void verify_sourceHangs_strangersAreRefusedAfterTheBoundedWait() throws Exception {
        try (KeyManager keys = KeyManager.builder(source)
                .minReloadInterval(Duration.ofHours(1))
                .unknownKidWait(Duration.ofMillis(100))
                .start()) {
            JwtVerifier verifier = keys.verifier().build();
            Forge forge = Forge.with(keys, "k1");
            block(jwkSet("k1", k1));

            AtomicInteger refused = new AtomicInteger();
            join(storm(100, number -> {
                try {
                    verifier.verify(forge.token("{\"alg\":\"ES256\",\"kid\":\"x\"}", "{\"exp\":1}"));
                } catch (JwtRejectedException e) {
                    refused.incrementAndGet();
                }
            }));

            assertThat(surprises).isEmpty();
            assertThat(refused).hasValue(100);
            assertThat(source.loads()).isEqualTo(2);
            assertThat(loadMayEnd.getCount()).isEqualTo(1);
        }
    }
}
