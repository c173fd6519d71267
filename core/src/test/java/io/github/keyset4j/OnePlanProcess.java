package io.github.keyset4j;

import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** A process that loads documents: the real thing, or what is modelled of it. */
interface OnePlanProcess {

    /** What one load brings: the document, and the same as the model reads it. */
    record Delivery(KeysetDocument document, KeysetVersion version) {}

    /** How processes come to be. */
    interface Maker {

        OnePlanProcess make(RotationTimes times, InstantSource clock);
    }

    LoadOutcome load(Delivery delivery);

    void fail();

    /** What {@link KeyManager#revoke} does. */
    void revoke(String kid);

    boolean loaded();

    @Nullable
    String signer(String purpose, String algorithm);

    Set<String> verifying();

    Set<String> published();

    /** Whether the keys of one algorithm can be asked for. */
    boolean tellsAlgorithms();

    /** What it holds, and why it refused the last document. */
    String tell();

    static Set<String> kids(Collection<ListedKey> keys) {
        Set<String> kids = new TreeSet<>();
        keys.forEach(key -> kids.add(key.kid()));
        return kids;
    }

    /** A refresher, without its threads. */
    final class Real implements OnePlanProcess {

        private static final Optional<Method> VERSIONS = find(KeysetDocument.class, "withVersions", Map.class);
        private static final Optional<Method> ACTIVE =
                find(Keyset.class, "active", String.class, String.class, Instant.class);

        private static final KeysetParser PARSER = KeysetParser.of(KeysetPolicy.standard());
        /** To read a document is most of the work, and gives the same each time. */
        private static final Map<KeysetDocument, ParsedKeyset> READ = new WeakHashMap<>();

        private final ScriptedKeysetSource source = ScriptedKeysetSource.of("");
        private final Refresher refresher;
        private final InstantSource clock;

        Real(RotationTimes times, InstantSource clock) {
            this.clock = clock;
            ManagerSettings.Draft draft =
                    KeyManager.builder(source).clock(clock).rotation(times).draft;
            this.refresher = new Refresher(
                    draft.settings(),
                    new Counters(),
                    event -> true,
                    (document, name) -> READ.computeIfAbsent(document, unread -> PARSER.read(unread, name)));
        }

        @Override
        public LoadOutcome load(Delivery delivery) {
            source.deliver(delivery.document());
            return refresh();
        }

        @Override
        public void fail() {
            source.fail(new IOException("down"));
            refresh();
        }

        @Override
        public void revoke(String kid) {
            refresher.revoke(kid);
        }

        private LoadOutcome refresh() {
            try {
                return refresher.refresh();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public boolean loaded() {
            return refresher.snapshot() != null;
        }

        private Keyset keyset() {
            return requireNonNull(refresher.snapshot()).keyset();
        }

        private Instant instant() {
            return requireNonNull(refresher.snapshot()).at(clock.instant());
        }

        @Override
        public @Nullable String signer(String purpose, String algorithm) {
            Optional<KeysetKey> key = algorithm.isEmpty()
                    ? keyset().activeKey(purpose, instant())
                    : Optional.ofNullable(
                            (KeysetKey) call(ACTIVE.orElseThrow(), keyset(), purpose, algorithm, instant()));
            return key.map(KeysetKey::kid).orElse(null);
        }

        @Override
        public Set<String> verifying() {
            Set<String> kids = new TreeSet<>();
            keyset().keys().stream()
                    .filter(key -> key.status(instant()) != KeyStatus.REMOVED
                            && !keyset().revokedKids().contains(key.kid()))
                    .forEach(key -> kids.add(key.kid()));
            return kids;
        }

        @Override
        public Set<String> published() {
            Set<String> kids = new TreeSet<>();
            keyset().keys().stream().filter(key -> key.published(instant())).forEach(key -> kids.add(key.kid()));
            return kids;
        }

        @Override
        public boolean tellsAlgorithms() {
            return ACTIVE.isPresent();
        }

        @Override
        public String tell() {
            Optional<KeysetException> refusal = refresher.outage().current();
            return (loaded() ? keyset() + " at " + instant() : "nothing")
                    + refusal.map(why -> "\n  and refused: " + why.getMessage()).orElse("");
        }

        // ---- what there may not be yet

        static boolean tellsVersions() {
            return VERSIONS.isPresent();
        }

        static KeysetDocument withVersions(KeysetDocument document, Map<String, Long> parts) {
            return (KeysetDocument) requireNonNull(call(VERSIONS.orElseThrow(), document, parts));
        }

        private static Optional<Method> find(Class<?> type, String name, Class<?>... parameters) {
            try {
                return Optional.of(type.getDeclaredMethod(name, parameters));
            } catch (NoSuchMethodException e) {
                return Optional.empty();
            }
        }

        private static @Nullable Object call(Method method, Object on, Object... arguments) {
            try {
                return method.invoke(on, arguments);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new LinkageError(method.getName(), e);
            }
        }
    }

    /** What the model says it does. */
    final class Modelled implements OnePlanProcess {

        private final SigningModel model;
        private final InstantSource clock;

        Modelled(SigningModel model, InstantSource clock) {
            this.model = model;
            this.clock = clock;
        }

        @Override
        public LoadOutcome load(Delivery delivery) {
            Optional<KeysetVersion> before = model.loaded() ? Optional.of(model.present()) : Optional.empty();
            if (model.load(delivery.version(), clock.instant()) != SigningModel.Outcome.TAKEN) {
                return LoadOutcome.REJECTED;
            }
            return before.filter(model.present()::reads).isPresent() ? LoadOutcome.UNCHANGED : LoadOutcome.LOADED;
        }

        @Override
        public void fail() {
            model.tick(clock.instant());
        }

        @Override
        public void revoke(String kid) {
            model.revoke(kid, clock.instant());
        }

        @Override
        public boolean loaded() {
            return model.loaded();
        }

        @Override
        public @Nullable String signer(String purpose, String algorithm) {
            return model.signer(purpose, algorithm, clock.instant())
                    .map(ListedKey::kid)
                    .orElse(null);
        }

        @Override
        public Set<String> verifying() {
            Set<String> kids = kids(model.listed(clock.instant()));
            kids.addAll(kids(model.kept(clock.instant())));
            return kids;
        }

        @Override
        public Set<String> published() {
            Set<String> kids = kids(model.published(clock.instant()));
            model.kept(clock.instant()).stream().filter(key -> !key.symmetric()).forEach(key -> kids.add(key.kid()));
            return kids;
        }

        @Override
        public boolean tellsAlgorithms() {
            return true;
        }

        @Override
        public String tell() {
            return loaded() ? verifying() + " at " + clock.instant() : "nothing";
        }
    }
}
