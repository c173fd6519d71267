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

    /** Waits for a load, if one may be asked for or has been; blocks no longer than allowed, and never throws. */
    void reload() {
        CompletableFuture<LoadOutcome> joined = wait.isZero() ? null : joinOrAsk();
        if (joined == null) {
            return;
        }
        try {
            joined.get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException | CancellationException e) {
            // Whoever waited looks at what is in force now, as if the load had brought nothing.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable CompletableFuture<LoadOutcome> joinOrAsk() {
        synchronized (lock) {
            if (current != null && !current.isDone()) {
                return current;
            }
            long now = nanoTime.getAsLong();
            if (current != null && now - lastAsked < minInterval.toNanos()) {
                return null;
            }
            lastAsked = now;
            current = load.get();
            return current;
        }
    }
}
