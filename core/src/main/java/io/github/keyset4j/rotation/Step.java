package io.github.keyset4j.rotation;

import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationRefusedException.Gate;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.edit.KeysetEdit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

import static io.github.keyset4j.rotation.Formulas.ceiling;
import static io.github.keyset4j.rotation.Formulas.earlier;
import static io.github.keyset4j.rotation.Formulas.floor;
import static io.github.keyset4j.rotation.Formulas.later;
import static io.github.keyset4j.rotation.Formulas.words;

/** One step taken on one document: what it changes, measured by the formulas. Does no I/O. */
final class Step {

    final KeysetEdit edit;
    final Keyset before;
    final Instant now;
    final Gates gates;
    final Formulas formulas;
    final List<String> done = new ArrayList<>();
    final List<String> next = new ArrayList<>();

    private final List<String> carried = new ArrayList<>();
    private final RotationTimes times;

    Step(KeysetEdit edit, RotationTimes times, Instant now, Gates gates) {
        this.edit = edit;
        this.times = times;
        this.now = now;
        this.gates = gates;
        this.before = edit.keyset(times, now);
        this.formulas = new Formulas(edit, before, times, now);
    }

    /**
     * What is dated in the future was dated by a better clock, or by a worse one, and the place that answered has one of
     * its own: a clock that differs from these is not one to write times by.
     */
    static void refuseWrongClock(
            KeysetEdit edit, Optional<Instant> answeredAt, RotationTimes times, Instant now, Gates gates) {
        Stream<Instant> dated = edit.kids().stream().flatMap(kid -> edit.publishedAt(kid).stream());
        Optional<Instant> latest =
                Stream.concat(dated, edit.revisionTime().stream()).max(Comparator.naturalOrder());
        if (answeredAt.isPresent()
                && Duration.between(answeredAt.get(), now).abs().compareTo(times.clockSkew()) > 0) {
            Duration ahead = Duration.between(answeredAt.get(), now);
            refuseClock(
                    gates,
                    "this machine's clock is " + words(ahead.abs()) + (ahead.isNegative() ? " behind" : " ahead of")
                            + " that of the place the document is in, which said " + answeredAt.get());
        } else {
            latest.filter(now.plus(times.clockSkew())::isBefore)
                    .ifPresent(instant -> refuseClock(
                            gates,
                            "the document is dated " + instant + ", which is " + words(Duration.between(now, instant))
                                    + " ahead of this machine's clock"));
        }
    }

    private static void refuseClock(Gates gates, String rule) {
        gates.refuseUnlessForced(Gate.CLOCK, "clock", rule, "set the clock");
    }

    Keyset after() {
        return edit.keyset(times, now);
    }

    // ---- steps

    void prepare(KeyTemplate template) {
        String purpose = template.purpose();
        Optional<String> fixed = edit.listed(template);
        if (fixed.isPresent()) {
            date(fixed.get());
            return;
        }
        Predicate<KeysetKey> besides = formulas.besides(template);
        Optional<KeysetKey> pending = formulas.pending(besides).or(() -> formulas.prepared(besides));
        if (pending.isPresent()) {
            next.add(pending.get().kid() + " is waiting already: promote it");
            return;
        }
        if (edit.publicOnly()) {
            throw gates.refusal(
                    Gate.SHAPE,
                    "prepare",
                    "the document holds public keys alone, so that whoever reads it may not see private ones",
                    "prepare the key where the private ones are");
        }
        if (formulas.active(purpose).isEmpty()) {
            gates.refuseUnlessForced(
                    Gate.PUBLISH_LEAD,
                    "prepare",
                    "nothing signs for the purpose " + purpose + ", so that the new key would at once",
                    "check the purpose's name");
        }
        formulas.active(purpose).ifPresent(active -> date(active, now));
        String kid = generated(template);
        done.add("generated " + kid + " (" + template.algorithm() + ", " + purpose + "), published from now on");
        next.add("promote " + kid + " from " + formulas.earliestPromotion(kid, now) + " on");
    }

    /** A new key, published since now. */
    private String generated(KeyTemplate template) {
        String kid = edit.generate(template, now);
        edit.publishedAt(kid, now);
        return kid;
    }

