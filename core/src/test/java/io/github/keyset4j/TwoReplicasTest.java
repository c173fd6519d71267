package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two replicas that refresh at different moments, one of which may fail three times in a row, through a whole rotation:
 * what one signs, the other publishes and verifies, and a verifier that fetched the JWKS as early as caches allow has
 * the key.
 */
class TwoReplicasTest {

    private static final Duration REFRESH = Duration.ofMinutes(1);
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final RotationTimes TIMES = RotationTimes.builder()
            .maxTokenLifetime(Duration.ofMinutes(10))
            .verifierLeeway(Duration.ofMinutes(1))
            .build();
    /** E + W: how old a verifier's copy of the JWKS may be when it meets a token. */
    private static final Duration COPY_AGE =
            TIMES.jwksMaxAge().plus(TIMES.staleWhileRevalidate()).plus(Duration.ofMinutes(1));

    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant ROTATION = BEGIN.plus(Duration.ofMinutes(10));

    private static final Map<String, Map<String, Object>> JWKS = new HashMap<>();

    static {
        for (String kid : List.of("k1", "k2")) {
            JWKS.put(kid, SampleKeys.jwk(kid, SampleAlgorithm.EDDSA));
        }
    }

    /** How a rotation is written down, by those who rotate in one step, in two, or with times in the document. */
    enum Style {
        ACTIVE_KID {
            @Override
            List<Change> changes() {
                return List.of(
                        new Change(BEGIN, KeysetDocument.of(SampleKeys.jwkSet("k1", JWKS.get("k1")))),
                        new Change(
                                ROTATION, KeysetDocument.of(SampleKeys.jwkSet("k2", JWKS.get("k1"), JWKS.get("k2")))),
                        new Change(CLEAN_UP, KeysetDocument.of(SampleKeys.jwkSet("k2", JWKS.get("k2")))));
            }
        },
        REVISION_TIMES {
            @Override
            List<Change> changes() {
                return ACTIVE_KID.changes().stream()
                        .map(change -> new Change(change.at(), change.document().withRevisionTime(change.at())))
                        .toList();
            }
        },
        TIMES_IN_THE_DOCUMENT {
            @Override
            List<Change> changes() {
                Map<String, Object> next = new TreeMap<>(JWKS.get("k2"));
                Map<String, Object> first = new TreeMap<>(JWKS.get("k1"));
                first.put("nbf", 0L);
                next.put("iat", ROTATION.getEpochSecond());
                next.put("nbf", ROTATION.plus(TIMES.publishLead()).getEpochSecond());
                return List.of(
                        new Change(BEGIN, KeysetDocument.of(SampleKeys.jwkSet(null, first))),
                        new Change(ROTATION, KeysetDocument.of(SampleKeys.jwkSet(null, first, next))),
                        new Change(CLEAN_UP, KeysetDocument.of(SampleKeys.jwkSet(null, next))));
            }
        },
        PEM_ALONE {
            private final Map<String, String> documents = Map.of("k1", pem(), "k2", pem());

            private String pem() {
                return SampleKeys.privatePem(SampleKeys.pair(SampleAlgorithm.EDDSA));
            }

            @Override
            List<Change> changes() {
                return replacing(kid ->
                        KeysetDocument.of(requireNonNull(documents.get(kid))).withActiveKid(kid));
            }
        },
        PEM_ALONE_WITH_REVISION_TIMES {
            @Override
            List<Change> changes() {
                return PEM_ALONE.changes().stream()
                        .map(change -> new Change(change.at(), change.document().withRevisionTime(change.at())))
                        .toList();
            }
        },
        JWK_ALONE {
            @Override
            List<Change> changes() {
                return replacing(kid -> KeysetDocument.of(SampleKeys.json(requireNonNull(JWKS.get(kid)))));
            }
        },
        PEM_PAIR_IN_ONE_STEP {
            private final Map<String, String> documents = Map.of("k1", pair("k1"), "k2", pair("k2"));

            private String pair(String kid) {
                return SampleKeys.json(Map.of(
                        "default",
                        Map.of(
                                "kid",
                                kid,
                                "privateKeyPem",
                                SampleKeys.privatePem(SampleKeys.pair(SampleAlgorithm.EDDSA)))));
            }

            @Override
            List<Change> changes() {
                return replacing(kid -> KeysetDocument.of(requireNonNull(documents.get(kid))));
            }
        };

        /** When the slowest replica has activated and the last token of the old key has ended. */
        private static final Instant CLEAN_UP =
                ROTATION.plus(TIMES.publishLead()).plus(TIMES.loadTime()).plus(TIMES.removalDelay("default"));

        abstract List<Change> changes();

        /** The one key of the document makes room for the next. */
        private static List<Change> replacing(Function<String, KeysetDocument> documents) {
            return List.of(new Change(BEGIN, documents.apply("k1")), new Change(ROTATION, documents.apply("k2")));
        }
    }

