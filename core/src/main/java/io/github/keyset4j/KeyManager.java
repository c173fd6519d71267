package io.github.keyset4j;

import io.github.keyset4j.Keyring.UnknownKidReload;
import io.github.keyset4j.RefreshLoop.Backoff;
import io.github.keyset4j.Succession.Chair;
import io.github.keyset4j.encoding.Durations;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import static java.util.Objects.requireNonNull;

/**
 * The keys of an application, loaded and kept fresh: what to hold on to, and where to get signers, verifiers and the
 * JWKS from.
 *
 * <pre>{@code
 * try (KeyManager keys = KeyManager.builder(FileKeysetSource.of(path)).refreshEvery(Duration.ofMinutes(1)).start()) {
 *     String jwt = keys.signer().sign(claims);
 *     VerifiedJwt token = keys.verifier().issuer("https://issuer.example").audience("api").build().verify(jwt);
 *     String jwks = keys.jwks().json();
 * }
 * }</pre>
 *
 * <p>Reading is one volatile read: nothing but the first load, {@link #refreshNow()} and the bounded wait for an unknown
 * kid ever waits for the source. A failed refresh keeps the last-known-good keyset.
 *
 * <p>Threads. Safe for use by any number. One daemon thread refreshes, from {@link Builder#start()} to {@link #close()}.
 */
public final class KeyManager implements AutoCloseable {

    private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(15);

    private final ManagerSettings settings;
    private final Refresher refresher;
    private final RefreshLoop loop;
    private final EventDispatch events;
    private final UnknownKidReload unknownKids;
    private final HealthCheck healthCheck;
    private final Keyring keyring;
    private final String source;
    private final Counters counters = new Counters();
    private final AtomicBoolean closing = new AtomicBoolean();

    private KeyManager(ManagerSettings settings) {
        this.settings = settings;
        this.events = new EventDispatch(settings.listeners);
        this.refresher = new Refresher(settings, counters, events);
        this.loop = new RefreshLoop(
                refresher,
                new Backoff(
                        settings.rotation.refreshInterval(),
                        settings.firstRetry,
                        () -> ThreadLocalRandom.current().nextDouble()),
                settings.clock);
        this.source = Failures.safeDescription(settings.source);
        this.healthCheck = new HealthCheck(refresher, settings.rotation, source, settings.verifyOnly);
        this.unknownKids =
                new UnknownKidReload(loop::ask, settings.minReloadInterval, settings.unknownKidWait, System::nanoTime);
        this.keyring = new Keyring(settings, refresher, this::reloadForUnknownKid, counters, source);
    }

    /** A manager of the keys of this source, which it closes when it is closed itself. */
    public static Builder builder(KeysetSource source) {
        return new Builder(source);
    }

    /** The keyset in force. Does not block. */
    public Keyset keyset() {
        return keyring.present().keyset();
    }

    /** The key that signs now for the purpose {@code default}, by this manager's clock. Does not block. */
    public Optional<KeysetKey> activeKey() {
        return activeKey(KeysetKey.DEFAULT_PURPOSE);
    }

    /** The key that signs now for this purpose, by this manager's clock. Does not block. */
    public Optional<KeysetKey> activeKey(String purpose) {
        Snapshot held = keyring.present();
        return held.keyset().activeKey(purpose, held.at(keyring.now()));
    }

    /** A signer for the tokens of the purpose {@code default}; see {@link #signer(String)}. */
    public KeysetSigner signer() {
        return signer(KeysetKey.DEFAULT_PURPOSE);
    }

    /**
     * A signer for the tokens of this purpose. It may be kept: every token is signed with the key that is active then. It
     * may be asked for before there is a keyset, too.
     *
     * @throws KeysetUnavailableException if there is a keyset, and no key of the purpose in it can sign
     * @throws IllegalStateException if this manager was built to verify only
     */
    public KeysetSigner signer(String purpose) {
        requireNonNull(purpose, "purpose");
        if (settings.verifyOnly) {
            throw new IllegalStateException("this manager was built to verify only; build it without verifyOnly()");
        }
        Snapshot held = refresher.snapshot();
        if (held != null && held.keyset().keys().stream().noneMatch(key -> key.signs(purpose))) {
            throw new KeysetUnavailableException(
                    KeysetUnavailableException.Reason.NO_ACTIVE_KEY,
                    held.source() + ": no key of the purpose " + purpose
                            + " can sign; add a private key of it, or name another purpose than "
                            + held.keyset().purposes(),
                    keyring.lastFailure());
        }
        return new KeysetSigner(keyring, Chair.of(purpose), tokenLifetime(purpose), KeysetSigner.DEFAULT_TYPE);
    }