    /** Since now, if the document does not know since when. */
    private void date(String kid) {
        if (edit.publishedAt(kid).isEmpty() && edit.activateAt(kid).isEmpty()) {
            edit.publishedAt(kid, now);
            done.add("dated " + kid + ": published from now on");
        }
        next.add("promote " + kid + " from "
                + formulas.earliestPromotion(kid, edit.publishedAt(kid).orElse(now)) + " on");
    }

    void promote(String kid, Optional<Instant> at) {
        KeysetKey key = formulas.key(kid);
        if (!key.canSign()) {
            throw new IllegalArgumentException("promote: the key has no private half; name one that can sign");
        }
        if (formulas.isActive(key)) {
            next.add(kid + " signs already");
            return;
        }
        if (edit.removeAt(kid)
                .filter(end -> end.isBefore(now.plus(formulas.loadTime())))
                .isPresent()) {
            throw new IllegalArgumentException(
                    "promote: the key has ended, or does before replicas could learn otherwise; prepare a new one");
        }
        Optional<Instant> planned = edit.activateAt(kid).filter(instant -> instant.isAfter(now));
        if (planned.isPresent() && at.map(planned.get()::equals).orElse(true)) {
            next.add(kid + " signs from " + planned.get() + " on already");
            return;
        }
        Instant loaded = ceiling(now.plus(formulas.loadTime()));
        if (planned.filter(loaded::isAfter).isPresent()) {
            gates.refuseUnlessForced(
                    Gate.LOAD_TIME,
                    "promote " + kid,
                    "it signs from " + planned.get() + " on, before every replica could learn otherwise",
                    "let it");
        }
        Instant activate = at.map(Formulas::ceiling).orElse(loaded);
        checkLead(key, activate, at.isPresent());
        if (activate.isBefore(loaded)) {
            gates.refuseUnlessForced(
                    Gate.LOAD_TIME,
                    "promote " + kid,
                    "replicas may load the document up to L = " + words(formulas.loadTime())
                            + " after now, and sign with" + " another key until then",
                    Duration.between(activate, loaded),
                    loaded);
        }
        checkSlowClocks(kid);
        succeed(kid, activate);
        next.add("retire the key before it when " + kid + " signs");
    }

    void retire(String kid, Optional<Instant> at) {
        KeysetKey key = formulas.key(kid);
        if (formulas.isActive(key) && key.retireAt().isEmpty()) {
            throw gates.refusal(
                    Gate.SUCCESSOR, "retire " + kid, "no other key is to sign after it", "promote another key first");
        }
        if (edit.activateAt(kid).filter(instant -> instant.isAfter(now)).isPresent()) {
            throw new IllegalArgumentException(
                    "retire: the key has not signed yet; revoke it to call its activation off");
        }
        if (formulas.endsBeforeReplicasKnow(kid)) {
            next.add(kid + " ends at " + edit.removeAt(kid).orElse(now) + " already: prune");
            return;
        }
        Instant earliest = formulas.earliestRemoval(key);
        Instant remove = at.map(Formulas::ceiling).orElse(earliest);
        if (remove.isBefore(earliest)) {
            gates.refuseEarlyRemoval("retire " + kid, remove, earliest);
        }
        Optional<Instant> end = edit.removeAt(kid);
        if (at.isEmpty() && end.filter(instant -> !instant.isBefore(earliest)).isPresent()) {
            next.add(kid + " is removed at " + end.get() + " already");
            return;
        }
        if (end.equals(Optional.of(remove))) {
            next.add(kid + " is removed at " + remove + " already");
            return;
        }
        end(kid, remove);
        done.add("retired " + kid + ": it verifies until " + remove);
        next.add("prune from " + remove + " on");
    }

    void revoke(String kid) {
        if (!edit.kids().contains(kid)) {
            if (edit.revoked().contains(kid)) {
                next.add(kid + " is revoked already");
                return;
            }
            gates.refuseUnlessForced(
                    Gate.REMOVAL,
                    "revoke",
                    "the kid names no key of the document, so that nothing says whether its tokens have ended",
                    "check it");
            edit.revoke(kid);
            done.add("listed " + kid + " as revoked");
            return;
        }
        KeysetKey key = formulas.key(kid);
        if (formulas.isActive(key)) {
            throw gates.refusal(
                    Gate.SUCCESSOR,
                    "revoke " + kid,
                    "it is the key that signs",
                    "promote another and wait, or take the step emergency, which replaces it at once");
        }
        Instant earliest = formulas.harmlessFrom(key);
        if (now.isBefore(earliest)) {
            gates.refuseEarlyRemoval("revoke " + kid, now, earliest);
        }
        edit.revoke(kid);
        done.add("revoked " + kid);
    }

