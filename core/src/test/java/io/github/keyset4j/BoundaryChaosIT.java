package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.Provider;
import java.security.ProviderException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The boundary in one process, for as long as {@code chaos.seconds} says: documents, providers, sources and tokens at
 * their worst, one after the other and at once, while honest traffic goes on.
 */
@SuppressWarnings("try") // what is logged is kept off the console
class BoundaryChaosIT {

    private static final int SECONDS = Integer.getInteger("chaos.seconds", 20);
    private static final int FEWEST_KEYS = 3;

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final ManualClock clock = ManualClock.create();
    private final AtomicReference<@Nullable Throwable> providerFailure = new AtomicReference<>();
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of("");

    /** What the last good document lists, and one token of every key there ever was. */
    private final Map<String, Map<String, Object>> listed = new LinkedHashMap<>();

    private final Map<String, String> tokens = new LinkedHashMap<>();
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();
    private final Map<Act, Long> acts = new EnumMap<>(Act.class);
    private int made;
    private String active = "";

    private final AtomicLong honest = new AtomicLong();
    private final AtomicLong hostile = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> wrong = new AtomicReference<>();
    private volatile boolean ended;

    private enum Act {
        ROTATE,
        REVOKE,
        REVOKE_IN_A_BROKEN_DOCUMENT,
        REVOKE_BY_HAND,
        MUTATE,
        STRAY_TEXT,
        SYMMETRIC,
        FAIL_TO_LOAD,
        FAIL_IN_THE_PROVIDER,
        PASS_TIME
    }

    private String newKey() {
        String kid = "k" + made++;
        listed.put(kid, SampleKeys.jwk(kid, made % 3 == 0 ? SampleAlgorithm.ES384 : SampleAlgorithm.EDDSA));
        return kid;
    }

