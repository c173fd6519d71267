package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.aws.secrets.DocumentText;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Writers that read together and write together, each adding a kid of its own: an update that is lost is seen. */
final class StoreRace {

    private static final int ROTATIONS_KEPT = 40;

    private StoreRace() {}

    static String text(KeysetDocument document) {
        return DocumentText.of(document);
    }

    static List<String> kids(KeysetDocument document) {
        return Arrays.asList(text(document).split(" "));
    }

    private static KeysetDocument with(KeysetDocument document, String kid) {
        List<String> kids = new ArrayList<>(kids(document));
        kids.add(kid);
        return KeysetDocument.of(String.join(
                " ", kids.subList(Math.max(0, kids.size() - ROTATIONS_KEPT), kids.size())));
    }

    /**
     * The kids of the winners, in the order of the rounds.
     *
     * @throws AssertionError if a round had not exactly one winner, or its kid is not in the document that the next reads
     */
    static List<String> run(List<? extends KeysetStore> writers, int rounds) throws Exception {
        List<String> winners = Collections.synchronizedList(new ArrayList<>());
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        CyclicBarrier together = new CyclicBarrier(writers.size());
        ExecutorService threads = Executors.newFixedThreadPool(writers.size());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < writers.size(); i++) {
                KeysetStore store = writers.get(i);
                String name = "w" + i;
                running.add(threads.submit(() -> {
                    for (int round = 0; round < rounds; round++) {
                        together.await(1, TimeUnit.MINUTES);
                        KeysetDocument read = store.load();
                        check(read, winners, round);
                        String kid = name + "-" + round;
                        together.await(1, TimeUnit.MINUTES);
                        try {
                            store.replace(with(read, kid), read.revision().orElseThrow());
                            winners.add(kid);
                        } catch (KeysetConflictException e) {
                            // Another was faster.
                        } catch (Exception e) {
                            failures.add(e);
                            together.reset();
                            throw e;
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                try {
                    each.get(4, TimeUnit.MINUTES);
                } catch (ExecutionException e) {
                    throw new AssertionError("a writer failed", failures.isEmpty() ? e : failures.get(0));
                }
            }
            check(writers.get(0).load(), winners, rounds);
            return winners;
        } finally {
            threads.shutdownNow();
        }
    }

    private static void check(KeysetDocument read, List<String> winners, int rounds) {
        List<String> won = List.copyOf(winners);
        if (won.size() != rounds) {
            throw new AssertionError(rounds + " rounds, and the winners are " + won);
        }
        List<String> kids = kids(read);
        List<String> last = won.subList(Math.max(0, won.size() - ROTATIONS_KEPT + 1), won.size());
        if (!kids.containsAll(last)) {
            throw new AssertionError("lost: " + last + " won, and there are " + kids);
        }
    }
}
