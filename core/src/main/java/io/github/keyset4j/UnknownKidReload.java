package io.github.keyset4j;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one reload that tokens with unknown kids may ask for: together, seldom, and waited for only briefly. Tokens with
 * known kids never come here, so strangers cannot slow them down.
 */
final class UnknownKidReload {

    private final Supplier<CompletableFuture<LoadOutcome>> load;
    private final Duration minInterval;
    private final Duration wait;
    private final LongSupplier nanoTime;

    private final Object lock = new Object();
    private @Nullable CompletableFuture<LoadOutcome> current;
    private long lastAsked;

    UnknownKidReload(
            Supplier<CompletableFuture<LoadOutcome>> load, Duration minInterval, Duration wait, LongSupplier nanoTime) {
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
