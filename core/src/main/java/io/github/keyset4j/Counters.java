package io.github.keyset4j;

import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import static java.util.Objects.requireNonNull;

/** Counts what a manager did. */
final class Counters {

    private record LoadKey(LoadOutcome outcome, String sourceKind) {}

    private record LoadSum(long count, long nanos, long longest) {

        LoadSum plus(LoadSum other) {
            return new LoadSum(count + other.count, nanos + other.nanos, Math.max(longest, other.longest));
        }
    }

    private final Map<LoadKey, LoadSum> loads = new ConcurrentHashMap<>();
    private final LongAdder signed = new LongAdder();
    private final LongAdder verified = new LongAdder();
    private final LongAdder withoutKid = new LongAdder();
    private final LongAdder events = new LongAdder();
    private final LongAdder lostEvents = new LongAdder();
    private final Map<JwtRejectedException.Reason, LongAdder> rejected =
            new EnumMap<>(JwtRejectedException.Reason.class);

    Counters() {
        for (JwtRejectedException.Reason reason : JwtRejectedException.Reason.values()) {
            rejected.put(reason, new LongAdder());
        }
    }

    void load(LoadOutcome outcome, String sourceKind, Duration took) {
        LoadSum one = new LoadSum(1, took.toNanos(), took.toNanos());
        loads.merge(new LoadKey(outcome, sourceKind), one, LoadSum::plus);
    }

    void signed() {
        signed.increment();
    }

    void verified(boolean withoutKid) {
        verified.increment();
        if (withoutKid) {
            this.withoutKid.increment();
        }
    }

    void event() {
        events.increment();
    }

    void lostEvent() {
        lostEvents.increment();
    }

    void rejected(JwtRejectedException.Reason reason) {
        requireNonNull(rejected.get(reason), "reason").increment();
    }

    Stats stats(Optional<Health.Failure> lastFailure) {
        List<Stats.Loads> loadStats = loads.entrySet().stream()
                .map(entry -> new Stats.Loads(
                        entry.getKey().outcome(),
                        entry.getKey().sourceKind(),
                        entry.getValue().count(),
                        Duration.ofNanos(entry.getValue().nanos()),
                        Duration.ofNanos(entry.getValue().longest())))
                .sorted(Comparator.comparing(Stats.Loads::outcome).thenComparing(Stats.Loads::sourceKind))
                .toList();
        Map<JwtRejectedException.Reason, Long> rejections = new EnumMap<>(JwtRejectedException.Reason.class);
        rejected.forEach((reason, count) -> {
            if (count.sum() > 0) {
                rejections.put(reason, count.sum());
            }
        });
        return new Stats(
                loadStats,
                lastFailure,
                signed.sum(),
                verified.sum(),
                withoutKid.sum(),
                rejections,
                events.sum(),
                lostEvents.sum());
    }
}
