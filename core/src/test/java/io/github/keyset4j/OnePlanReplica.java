package io.github.keyset4j;

import io.github.keyset4j.OnePlanProcess.Delivery;
import io.github.keyset4j.SigningModel.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import static io.github.keyset4j.OnePlanProcess.kids;

/**
 * A process that runs, compared at each load and at each look with one that starts from the same document at that instant,
 * and both of them with {@link SigningModel}.
 */
final class OnePlanReplica {

    /** What went wrong. */
    static final class Harm extends RuntimeException {

        private static final long serialVersionUID = 1;

        Harm(String what) {
            super(what);
        }
    }

    /** A process that has just started, and the model of it. */
    record Start(OnePlanProcess process, SigningModel model) {}

    /** From what, and when by its clock. */
    record From(KeysetDocument document, Instant at) {}

    final String name;
    private final RotationTimes times;
    private final OnePlanProcess.Maker maker;
    private final InstantSource world;
    private final List<String> purposes;
    private Duration skew;
    private OnePlanProcess process;
    private SigningModel model;
    private @Nullable Delivery inForce;

    private final Set<String> revoked = new LinkedHashSet<>();
    /** By an earlier version too. */
    private final Set<String> remembered = new LinkedHashSet<>();

    private final Map<From, Start> starts;

    OnePlanReplica(
            String name,
            RotationTimes times,
            OnePlanProcess.Maker maker,
            InstantSource world,
            Duration skew,
            List<String> purposes,
            Map<From, Start> starts) {
        this.name = name;
        this.times = times;
        this.maker = maker;
        this.world = world;
        this.skew = skew;
        this.purposes = purposes;
        this.starts = starts;
        this.process = maker.make(times, this::clock);
        this.model = new SigningModel(times);
    }

    Instant clock() {
        return world.instant().plus(skew);
    }

    void leap(Duration by) {
        skew = skew.plus(by);
    }

    void restart() {
        process = maker.make(times, this::clock);
        model = new SigningModel(times);
        inForce = null;
        revoked.clear();
        remembered.clear();
    }

    boolean loaded() {
        return inForce != null;
    }

    void fail() {
        process.fail();
        model.tick(clock());
    }

    boolean knowsRevoked(String kid) {
        return remembered.contains(kid);
    }

    void revoke(String kid) {
        process.revoke(kid);
        model.revoke(kid, clock());
        revoked.add(kid);
        remembered.add(kid);
    }

    /** Loads this; how that ended. */
    String load(Delivery delivery) {
        Outcome expected = model.load(delivery.version(), clock());
        LoadOutcome outcome = process.load(delivery);
        boolean taken = outcome == LoadOutcome.LOADED || outcome == LoadOutcome.UNCHANGED;
        revoked.addAll(delivery.version().revoked());
        remembered.addAll(delivery.version().revoked());
        delivery.version().previous().ifPresent(beside -> remembered.addAll(beside.revoked()));
        Start start = start(delivery);
        boolean starts = start.process().loaded();
        harmIf(
                outcome == LoadOutcome.LOADED && !starts && !remembers(delivery, start) && !holds(delivery),
                "(b) takes what a start refuses");
        harmIf(
                !taken && starts && expected != Outcome.GUARDED && !remembers(delivery, start) && !readsAlike(delivery),
                "(e) refuses what a start takes, and there is no guard");
        asModelled(start);
        harmIf(
                taken != (expected == Outcome.TAKEN),
                "(g) " + (taken ? "takes" : "refuses") + " this, the model says " + expected);
        if (taken) {
            inForce = delivery;
        }
        return outcome.toString();
    }

    /** Whether this is in force already: the clock alone made it one that a start refuses. */
    private boolean holds(Delivery delivery) {
        return inForce != null && inForce.version().says(delivery.version());
    }

    /** Whether it says what is in force, in an older version: whether that is refused makes no difference. */
    private boolean readsAlike(Delivery delivery) {
        return inForce != null && inForce.version().reads(delivery.version());
    }

    /** A clock that was set back shows an instant before the present keys: they are looked at as of then. */
    private Instant at(SigningModel model) {
        return model.loaded() && clock().isBefore(model.presentSince()) ? model.presentSince() : clock();
    }

    /** Whether it knows of revocations that the document does not list any more. */
    private boolean remembers(Delivery delivery, Start start) {
        return remembered.stream()
                .anyMatch(kid -> !start.model().revoked().contains(kid)
                        && (delivery.version().key(kid).isPresent()
                                || delivery.version()
                                        .previous()
                                        .flatMap(beside -> beside.key(kid))
                                        .isPresent()));
    }

    private Start start(Delivery delivery) {
        Instant now = clock();
        return starts.computeIfAbsent(new From(delivery.document(), now), from -> {
            Start start = new Start(maker.make(times, () -> now), new SigningModel(times));
            start.process().load(delivery);
            start.model().load(delivery.version(), now);
            return start;
        });
    }

    void check() {
        Delivery delivery = inForce;
        if (delivery == null) {
            return;
        }
        notRevoked();
        if (clock().isBefore(model.presentSince())) {
            return; // its clock was set back: it does not look at its keys as they were before it had them
        }
        Start start = start(delivery);
        boolean agreed = delivery.version().dated() || aLeadLater(delivery);
        if (agreed && !remembers(delivery, start)) {
            agree(start);
        }
        notUnlisted();
        asModelled(start);
        asModelled("a running one", process, model);
    }

