package io.github.keyset4j;

import io.github.keyset4j.KeysetUnavailableException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What signers, verifiers and the JWKS see of a manager: the snapshot to work from, and the clock.
 *
 * <p>Threads. Any number at once. Reading is one volatile read; {@link #reloadForUnknownKid()} alone may wait.
 */
final class Keyring {

    private final ManagerSettings settings;
    private final Refresher refresher;
    private final Runnable reload;
    private final Counters counters;
    private final String source;

    /** @param reload loads for an unknown kid, and waits for it as long as it may */
    Keyring(ManagerSettings settings, Refresher refresher, Runnable reload, Counters counters, String source) {
        this.settings = settings;
        this.refresher = refresher;
        this.reload = reload;
        this.counters = counters;
        this.source = source;
    }

    Instant now() {
        return settings.clock.instant();
    }

    RotationTimes times() {
        return settings.rotation;
    }

    Counters counters() {
        return counters;
    }

    /** What is in force, however old. */
    Snapshot present() {
        Snapshot held = refresher.snapshot();
        if (held == null) {
            throw new KeysetUnavailableException(
                    Reason.NOT_LOADED, source + ": no keyset has been loaded yet; see the last failure", lastFailure());
        }
        return held;
    }

    /** The snapshot to sign from: never one that is older than it may be. */
    Snapshot forSigning(Instant now) {
        Snapshot held = present();
        if (refresher.expired(held, now)) {
            refresher.tick(); // tells it once, even while the refresh thread hangs in a load
            throw new KeysetUnavailableException(
                    Reason.STALE,
                    held.source() + ": the keyset was last confirmed " + Duration.between(held.confirmedAt(), now)
                            + " ago, longer than maxStaleness " + settings.maxStaleness + "; mend the source",
                    lastFailure());
        }
        return held;
    }

    /** The snapshot to verify and publish from: a stale one too, unless told otherwise. */
    Snapshot forVerification(Instant now) {
        return settings.failClosed ? forSigning(now) : present();
    }

    Jwks published(Optional<String> purpose) {
        Instant now = now();
        Snapshot held = forVerification(now);
        return held.jwks(purpose, held.at(now));
    }

    void reloadForUnknownKid() {
        reload.run();
    }

    @Nullable
    KeysetException lastFailure() {
        return refresher.outage().current().orElse(null);
    }

    /**
     * The one reload that tokens with unknown kids may ask for: together, seldom, and waited for only briefly. Tokens with
     * known kids never come here, so strangers cannot slow them down.
     */
    static final class UnknownKidReload {

        private final Supplier<CompletableFuture<LoadOutcome>> load;
        private final Duration minInterval;
        private final Duration wait;
        private final LongSupplier nanoTime;

        private final Object lock = new Object();
        private @Nullable CompletableFuture<LoadOutcome> current;
        private long lastAsked;

        UnknownKidReload(
                Supplier<CompletableFuture<LoadOutcome>> load,
                Duration minInterval,
                Duration wait,
                LongSupplier nanoTime) {
            this.load = load;
            this.minInterval = minInterval;
            this.wait = wait;
            this.nanoTime = nanoTime;
        }

        /** Returns when the load has ended, when there is none to be had, or when the wait for it is over. */
        void reload() {
            CompletableFuture<LoadOutcome> joined;
            long left;
            synchronized (lock) {
                long now = nanoTime.getAsLong();
                boolean free = current == null || (current.isDone() && now - lastAsked >= minInterval.toNanos());
                if (free && !wait.isZero()) {
                    lastAsked = now;
                    current = load.get();
                }
                joined = current;
                // One wait for all who come: a load that hangs must not hold the hundredth of them for as long as the
                // first.
                left = wait.toNanos() - (now - lastAsked);
            }
            if (joined == null || joined.isDone() || left <= 0) {
                return;
            }
            try {
                LoadOutcome unused = joined.get(left, TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException | CancellationException e) {
                // Whatever became of the load, the token is looked at again with the keyset there is.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