    void rotate(KeyTemplate template) {
        String purpose = template.purpose();
        Predicate<KeysetKey> besides = formulas.besides(template);
        Optional<KeysetKey> pending = formulas.pending(besides);
        if (pending.isPresent()) {
            KeysetKey key = pending.get();
            next.add(
                    key.kid() + " signs from " + key.activateAt().orElse(now) + " on already; rotate again after that");
            return;
        }
        if (formulas.followed(template).isEmpty()) {
            throw gates.refusal(
                    Gate.SUCCESSOR,
                    "rotate",
                    "nothing signs for the purpose " + purpose + ", so that there is nothing to rotate",
                    "check the purpose's name");
        }
        Optional<KeysetKey> prepared = formulas.prepared(besides);
        Instant published = prepared.map(KeysetKey::publishedAt).orElse(now);
        String kid = prepared.map(KeysetKey::kid).orElseGet(() -> generated(template));
        if (prepared.isEmpty()) {
            done.add("generated " + kid + " (" + template.algorithm() + ", " + purpose + "), published from now on");
        }
        Instant activate = succeed(
                kid, later(ceiling(published.plus(formulas.lead(kid))), ceiling(now.plus(formulas.loadTime()))));
        for (KeysetKey old : after().keys()) {
            if (besides.test(old)
                    && edit.kids().contains(old.kid())
                    && !old.kid().equals(kid)
                    && edit.removeAt(old.kid()).isEmpty()) {
                retire(old, activate);
            }
        }
        prune();
        next.add(kid + " signs from " + activate + " on; nothing is left to do until the next rotation");
    }

    private void retire(KeysetKey old, Instant successorActivates) {
        Instant lastUse = later(formulas.lastUse(old), successorActivates);
        Instant remove = ceiling(lastUse.plus(times.removalDelay(old.purpose())));
        end(old.kid(), remove);
        done.add("retired " + old.kid() + " from " + successorActivates + " on: it verifies until " + remove);
    }

    /**
     * Revokes a key whatever it breaks, and has another sign at once: one that verifiers know, if there is one. Then
     * verifiers who ask again only for kids they do not know need to see a new one, and so a fresh key follows.
     */
    void emergency(String kid, KeyTemplate template) {
        if (!edit.kids().contains(kid)) {
            if (edit.revoked().contains(kid)) {
                next.add(kid + " is revoked already");
                return;
            }
            throw new IllegalArgumentException("emergency: the kid names no key of the document; check it");
        }
        KeysetKey compromised = formulas.key(kid);
        String purpose = compromised.purpose();
        if (now.isBefore(formulas.harmlessFrom(compromised))) {
            gates.overridden.add(gates.refusal(
                    Gate.REMOVAL,
                    "emergency " + kid,
                    "tokens it signed are rejected from now on",
                    "have their holders sign in again"));
        }
        Optional<KeysetKey> standby = formulas.isActive(compromised) ? formulas.standby(compromised) : Optional.empty();
        boolean signs = !formulas.isActive(compromised);
        boolean publicOnly = edit.publicOnly();
        edit.revoke(kid);
        done.add("revoked " + kid);
        if (publicOnly) {
            next.add("the document holds public keys alone: replace the key where the private ones are");
            return;
        }
        formulas.active(purpose).ifPresent(active -> date(active, now));
        if (standby.isPresent()) {
            String successor = standby.get().kid();
            Instant atOnce = free(successor, formulas.atOnce(), Duration.ofSeconds(1));
            edit.activateAt(successor, atOnce).withoutEnd(successor);
            done.add(successor + " signs from now on");
            signs = true;
        }
        if (!signs || standby.filter(key -> !formulas.isKnown(key)).isPresent()) {
            gates.overridden.add(gates.refusal(
                    Gate.PUBLISH_LEAD,
                    "emergency " + kid,
                    "no key that every verifier knows could take over",
                    "expect tokens to be rejected until they have fetched the JWKS, and prepare a key next time"));
        }
        String fresh = generated(template.withPurpose(purpose));
        Instant activate = signs ? ceiling(now.plus(formulas.lead(fresh))) : formulas.atOnce();
        edit.activateAt(fresh, free(fresh, activate, Duration.ofSeconds(1)));
        done.add("generated " + fresh + ", which signs from "
                + (signs
                        ? activate
                                + " on: a kid nobody has seen makes verifiers fetch the JWKS, and drop the revoked key"
                        : "now on"));
        next.add("purge shared caches of the JWKS; restart verifiers that never fetch it again");
    }

