package io.github.keyset4j;

import io.github.keyset4j.OnePlanText.Shape;
import io.github.keyset4j.SigningModel.ListedKey;
import io.github.keyset4j.SigningModel.Outcome;
import io.github.keyset4j.SigningModel.Version;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * A place where a document is kept, people who edit it, two processes that read it again and again, and at every step one
 * that has just started from the same document: what each does is compared with the other and with {@link SigningModel}.
 */
final class OnePlanWorld {

    /** Where documents come from, which decides what a process is told beside the text. */
    enum Place {
        /** The text alone. */
        FILE,
        /** The text alone, or a failure. */
        COMMAND,
        /** The text alone, and once. */
        ENV,
        /** Two versions with their times. */
        SECRET_WITH_HISTORY,
        /** One version with its time. */
        SECRET,
        /** A version number. */
        PARAMETER,
        /** A version number for each key. */
        PATH;

        boolean versioned() {
            return this == PARAMETER || this == PATH;
        }

        boolean stages() {
            return this == SECRET_WITH_HISTORY || this == SECRET;
        }
    }

    /** What somebody does, or what happens to a process. */
    enum Kind {
        ADD,
        ADD_NAMED,
        NAME,
        UNNAME,
        REMOVE,
        REMOVE_OTHERS,
        RETIME,
        STRIP,
        REVOKE,
        REVOKE_AND_REMOVE,
        MARK,
        UNREVOKE,
        DROP_PURPOSE,
        REUSE,
        PUT_BACK,
        MOVE_BACK,
        BREAK,
        WAIT,
        FAIL,
        STALE,
        RESTART,
        LEAP,
        SUSPEND,
        WAKE
    }

    /** One of them, which of the keys or processes, how, and how much time passes then. */
    record Action(Kind kind, int pick, int style, int pause) {

        @Override
        public String toString() {
            return kind + "(" + pick + "," + style + "," + pause + ")";
        }
    }

    /** A world to be. */
    record Plan(
            Shape shape,
            Place place,
            String algorithm,
            boolean purposes,
            boolean retention,
            boolean skew,
            int first,
            List<Action> actions) {}

    static final Duration REFRESH = Duration.ofMinutes(1);
    private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(10);
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");
    private static final int[] WAITS = {0, 20, 60, 120, 300, 600, 840, 960, 1800, 2400, 7200, 86_400};

    /** A state of the place. */
    private record State(OnePlanText text, Instant time, Map<String, Long> parts) {}

    /** What one load brings. */
    private record Delivery(KeysetDocument document, Version version) {}

    private final Plan plan;
    private final RotationTimes times;
    private final Duration lead;
    private final List<State> states = new ArrayList<>();
    private final Map<List<Integer>, Delivery> deliveries = new HashMap<>();
    private final Map<String, Long> counters = new HashMap<>();
    private int current = -1;
    private int beside = -1;
    private OnePlanText text;
    private final List<Replica> processes = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private final boolean telling;
    private Instant now = BEGIN;
    private int kids;
    private int checks;

    OnePlanWorld(Plan wanted) {
        this(wanted, false);
    }

    private OnePlanWorld(Plan wanted, boolean telling) {
        this.telling = telling;
        this.plan = possible(wanted);
        RotationTimes.Builder builder =
                RotationTimes.builder().maxTokenLifetime(TOKEN_LIFETIME).verifierLeeway(Duration.ofMinutes(1));
        this.times = (plan.retention() ? builder.retention(Duration.ofHours(1)) : builder).build();
        this.lead = times.publishLead(REFRESH);
        this.text = new OnePlanText(plan.shape());
        begin();
        commit("begin");
        now = now.plus(Duration.ofHours(2));
        processes.add(new Replica("A", Duration.ZERO));
        processes.add(new Replica("B", plan.skew() ? Duration.ofSeconds(20) : Duration.ZERO));
    }