    private Duration tokenLifetime(String purpose) {
        Duration longest = settings.rotation.maxTokenLifetime(purpose);
        Duration lifetime = settings.tokenLifetime == null ? DEFAULT_LIFETIME : settings.tokenLifetime;
        return lifetime.compareTo(longest) > 0 ? longest : lifetime;
    }

    /** A verifier of tokens of the purpose {@code default}. */
    public JwtVerifier.Builder verifier() {
        return verifier(KeysetKey.DEFAULT_PURPOSE);
    }

    /** A verifier of tokens of this purpose; keys of other purposes never verify them. */
    public JwtVerifier.Builder verifier(String purpose) {
        requireNonNull(purpose, "purpose");
        Snapshot held = refresher.snapshot();
        if (held != null && !held.keyset().purposes().contains(purpose)) {
            Announcer.LOG.warn(
                    "{}: a verifier for the purpose {} has no key to verify with; there are keys for {}",
                    held.source(),
                    purpose,
                    held.keyset().purposes());
        }
        return new JwtVerifier.Builder(keyring, purpose, KeysetVerifier::new);
    }

    /** The JWKS of all purposes as it is now. Does not block. */
    public Jwks jwks() {
        return keyring.published(Optional.empty());
    }

    /** The JWKS of one purpose as it is now. Does not block. */
    public Jwks jwks(String purpose) {
        return keyring.published(Optional.of(requireNonNull(purpose, "purpose")));
    }

    /**
     * Loads from the source now; blocks until that load has ended. Calls that come together share one load.
     *
     * @throws IllegalStateException if the manager is closed, or if called by the source while it loads
     */
    public LoadOutcome refreshNow() {
        if (loop.runsIn(Thread.currentThread())) {
            throw new IllegalStateException(
                    "refreshNow() was called by the source while it loads; it would wait for itself");
        }
        try {
            return loop.ask().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return LoadOutcome.FAILED;
        } catch (CancellationException | ExecutionException e) {
            throw new IllegalStateException("the manager is closed", e);
        }
    }

    /**
     * Takes a key out of use in this process at once and for good, whatever its source says. Does not block.
     *
     * <p>Where nobody is left by the document, the next key to be activated, or else the last listed signs at once.
     *
     * @return whether a key in force had this kid; if not, check its spelling
     */
    public boolean revoke(String kid) {
        if (requireNonNull(kid, "kid").isBlank()) {
            throw new IllegalArgumentException("kid: blank; name the key to revoke");
        }
        boolean held = refresher.revoke(kid);
        if (!held) {
            Announcer.LOG.warn("{}: revoke: no key in force has this kid; it will be refused if it comes", source);
        }
        return held;
    }

    /** How well the manager is supplied with keys. Does not block. */
    public Health health() {
        return healthCheck.at(keyring.now());
    }

    /** What the manager has done so far. Does not block. */
    public Stats stats() {
        return counters.stats(refresher.outage().lastFailure());
    }

    /** The durations that make rotations safe here, the refresh interval among them. */
    public RotationTimes rotation() {
        return settings.rotation;
    }