    /** Since this process loaded the document and, by a clock that may be slow, since there is such a version. */
    private boolean aLeadLater(Delivery delivery) {
        Instant since =
                delivery.version().time().filter(model.presentSince()::isBefore).orElse(model.presentSince());
        return !clock().isBefore(since.plus(times.publishLead()));
    }

    /** (f) */
    private void notRevoked() {
        for (String kid : revoked) {
            harmIf(process.verifying().contains(kid), "(f) " + kid + " verifies, though it is revoked");
            harmIf(process.published().contains(kid), "(f) " + kid + " is published, though it is revoked");
            purposes.forEach(purpose ->
                    harmIf(kid.equals(process.signer(purpose, "")), "(f) " + kid + " signs, though it is revoked"));
        }
    }

    /** (a) */
    private void agree(Start start) {
        boolean starts = start.process().loaded();
        for (String purpose : purposes) {
            for (String algorithm : algorithms()) {
                String running = process.signer(purpose, algorithm);
                String starting = starts ? start.process().signer(purpose, algorithm) : null;
                harmIf(
                        !Objects.equals(running, starting),
                        "(a) signs " + purpose + algorithm + " with " + running + ", one that starts from the same "
                                + (starts ? "with " + starting : "refuses it") + "; it holds "
                                + start.process().tell());
            }
        }
        if (starts) {
            Set<String> listed = kids(model.listed(at(model)));
            harmIf(
                    !only(listed, process.verifying())
                            .equals(only(listed, start.process().verifying())),
                    "(a) verifies " + process.verifying() + ", one that starts from the same "
                            + start.process().verifying());
            listed.removeIf(kid -> model.present()
                    .key(kid)
                    .filter(key -> !model.announced(key, at(model)))
                    .isPresent()); // but for those that signed
            harmIf(
                    !only(listed, process.published())
                            .equals(only(listed, start.process().published())),
                    "(a) publishes " + process.published() + ", one that starts from the same "
                            + start.process().published());
        }
    }

    private static Set<String> only(Set<String> some, Set<String> of) {
        of.retainAll(some);
        return of;
    }

    private Set<String> algorithms() {
        Set<String> algorithms = new LinkedHashSet<>(List.of(""));
        if (process.tellsAlgorithms()) {
            model.present().keys().forEach(key -> algorithms.add(key.algorithm()));
        }
        return algorithms;
    }

    /** (d) */
    private void notUnlisted() {
        for (String purpose : purposes) {
            String signer = process.signer(purpose, "");
            if (signer != null && model.present().key(signer).isEmpty()) {
                Optional<ListedKey> waiting = model.steady(purpose, "", at(model))
                        .filter(key -> at(model).isBefore(model.knownSince(key).plus(model.lead(key))));
                harmIf(waiting.isEmpty(), "(d) " + signer + " signs, though the document does not list it");
            }
        }
    }

    /** (g) */
    private void asModelled(Start start) {
        harmIf(
                start.process().loaded() != start.model().loaded(),
                "(g) a start " + (start.process().loaded() ? "takes" : "refuses") + " this, the model does not; "
                        + start.process().tell());
        if (start.process().loaded()) {
            asModelled("a start", start.process(), start.model());
        }
    }

    private void asModelled(String who, OnePlanProcess process, SigningModel model) {
        for (String purpose : purposes) {
            for (String algorithm : process.tellsAlgorithms() ? algorithmsOf(model) : Set.of("")) {
                String signer = process.signer(purpose, algorithm);
                String expected = model.signer(purpose, algorithm, at(model))
                        .map(ListedKey::kid)
                        .orElse(null);
                harmIf(
                        !Objects.equals(signer, expected),
                        "(g) " + who + " signs " + purpose + algorithm + " with " + signer + ", the model with "
                                + expected + "; it holds " + process.tell());
            }
        }
        List<ListedKey> keys = new ArrayList<>(model.listed(at(model)));
        keys.addAll(model.kept(at(model)));
        harmIf(
                !process.verifying().equals(kids(keys)),
                "(g) " + who + " verifies " + process.verifying() + ", the model with " + kids(keys));
        Set<String> published = process.published();
        keys.removeIf(ListedKey::symmetric);
        boolean more = !kids(keys).containsAll(published);
        keys.removeIf(key -> !model.announced(key, at(model))); // which may be out all the same, if they sign
        harmIf(
                more || !published.containsAll(kids(keys)),
                "(g) " + who + " publishes " + published + ", the model " + kids(keys));
    }

    private static Set<String> algorithmsOf(SigningModel model) {
        Set<String> algorithms = new LinkedHashSet<>(List.of(""));
        model.present().keys().forEach(key -> algorithms.add(key.algorithm()));
        return algorithms;
    }

    /** (c): some time after the last edit; by its own clock, which may have been set back. */
    void settled() {
        Delivery delivery = inForce;
        if (delivery == null || !aLeadLater(delivery)) {
            return;
        }
        for (String purpose : purposes) {
            Optional<String> steady = model.steady(purpose, "", at(model)).map(ListedKey::kid);
            String signer = process.signer(purpose, "");
            harmIf(
                    steady.isPresent() && !steady.get().equals(signer),
                    "(c) a lead after all edits " + signer + " signs, not " + steady);
        }
    }

    private void harmIf(boolean wrong, String what) {
        if (wrong) {
            throw new Harm(name + ": " + what + "\n  in force: " + process.tell());
        }
    }

    String tell() {
        return process.tell();
    }
}