    /** Not every place keeps every shape, nor every shape every key. */
    private static Plan possible(Plan wanted) {
        Place place = wanted.place();
        Shape shape = place == Place.PATH ? Shape.KEYSET : wanted.shape();
        if (shape == Shape.LIST && place != Place.FILE && place != Place.COMMAND) {
            place = Place.ENV;
        }
        boolean pems = shape == Shape.PEM || shape == Shape.PEM_PAIRS;
        String algorithm = shape == Shape.LIST
                ? "HS256"
                : pems && wanted.algorithm().equals("HS256") ? "EdDSA" : wanted.algorithm();
        return new Plan(
                shape,
                place,
                algorithm,
                wanted.purposes() && shape.purposes(),
                wanted.retention(),
                wanted.skew(),
                wanted.first(),
                wanted.actions());
    }

    /** Plays it to its end; what went wrong, with all that led to it, or nothing. */
    Optional<String> play() {
        try {
            processes.forEach(Replica::refresh);
            for (Action action : plan.actions()) {
                if (act(action)) {
                    pass(action);
                }
            }
            settle();
            return Optional.empty();
        } catch (Harm harm) {
            if (!telling) {
                return new OnePlanWorld(plan, true).play();
            }
            return Optional.of(harm.getMessage() + "\n  " + plan.shape() + " in " + plan.place() + ", "
                    + plan.algorithm() + (plan.retention() ? ", retention 1 h" : "") + ", lead " + lead
                    + "\n  " + String.join("\n  ", story));
        }
    }

    /** How often something was compared. */
    int checks() {
        return checks;
    }

    private void pass(Action action) {
        now = now.plusSeconds(15);
        processes.get(0).refresh();
        now = now.plusSeconds(WAITS[action.pause() % WAITS.length]);
        processes.get(1).refresh();
        processes.get(0).refresh();
    }

    /** No more edits and no more failures: from a lead later on what is steady signs, and nobody needs a restart. */
    private void settle() {
        tell(() -> " the end");
        processes.forEach(Replica::wake);
        processes.forEach(Replica::refresh);
        now = now.plus(lead).plusSeconds(60);
        processes.forEach(Replica::refresh);
        processes.forEach(Replica::settled);
    }

    private static final class Harm extends RuntimeException {

        private static final long serialVersionUID = 1;

        Harm(String what) {
            super(what);
        }
    }

    /** A story takes longer than what it tells of, so it is told the second time only. */
    private void tell(Supplier<String> what) {
        if (telling) {
            story.add(at(now) + what.get());
        }
    }

    private static String at(Instant time) {
        return "+" + Duration.between(BEGIN, time).toString().substring(2);
    }

    // ---- the people who edit

    private void begin() {
        boolean dated = plan.first() % 3 == 1;
        for (String purpose : purposes()) {
            ListedKey key = fresh(purpose, 0);
            text.add(dated ? OnePlanText.timed(key, null, BEGIN.minusSeconds(60), null) : key);
            if (plan.first() % 3 == 2 || plan.shape() == Shape.LIST) {
                name(text.keys.get(text.keys.size() - 1));
            }
        }
        if (plan.shape() == Shape.PEM) {
            name(text.keys.get(0));
        }
    }

    private List<String> purposes() {
        return plan.purposes() ? List.of("access", "refresh") : List.of("default");
    }

    private ListedKey fresh(String purpose, int style) {
        int number = ++kids;
        String algorithm = style == 7 && plan.shape() == Shape.JWK_SET
                ? plan.algorithm().equals("EdDSA") ? "HS256" : "EdDSA"
                : plan.algorithm();
        return new ListedKey(
                "k" + number, purpose, algorithm + number % OnePlanText.MATERIALS, algorithm, true, null, null, null);
    }

    private void name(ListedKey key) {
        if (plan.shape() != Shape.JWK && plan.shape() != Shape.PEM_PAIRS) {
            text.named.put(key.purpose(), key.kid());
        }
    }

