package io.github.keyset4j.rotation;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.edit.KeysetEdit;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.Objects.requireNonNull;

/**
 * Takes the steps between keys on a store, each measured by the formulas of {@link RotationTimes}: what would make a
 * verifier reject a valid token is refused, with the instant from which it is allowed.
 *
 * <pre>
 * prepare ──▶ (the lead) ──▶ promote ──▶ (it signs) ──▶ retire ──▶ (T + σ + ε) ──▶ prune
 * rotate: all of it at once, as times in the document
 * </pre>
 *
 * <p>The rotator has to know the same times as the managers that read the document: give it their {@link RotationTimes}
 * and refresh interval. Each step reads the document, changes it and writes it back if it is still the one that was read;
 * the same step taken twice changes nothing. A document that is changed gets times, so that all replicas change keys at
 * one instant.
 *
 * <p>Threads. Immutable, and safe for use by any number; steps block on the store.
 *
 * <p>Secrets. Keys are generated here and go to the store alone.
 */
public final class KeysetRotator {

    private static final Logger log = LoggerFactory.getLogger(KeysetRotator.class);

    private final KeysetStore store;
    private final Settings settings;
    private final boolean dryRun;
    private final @Nullable String forcedBecause;

    private record Settings(
            RotationTimes times,
            KeysetParser parser,
            InstantSource clock,
            Optional<KeysetShape> convertTo,
            List<Runnable> checks,
            List<Consumer<RotationReport>> listeners) {}

    private KeysetRotator(KeysetStore store, Settings settings, boolean dryRun, @Nullable String forcedBecause) {
        this.store = store;
        this.settings = settings;
        this.dryRun = dryRun;
        this.forcedBecause = forcedBecause;
    }

    /** For managers with the standard times that refresh every minute. */
    public static KeysetRotator of(KeysetStore store) {
        return builder(store).build();
    }

    /** For managers with times of their own. */
    public static Builder builder(KeysetStore store) {
        return new Builder(requireNonNull(store, "store"));
    }

    /** The same, whose steps write nothing and report what they would have done. */
    @CheckReturnValue
    public KeysetRotator dryRun() {
        return new KeysetRotator(store, settings, true, forcedBecause);
    }

    /**
     * The same, whose steps are taken although they break tokens. What was overridden stands in the report, and in the
     * evidence, with this reason.
     */
    @CheckReturnValue
    public KeysetRotator forced(String reason) {
        if (requireNonNull(reason, "reason").isBlank()) {
            throw new IllegalArgumentException("reason: blank; say why the step cannot wait");
        }
        return new KeysetRotator(store, settings, dryRun, reason);
    }

    /**
     * Puts a first keyset into a store that has none: a new key of each of these kinds, of which the first of a purpose signs
     * at once. It is a JWK Set, or of the shape to convert to.
     *
     * @throws KeysetConflictException if the store has a keyset already
     * @throws IllegalArgumentException if no kind is given
     */
    public RotationReport create(KeyTemplate... templates) {
        if (templates.length == 0) {
            throw new IllegalArgumentException("templates: none given; name at least one kind of key");
        }
        Instant now = settings.clock().instant();
        KeysetEdit edit = KeysetEdit.empty(settings.convertTo().orElse(KeysetShape.JWK_SET));
        RotationReport.Draft draft =
                new RotationReport.Draft("create", now, store.description(), edit.keyset(settings.times(), now));
        List<String> done = new ArrayList<>();
        for (KeyTemplate template : templates) {
            String kid = edit.generate(template, now);
            if (edit.shape() == KeysetShape.JWK_SET || edit.shape() == KeysetShape.JWK_MAP) {
                edit.publishedAt(kid, now);
            }
            if (edit.named(template.purpose()).isEmpty()) {
                edit.name(kid);
            }
            done.add("generated " + kid + " (" + template.algorithm() + ", " + template.purpose() + ")");
        }
        KeysetDocument document = edit.document();
        draft.after = edit.keyset(settings.times(), now);
        draft.changed = true;
        draft.done = done;
        draft.next = edit.kidBeside()
                .map(kid ->
                        List.of("give the kid " + kid + " beside the document, which cannot name it: ?kid= in its URI"))
                .orElse(List.of());
        if (!dryRun) {
            settings.checks().forEach(Runnable::run);
            draft.revision = Optional.of(io(() -> store.create(document), "create"));
            draft.written = true;
        }
        return told(draft.report());
    }

    /** The keyset a process would work with that starts now; blocks. */
    public Keyset keyset() {
        return open(load()).keyset(settings.times(), settings.clock().instant());
    }

