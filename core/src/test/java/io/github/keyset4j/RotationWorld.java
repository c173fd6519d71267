package io.github.keyset4j;

import io.github.keyset4j.RotationRefusedException.Gate;
import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.RotationReport;
import io.github.keyset4j.testing.MemoryKeysetStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store, replicas that sign from it, caches before their JWKS, verifiers behind these, and an operator who takes steps
 * at random: with clocks that differ, refreshes that fail, restarts, and strangers' kids. Everything that happens to
 * verifiers is what the formulas allow at worst.
 */
final class RotationWorld {

    private static final Duration TICK = Duration.ofSeconds(15);
    private static final Duration REFRESH = Duration.ofMinutes(1);
    private static final Duration FOREVER = Duration.ofDays(10_000);
    private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(10);
    private static final Duration LEEWAY = Duration.ofMinutes(1);
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final int FAILURES = 1;
    /** Those that have room for a second key. */
    private static final List<KeysetShape> SHAPES =
            List.of(KeysetShape.JWK_SET, KeysetShape.KEYSET, KeysetShape.JWK_MAP);

    static final RotationTimes TIMES = RotationTimes.builder()
            .toleratedFailures(FAILURES)
            .maxTokenLifetime(TOKEN_LIFETIME)
            .verifierLeeway(LEEWAY)
            .clockSkew(SKEW)
            .verifierWait(Duration.ofMinutes(10))
            .publishLead(RotationTimes.builder()
                    .toleratedFailures(FAILURES)
                    .clockSkew(SKEW)
                    .verifierWait(Duration.ofMinutes(10))
                    .build()
                    .leastPublishLead())
            .build();

    private static final Duration CACHED = TIMES.jwksMaxAge().plus(TIMES.staleWhileRevalidate());

    /** How long clients keep the JWKS, and how long they wait until an unknown kid makes them fetch it again. */
    private enum Client {
        JOSE(600, 30),
        JWKS_RSA(600, 0),
        NIMBUS(300, 30),
        SPRING_SERVLET(300, 0),
        SPRING_WEBFLUX(-1, 0),
        JOSE4J(300, 1),
        AWS_JWT_VERIFY(-1, 10),
        GO_OIDC(-1, 0),
        QUARKUS(-1, 600),
        ENVOY(600, -1),
        KEYFUNC(3600, 300),
        KUBE_APISERVER(300, -1);

        private final Duration keeps;
        private final Duration waits;

        Client(int keeps, int waits) {
            this.keeps = keeps < 0 ? FOREVER : Duration.ofSeconds(keeps);
            this.waits = waits < 0 ? FOREVER : Duration.ofSeconds(waits);
        }
    }

    private final Random random;
    private final Optional<Gate> removedGate;
    private final String algorithm;
    private final MemoryKeysetStore store = MemoryKeysetStore.empty();
    private final KeysetRotator rotator;
    private final Duration operatorsSkew;
    private final List<Replica> replicas = new ArrayList<>();
    private final List<Cache> caches = new ArrayList<>();
    private final List<Verifier> verifiers = new ArrayList<>();
    private final Map<String, ParsedKeyset> parsed = new HashMap<>();
    /** The end of the longest-lived token that each key signed, by its signer's clock. */
    private final Map<String, Instant> tokens = new HashMap<>();

    private final List<String> story = new ArrayList<>();
    private @Nullable String harm;
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private int kids = 1;
    private int steps;

    RotationWorld(long seed, String algorithm, Optional<Gate> removedGate) {
        this.random = new Random(seed);
        this.removedGate = removedGate;
        this.algorithm = algorithm;
        this.operatorsSkew = skew();
        this.rotator = KeysetRotator.builder(store)
                .rotation(TIMES)
                .clock(() -> now.plus(operatorsSkew))
                .build();
        KeysetEdit edit = KeysetEdit.empty(SHAPES.get(random.nextInt(SHAPES.size())));
        edit.generate(KeyTemplate.of(algorithm).withKid("k1"), now);
        store.create(edit.document());
        for (int i = 0; i < 3; i++) {
            replicas.add(new Replica());
        }
        caches.add(new Cache());
        caches.add(new Cache());
        for (Client client : Client.values()) {
            verifiers.add(new Verifier(client));
        }
    }