    private ListedKey timed(ListedKey key, int style) {
        Instant second = Instant.ofEpochSecond(now.getEpochSecond());
        return switch (style % 12) {
            case 1 -> OnePlanText.timed(key, second, null, null);
            case 2 -> OnePlanText.timed(key, second, second.plus(lead).plusSeconds(120), null);
            case 3 -> OnePlanText.timed(key, null, second.minusSeconds(3600), null);
            case 4 -> OnePlanText.timed(key, null, second.plusSeconds(60), null);
            case 5 -> OnePlanText.timed(key, second.minusSeconds(3600), null, null);
            case 6 ->
                OnePlanText.timed(
                        key, second, second.plus(lead), second.plus(lead).plusSeconds(1800));
            case 7 -> OnePlanText.timed(key, null, null, second.plusSeconds(300));
            case 8 -> OnePlanText.timed(key, null, null, second.minusSeconds(60));
            case 9 -> OnePlanText.timed(key, null, second.minusSeconds(7200), second.plusSeconds(1200));
            default -> key;
        };
    }

    /** Whether anything was done. */
    private boolean act(Action action) {
        OnePlanText was = text.copy();
        List<ListedKey> keys = text.keys;
        Replica process = processes.get(action.pick() % 2);
        Optional<ListedKey> picked =
                keys.isEmpty() ? Optional.empty() : Optional.of(keys.get(action.pick() % keys.size()));
        String purpose = purposes().get(action.pick() % purposes().size());
        switch (action.kind()) {
            case ADD, ADD_NAMED -> {
                ListedKey key = timed(fresh(purpose, action.pick()), action.style());
                text.add(key);
                if (action.kind() == Kind.ADD_NAMED || plan.shape() == Shape.PEM) {
                    name(key);
                }
            }
            case NAME -> picked.ifPresent(this::name);
            case UNNAME -> {
                if (plan.shape() != Shape.PEM && plan.shape() != Shape.LIST) {
                    text.named.remove(purpose);
                }
            }
            case REMOVE -> picked.ifPresent(keys::remove);
            case REMOVE_OTHERS ->
                picked.ifPresent(
                        key -> keys.removeIf(other -> other.purpose().equals(key.purpose()) && !other.equals(key)));
            case RETIME ->
                picked.filter(key -> plan.shape().times())
                        .ifPresent(key -> keys.set(
                                keys.indexOf(key), timed(OnePlanText.timed(key, null, null, null), action.style())));
            case STRIP ->
                picked.filter(key -> !key.symmetric())
                        .ifPresent(key -> keys.set(
                                keys.indexOf(key),
                                new ListedKey(
                                        key.kid(),
                                        key.purpose(),
                                        key.material(),
                                        key.algorithm(),
                                        false,
                                        key.iat(),
                                        key.nbf(),
                                        key.exp())));
            case REVOKE, REVOKE_AND_REMOVE ->
                picked.filter(key ->
                                plan.shape() != Shape.LIST && plan.shape() != Shape.PEM && plan.shape() != Shape.JWK)
                        .ifPresent(key -> {
                            text.revoked.add(key.kid());
                            if (action.style() % 3 > 0) {
                                text.named.values().remove(key.kid());
                            }
                            if (action.kind() == Kind.REVOKE_AND_REMOVE) {
                                keys.remove(key);
                            }
                        });
            case MARK ->
                picked.filter(key -> plan.shape().times() && plan.place() != Place.PATH)
                        .ifPresent(key -> {
                            text.mark(key);
                            text.named.values().remove(key.kid());
                        });
            case UNREVOKE -> {
                text.revoked.clear();
                text.marked.clear();
            }
            case DROP_PURPOSE -> {
                keys.removeIf(key -> key.purpose().equals(purpose));
                text.named.remove(purpose);
            }
            case REUSE ->
                picked.ifPresent(key -> keys.set(
                        keys.indexOf(key),
                        new ListedKey(
                                key.kid(),
                                key.purpose(),
                                fresh(key.purpose(), 0).material(),
                                plan.algorithm(),
                                true,
                                key.iat(),
                                key.nbf(),
                                key.exp())));
            case PUT_BACK ->
                text = states.get(action.pick() % states.size()).text().copy();
            case MOVE_BACK -> {
                if (!plan.place().stages() || beside < 0) {
                    return false;
                }
                int moved = current;
                current = beside;
                beside = moved;
                text = states.get(current).text().copy();
                tell(() -> " AWSCURRENT moved to: " + text);
                return true;
            }
            case BREAK -> text.broken = !text.broken;
            case WAIT -> {
                return true;
            }
            case FAIL -> {
                process.fails = 1 + action.style() % 3;
                return plan.place() != Place.FILE;
            }
            case STALE -> {
                process.stale = 1 + action.style() % 2;
                return true;
            }
            case RESTART -> process.restart();
            case LEAP -> process.leap(Duration.ofHours(action.style() % 2 == 0 ? 1 : -1));
            case SUSPEND -> process.suspended = true;
            case WAKE -> process.suspended = false;
        }
        if (text.toString().equals(was.toString())
                && text.document().digest().equals(was.document().digest())) {
            return action.kind().compareTo(Kind.WAIT) >= 0;
        }
        commit(action.toString());
        return true;
    }

