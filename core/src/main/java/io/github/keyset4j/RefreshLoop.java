package io.github.keyset4j;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a manager: refreshes when it is time or when asked, looks at the clock in between, and survives
 * whatever is thrown.
 */
final class RefreshLoop {

    private static final Duration NEVER = Duration.ofDays(3650);
    private static final Duration JOIN = Duration.ofSeconds(5);

    /** What loads that nobody waits for keep apart: a directory in which much is written gives many hints. */
    static final Duration BETWEEN_HINTED_LOADS = Duration.ofSeconds(1);

    private final Refresher refresher;
    private final Backoff backoff;
    private final InstantSource clock;
    private final Thread thread;
    private final CompletableFuture<Void> firstKeyset = new CompletableFuture<>();
    private final BlockingQueue<CompletableFuture<LoadOutcome>> asked = new LinkedBlockingQueue<>();
    private volatile List<CompletableFuture<LoadOutcome>> answering = List.of();
    /** Whom to answer: nobody, but load soon. */
    private final CompletableFuture<LoadOutcome> hint = new CompletableFuture<>();

    private volatile boolean closed;

    RefreshLoop(Refresher refresher, Backoff backoff, InstantSource clock) {
        this.refresher = refresher;
        this.backoff = backoff;
        this.clock = clock;
        this.thread = new Thread(this::run, "keyset4j-refresh");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Done as soon as there is a keyset. */
    CompletableFuture<Void> firstKeyset() {
        return firstKeyset;
    }

    /** Asks for a load that begins after this call; cancelled if the loop is closed before. */
    CompletableFuture<LoadOutcome> ask() {
        CompletableFuture<LoadOutcome> answer = new CompletableFuture<>();
        asked.add(answer);
        if (closed) {
            answer.cancel(false);
        }
        return answer;
    }

    /**
     * A source's word that a load may be worth it; nobody waits for it, and hints that pile up become one load, a second
     * after the one before it at the earliest.
     */
    void hint() {
        if (asked.isEmpty()) {
            asked.add(hint);
        }
    }

    /** When to load for a hint, given when the last load began and when the next is due anyway. */
    static long dueAfterHint(long due, long lastLoad, long now) {
        long soonest = lastLoad + BETWEEN_HINTED_LOADS.toNanos();
        long soon = soonest - now > 0 ? soonest : now;
        return due - soon > 0 ? soon : due;
    }

    boolean runsIn(Thread other) {
        return thread == other;
    }

    private void run() {
        long due = System.nanoTime();
        long lastLoad = due - BETWEEN_HINTED_LOADS.toNanos();
        while (!closed) {
            try {
                CompletableFuture<LoadOutcome> question = await(due);
                if (question == hint) {
                    due = dueAfterHint(due, lastLoad, System.nanoTime());
                }
                if ((question == null || question == hint) && System.nanoTime() < due) {
                    refresher.tick();
                    continue;
                }
                lastLoad = System.nanoTime();
                due = System.nanoTime() + refresh(question).toNanos();
            } catch (InterruptedException e) {
                // Whoever interrupts for good closes as well; everything else must not end the loop.
            } catch (Throwable e) {
                Announcer.quietly(() -> Announcer.LOG.error(
                        "a refresh failed unexpectedly with {}{}; it will be tried again",
                        e.getClass().getName(),
                        Failures.frames(e)));
                due = System.nanoTime() + backoff.afterFailure(8, false).toNanos();
            }
        }
        asked.forEach(question -> question.cancel(false));
    }

    private @Nullable CompletableFuture<LoadOutcome> await(long due) throws InterruptedException {
        Duration wait = Duration.ofNanos(Math.max(0, due - System.nanoTime()));
        Duration untilChange = untilChange().orElse(wait);
        Duration shortest = untilChange.compareTo(wait) < 0 ? untilChange : wait;
        return asked.poll(Math.max(0, shortest.toNanos()), TimeUnit.NANOSECONDS);
    }

    /** Unknown while the clock fails, which the next refresh tells; whoever asks meanwhile is answered all the same. */
    private Optional<Duration> untilChange() {
        try {
            return refresher
                    .nextTick()
                    .map(change -> Duration.between(clock.instant(), change).plusMillis(1));
        } catch (RuntimeException | Error e) {
            return Optional.empty();
        }
    }

    /** Refreshes, answers everybody who asked before it began, and tells when to refresh next. */
    private Duration refresh(@Nullable CompletableFuture<LoadOutcome> question) throws InterruptedException {
        List<CompletableFuture<LoadOutcome>> answers = new ArrayList<>();
        if (question != null) {
            answers.add(question);
        }
        asked.drainTo(answers);
        answering = answers;
        try {
            LoadOutcome outcome = refresher.refresh();
            if (refresher.snapshot() != null) {
                firstKeyset.complete(null);
            } else if (refresher.hopeless()) {
                firstKeyset.completeExceptionally(new IllegalStateException("asking again would change nothing"));
            }
            answers.forEach(answer -> answer.complete(outcome));
        } finally {
            answers.forEach(answer -> answer.complete(LoadOutcome.FAILED));
        }
        int failures = refresher.outage().failuresInRow();
        if (failures > 0) {
            return backoff.afterFailure(failures, refresher.outage().throttled());
        }
        return refresher.endless() ? NEVER : backoff.afterSuccess();
    }

    /** Ends the thread, waiting for it; a source that ignores interruption is left behind on a daemon thread. */
    void close() {
        closed = true;
        refresher.closing();
        thread.interrupt();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        try {
            thread.join(JOIN.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        asked.forEach(question -> question.cancel(false));
        answering.forEach(question -> question.cancel(false)); // of a load that ignores interruption
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * When to refresh next: after the interval and up to a tenth more; after failures sooner, doubling from a quarter of a
     * second up to the interval, so that the time in which every replica has a new document is not exceeded.
     */
    static final class Backoff {

        /** 250 ms doubled this often is three days: beyond every interval, and far from an overflow. */
        private static final int MOST_DOUBLINGS = 20;

        private final Duration interval;
        private final Duration firstRetry;
        private final DoubleSupplier random;

        /** The random numbers are from 0 to 1, 1 excluded. */
        Backoff(Duration interval, Duration firstRetry, DoubleSupplier random) {
            this.interval = interval;
            this.firstRetry = firstRetry;
            this.random = random;
        }

        Duration afterSuccess() {
            return interval.plus(scaled(RotationTimes.jitter(interval), random.getAsDouble()));
        }

        Duration afterFailure(int failuresInRow, boolean throttled) {
            int doublings = Math.min(Math.max(failuresInRow, 1) - 1, MOST_DOUBLINGS);
            Duration doubled = firstRetry.multipliedBy(1L << doublings);
            Duration ceiling = throttled || doubled.compareTo(interval) > 0 ? interval : doubled;
            return scaled(ceiling, 0.5 + random.getAsDouble() / 2);
        }

        private static Duration scaled(Duration duration, double factor) {
            return Duration.ofNanos((long) (duration.toNanos() * factor));
        }
    }
}
