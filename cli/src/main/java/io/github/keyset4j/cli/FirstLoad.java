package io.github.keyset4j.cli;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetListener;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How the first load of a manager ends. A service's start tries again until its deadline; somebody at a keyboard is told
 * at once.
 */
final class FirstLoad implements KeysetListener {

    private final CompletableFuture<KeysetEvent> first = new CompletableFuture<>();

    private FirstLoad() {}

    /**
     * Starts a manager; blocks until its first load has ended, for the timeout at most.
     *
     * @throws ProblemFound if the document was refused
     * @throws KeysetLoadException if none came
     */
    static KeyManager start(KeyManager.Builder builder, String description, Duration timeout) {
        FirstLoad load = new FirstLoad();
        KeyManager keys = builder.listener(load).startInBackground();
        try {
            KeysetEvent event = load.first.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (event instanceof KeysetEvent.Rejected rejected) {
                throw new ProblemFound(description, rejected.problems());
            }
            if (event instanceof KeysetEvent.Failed failed) {
                throw new KeysetLoadException(
                        Reason.valueOf(failed.kind().name()),
                        String.valueOf(failed.failure().getMessage()));
            }
            return keys;
        } catch (TimeoutException e) {
            keys.close();
            throw timedOut(description, timeout);
        } catch (InterruptedException e) {
            keys.close();
            Thread.currentThread().interrupt();
            throw interrupted(description);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody fails this future", e);
        } catch (ProblemFound | KeysetLoadException e) {
            keys.close();
            throw e;
        }
    }

    @Override
    public void onEvent(KeysetEvent event) {
        if (event instanceof KeysetEvent.Loaded
                || event instanceof KeysetEvent.Rejected
                || event instanceof KeysetEvent.Failed) {
            first.complete(event);
        }
    }

    static KeysetLoadException timedOut(String description, Duration timeout) {
        return new KeysetLoadException(
                Reason.TIMED_OUT,
                description + ": load: no answer within " + TimeWords.of(timeout)
                        + "; make sure that it can be reached, or give it more time with --timeout");
    }

    static KeysetLoadException interrupted(String description) {
        return new KeysetLoadException(Reason.UNAVAILABLE, description + ": load: interrupted; try again");
    }
}