    private void commit(String what) {
        tell(() -> " " + what + " -> " + text);
        Map<String, Long> parts = new LinkedHashMap<>();
        if (plan.place() == Place.PARAMETER) {
            parts.put("", count(""));
        } else if (plan.place() == Place.PATH) {
            Optional<State> before = states.isEmpty() ? Optional.empty() : Optional.of(states.get(current));
            part(parts, "active_kid", text.named, before.map(state -> state.text().named));
            part(parts, "revoked", text.revoked, before.map(state -> state.text().revoked));
            for (ListedKey key : text.keys) {
                part(
                        parts,
                        key.kid(),
                        key,
                        before.flatMap(state -> state.text().keys.stream()
                                .filter(other -> other.kid().equals(key.kid()))
                                .findFirst()));
            }
        }
        beside = current;
        current = states.size();
        states.add(new State(text.copy(), Instant.ofEpochSecond(now.getEpochSecond()), parts));
    }

    private void part(Map<String, Long> parts, String name, Object value, Optional<?> before) {
        boolean same = before.filter(value::equals).isPresent();
        parts.put(name, same ? counters.getOrDefault(name, 1L) : count(name));
    }

    private Long count(String name) {
        return counters.merge(name, 1L, Long::sum);
    }

    // ---- the place

    private Delivery deliver(int index, int besideIndex) {
        return deliveries.computeIfAbsent(List.of(index, besideIndex), indices -> delivery(index, besideIndex));
    }

    private Delivery delivery(int index, int besideIndex) {
        State state = states.get(index);
        KeysetDocument document = state.text().document();
        Optional<Version> previous = Optional.empty();
        Optional<Instant> time = Optional.empty();
        if (plan.place().stages()) {
            document = document.withRevision("v" + index).withRevisionTime(state.time());
            time = Optional.of(state.time());
        }
        if (plan.place() == Place.SECRET_WITH_HISTORY && besideIndex >= 0) {
            Delivery other = delivery(besideIndex, -1);
            document = document.withPrevious(other.document());
            previous = Optional.of(other.version());
        }
        Map<String, Long> parts = Map.of();
        if (plan.place().versioned() && NewerApi.VERSIONS.isPresent()) {
            document = NewerApi.withVersions(document, state.parts());
            parts = state.parts();
        }
        return new Delivery(document, state.text().version(time, parts, previous));
    }

    private static Set<String> kids(List<ListedKey> keys) {
        Set<String> kids = new TreeSet<>();
        keys.forEach(key -> kids.add(key.kid()));
        return kids;
    }

