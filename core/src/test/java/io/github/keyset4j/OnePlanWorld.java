package io.github.keyset4j;

import io.github.keyset4j.OnePlanProcess.Delivery;
import io.github.keyset4j.OnePlanText.Shape;
import io.github.keyset4j.rotation.KeysetRotator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
        STAGE,
        FINISH,
        BREAK,
        STEP,
        WAIT,
        FAIL,
        STALE,
        RESTART,
        REVOKE_HERE,
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
            List<Action> actions) {

        private static <T> T one(List<T> some, Random random) {
            return some.get(random.nextInt(some.size()));
        }

        static Plan of(Random random) {
            List<Action> actions = random.ints(1 + random.nextInt(12), 0, OFTEN.size())
                    .mapToObj(kind -> new Action(
                            OFTEN.get(kind), random.nextInt(8), random.nextInt(12), random.nextInt(WAITS.length)))
                    .toList();
            return new Plan(
                    one(List.of(Shape.values()), random),
                    one(List.of(Place.values()), random),
                    random.nextInt(8) == 0 ? "EdDSA" : "HS256",
                    random.nextInt(3) == 0,
                    random.nextInt(4) == 0,
                    random.nextBoolean(),
                    random.nextInt(3),
                    actions);
        }
    }

    /** What happens, some of it more often. */
    static final List<Kind> OFTEN = Stream.concat(
                    Stream.of(Kind.values()),
                    Stream.of(
                            Kind.ADD,
                            Kind.ADD_NAMED,
                            Kind.ADD_NAMED,
                            Kind.REMOVE,
                            Kind.PUT_BACK,
                            Kind.STALE,
                            Kind.STEP,
                            Kind.STEP,
                            Kind.STEP))
            .toList();

    private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(10);
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");
    private static final int[] WAITS = {0, 20, 60, 120, 300, 600, 840, 960, 1800, 2400, 7200, 86_400};

    /** A state of the place. */
    private record State(OnePlanText text, Instant time, Map<String, Long> parts) {}

    private final Plan plan;
    private final RotationTimes times;
    private final Duration lead;
    private final List<State> states = new ArrayList<>();
    private final Map<List<Integer>, Delivery> deliveries = new HashMap<>();
    private final Map<String, Long> counters = new HashMap<>();
    /** The versions to come, the last of which stands beside. */
    private final List<Optional<State>> staged = new ArrayList<>();

    private int current = -1;
    private int beside = -1;
    private OnePlanText text;
    private final Map<OnePlanReplica.From, OnePlanReplica.Start> starts = new HashMap<>();
    private final List<Running> processes = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private final boolean telling;
    private final OnePlanProcess.Maker maker;
    private Instant now = BEGIN;
    private int kids;
    private int checks;

    OnePlanWorld(Plan wanted, OnePlanProcess.Maker maker) {
        this(wanted, maker, false);
    }

    private OnePlanWorld(Plan wanted, OnePlanProcess.Maker maker, boolean telling) {
        this.maker = maker;
        this.telling = telling;
        this.plan = possible(wanted);
        RotationTimes.Builder builder =
                RotationTimes.builder().maxTokenLifetime(TOKEN_LIFETIME).verifierLeeway(Duration.ofMinutes(1));
        this.times = (plan.retention() ? builder.retention(Duration.ofHours(1)) : builder).build();
        this.lead = times.publishLead();
        this.text = new OnePlanText(plan.shape());
        begin();
        commit("begin");
        now = now.plus(Duration.ofHours(2));
        processes.add(new Running("A", Duration.ZERO));
        processes.add(new Running("B", plan.skew() ? Duration.ofSeconds(20) : Duration.ZERO));
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
            processes.forEach(Running::refresh);
            for (Action action : plan.actions()) {
                if (act(action)) {
                    pass(action);
                }
            }
            settle();
            return Optional.empty();
        } catch (OnePlanReplica.Harm harm) {
            if (!telling) {
                return new OnePlanWorld(plan, maker, true).play();
            }
            return Optional.of(at(now) + " " + harm.getMessage() + "\n  " + plan.shape() + " in " + plan.place() + ", "
                    + plan.algorithm() + (plan.retention() ? ", retention 1 h" : "") + ", lead " + lead
                    + "\n  " + String.join("\n  ", story));
        }
    }

    /** How often something was compared. */
    int checks() {
        return checks;
    }

    private void pass(Action action) {
        pass(Duration.ofSeconds(15));
        processes.get(0).refresh();
        pass(Duration.ofSeconds(WAITS[action.pause() % WAITS.length]));
        processes.get(1).refresh();
        processes.get(0).refresh();
    }

    private void pass(Duration duration) {
        now = now.plus(duration);
        starts.clear();
    }

    /** No more edits and no more failures: from a lead later on what is steady signs, and nobody needs a restart. */
    private void settle() {
        tell(() -> " the end");
        processes.forEach(Running::wake);
        processes.forEach(Running::refresh);
        pass(lead.plusSeconds(60));
        processes.forEach(Running::refresh);
        processes.forEach(Running::settled);
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
        String algorithm = style >= 6 && plan.shape() == Shape.JWK_SET
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
        Running process = processes.get(action.pick() % 2);
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
            case STAGE -> {
                if (plan.place() != Place.SECRET_WITH_HISTORY) {
                    return false;
                }
                stage(action, purpose);
                return true;
            }
            case FINISH -> {
                if (staged.isEmpty() || staged.get(staged.size() - 1).isEmpty()) {
                    return false;
                }
                State next = staged.get(staged.size() - 1).get();
                staged.add(Optional.empty());
                text = next.text().copy();
                commit(action.toString(), next.time());
                return true;
            }
            case BREAK -> text.broken = !text.broken;
            case STEP -> {
                return step(action, purpose, picked.map(ListedKey::kid).orElse("none"));
            }
            case WAIT -> {
                return true;
            }
            case FAIL -> {
                process.fails = 1 + action.style() % 3;
                return plan.place() != Place.FILE;
            }
            case STALE -> {
                process.stale = 1 + action.style() % 2;
                process.stales = process.stale + action.style() % 2;
                return true;
            }
            case RESTART -> {
                tell(() -> " " + process.replica.name + " restarts");
                process.replica.restart();
                process.suspended = false;
            }
            case REVOKE_HERE -> {
                String kid = "k" + (1 + action.style() % kids);
                tell(() -> " " + process.replica.name + " is told to revoke " + kid);
                process.revoke(kid);
            }
            case LEAP -> {
                Duration by = Duration.ofHours(action.style() % 2 == 0 ? 1 : -1);
                tell(() -> " " + process.replica.name + "'s clock leaps by " + by);
                process.replica.leap(by);
            }
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

    /** Puts a version to come beside the others: this one with another key, an old one, or none. */
    private void stage(Action action, String purpose) {
        OnePlanText next = text.copy();
        if (action.style() % 4 == 3) {
            next = states.get(action.pick() % states.size()).text().copy();
        } else {
            ListedKey key = timed(fresh(purpose, action.pick()), action.style());
            next.add(key);
            boolean names = plan.shape() != Shape.JWK && plan.shape() != Shape.PEM_PAIRS;
            if (plan.shape() == Shape.PEM || (names && action.style() % 2 == 0)) {
                next.named.put(purpose, key.kid());
            }
        }
        Optional<State> state = action.style() % 4 == 2 ? Optional.empty() : Optional.of(state(next, now, Map.of()));
        tell(() -> " staged: " + state.map(State::text));
        staged.add(state);
    }

    private static State state(OnePlanText text, Instant time, Map<String, Long> parts) {
        return new State(text.copy(), Instant.ofEpochSecond(time.getEpochSecond()), parts);
    }

    /** A step of the tool; whether it wrote anything. */
    private boolean step(Action action, String purpose, String kid) {
        if (plan.shape().alone() || plan.shape() == Shape.LIST || text.broken) {
            return false;
        }
        ListedKey next = fresh(purpose, 0);
        OnePlanTool tool = new OnePlanTool(inForce().document());
        KeysetRotator.Builder settings =
                KeysetRotator.builder(tool).rotation(times).clock(() -> now);
        KeyTemplate template =
                KeyTemplate.of(next.algorithm()).withPurpose(purpose).withKid(next.kid());
        Optional<KeysetDocument> written = tool.take(action, settings, kid, template);
        written.ifPresent(document -> {
            text = text.rewritten(
                    document, beside < 0 ? text : states.get(beside).text());
            commit(action.toString());
        });
        return written.isPresent();
    }

    private void commit(String what) {
        commit(what, now);
    }

    private void commit(String what, Instant time) {
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
        states.add(state(text, time, parts));
    }

    private void part(Map<String, Long> parts, String name, Object value, Optional<?> before) {
        boolean same = before.filter(value::equals).isPresent();
        parts.put(name, same ? counters.getOrDefault(name, 1L) : count(name));
    }

    private Long count(String name) {
        return counters.merge(name, 1L, Long::sum);
    }

    // ---- the place

    private Delivery deliver(int index, int besideIndex, int stagedIndex) {
        return deliveries.computeIfAbsent(
                List.of(index, besideIndex, stagedIndex), indices -> delivery(index, besideIndex, stagedIndex));
    }

    private Delivery inForce() {
        return deliver(current, beside, staged.size() - 1);
    }

    private Delivery delivery(int index, int besideIndex, int stagedIndex) {
        State state = states.get(index);
        KeysetDocument document = state.text().document();
        Optional<KeysetVersion> previous = Optional.empty();
        Optional<Instant> time = Optional.empty();
        if (plan.place().stages()) {
            document = document.withRevision("v" + index).withRevisionTime(state.time());
            time = Optional.of(state.time());
        }
        if (plan.place() == Place.SECRET_WITH_HISTORY && besideIndex >= 0) {
            Delivery other = delivery(besideIndex, -1, -1);
            document = document.withPrevious(other.document());
            previous = Optional.of(other.version());
        }
        Optional<KeysetVersion> pending = Optional.empty();
        if (stagedIndex >= 0 && staged.get(stagedIndex).isPresent()) {
            OnePlanText next = staged.get(stagedIndex).get().text();
            document = document.withPending(next.document());
            pending = Optional.of(next.version(Optional.empty(), Map.of(), Optional.empty(), Optional.empty()));
        }
        Map<String, Long> parts = Map.of();
        if (plan.place().versioned() && OnePlanProcess.Real.tellsVersions()) {
            document = OnePlanProcess.Real.withVersions(document, state.parts());
            parts = state.parts();
        }
        return new Delivery(document, state.text().version(time, parts, previous, pending));
    }

    // ---- the processes

    /** A process, and what keeps it from loading. */
    private final class Running {

        private final OnePlanReplica replica;
        private boolean suspended;
        private int fails;
        /** How many versions back it reads next, and how often. */
        private int stale;

        private int stales;

        Running(String name, Duration skew) {
            this.replica = new OnePlanReplica(name, times, maker, () -> now, skew, purposes(), starts);
        }

        void wake() {
            suspended = false;
            fails = 0;
            stales = 0;
        }

        void refresh() {
            if (!suspended && fails > 0) {
                fails--;
                tell(() -> " " + replica.name + " fails to load");
                replica.fail();
            } else if (!suspended && !(replica.loaded() && plan.place() == Place.ENV)) {
                boolean old = stales > 0 && current >= stale;
                Delivery delivery = old ? deliver(current - stale, current - stale - 1, -1) : inForce();
                if (old) {
                    stale = 1;
                    stales--;
                }
                String outcome = replica.load(delivery);
                tell(() -> " " + replica.name + " loads "
                        + delivery.version().keys().stream().map(ListedKey::kid).toList() + ": " + outcome);
            }
            checks++;
            replica.check();
        }

        void revoke(String kid) {
            if (replica.loaded() && !replica.knowsRevoked(kid)) {
                replica.revoke(kid);
                replica.check();
            }
        }

        void settled() {
            replica.settled();
        }
    }
}