    /**
     * Ends the refresh thread, closes the source, and tells the listeners what they have not been told yet; blocks until
     * that is done, five seconds for the thread and ten for the listeners at most. What was loaded can still be read. Called
     * again it does nothing.
     */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            loop.close();
            try {
                settings.source.close(); // as a whole: a fallback is closed even if what it stands in for throws
            } finally {
                events.close();
            }
        }
    }

    Keyring keyring() {
        return keyring;
    }

    /** Asks for the reload that an unknown kid may ask for, and waits for it as long as it may. */
    private void reloadForUnknownKid() {
        if (!closing.get()
                && !refresher.outage().throttled()
                && !refresher.endless()
                && !loop.runsIn(Thread.currentThread())) {
            unknownKids.reload();
        }
    }

    private void awaitFirstKeyset() {
        try {
            loop.firstKeyset().get(settings.startDeadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            KeysetException failure = keyring.lastFailure();
            closeAfterFailure();
            if (failure != null) {
                throw givenUp(failure, e);
            }
            throw new KeysetLoadException(
                    KeysetLoadException.Reason.TIMED_OUT,
                    source + ": load: no answer within the start deadline of " + settings.startDeadline
                            + "; give the source a timeout of its own");
        } catch (InterruptedException e) {
            closeAfterFailure();
            Thread.currentThread().interrupt();
            throw new KeysetLoadException(
                    KeysetLoadException.Reason.UNAVAILABLE, source + ": load: interrupted while starting; start again");
        } catch (ExecutionException e) {
            KeysetException failure = keyring.lastFailure();
            closeAfterFailure();
            throw failure == null ? new IllegalStateException("the refresh thread has ended", e) : givenUp(failure, e);
        }
    }

    /** Why a start failed is told even if the source does not close. */
    private void closeAfterFailure() {
        try {
            close();
        } catch (RuntimeException e) {
            Announcer.LOG.warn("{}: close: failed with {}", source, e.getClass().getName());
        }
    }

    /** The failure, which happened on the refresh thread, with the place that waited for it. */
    private KeysetException givenUp(KeysetException failure, Exception waiting) {
        String why = waiting instanceof TimeoutException
                ? "start() gave up after " + settings.startDeadline + ", the start deadline"
                : "start() gave up at once: asking again would change nothing";
        failure.addSuppressed(new IllegalStateException(why));
        return failure;
    }

    @Override
    public String toString() {
        return "KeyManager[" + source + "]";
    }

    /**
     * Collects what a manager works with. {@link #start()} refuses, with an {@link IllegalArgumentException}:
     *
     * <ul>
     *   <li>a publish lead shorter than the refresh interval, caches, verifiers and clocks together allow
     *   <li>a token lifetime longer than the longest one the rotation times allow for
     * </ul>
     *
     * <p>Threads. For one thread; used up by starting.
     */
    public static final class Builder {

        /** What is waited for is counted in nanoseconds, of which a long holds three centuries. */
        private static final Duration LONGEST_WAIT = Duration.ofDays(36_500);

        final ManagerSettings.Draft draft;
        private boolean started;

        private Builder(KeysetSource source) {
            this.draft = new ManagerSettings.Draft(requireNonNull(source, "source"));
        }

        /** How often the source is asked, whatever {@link #rotation(RotationTimes)} says of it. One minute. */
        public Builder refreshEvery(Duration interval) {
            draft.refreshInterval = Durations.positive(interval, "refreshEvery", LONGEST_WAIT);
            return this;
        }

        /**
         * How much is asked of keysets. {@link KeysetPolicy#standard()}. That strict production, which was asked for before,
         * is so given up is logged.
         */
        public Builder policy(KeysetPolicy policy) {
            if (draft.policy.strict() && !requireNonNull(policy, "policy").strict()) {
                Announcer.LOG.warn(
                        "{}: {} takes the place of strict production, which was asked for before; to refine that, use"
                                + " policy(before -> before...)",
                        Failures.safeDescription(draft.source),
                        policy);
            }
            draft.policy = requireNonNull(policy, "policy");
            return this;
        }

        /** What was said of the policy so far, by the environment for one, refined: {@code policy(p -> p.ignoreUnsupportedKeys())}. */
        public Builder policy(UnaryOperator<KeysetPolicy> refinement) {
            return policy(requireNonNull(refinement.apply(draft.policy), "refinement: returned null"));
        }

        /** The durations that make rotations safe. {@link RotationTimes#standard()}. */
        public Builder rotation(RotationTimes times) {
            draft.rotation = requireNonNull(times, "times");
            return this;
        }

        /**
         * How old a keyset may be to sign with, at most. One day. Beyond it signing refuses; verification and the JWKS go
         * on unless told to {@link #failClosed()}.
         */
        public Builder maxStaleness(Duration age) {
            draft.maxStaleness = Durations.positive(age, "maxStaleness", Durations.LONGEST_SETTING);
            return this;
        }

        /** Signs with the last-known-good keyset for as long as the source does not deliver, without any limit. */
        public Builder unlimitedStaleness() {
            draft.maxStaleness = Durations.LONGEST_SETTING;
            return this;
        }

        /** Stops verification and the JWKS too when {@link #maxStaleness(Duration)} has passed. */
        public Builder failClosed() {
            draft.failClosed = true;
            return this;
        }

        /** Never signs, even with private keys at hand, and does not ask for an active key. */
        public Builder verifyOnly() {
            draft.verifyOnly = true;
            return this;
        }

        /** How long {@link #start()} waits for the first keyset. Thirty seconds. */
        public Builder startDeadline(Duration deadline) {
            draft.startDeadline = Durations.positive(deadline, "startDeadline", LONGEST_WAIT);
            return this;
        }

        /** How often unknown kids may ask for a reload, all together. At most every ten seconds. */
        public Builder minReloadInterval(Duration interval) {
            draft.minReloadInterval = Durations.positive(interval, "minReloadInterval", LONGEST_WAIT);
            return this;
        }

        /** How long a token with an unknown kid waits for that reload. One second; zero switches it off. */
        public Builder unknownKidWait(Duration wait) {
            draft.unknownKidWait = Durations.notNegative(wait, "unknownKidWait", Duration.ofDays(1));
            return this;
        }

        /**
         * The lifetime of tokens whose claims have no {@code exp}. Fifteen minutes, or the longest token lifetime of the
         * rotation times where that is shorter.
         */
        public Builder tokenLifetime(Duration lifetime) {
            draft.tokenLifetime = Durations.lifetime(lifetime, "tokenLifetime");
            return this;
        }

        /** Takes a document although its revision is older than the one in force, for sources that are rolled back. */
        public Builder acceptOlderRevisions() {
            draft.olderRevisionsAccepted = true;
            return this;
        }

        /**
         * Takes a document that brings HMAC secrets into a purpose which has had key pairs alone. Otherwise it is refused
         * while the process runs, since whoever can write one can forge what only a private key signed before.
         */
        public Builder acceptSymmetricKeys() {
            draft.symmetricKeysAccepted = true;
            return this;
        }

        /** The password of encrypted private keys in PEM; asked for at each parsing, and wiped after it. */
        public Builder pemPassword(Supplier<char[]> password) {
            draft.pemPassword = requireNonNull(password, "password");
            return this;
        }

        /** Whose cryptography is used. {@link CryptoProvider#jdk()}. */
        public Builder cryptoProvider(CryptoProvider provider) {
            draft.crypto = requireNonNull(provider, "provider");
            return this;
        }

        /** Where the time comes from. The system's clock; tests have another. */
        public Builder clock(InstantSource clock) {
            draft.clock = requireNonNull(clock, "clock");
            return this;
        }

        /** Told of every change, and closed with the manager; may be called more than once. */
        public Builder listener(KeysetListener listener) {
            draft.listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Told of every change of this kind, as a {@link #listener} is: {@code on(KeysetEvent.Activated.class, key ->
         * log(key.previousKid(), key.kid()))}.
         */
        public <E extends KeysetEvent> Builder on(Class<E> kind, Consumer<? super E> told) {
            requireNonNull(kind, "kind");
            requireNonNull(told, "told");
            return listener(event -> {
                if (kind.isInstance(event)) {
                    told.accept(kind.cast(event));
                }
            });
        }

        /**
         * Loads the first keyset and begins to refresh; blocks until there is one, at most for the start deadline. If it
         * fails nothing is left running, and the source is closed. A builder starts one manager, since each has to have a
         * source of its own.
         *
         * @throws KeysetLoadException if the source did not deliver in time
         * @throws InvalidKeysetException if what it delivered was refused
         * @throws IllegalStateException if it was called before
         */
        public KeyManager start() {
            KeyManager manager = startInBackground();
            manager.awaitFirstKeyset();
            return manager;
        }

        /**
         * Begins to refresh without waiting for the first keyset. Does not block. Until there is one, the manager's
         * health is EMPTY, and {@link #keyset()}, {@link #jwks()}, its signers and its verifiers throw {@link
         * KeysetUnavailableException}.
         *
         * @throws IllegalStateException if it was started before
         */
        public KeyManager startInBackground() {
            KeysetSource source = draft.source;
            if (started) {
                throw new IllegalStateException(Failures.safeDescription(source)
                        + ": started before; make another builder, with another source");
            }
            started = true;
            try {
                if (draft.policy.refusesInlineSources() && source.inline()) {
                    throw Refresher.inlineRefused(Failures.safeDescription(source));
                }
                KeyManager manager = new KeyManager(draft.settings());
                source.watch(manager.loop::hint);
                manager.events.start();
                manager.loop.start();
                return manager;
            } catch (RuntimeException | Error e) {
                closeAll(source, e);
                throw e;
            }
        }

        /** Closes what a manager would have closed, had it been started. */
        private void closeAll(KeysetSource source, Throwable reason) {
            try {
                source.close();
            } catch (RuntimeException e) {
                reason.addSuppressed(Failures.of(source, e));
            }
            draft.listeners.forEach(listener -> EventDispatch.call(listener, listener::close));
        }
    }
}