    // ---- the processes

    /** A refresher, and the model of what it ought to do. */
    private final class Life {

        private final ScriptedKeysetSource source = ScriptedKeysetSource.of("");
        private final Refresher refresher;
        private final SigningModel model = new SigningModel(times, REFRESH);
        private final Replica process;

        Life(Replica process) {
            this.process = process;
            KeyManager.Builder settings = KeyManager.builder(source)
                    .clock(process::clock)
                    .rotation(times)
                    .refreshEvery(REFRESH);
            this.refresher = new Refresher(settings, times.resolve(REFRESH), new Recorder());
        }

        LoadOutcome load(Delivery delivery) {
            source.deliver(delivery.document());
            return refresh();
        }

        void fail() {
            source.fail(new IOException("down"));
            refresh();
        }

        private LoadOutcome refresh() {
            try {
                return refresher.refresh();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        boolean loaded() {
            return refresher.snapshot() != null;
        }

        private Keyset keyset() {
            return requireNonNull(refresher.snapshot()).keyset();
        }

        private Instant instant() {
            return requireNonNull(refresher.snapshot()).at(process.clock());
        }

        @Nullable
        String signer(String purpose, String algorithm) {
            return NewerApi.active(keyset(), purpose, algorithm, instant())
                    .map(KeysetKey::kid)
                    .orElse(null);
        }

        Set<String> verifying() {
            Set<String> kids = new TreeSet<>();
            for (KeysetKey key : keyset().keys()) {
                if (key.status(instant()) != KeyStatus.REMOVED
                        && !keyset().revokedKids().contains(key.kid())) {
                    kids.add(key.kid());
                }
            }
            return kids;
        }

        Set<String> published() {
            Set<String> kids = new TreeSet<>();
            keyset().keys().stream().filter(key -> key.published(instant())).forEach(key -> kids.add(key.kid()));
            return kids;
        }

        @Nullable
        String expected(String purpose, String algorithm) {
            return model.signer(purpose, algorithm, process.clock())
                    .map(ListedKey::kid)
                    .orElse(null);
        }

        Set<String> algorithms() {
            Set<String> algorithms = new LinkedHashSet<>(List.of(""));
            if (NewerApi.ACTIVE.isPresent()) {
                model.present().keys().forEach(key -> algorithms.add(key.algorithm()));
            }
            return algorithms;
        }

        String tell() {
            return keyset() + " at " + instant();
        }
    }

    private record Started(Life life, Delivery delivery, Instant at) {}

    private final class Replica {

        private final String name;
        private Duration skew;
        private Life life = new Life(this);
        private @Nullable Delivery inForce;
        private final Set<String> revokedSeen = new LinkedHashSet<>();
        private @Nullable Started started;
        private boolean suspended;
        private int fails;
        private int stale;

        Replica(String name, Duration skew) {
            this.name = name;
            this.skew = skew;
        }

        Instant clock() {
            return now.plus(skew);
        }

        void restart() {
            tell(() -> " " + name + " restarts");
            life = new Life(this);
            inForce = null;
            revokedSeen.clear();
            suspended = false;
        }

        void leap(Duration by) {
            skew = skew.plus(by);
            tell(() -> " " + name + "'s clock leaps by " + by);
        }

        void wake() {
            suspended = false;
            fails = 0;
            stale = 0;
        }

        void refresh() {
            if (!suspended) {
                if (fails > 0) {
                    fails--;
                    tell(() -> " " + name + " fails to load");
                    life.fail();
                } else if (inForce == null || plan.place() != Place.ENV) {
                    load(
                            stale > 0 && current >= stale
                                    ? deliver(current - stale, current - stale - 1)
                                    : deliver(current, beside));
                    stale = 0;
                }
            }
            check();
        }

        private void load(Delivery delivery) {
            Outcome expected = life.model.load(delivery.version(), clock());
            LoadOutcome outcome = life.load(delivery);
            boolean taken = outcome == LoadOutcome.LOADED || outcome == LoadOutcome.UNCHANGED;
            revokedSeen.addAll(delivery.version().revoked());
            Life fresh = start(delivery);
            boolean starts = fresh.loaded();
            boolean ought = fresh.model.loaded();
            tell(() -> " " + name + " loads "
                    + delivery.version().keys().stream().map(ListedKey::kid).toList() + ": " + outcome
                    + (taken ? ", " + life.keyset() : ""));
            harmIf(outcome == LoadOutcome.LOADED && !starts && inForce != null, "(b) takes what a start refuses", life);
            harmIf(starts != ought, "(g) a start " + (starts ? "takes" : "refuses") + " this, the model not", life);
            harmIf(
                    taken != (expected == Outcome.TAKEN),
                    "(g) a running one " + (taken ? "takes" : "refuses") + " this, the model says " + expected,
                    life);
            if (taken) {
                inForce = delivery;
            }
        }

        /** One that starts now, from this. */
        private Life start(Delivery delivery) {
            Started last = started;
            if (last == null || !last.delivery().equals(delivery) || !last.at().equals(clock())) {
                Life life = new Life(this);
                life.load(delivery);
                life.model.load(delivery.version(), clock());
                last = new Started(life, delivery, clock());
                started = last;
            }
            return last.life();
        }

        private void harmIf(boolean wrong, String what, Life whose) {
            if (wrong) {
                throw new Harm(at(now) + " " + name + ": " + what
                        + (whose.loaded() ? "\n  in force: " + whose.tell() : "")
                        + (whose.refresher.outage().current().isPresent()
                                ? "\n  refused: "
                                        + whose.refresher
                                                .outage()
                                                .current()
                                                .get()
                                                .getMessage()
                                : ""));
            }
        }

        private void check() {
            if (inForce == null || !life.loaded()) {
                return;
            }
            checks++;
            revoked(life);
            Life fresh = start(inForce);
            boolean starts = fresh.loaded();
            boolean ought = fresh.model.loaded();
            boolean remembers = inForce.version().keys().stream()
                    .anyMatch(key -> revokedSeen.contains(key.kid())
                            && !fresh.model.revoked().contains(key.kid()));
            boolean settled = inForce.version().dated()
                    || !clock().isBefore(life.model.presentSince().plus(lead));
            if (settled && !remembers) {
                agree(fresh, starts);
            }
            unlisted();
            harmIf(starts != ought, "(g) a start " + (starts ? "takes" : "refuses") + " this, the model not", life);
            asModelled(life, "a running one");
            if (starts) {
                asModelled(fresh, "a start");
            }
        }

        /** (f) */
        private void revoked(Life any) {
            for (String kid : revokedSeen) {
                harmIf(any.verifying().contains(kid), "(f) " + kid + " verifies, though it is revoked", any);
                harmIf(any.published().contains(kid), "(f) " + kid + " is published, though it is revoked", any);
                for (String purpose : purposes()) {
                    harmIf(kid.equals(any.signer(purpose, "")), "(f) " + kid + " signs, though it is revoked", any);
                }
            }
        }

        /** (a) */
        private void agree(Life fresh, boolean starts) {
            for (String purpose : purposes()) {
                for (String algorithm : life.algorithms()) {
                    String running = life.signer(purpose, algorithm);
                    String starting = starts ? fresh.signer(purpose, algorithm) : null;
                    if (running == null ? starting != null : !running.equals(starting)) {
                        harmIf(
                                true,
                                "(a) signs " + purpose + " with " + running + ", one that starts from the same "
                                        + (starts ? "with " + starting + "\n  it holds " + fresh.tell() : "refuses it"),
                                life);
                    }
                }
            }
            if (starts) {
                Set<String> kept = life.verifying();
                kept.removeAll(kids(life.model.listed(clock())));
                Set<String> verifying = life.verifying();
                Set<String> published = life.published();
                verifying.removeAll(kept);
                published.removeAll(kept);
                harmIf(
                        !verifying.equals(fresh.verifying()),
                        "(a) verifies " + verifying + ", one that starts from the same " + fresh.verifying(),
                        life);
                harmIf(
                        !published.equals(fresh.published()),
                        "(a) publishes " + published + ", one that starts from the same " + fresh.published(),
                        life);
            }
        }

        /** (d) */
        private void unlisted() {
            for (String purpose : purposes()) {
                String signer = life.signer(purpose, "");
                if (signer == null || life.model.present().key(signer).isPresent()) {
                    continue;
                }
                Optional<ListedKey> steady = life.model.steady(purpose, "", clock());
                boolean held = steady.filter(key ->
                                clock().isBefore(life.model.knownSince(key).plus(life.model.lead(key))))
                        .isPresent();
                harmIf(
                        !held,
                        "(d) " + signer + " signs, though the document does not list it and nothing is held",
                        life);
            }
        }

        /** (g) */
        private void asModelled(Life any, String who) {
            for (String purpose : purposes()) {
                for (String algorithm : any.algorithms()) {
                    String signer = any.signer(purpose, algorithm);
                    String expected = any.expected(purpose, algorithm);
                    harmIf(
                            signer == null ? expected != null : !signer.equals(expected),
                            "(g) " + who + " signs " + purpose + " " + algorithm + " with " + signer
                                    + ", the model with " + expected,
                            any);
                }
            }
            Set<String> listed = kids(any.model.listed(clock()));
            Set<String> kept = kids(any.model.kept(clock()));
            Set<String> verifying = any.verifying();
            verifying.removeAll(kept);
            harmIf(
                    !verifying.equals(listed),
                    "(g) " + who + " verifies " + any.verifying() + ", the model " + listed + " and, kept, " + kept,
                    any);
            harmIf(
                    !any.verifying().containsAll(kept),
                    "(g) " + who + " verifies " + any.verifying() + ", the model also " + kept,
                    any);
        }

        /** (c) and (e) */
        void settled() {
            if (inForce == null
                    || !life.loaded()
                    || life.refresher.outage().current().isPresent()) {
                return;
            }
            for (String purpose : purposes()) {
                String steady = life.model
                        .steady(purpose, "", clock())
                        .map(ListedKey::kid)
                        .orElse(null);
                String signer = life.signer(purpose, "");
                harmIf(
                        steady != null && !steady.equals(signer),
                        "(c) a lead after all edits " + signer + " signs, not " + steady,
                        life);
            }
        }
    }

    /** What there may not be yet: looked up by name. */
    static final class NewerApi {

        static final Optional<Method> VERSIONS = find(KeysetDocument.class, "withVersions", Map.class);
        static final Optional<Method> ACTIVE = find(Keyset.class, "active", String.class, String.class, Instant.class);

        private NewerApi() {}

        private static Optional<Method> find(Class<?> type, String name, Class<?>... parameters) {
            try {
                return Optional.of(type.getDeclaredMethod(name, parameters));
            } catch (NoSuchMethodException e) {
                return Optional.empty();
            }
        }

        static KeysetDocument withVersions(KeysetDocument document, Map<String, Long> parts) {
            return (KeysetDocument) requireNonNull(call(VERSIONS.orElseThrow(), document, parts));
        }

        static Optional<KeysetKey> active(Keyset keyset, String purpose, String algorithm, Instant now) {
            if (algorithm.isEmpty()) {
                return keyset.activeKey(purpose, now);
            }
            return Optional.ofNullable((KeysetKey) call(ACTIVE.orElseThrow(), keyset, purpose, algorithm, now));
        }

        private static @Nullable Object call(Method method, Object on, Object... arguments) {
            try {
                return method.invoke(on, arguments);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new LinkageError(method.getName(), e);
            }
        }
    }
}