    /**
     * Generates a key and publishes it, without letting it sign. A key of the purpose that waits already is kept instead.
     * A template with a fixed kid that is listed dates that key, if its document did not say since when it is published.
     */
    public RotationReport prepare(KeyTemplate template) {
        return take("prepare", step -> step.prepare(template));
    }

    /** Lets the purpose's prepared key sign as soon as every replica knows that it does. */
    public RotationReport promotePrepared(String purpose) {
        return take(
                "promote",
                step -> step.promote(
                        step.formulas
                                .prepared(purpose)
                                .or(() -> step.formulas.pending(
                                        key -> key.purpose().equals(purpose)))
                                .map(KeysetKey::kid)
                                .orElseThrow(() -> new IllegalArgumentException(
                                        "promote: no key of the purpose was prepared; prepare one, or name a kid")),
                        Optional.empty()));
    }

    /** Lets a key sign as soon as every replica knows that it does. A retired key may come back this way. */
    public RotationReport promote(String kid) {
        return take("promote", step -> step.promote(kid, Optional.empty()));
    }

    /** Lets a key sign from this instant on. */
    public RotationReport promote(String kid, Instant activateAt) {
        Optional<Instant> at = Optional.of(activateAt);
        return take("promote", step -> step.promote(kid, at));
    }

    /** Sets the end of a key that another succeeds: as early as no token is left that it signed. */
    public RotationReport retire(String kid) {
        return take("retire", step -> step.retire(kid, Optional.empty()));
    }

    /** Sets the end of a key that another succeeds. */
    public RotationReport retire(String kid, Instant removeAt) {
        Optional<Instant> at = Optional.of(removeAt);
        return take("retire", step -> step.retire(kid, at));
    }

    /** Takes a key out for good, and lists its kid so that no old document brings it back. */
    public RotationReport revoke(String kid) {
        return take("revoke", step -> step.revoke(kid));
    }

    /**
     * A whole rotation in one document: a new key with the instants at which it is published and signs, and the instant at
     * which the old one ends. While one is under way nothing changes.
     */
    public RotationReport rotate(KeyTemplate template) {
        return take("rotate", step -> step.rotate(template));
    }

    /**
     * Replaces a key that somebody else has: revoked at once, whatever tokens that rejects, and succeeded by a key that
     * verifiers know, if there is one, and then by one they do not, which makes them fetch the JWKS and drop the old key.
     */
    public RotationReport emergency(String kid, KeyTemplate template) {
        return take("emergency", true, step -> step.emergency(kid, template));
    }

    /** Takes the keys out that have ended. */
    public RotationReport prune() {
        return take("prune", Step::prune);
    }

    /** Rotates, if the active key will have signed for this long when its successor does, and prunes: for a scheduler. */
    public RotationReport auto(KeyTemplate template, Duration every) {
        if (requireNonNull(every, "every").compareTo(settings.times().publishLead()) <= 0) {
            throw new IllegalArgumentException("every: not longer than the publish lead; rotate less often");
        }
        return take("auto", step -> step.auto(template, every));
    }

    private RotationReport take(String name, Consumer<Step> action) {
        return take(name, false, action);
    }

    private RotationReport take(String name, boolean atAnyCost, Consumer<Step> action) {
        KeysetDocument document = load();
        KeysetEdit edit = open(document);
        Gates gates = new Gates(store.description(), atAnyCost || forcedBecause != null);
        Instant now = settings.clock().instant();
        Step.refuseWrongClock(edit, document.answeredAt(), settings.times(), now, gates);
        if (atAnyCost && !gates.overridden.isEmpty()) {
            now = document.answeredAt().orElse(now);
        }
        Step step = new Step(edit, settings.times(), now, gates);
        step.carryOver(settings.convertTo().orElse(step.edit.shape()));
        action.accept(step);
        if (!step.done.isEmpty()) {
            step.moveEnds();
            step.tellCarried();
        }
        settings.convertTo().filter(shape -> !step.done.isEmpty()).ifPresent(shape -> {
            if (step.edit.shape() != shape) {
                step.done.add("converted from " + step.edit.shape().label() + " to " + shape.label());
                step.edit.as(shape);
            }
        });
        boolean changed = !step.done.isEmpty();
        // Nothing that can fail comes between the write and the report: who gets an exception may believe nothing was
        // done.
        Keyset after = changed ? step.after() : step.before;
        Optional<String> revision = document.revision();
        if (changed) {
            KeysetDocument written = step.edit.document();
            if (!dryRun) {
                settings.checks().forEach(Runnable::run);
                revision = Optional.of(replace(written, document));
            }
        }
        RotationReport.Draft draft = new RotationReport.Draft(name, step.now, store.description(), step.before);
        draft.after = after;
        draft.changed = changed;
        draft.written = changed && !dryRun;
        draft.revisionBefore = document.revision();
        draft.revision = revision;
        draft.overridden = step.gates.overridden;
        draft.forcedBecause = step.gates.overridden.isEmpty() ? Optional.empty() : Optional.of(reason());
        draft.done = step.done;
        draft.next = step.next;
        return told(draft.report());
    }