    /** Takes out the keys that do nothing any more. */
    void prune() {
        for (KeysetKey key : before.keys()) {
            boolean ended = edit.kids().contains(key.kid())
                    && edit.removeAt(key.kid())
                            .filter(instant -> !instant.isAfter(now))
                            .isPresent();
            if (ended && formulas.active(key.purpose()).isPresent()) {
                edit.remove(key.kid());
                done.add("removed " + key.kid() + ", which had ended");
            }
        }
    }

    /** Rotates if the active key is as old as it should become, and prunes. */
    void auto(KeyTemplate template, Duration every) {
        // One that has left the document is being followed already.
        Optional<KeysetKey> active =
                formulas.followed(template).filter(key -> edit.kids().contains(key.kid()));
        Optional<Instant> since = active.flatMap(key -> formulas.since(key.kid()));
        Duration lead = active.map(key -> formulas.lead(key.kid())).orElse(Duration.ZERO);
        Optional<Instant> due = since.map(instant -> instant.plus(every).minus(lead));
        if (due.isEmpty() || !now.isBefore(due.get())) {
            rotate(template);
        } else {
            next.add("the next rotation begins at " + due.get());
        }
        prune();
    }

    /** Ends follow activations: where a step has moved or cancelled one, the key before it goes on for longer. */
    void moveEnds() {
        for (KeysetKey key : after().keys()) {
            Optional<Instant> end = edit.kids().contains(key.kid()) ? edit.removeAt(key.kid()) : Optional.empty();
            Optional<Instant> planned = before.key(key.kid()).flatMap(KeysetKey::retireAt);
            if (end.isEmpty() || key.status(now) != KeyStatus.ACTIVE || planned.equals(key.retireAt())) {
                continue;
            }
            edit.withoutEnd(key.kid()); // or a successor that comes after the end would not be seen
            Optional<Instant> retires = after().key(key.kid()).flatMap(KeysetKey::retireAt);
            if (retires.isEmpty()) {
                done.add(key.kid() + " goes on signing, without an end");
                continue;
            }
            Instant remove = ceiling(retires.get().plus(times.removalDelay(key.purpose())));
            end(key.kid(), later(remove, end.get()));
            if (remove.isAfter(end.get())) {
                done.add(key.kid() + " verifies until " + remove);
            }
        }
    }

    /** Keys that left the document and are not done: what is written forgets them, unless it lists them. */
    void carryOver(KeysetShape shape) {
        carried.addAll(edit.carryOver(shape, times, now));
    }

    /** A step that changes something says whom it took along, or whom its document has no room for. */
    void tellCarried() {
        carried.forEach(kid -> done.add("listed " + kid + ", which had left the document and is in use until "
                + edit.removeAt(kid).orElse(now)));
        for (KeysetKey key : before.keys()) {
            boolean forgotten = !edit.kids().contains(key.kid())
                    && !edit.revoked().contains(key.kid())
                    && key.status(now) != KeyStatus.PENDING;
            if (forgotten) {
                key.removeAt()
                        .filter(now::isBefore)
                        .ifPresent(end -> gates.refuseEarlyRemoval(key.kid() + " has left the document", now, end));
            }
        }
    }

    // ---- what they have in common

    /** Whatever is forced, no key ends before it begins. */
    private void end(String kid, Instant remove) {
        edit.publishedAt(kid).filter(published -> !published.isBefore(remove)).ifPresent(published -> {
            throw new IllegalArgumentException("retire: " + kid + " would end at " + remove
                    + ", not after it was published at " + published + "; set the clock, or revoke the key");
        });
        edit.removeAt(kid, remove);
    }

    /** Has the key sign from then on, and the one before it until then; when exactly that is. */
    private Instant succeed(String kid, Instant wanted) {
        String purpose = edit.purpose(kid);
        Instant activate = free(kid, wanted, Duration.ofSeconds(1));
        formulas.active(purpose).ifPresent(active -> date(active, activate));
        if (edit.publishedAt(kid).isEmpty()) {
            edit.publishedAt(kid, formulas.publishedSince(kid).orElse(now));
        }
        edit.activateAt(kid, activate).withoutEnd(kid);
        done.add(kid + " signs from " + activate + " on");
        return activate;
    }

