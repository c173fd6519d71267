package io.github.keyset4j.examples;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.http.JwksEndpoint;
import io.github.keyset4j.http.JwksResponse;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.MemoryKeysetStore;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.ClockedStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;

/**
 * One rotation, run for real on a clock set by hand and written down step by step: two replicas that read one store, the
 * second of which fails to reach it for a while, and a verifier elsewhere that knows no more than the JWKS it has cached.
 */
final class RotationRun {

    static final String OLD = "2026-03";
    static final String NEW = "2026-06";
    static final Instant START = Instant.parse("2026-06-01T12:00:00Z");
    static final Instant END = START.plus(Duration.ofMinutes(72));

    private static final Instant ROTATION = START.plus(Duration.ofMinutes(10));
    private static final Duration STEP = Duration.ofSeconds(15);
    private static final Duration EVERY = Duration.ofDays(90);
    private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(30);
    private static final int FAILURES = 3;
    private static final Pattern MAX_AGE = Pattern.compile("max-age=(\\d+)");

    final Lane replicaA;
    final Lane replicaB;
    final List<Span> cached = new ArrayList<>();
    List<KeysetKey> keys = List.of();
    int signed;
    int verifications;
    int rejected;

    private final ManualClock clock = ManualClock.at(START);
    private final MemoryKeysetStore store = MemoryKeysetStore.empty();
    private final RotationTimes times = RotationTimes.internal().toBuilder()
            .maxTokenLifetime(TOKEN_LIFETIME)
            .build();
    private final Deque<String> alive = new ArrayDeque<>();
    private JsonWebKeySet cache = new JsonWebKeySet();
    private Instant cachedUntil = START;

    /** These keys, from one instant to another. */
    record Span(Instant from, Instant to, List<String> kids) {}

    /** What one replica did. */
    final class Lane {

        final List<Span> signing = new ArrayList<>();
        final List<Span> publishing = new ArrayList<>();
        final List<Instant> failures = new ArrayList<>();
        private final ScriptedKeysetSource source = ScriptedKeysetSource.of(store.load());
        private final KeyManager manager = KeyManager.builder(source)
                .rotation(times)
                .tokenLifetime(TOKEN_LIFETIME)
                .clock(clock)
                .start();
        private final Duration refreshesAt;
        private final int failuresToCome;

        /** A replica that refreshes this long after each full minute, and fails this often after the rotation. */
        Lane(Duration refreshesAt, int failuresToCome) {
            this.refreshesAt = refreshesAt;
            this.failuresToCome = failuresToCome;
        }

        private void step(Instant now) throws IOException, JoseException {
            if (now.getEpochSecond() % 60 == refreshesAt.toSeconds()) {
                refresh(now);
            }
            String token = manager.signer().sign(new JwtClaims());
            alive.add(token);
            signed++;
            add(
                    signing,
                    now,
                    List.of(JsonWebStructure.fromCompactSerialization(token).getKeyIdHeaderValue()));
            add(publishing, now, kids(new JsonWebKeySet(manager.jwks().json())));
        }

        private void refresh(Instant now) {
            if (now.isAfter(ROTATION) && failures.size() < failuresToCome) {
                failures.add(now);
                source.fail(new IOException("out of reach"));
            } else {
                source.deliver(store.load());
            }
            manager.refreshNow();
        }
    }

    RotationRun() throws IOException, JoseException {
        KeysetEdit first = KeysetEdit.empty(KeysetShape.JWK_SET);
        Instant activated = START.minus(EVERY);
        first.generate(KeyTemplate.of("ES256").withKid(OLD), START);
        first.publishedAt(OLD, activated.minus(times.publishLead()));
        first.activateAt(OLD, activated);
        store.put(first.document());
        KeysetRotator rotator = KeysetRotator.builder(new ClockedStore(store, clock))
                .rotation(times)
                .clock(clock)
                .build();
        replicaA = new Lane(Duration.ofSeconds(30), 0);
        replicaB = new Lane(Duration.ofSeconds(45), FAILURES);
        try (KeyManager a = replicaA.manager;
                KeyManager b = replicaB.manager) {
            JwksEndpoint endpointA = JwksEndpoint.of(a);
            JwksEndpoint endpointB = JwksEndpoint.of(b);
            int fetches = 0;
            for (Instant now = START; now.isBefore(END); now = now.plus(STEP)) {
                clock.set(now);
                if (now.equals(ROTATION)) {
                    keys = rotator.auto(KeyTemplate.of("ES256").withKid(NEW), EVERY)
                            .after()
                            .keys();
                }
                replicaA.step(now);
                replicaB.step(now);
                if (!now.isBefore(cachedUntil)) {
                    fetch(fetches++ % 2 == 0 ? endpointB : endpointA, now);
                }
                add(cached, now, kids(cache));
                verify(now);
            }
        }
    }

    /** Keeps the answer for its max-age, as HTTP has it. */
    private void fetch(JwksEndpoint endpoint, Instant now) throws JoseException {
        JwksResponse response = endpoint.handle("GET", Map.of());
        Matcher maxAge = MAX_AGE.matcher(String.valueOf(response.headers().get("Cache-Control")));
        if (!maxAge.find()) {
            throw new IllegalStateException("no max-age: " + response);
        }
        cache = new JsonWebKeySet(new String(response.body(), StandardCharsets.UTF_8));
        cachedUntil = now.plusSeconds(Long.parseLong(maxAge.group(1)));
    }

    /** Every token that lives to see it twice: when it has just been signed, and for the last time before it expires. */
    private void verify(Instant now) {
        alive.stream().skip(alive.size() - 2L).forEach(token -> verify(token, now));
        if (alive.size() >= 2 * TOKEN_LIFETIME.dividedBy(STEP)) {
            verify(alive.remove(), now);
            verify(alive.remove(), now);
        }
    }

    private void verify(String token, Instant now) {
        verifications++;
        try {
            new JwtConsumerBuilder()
                    .setVerificationKeyResolver(new JwksVerificationKeyResolver(cache.getJsonWebKeys()))
                    .setEvaluationTime(NumericDate.fromSeconds(now.getEpochSecond()))
                    .build()
                    .process(token);
        } catch (InvalidJwtException e) {
            rejected++;
        }
    }

    private static List<String> kids(JsonWebKeySet set) {
        return set.getJsonWebKeys().stream().map(key -> key.getKeyId()).sorted().toList();
    }

    /** Lengthens the last span if nothing has changed. */
    private static void add(List<Span> spans, Instant now, List<String> kids) {
        Span last = spans.isEmpty() ? new Span(now, now, kids) : spans.get(spans.size() - 1);
        if (!spans.isEmpty() && last.kids().equals(kids)) {
            spans.set(spans.size() - 1, new Span(last.from(), now.plus(STEP), kids));
        } else {
            spans.add(new Span(now, now.plus(STEP), kids));
        }
    }
}