    private RotationReport told(RotationReport report) {
        settings.listeners().forEach(listener -> tell(listener, report));
        return report;
    }

    private void tell(Consumer<RotationReport> listener, RotationReport report) {
        try {
            listener.accept(report);
        } catch (Throwable e) { // the step was taken, whatever becomes of the news
            log.error(
                    "{}: {}: a listener failed with {} (its message is withheld); the step stands as reported",
                    store.description(),
                    report.step(),
                    e.getClass().getName());
        }
    }

    private String reason() {
        return forcedBecause == null ? "emergency" : forcedBecause;
    }

    private KeysetEdit open(KeysetDocument document) {
        return KeysetEdit.open(document, settings.parser(), store.description());
    }

    private KeysetDocument load() {
        return io(store::load, "load");
    }

    private String replace(KeysetDocument written, KeysetDocument read) {
        String expected = read.revision()
                .orElseThrow(() ->
                        new IllegalStateException(store.description() + ": load: gave no revision; a store names one"));
        return io(() -> store.replace(written, expected), "replace");
    }

    private interface Io<T> {
        T call() throws Exception;
    }

    private <T> T io(Io<T> call, String what) {
        try {
            return requireNonNull(call.call(), () -> store.description() + ": " + what + ": returned null");
        } catch (KeysetException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(what, "was interrupted");
        } catch (Exception e) { // a stranger's message may quote what was read
            throw failed(what, "failed with " + e.getClass().getName());
        }
    }

    private KeysetLoadException failed(String what, String how) {
        return new KeysetLoadException(
                KeysetLoadException.Reason.UNAVAILABLE,
                store.description() + ": " + what + ": " + how + "; look at the keyset before trying again");
    }

    @Override
    public String toString() {
        return "KeysetRotator[" + store.description() + (dryRun ? ", dry run" : "")
                + (forcedBecause == null ? "" : ", forced") + "]";
    }

    /** Collects what the rotator has to know about the managers that read the store. */
    public static final class Builder {

        private final KeysetStore store;
        private RotationTimes times = RotationTimes.standard();
        private KeysetParser parser = KeysetParser.of(KeysetPolicy.standard());
        private InstantSource clock = InstantSource.system();
        private Optional<KeysetShape> convertTo = Optional.empty();
        private final List<Runnable> checks = new ArrayList<>();
        private final List<Consumer<RotationReport>> listeners = new ArrayList<>();

        private Builder(KeysetStore store) {
            this.store = store;
        }

        /** The times of the managers, their refresh interval included. {@link RotationTimes#standard()}. */
        public Builder rotation(RotationTimes rotation) {
            this.times = requireNonNull(rotation, "rotation");
            return this;
        }

        /** What reads the document, with its policy and, for encrypted PEMs, its password. The standard policy. */
        public Builder parser(KeysetParser reader) {
            this.parser = requireNonNull(reader, "reader");
            return this;
        }

        /** The clock. The system's. */
        public Builder clock(InstantSource source) {
            this.clock = requireNonNull(source, "source");
            return this;
        }

        /** Writes documents that are changed in this shape, instead of the one they have. */
        public Builder convertTo(KeysetShape shape) {
            this.convertTo = Optional.of(requireNonNull(shape, "shape"));
            return this;
        }

        /**
         * What has to hold before the store is written, such as that evidence could be kept: what it throws ends
         * the step, and nothing was done.
         */
        public Builder beforeWriting(Runnable check) {
            this.checks.add(requireNonNull(check, "check"));
            return this;
        }

        /**
         * Whom to tell of every step, a dry run and one that changed nothing included; after the store was written. What a
         * listener throws is logged: the step was taken.
         */
        public Builder listener(Consumer<RotationReport> listener) {
            this.listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * The rotator.
         *
         * @throws IllegalArgumentException if the times contradict one another, as {@link RotationTimes#checked()} has it
         */
        public KeysetRotator build() {
            return new KeysetRotator(
                    store,
                    new Settings(
                            times.checked(), parser, clock, convertTo, List.copyOf(checks), List.copyOf(listeners)),
                    false,
                    null);
        }
    }
}