    private Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("revoked", List.copyOf(revoked));
        document.put("active_kid", active);
        document.put("keys", List.copyOf(listed.values()));
        return document;
    }

    private static <T> T any(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** One that something signs without: neither the only one nor one that was never active. */
    private Optional<String> spare() {
        List<String> spare = listed.keySet().stream()
                .filter(kid -> !revoked.contains(kid) && tokens.containsKey(kid))
                .toList();
        return spare.size() < 2 ? Optional.empty() : Optional.of(any(random, spare));
    }

    @Test
    @Timeout(value = SLACK, unit = TimeUnit.SECONDS)
    void boundary_underChaos_keepsWhatItPromises() throws Exception {
        Provider provider = BrokenProvider.thatThrows(SampleAlgorithm.ES256, providerFailure::get);
        for (int i = 0; i < FEWEST_KEYS; i++) {
            active = newKey();
        }
        source.deliver(SampleKeys.json(document()));
        long began = System.nanoTime();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .clock(clock)
                        .unlimitedStaleness()
                        .minReloadInterval(Duration.ofNanos(1))
                        .unknownKidWait(Duration.ofMillis(1))
                        .cryptoProvider(CryptoProvider.of(provider))
                        .start()) {
            listed.keySet().forEach(kid -> tokens.put(kid, token(keys, kid)));
            long heap = heap();
            List<Thread> traffic = List.of(
                    thread("honest 1", () -> beHonest(keys)),
                    thread("honest 2", () -> beHonest(keys)),
                    thread("hostile", () -> beHostile(keys, new Random(seed + 1))));
            while (wrong.get() == null && System.nanoTime() - began < TimeUnit.SECONDS.toNanos(SECONDS)) {
                Act act = any(random, List.of(Act.values()));
                acts.merge(act, 1L, Long::sum);
                act(act, keys);
                check(act, keys);
                log.clear();
            }
            ended = true;
            for (Thread thread : traffic) {
                thread.join();
            }
            source.deliver(SampleKeys.json(document()));
            assertThat(keys.refreshNow()).isIn(LoadOutcome.LOADED, LoadOutcome.UNCHANGED);
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
            long grown = heap() - heap;
            System.out.printf(
                    "chaos: seed %d, %d s, %s, %d honest tokens, %d hostile ones, heap %+d KiB%n",
                    seed, SECONDS, new TreeMap<>(acts), honest.get(), hostile.get(), grown >> 10);
            assertThat(wrong.get()).as("seed %d", seed).isNull();
            assertThat(honest.get()).isPositive();
            assertThat(hostile.get()).isPositive();
            assertThat(grown).as("bytes of heap that the chaos left behind").isLessThan(64L << 20);
        }
    }

    private static final long SLACK = 1200;

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private Thread thread(String name, Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (!ended && wrong.get() == null) {
                            work.run();
                        }
                    } catch (Throwable e) {
                        wrong.compareAndSet(null, e);
                    }
                },
                name);
        thread.start();
        return thread;
    }

    private static String token(KeyManager keys, String kid) {
        String alg = keys.keyset().key(kid).orElseThrow().algorithm();
        return Forge.with(keys, kid)
                .token("{\"alg\":\"" + alg + "\",\"kid\":\"" + kid + "\"}", "{\"sub\":\"me\",\"exp\":1900000000}");
    }

    private void beHonest(KeyManager keys) {
        String token = keys.signer().sign(new JwtClaims());
        try {
            keys.verifier().build().verify(token);
            honest.incrementAndGet();
        } catch (JwtRejectedException e) {
            // The key may have been revoked between the two, and for no other reason may this happen.
            assertThat(e.reason())
                    .isIn(JwtRejectedException.Reason.KID_REVOKED, JwtRejectedException.Reason.KID_UNKNOWN);
            String kid = JwsHeader.parse(token.substring(0, token.indexOf('.')))
                    .kid()
                    .orElseThrow();
            assertThat(keys.keyset().key(kid)).isEmpty();
        }
    }

    private void beHostile(KeyManager keys, Random random) {
        String token = HostileTokens.any(random, keys);
        try {
            VerifiedJwt verified = keys.verifier().anyAudience().build().verify(token);
            throw new AssertionError("taken for good: " + verified);
        } catch (JwtRejectedException e) {
            hostile.incrementAndGet();
        }
    }

    private void act(Act act, KeyManager keys) {
        switch (act) {
            case ROTATE -> {
                active = newKey();
                List<String> old = listed.keySet().stream()
                        .filter(kid -> !kid.equals(signing(keys)) && !kid.equals(active))
                        .toList();
                if (listed.size() > 2 * FEWEST_KEYS) {
                    listed.remove(old.get(0));
                }
                deliver(keys, SampleKeys.json(document()), LoadOutcome.LOADED);
                tokens.put(active, token(keys, active));
            }
            case REVOKE ->
                spare().ifPresent(kid -> {
                    revoked.add(kid);
                    listed.remove(kid);
                    nameSomebody();
                    deliver(keys, SampleKeys.json(document()), LoadOutcome.LOADED);
                });
            case REVOKE_IN_A_BROKEN_DOCUMENT ->
                spare().ifPresent(kid -> {
                    Map<String, Object> document = document();
                    List<String> more = new ArrayList<>(revoked);
                    more.add(kid);
                    document.put("revoked", more);
                    document.put("keys", broken(kid));
                    deliver(keys, SampleKeys.json(document), LoadOutcome.REJECTED, LoadOutcome.FAILED);
                    revoked.add(kid);
                    listed.remove(kid);
                    nameSomebody();
                });
            case REVOKE_BY_HAND ->
                spare().ifPresent(kid -> {
                    keys.revoke(kid);
                    revoked.add(kid);
                    listed.remove(kid);
                    nameSomebody();
                    deliver(keys, SampleKeys.json(document()), LoadOutcome.LOADED);
                });
            case MUTATE -> {
                byte[] text = SampleKeys.json(document()).getBytes(StandardCharsets.UTF_8);
                // Behind the list of the revoked and the name of the active, which are what the model goes by.
                int from = SampleKeys.json(document()).indexOf("\"keys\"");
                int at = from + random.nextInt(text.length - from);
                byte[] mutated = random.nextBoolean() ? Arrays.copyOf(text, at) : text;
                if (mutated.length > at) {
                    mutated[at] = (byte) random.nextInt(256);
                }
                source.deliver(KeysetDocument.of(mutated));
                LoadOutcome outcome = keys.refreshNow();
                assertThat(outcome).isNotEqualTo(LoadOutcome.FAILED);
                assertHealth(keys, outcome);
                deliver(keys, SampleKeys.json(document()), LoadOutcome.LOADED, LoadOutcome.UNCHANGED);
            }
            case STRAY_TEXT -> deliver(keys, HostileTokens.strayText(random), LoadOutcome.REJECTED);
            case SYMMETRIC -> {
                Map<String, Object> document = document();
                List<Object> more = new ArrayList<>(listed.values());
                more.add(SampleKeys.jwk("h" + made++, SampleAlgorithm.HS256));
                document.put("keys", more);
                deliver(keys, SampleKeys.json(document), LoadOutcome.REJECTED);
            }
            case FAIL_TO_LOAD -> {
                Throwable failure = failure();
                source.answer(() -> {
                    if (failure instanceof Exception exception) {
                        throw exception;
                    }
                    throw (Error) failure;
                });
                assertHealth(keys, keys.refreshNow());
            }
            case FAIL_IN_THE_PROVIDER -> {
                providerFailure.set(failure());
                Map<String, Object> document = document();
                List<Object> more = new ArrayList<>(listed.values());
                more.add(SampleKeys.jwk("e" + made++, SampleAlgorithm.ES256));
                document.put("keys", more);
                deliver(keys, SampleKeys.json(document), LoadOutcome.REJECTED, LoadOutcome.FAILED);
                providerFailure.set(null);
            }
            case PASS_TIME -> clock.advance(Duration.ofSeconds(random.nextInt(300)));
        }
    }

    private void nameSomebody() {
        if (!listed.containsKey(active)) {
            active = List.copyOf(listed.keySet()).get(listed.size() - 1);
        }
        while (listed.size() < FEWEST_KEYS) {
            newKey();
        }
    }

    private static String signing(KeyManager keys) {
        return JwsHeader.parse(keys.signer().sign(new JwtClaims()).split("\\.", 2)[0])
                .kid()
                .orElseThrow();
    }

    private Object broken(String kid) {
        return switch (random.nextInt(4)) {
            case 0 -> List.of(Map.of("kty", "nonsense"));
            case 1 -> Map.of("x", "-----BEGIN PRIVATE KEY-----END PRIVATE KEY-----");
            case 2 -> {
                List<Object> more = new ArrayList<>(listed.values());
                more.add(SampleKeys.with(requireNonNull(listed.get(kid)), "x", "AAAA"));
                yield more;
            }
            default -> {
                providerFailure.set(new StackOverflowError());
                yield List.of(SampleKeys.jwk("e" + made++, SampleAlgorithm.ES256));
            }
        };
    }

    private Throwable failure() {
        return switch (random.nextInt(8)) {
            case 0 -> new IllegalStateException("chaos");
            case 1 -> new NoClassDefFoundError("com/example/Chaos");
            case 2 -> new NoSuchMethodError("'void com.example.Chaos.come()'");
            case 3 -> new StackOverflowError();
            case 4 -> new OutOfMemoryError("chaos");
            case 5 -> new InvalidKeyException("chaos");
            case 6 -> new ProviderException("chaos");
            default -> new KeysetLoadException(KeysetLoadException.Reason.DENIED, "chaos: denied; wait");
        };
    }

    private void deliver(KeyManager keys, String document, LoadOutcome... expected) {
        source.deliver(document);
        LoadOutcome outcome = keys.refreshNow();
        providerFailure.set(null);
        assertThat(outcome)
                .as("seed %d, after %s: %s", seed, acts, keys.health())
                .isIn((Object[]) expected);
        assertHealth(keys, outcome);
    }

    private void assertHealth(KeyManager keys, LoadOutcome outcome) {
        boolean good = outcome == LoadOutcome.LOADED || outcome == LoadOutcome.UNCHANGED;
        assertThat(keys.health().state()).as("seed %d", seed).isEqualTo(good ? Health.State.FRESH : Health.State.STALE);
    }

    /** After every act: nobody who is honest has lost anything, and nothing that was revoked is back. */
    private void check(Act act, KeyManager keys) {
        Set<String> known = keys.keyset().keys().stream().map(KeysetKey::kid).collect(Collectors.toSet());
        assertThat(known.stream().filter(revoked::contains))
                .as("seed %d, after %s", seed, act)
                .isEmpty();
        String published = keys.jwks().json();
        JwtVerifier verifier = keys.verifier().build();
        tokens.forEach((kid, token) -> {
            if (revoked.contains(kid)) {
                assertThat(published).doesNotContain("\"" + kid + "\"");
                assertThat(catchRejected(verifier, token))
                        .as("seed %d, %s after %s", seed, kid, act)
                        .isEqualTo(JwtRejectedException.Reason.KID_REVOKED);
            } else if (listed.containsKey(kid)) {
                assertThat(verifier.verify(token).kid())
                        .as("seed %d, after %s", seed, act)
                        .isEqualTo(kid);
            }
        });
        if (tokens.size() > 200) {
            tokens.keySet().removeIf(kid -> !listed.containsKey(kid) && random.nextBoolean());
        }
        assertThat(verifier.verify(keys.signer().sign(new JwtClaims())).kid()).isNotEmpty();
    }

    private static JwtRejectedException.@Nullable Reason catchRejected(JwtVerifier verifier, String token) {
        try {
            verifier.verify(token);
            return null;
        } catch (JwtRejectedException e) {
            return e.reason();
        }
    }
}