    private record Change(Instant at, KeysetDocument document) {}

    static Stream<Arguments> interleavings() {
        List<Arguments> all = new ArrayList<>();
        for (Style style : Style.values()) {
            for (int first = 0; first < 60; first += 20) {
                for (int second = 0; second < 60; second += 15) {
                    for (int failures = 0; failures <= 3; failures++) {
                        all.add(Arguments.of(style, first, second, failures));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("interleavings")
    void rotation_anyInterleavingOfLoads_rejectsNothing(Style style, int firstOffset, int secondOffset, int failures)
            throws InterruptedException {
        ManualClock clock = ManualClock.at(BEGIN);
        List<Replica> replicas = List.of(
                new Replica(clock, style.changes(), firstOffset, 0),
                new Replica(clock, style.changes(), secondOffset, failures));
        replicas.forEach(Replica::refresh);
        Map<String, Instant> lastSigned = new HashMap<>();
        Instant end = Style.CLEAN_UP.plus(Duration.ofMinutes(10));
        boolean rotated = false;
        for (Instant now = BEGIN; now.isBefore(end); now = now.plus(STEP)) {
            clock.set(now);
            replicas.forEach(Replica::refreshIfDue);
            for (Replica signer : replicas) {
                String kid = signer.active();
                lastSigned.put(kid, now);
                rotated |= kid.equals("k2");
                for (Replica other : replicas) {
                    assertThat(other.published())
                            .as("published by the other replica at %s", now)
                            .contains(kid);
                    assertThat(other.publishedAt(now.minus(COPY_AGE)))
                            .as("fetched by a verifier as early as caches allow before %s", now)
                            .contains(kid);
                }
            }
            for (Map.Entry<String, Instant> signed : lastSigned.entrySet()) {
                Instant lastTokenEnds = signed.getValue()
                        .plus(TIMES.maxTokenLifetime("default"))
                        .plus(TIMES.verifierLeeway());
                if (now.isBefore(lastTokenEnds)) {
                    for (Replica verifier : replicas) {
                        assertThat(verifier.published())
                                .as("tokens of %s live at %s", signed.getKey(), now)
                                .contains(signed.getKey());
                    }
                }
            }
        }
        assertThat(rotated).as("the rotation took place").isTrue();
        assertThat(replicas)
                .allSatisfy(replica -> assertThat(replica.published()).containsExactly("k2"));
    }

    /** A replica without threads: its refreshes are the test's. */
    private static final class Replica {

        private final ManualClock clock;
        private final List<Change> changes;
        private final int failures;
        private final ScriptedKeysetSource source = ScriptedKeysetSource.of("");
        private final Refresher refresher;
        private final TreeMap<Instant, Set<String>> history = new TreeMap<>();
        private Instant due;

        Replica(ManualClock clock, List<Change> changes, int offsetSeconds, int failures) {
            this.clock = clock;
            this.changes = changes;
            this.failures = failures;
            this.due = BEGIN.plusSeconds(offsetSeconds);
            KeyManager.Builder builder =
                    KeyManager.builder(source).clock(clock).rotation(TIMES).refreshEvery(REFRESH);
            this.refresher = new Refresher(builder.draft.settings(), new Counters(), event -> true);
        }

        void refreshIfDue() {
            if (!clock.instant().isBefore(due)) {
                due = due.plus(REFRESH);
                // The first loads after the rotation are the ones that fail: the worst ones to miss.
                boolean fails = clock.instant().isAfter(ROTATION)
                        && clock.instant().isBefore(ROTATION.plus(REFRESH.multipliedBy(failures)));
                if (!fails) {
                    refresh();
                }
            }
            history.put(clock.instant(), published());
        }

        void refresh() {
            changes.stream()
                    .filter(change -> !change.at().isAfter(clock.instant()))
                    .reduce((earlier, later) -> later)
                    .ifPresent(change -> source.deliver(change.document()));
            try {
                assertThat(refresher.refresh()).isIn(LoadOutcome.LOADED, LoadOutcome.UNCHANGED);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            history.put(clock.instant(), published());
        }

        private Keyset keyset() {
            return requireNonNull(refresher.snapshot()).keyset();
        }

        String active() {
            return keyset().activeKey("default", clock.instant()).orElseThrow().kid();
        }

        Set<String> published() {
            return keyset().keys().stream()
                    .filter(key -> key.published(clock.instant()))
                    .map(KeysetKey::kid)
                    .collect(Collectors.toSet());
        }

        Set<String> publishedAt(Instant then) {
            Map.Entry<Instant, Set<String>> entry = history.floorEntry(then);
            return entry == null ? history.firstEntry().getValue() : entry.getValue();
        }
    }
}
