package io.github.keyset4j;

import io.github.keyset4j.OnePlanProcess.Delivery;
import io.github.keyset4j.OnePlanText.Shape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Edits by hand that are safe, with replicas that refresh when they may at the latest, fail as often as is tolerated, start
 * again, and whose clocks differ: whoever verifies with the JWKS of any of them, as old as caches allow, has the key of every
 * token that is valid.
 */
class SafeEditsProperties {

    private static final Duration REFRESH = Duration.ofMinutes(1);
    private static final Duration TICK = Duration.ofSeconds(15);
    private static final RotationTimes TIMES = RotationTimes.builder()
            .maxTokenLifetime(Duration.ofMinutes(10))
            .verifierLeeway(Duration.ofMinutes(1))
            .build();
    private static final Duration LEAD = TIMES.publishLead();
    /** E + W: how old a verifier's copy of the JWKS may be when it meets a token. */
    private static final Duration COPY_AGE =
            TIMES.jwksMaxAge().plus(TIMES.staleWhileRevalidate()).plus(TIMES.verifierWait());

    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant EDIT = BEGIN.plus(Duration.ofMinutes(40));
    private static final Instant CLEAN_UP = EDIT.plus(LEAD)
            .plus(TIMES.loadTime())
            .plus(TIMES.removalDelay("default"))
            .plus(TIMES.clockSkew());

    /** How a key follows another. */
    private enum Edit {
        ADDED_AND_NAMED(Shape.KEYSET, false, false),
        ADDED_AND_NAMED_IN_A_SECRET(Shape.JWK_SET, true, true),
        DATED(Shape.JWK_SET, false, true),
        PAIR_SWAPPED_IN_A_SECRET(Shape.PEM_PAIRS, true, true),
        PEM_SWAPPED(Shape.PEM, false, false);

        private final Shape shape;
        private final boolean versions;
        private final boolean restarts;

        Edit(Shape shape, boolean versions, boolean restarts) {
            this.shape = shape;
            this.versions = versions;
            this.restarts = restarts;
        }

        List<Change> changes() {
            ListedKey first = key("k1", this == DATED ? BEGIN.minus(LEAD) : null);
            ListedKey second = key("k2", this == DATED ? EDIT.plus(LEAD).plus(TIMES.clockSkew()) : null);
            OnePlanText before = new OnePlanText(shape);
            OnePlanText after = new OnePlanText(shape);
            OnePlanText end = new OnePlanText(shape);
            before.add(first);
            after.add(first);
            after.add(second);
            end.add(second);
            if (this != DATED && shape != Shape.PEM_PAIRS) {
                before.named.put("default", "k1");
                after.named.put("default", "k2");
                end.named.put("default", "k2");
            }
            Change begin = change(BEGIN.minus(Duration.ofHours(1)), before, Optional.empty());
            Change edit = change(EDIT, after, Optional.of(begin));
            return shape.oneKey()
                    ? List.of(begin, edit)
                    : List.of(begin, edit, change(CLEAN_UP, end, Optional.of(edit)));
        }

        private static ListedKey key(String kid, @Nullable Instant nbf) {
            return new ListedKey(
                    kid, "default", kid.equals("k1") ? "EdDSA1" : "EdDSA2", "EdDSA", true, null, nbf, null);
        }

        private Change change(Instant at, OnePlanText text, Optional<Change> before) {
            KeysetDocument document = text.document();
            if (versions) {
                document = document.withRevisionTime(at);
                document =
                        before.isPresent() ? document.withPrevious(before.get().alone()) : document;
            }
            return new Change(
                    at,
                    new Delivery(
                            document, text.version(Optional.empty(), Map.of(), Optional.empty(), Optional.empty())),
                    text.document().withRevisionTime(at));
        }
    }

    private record Change(Instant at, Delivery delivery, KeysetDocument alone) {}

    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE, seed = "20261131")
    void edits_thatAreSafe_rejectNoToken(@ForAll Edit edit, @ForAll long seed) {
        assertThat(new World(edit, new Random(seed)).live()).isEmpty();
    }

    private static final class World {

        private final Edit edit;
        private final List<Change> changes;
        private final Random random;
        private final List<Replica> replicas = new ArrayList<>();
        private final Map<String, Instant> tokens = new HashMap<>();
        private Instant now = BEGIN;
        private boolean rotated;

        World(Edit edit, Random random) {
            this.edit = edit;
            this.changes = edit.changes();
            this.random = random;
            for (int i = 0; i < 3; i++) {
                replicas.add(new Replica());
            }
        }

        Optional<String> live() {
            Instant end = CLEAN_UP.plus(Duration.ofMinutes(20));
            for (; now.isBefore(end); now = now.plus(TICK)) {
                replicas.forEach(Replica::live);
                for (Replica signer : replicas) {
                    String kid = signer.process.signer("default", "");
                    if (kid == null) {
                        return Optional.of(edit + ": nothing signs at " + now);
                    }
                    rotated |= kid.equals("k2");
                    tokens.put(kid, now.plus(TIMES.maxTokenLifetime("default")).plus(TIMES.verifierLeeway()));
                }
                for (Map.Entry<String, Instant> token : tokens.entrySet()) {
                    for (Replica publisher : replicas) {
                        if (now.isBefore(token.getValue()) && !publisher.everywhere(token.getKey())) {
                            return Optional.of(edit + ": a verifier lacks " + token.getKey() + " at " + now
                                    + ", the edit was at " + EDIT);
                        }
                    }
                }
            }
            return rotated ? Optional.empty() : Optional.of(edit + ": no rotation took place");
        }

        private final class Replica {

            private final Duration skew = Duration.ofSeconds(random.nextInt(61) - 30);
            private final TreeMap<Instant, Set<String>> published = new TreeMap<>();
            private OnePlanProcess process = make();
            private Instant due = BEGIN;
            private int failures;

            private OnePlanProcess make() {
                return new OnePlanProcess.Real(TIMES, () -> now.plus(skew));
            }

            void live() {
                boolean edited = now.isAfter(EDIT.minusSeconds(60)) && now.isBefore(EDIT.plus(LEAD.multipliedBy(2)));
                boolean restarts = random.nextInt(40) == 0 && (edit.restarts || !edited);
                if (restarts) {
                    process = make();
                }
                if (restarts || !now.isBefore(due)) {
                    due = now.plus(REFRESH).plusSeconds(random.nextInt(7));
                    boolean fails = process.loaded() && failures < TIMES.toleratedFailures() && random.nextInt(3) > 0;
                    failures = fails ? failures + 1 : 0;
                    if (!fails) {
                        process.load(requireNonNull(changes.stream()
                                .filter(change -> !change.at().isAfter(now))
                                .reduce((earlier, later) -> later)
                                .orElseThrow()
                                .delivery()));
                    }
                }
                published.put(now, process.published());
            }

            /** Whether the JWKS of this replica had a key from as long ago as a copy may be old. */
            boolean everywhere(String kid) {
                Map.Entry<Instant, Set<String>> copy = published.floorEntry(now.minus(COPY_AGE));
                return published.lastEntry().getValue().contains(kid)
                        && (copy == null ? published.firstEntry() : copy)
                                .getValue()
                                .contains(kid);
            }
        }
    }
}