    /**
     * Writes down that the active key has been signing, from the first instant known, and who else could and does not. As
     * long as some process may hold another in its place it is named instead: its time would end the hold.
     */
    private void date(KeysetKey active, Instant successorActivates) {
        if (!edit.kids().contains(active.kid())) {
            return;
        }
        if (edit.activateAt(active.kid()).isPresent()) {
            edit.unname(active.purpose());
            return;
        }
        if (!formulas.signsEverywhere(active)) {
            edit.name(active.kid());
            if (edit.publishedAt(active.kid()).isEmpty()) {
                edit.publishedAt(
                        active.kid(), formulas.publishedSince(active.kid()).orElse(now));
            }
            return;
        }
        // Not later than now on the slowest clock: its replica would have nothing to sign with.
        Instant since = earlier(formulas.since(active.kid()).orElse(now), now.minus(times.clockSkew()));
        Instant activated =
                free(active.kid(), floor(earlier(since, successorActivates.minusSeconds(2))), Duration.ofSeconds(-1));
        edit.activateAt(active.kid(), activated);
        for (KeysetKey other : before.keys()) {
            boolean undated = edit.kids().contains(other.kid())
                    && edit.purpose(other.kid()).equals(active.purpose())
                    && edit.activateAt(other.kid()).isEmpty();
            if (undated && other.canSign() && !formulas.isPrepared(other)) {
                edit.activateAt(other.kid(), free(other.kid(), activated, Duration.ofSeconds(-1)));
            }
        }
        edit.unname(active.purpose()); // the times say it all, and a name could only say it too early or too late
    }

    /** This instant, or the next at which no other key of the purpose is activated: two at once would both be active. */
    private Instant free(String kid, Instant wanted, Duration step) {
        Instant free = wanted;
        while (isTaken(kid, free)) {
            free = free.plus(step);
        }
        return free;
    }

    private boolean isTaken(String kid, Instant instant) {
        return edit.kids().stream()
                .filter(other -> !other.equals(kid) && edit.purpose(other).equals(edit.purpose(kid)))
                .anyMatch(other -> edit.activateAt(other).equals(Optional.of(instant)));
    }

    private void checkLead(KeysetKey key, Instant activate, boolean atSaid) {
        boolean hasSigned =
                edit.activateAt(key.kid()).filter(since -> !since.isAfter(now)).isPresent();
        if (hasSigned && edit.publishedAt(key.kid()).isEmpty()) {
            return; // it signed before anything was dated: verifiers know it
        }
        Optional<Instant> published = formulas.publishedSince(key.kid());
        String where = "promote " + key.kid();
        if (published.isEmpty()) {
            gates.refuseUnlessForced(
                    Gate.PUBLISH_LEAD,
                    where,
                    "the document does not say since when it is published",
                    "prepare it by its kid, which dates it, and promote it after the lead");
            return;
        }
        Instant earliest = published.get().plus(formulas.lead(key.kid()));
        if (activate.isBefore(earliest)) {
            Duration shortBy = Duration.between(activate, earliest);
            gates.refuseUnlessForced(
                    Gate.PUBLISH_LEAD,
                    where,
                    "it would sign from " + activate + " on, and has been published since " + published.get()
                            + "; publishedAt + " + (formulas.symmetric(key.kid()) ? "L + ε" : "L + E + W + ε, the lead")
                            + " of "
                            + words(formulas.lead(key.kid())) + " is " + earliest,
                    shortBy,
                    atSaid ? ceiling(earliest) : ceiling(now.plus(shortBy)));
        }
    }

    /** A key that signed until just now still does where a clock is slow, and must not be told to sign later. */
    private void checkSlowClocks(String kid) {
        Instant everywhere = formulas.active(formulas.key(kid).purpose())
                .flatMap(KeysetKey::activateAt)
                .map(activated -> ceiling(activated.plus(times.clockSkew())))
                .orElse(now);
        boolean hasSigned =
                edit.activateAt(kid).filter(since -> !since.isAfter(now)).isPresent();
        if (hasSigned && now.isBefore(everywhere)) {
            gates.refuseUnlessForced(
                    Gate.LOAD_TIME,
                    "promote " + kid,
                    "replicas whose clocks are slow by ε may not have changed keys yet",
                    Duration.between(now, everywhere),
                    everywhere);
        }
    }
}