    /** Lets time pass; what went wrong, with the story that led to it, or nothing. */
    Optional<String> live(Duration howLong) {
        Instant end = now.plus(howLong);
        Instant nextStep = now;
        while (now.isBefore(end) && harm == null) {
            if (!now.isBefore(nextStep)) {
                step();
                nextStep = now.plusSeconds(random.nextInt(600));
            }
            replicas.forEach(Replica::live);
            verifiers.forEach(Verifier::live);
            now = now.plus(TICK);
        }
        return Optional.ofNullable(harm)
                .map(what -> what + "\n  "
                        + String.join("\n  ", story.subList(Math.max(0, story.size() - 12), story.size())));
    }

    /** How many steps were taken. */
    int steps() {
        return steps;
    }

    private void harm(String what) {
        if (harm == null) {
            harm = now + " " + what;
        }
    }

    private Duration skew() {
        int half = (int) SKEW.toSeconds() / 2;
        return Duration.ofSeconds(random.nextInt(2 * half + 1) - half);
    }

    // ---- the operator

    private void step() {
        KeyTemplate template = KeyTemplate.of(algorithm).withKid("k" + (kids + 1));
        List<KeysetKey> keys = rotator.keyset().keys();
        String kid = keys.get(random.nextInt(keys.size())).kid();
        Instant soon = now.plus(operatorsSkew).plusSeconds(random.nextInt(1200));
        switch (random.nextInt(8)) {
            case 0 -> take("prepare", with -> with.prepare(template));
            case 1 -> take("promote " + kid, with -> with.promote(kid));
            case 2 -> take("promote " + kid + " at " + soon, with -> with.promote(kid, soon));
            case 3 -> take("retire " + kid, with -> with.retire(kid));
            case 4 -> take("retire " + kid + " at " + soon, with -> with.retire(kid, soon));
            case 5 -> take("revoke " + kid, with -> with.revoke(kid));
            case 6 -> take("rotate", with -> with.rotate(template));
            default -> take("prune", KeysetRotator::prune);
        }
    }

    private void take(String what, Function<KeysetRotator, RotationReport> action) {
        try {
            told(what, action.apply(rotator));
        } catch (RotationRefusedException refused) {
            if (removedGate.equals(Optional.of(refused.gate()))) {
                takeWithoutTheGate(what, action, refused.gate());
            }
        } catch (IllegalArgumentException e) {
            story.add(now + " " + what + ": " + e.getMessage());
        }
    }

    private void takeWithoutTheGate(String what, Function<KeysetRotator, RotationReport> action, Gate gate) {
        if (!gate.forceable()) {
            endTheActiveKey(what);
            return;
        }
        KeysetRotator forced = rotator.forced("the gate is open");
        boolean thisGateAlone =
                action.apply(forced.dryRun()).overridden().stream().allMatch(refusal -> refusal.gate() == gate);
        if (thisGateAlone) {
            told(what + " without " + gate, action.apply(forced));
        }
    }

    /** What retiring without a successor would write, if it were not refused. */
    private void endTheActiveKey(String what) {
        KeysetEdit edit = KeysetEdit.open(store.load(), KeysetParser.of(KeysetPolicy.standard()), "store");
        edit.keyset(TIMES, now)
                .activeKey("default", now)
                .ifPresent(key -> edit.removeAt(key.kid(), now.plus(TIMES.removalDelay("default"))));
        store.put(edit.document());
        story.add(now + " " + what + " without SUCCESSOR");
    }

    private void told(String what, RotationReport report) {
        if (report.changed()) {
            steps++;
            kids += (int) report.after().keys().stream()
                    .filter(key -> report.before().key(key.kid()).isEmpty())
                    .count();
            story.add(now + " " + what + " -> " + report.done());
        }
    }

    // ---- those who sign

    private final class Replica {

