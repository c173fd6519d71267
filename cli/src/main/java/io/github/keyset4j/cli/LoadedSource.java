package io.github.keyset4j.cli;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.KeysetSource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a source delivered in one load, which everything a command does then starts from: no second load can tell
 * something else.
 *
 * @param description what the source is
 * @param inline whether its keys are part of the process's configuration
 * @param findings what it noticed around the document
 * @param document what it delivered
 */
record LoadedSource(String description, boolean inline, List<KeysetProblem> findings, KeysetDocument document) {

    /** What is in memory takes no time, but for a machine that is busy. */
    private static final Duration FROM_MEMORY = Duration.ofSeconds(30);

    /** How long a source that was interrupted has for putting things away. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /**
     * Loads once and closes the source; blocks for the timeout at most.
     *
     * @throws KeysetLoadException if there is no document then
     */
    static LoadedSource of(KeysetSource source, Duration timeout) {
        String description = source.description();
        FutureTask<LoadedSource> load = new FutureTask<>(() -> {
            try (source) {
                KeysetDocument document = source.load();
                return new LoadedSource(description, source.inline(), source.findings(), document);
            }
        });
        Thread loading = new Thread(load, "load");
        loading.setDaemon(true);
        loading.start();
        try {
            return load.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            loading.interrupt();
            end(loading);
            throw FirstLoad.timedOut(description, timeout);
        } catch (ExecutionException e) {
            throw failure(description, Objects.requireNonNullElse(e.getCause(), e));
        } catch (InterruptedException e) {
            loading.interrupt();
            Thread.currentThread().interrupt();
            throw FirstLoad.interrupted(description);
        }
    }

    private static void end(Thread loading) {
        try {
            loading.join(GRACE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static KeysetException failure(String description, Throwable cause) {
        return cause instanceof KeysetException known
                ? known
                : new KeysetLoadException(
                        Reason.UNAVAILABLE,
                        description + ": load: failed with " + cause.getClass().getName()
                                + "; check the source itself");
    }

    /** A manager of what was loaded, to be started by {@link #start}. */
    KeyManager.Builder manager(KeysetPolicy policy) {
        return KeyManager.builder(new Replay(this)).policy(policy).unknownKidWait(Duration.ZERO);
    }

    /**
     * The manager with what was loaded in force, which never asks the source again. Nothing is tried twice: the same
     * document would be refused again.
     *
     * @throws ProblemFound if the policy, or what the source found, stands against it
     */
    KeyManager start(KeyManager.Builder builder) {
        return FirstLoad.start(builder, description, FROM_MEMORY);
    }

    /** The source again, as it was. */
    private record Replay(LoadedSource loaded) implements KeysetSource {

        @Override
        public KeysetDocument load() {
            return loaded.document;
        }

        @Override
        public String description() {
            return loaded.description;
        }

        @Override
        public boolean inline() {
            return loaded.inline;
        }

        @Override
        public List<KeysetProblem> findings() {
            return loaded.findings;
        }
    }
}