        private Duration skew = skew();
        private Instant nextRefresh = now.plusSeconds(random.nextInt(60));
        private int failures;
        private @Nullable Keyset keyset;
        private Instant confirmedAt = Instant.MIN;

        Replica() {
            load();
        }

        Instant clock() {
            return now.plus(skew);
        }

        void live() {
            if (random.nextInt(400) == 0) {
                keyset = null;
                load();
            } else if (!now.isBefore(nextRefresh)) {
                nextRefresh = now.plus(REFRESH).plusSeconds(random.nextInt(7)).minus(TICK);
                if (failures < FAILURES && random.nextInt(2) == 0) {
                    failures++;
                } else {
                    failures = 0;
                    load();
                }
            }
            sign();
            verify();
        }

        private void load() {
            KeysetDocument document = store.load();
            ParsedKeyset read = parsed.computeIfAbsent(
                    document.revision().orElseThrow(),
                    revision -> KeysetParser.of(KeysetPolicy.standard()).read(document, "store"));
            KeysetPlanner.Past past = keyset == null ? null : new KeysetPlanner.Past(keyset, confirmedAt);
            confirmedAt = clock();
            keyset = KeysetPlanner.plan(read, past, Set.of(), null, CryptoProvider.jdk(), TIMES.checked(), confirmedAt);
        }

        private void sign() {
            Optional<KeysetKey> active = held().activeKey("default", clock());
            if (active.isEmpty()) {
                harm("nothing to sign with");
                return;
            }
            Instant exp = clock().plus(TOKEN_LIFETIME);
            tokens.merge(active.get().kid(), exp, (a, b) -> a.isAfter(b) ? a : b);
        }

        private void verify() {
            for (String kid : alive(clock())) {
                boolean known = held().key(kid)
                        .filter(key -> key.status(clock()) != KeyStatus.REMOVED)
                        .isPresent();
                if (!known) {
                    harm("a replica rejects a token of " + kid);
                }
            }
        }

        Keyset held() {
            return Optional.ofNullable(keyset).orElseThrow();
        }

        Set<String> published() {
            Set<String> published = new TreeSet<>();
            held().keys().stream().filter(key -> key.published(clock())).forEach(key -> published.add(key.kid()));
            return published;
        }
    }

    /** The kids of tokens that are valid by this clock. */
    private Set<String> alive(Instant clock) {
        Set<String> alive = new TreeSet<>();
        tokens.forEach((kid, exp) -> {
            if (clock.isBefore(exp.plus(LEEWAY))) {
                alive.add(kid);
            }
        });
        return alive;
    }

    // ---- those who verify

    /** A shared cache, which gives away what it has for as long as it may. */
    private final class Cache {

        private Set<String> kids = Set.of();
        private Instant since = Instant.MIN;

        Set<String> fetch() {
            if (since.equals(Instant.MIN) || since.plus(CACHED).isBefore(now)) {
                kids = replicas.get(random.nextInt(replicas.size())).published();
                since = now;
            }
            return kids;
        }
    }

    private final class Verifier {

        private final Client client;
        private final Duration skew = skew();
        private Set<String> kids = Set.of();
        private Instant fetched = Instant.MIN;

        Verifier(Client client) {
            this.client = client;
            fetch();
        }

        void live() {
            if (symmetric() || random.nextInt(3) > 0) {
                return;
            }
            Set<String> alive = alive(now.plus(skew));
            if (random.nextInt(20) == 0) {
                verify("a stranger's");
            }
            for (String kid : alive) {
                if (!verify(kid)) {
                    harm(client + " rejects a token of " + kid + ", having fetched at " + fetched);
                }
            }
        }

        private boolean verify(String kid) {
            if (fetched.plus(client.keeps).isBefore(now)) {
                fetch();
            }
            if (!kids.contains(kid) && !fetched.plus(client.waits).isAfter(now)) {
                fetch();
            }
            return kids.contains(kid);
        }

        private void fetch() {
            kids = caches.get(random.nextInt(caches.size())).fetch();
            fetched = now;
        }
    }

    private boolean symmetric() {
        return algorithm.startsWith("HS");
    }
}
