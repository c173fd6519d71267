package io.github.keyset4j.testing;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.Keysets;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.KeysetStore;
import io.github.keyset4j.testing.ours.ClockedStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What every store has to do, as a test to extend: say how to make the store of a place that is empty when a test begins,
 * and how to empty it. What every source has to do is tested along with it.
 *
 * <pre>{@code
 * class MyKeysetStoreTest extends KeysetStoreContract {
 *     protected KeysetStore store() { return MyKeysetStore.of(place); }
 *     protected void remove() { place.clear(); }
 * }
 * }</pre>
 */
@SuppressWarnings("NullAway") // nulls are handed over on purpose
public abstract class KeysetStoreContract extends KeysetSourceContract {

    private static final long LONGEST_SECONDS = 120;
    private static final int ROUNDS = 5;

    private final List<KeysetStore> opened = new ArrayList<>();

    /** A store of the place, which is always the same within a test; called any number of times, for a new one each. */
    protected abstract KeysetStore store() throws Exception;

    @Override
    protected final KeysetSource source() throws Exception {
        return store();
    }

    @Override
    protected final void store(String document) throws Exception {
        KeysetStore store = opened();
        try {
            store.create(KeysetDocument.of(document));
        } catch (KeysetConflictException e) {
            store.replace(KeysetDocument.of(document), revision(store));
        }
    }

    @AfterEach
    final void closeStores() {
        opened.forEach(KeysetStore::close);
    }

    private KeysetStore opened() throws Exception {
        KeysetStore store = store();
        opened.add(store);
        return store;
    }

    private static String revision(KeysetStore store) throws Exception {
        return store.load().revision().orElseThrow(() -> new AssertionError("a store's documents have a revision"));
    }

    private static String text(KeysetStore store) throws Exception {
        return text(store.load());
    }

    private static String text(KeysetDocument document) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        document.writeTo(content);
        return content.toString(StandardCharsets.UTF_8);
    }

    private static KeysetDocument document(String kid) {
        return KeysetDocument.of(document(kid, randomSecret()));
    }

    @Test
    final void create_nothingThere_isLoadedWithTheRevisionReturned() throws Exception {
        KeysetStore store = opened();
        KeysetDocument document = document("k1");
        String revision = store.create(document);
        assertThat(text(store)).isEqualTo(text(document));
        assertThat(revision(store)).isEqualTo(revision).isEqualTo(revision(opened()));
    }

    @Test
    final void create_somethingThere_conflictsAndLeavesIt() throws Exception {
        KeysetDocument first = document("k1");
        String revision = opened().create(first);
        KeysetStore store = opened();
        assertThatThrownBy(() -> store.create(document("k2"))).isInstanceOf(KeysetConflictException.class);
        assertThat(text(store)).isEqualTo(text(first));
        assertThat(revision(store)).isEqualTo(revision);
    }

    @Test
    final void create_afterRemoval_isLoaded() throws Exception {
        KeysetStore store = opened();
        store.create(document("k1"));
        remove();
        KeysetDocument again = document("k2");
        store.create(again);
        assertThat(text(store)).isEqualTo(text(again));
    }

    @Test
    final void replace_revisionHolds_isLoadedWithTheRevisionReturned() throws Exception {
        KeysetStore store = opened();
        String first = store.create(document("k1"));
        KeysetDocument document = document("k2");
        String second = store.replace(document, first);
        assertThat(second).isNotEqualTo(first);
        assertThat(text(store)).isEqualTo(text(document));
        assertThat(revision(store)).isEqualTo(second).isEqualTo(revision(opened()));
    }

    @Test
    final void replace_manyTimes_eachIsLoaded() throws Exception {
        KeysetStore store = opened();
        String revision = store.create(document("k0"));
        for (int i = 1; i <= ROUNDS; i++) {
            KeysetDocument document = document("k" + i);
            revision = store.replace(document, revision);
            assertThat(text(store)).isEqualTo(text(document));
        }
    }

    @Test
    final void replace_staleRevision_conflictsAndLeavesWhatIsThere() throws Exception {
        KeysetStore store = opened();
        String first = store.create(document("k1"));
        KeysetDocument newer = document("k2");
        String second = opened().replace(newer, first);
        assertThatThrownBy(() -> store.replace(document("k3"), first)).isInstanceOf(KeysetConflictException.class);
        assertThat(text(store)).isEqualTo(text(newer));
        assertThat(revision(store)).isEqualTo(second);
        KeysetDocument afterwards = document("k4");
        store.replace(afterwards, second);
        assertThat(text(store)).isEqualTo(text(afterwards));
    }

    @Test
    final void replace_nothingThere_writesNothing() throws Exception {
        KeysetStore store = opened();
        String revision = store.create(document("k1"));
        remove();
        assertThatThrownBy(() -> store.replace(document("k2"), revision)).isInstanceOf(KeysetException.class);
        assertThatThrownBy(store::load)
                .isInstanceOfSatisfying(
                        KeysetLoadException.class,
                        e -> assertThat(e.reason()).isEqualTo(KeysetLoadException.Reason.NOT_FOUND));
    }

    @Test
    final void replace_twoAtOnce_oneWinsAndTheOtherIsTold() throws Exception {
        KeysetStore one = opened();
        KeysetStore other = opened();
        one.create(document("k0"));
        for (int i = 0; i < ROUNDS; i++) {
            String revision = revision(one);
            KeysetDocument mine = document("mine-" + i);
            KeysetDocument yours = document("yours-" + i);
            List<Boolean> won =
                    atOnce(List.of(() -> one.replace(mine, revision), () -> other.replace(yours, revision)));
            assertThat(won).containsExactlyInAnyOrder(true, false);
            assertThat(text(one)).isEqualTo(text(won.get(0) ? mine : yours));
        }
    }

    @Test
    final void create_twoAtOnce_oneWinsAndTheOtherIsTold() throws Exception {
        KeysetStore one = opened();
        KeysetStore other = opened();
        KeysetDocument mine = document("mine");
        KeysetDocument yours = document("yours");
        List<Boolean> won = atOnce(List.of(() -> one.create(mine), () -> other.create(yours)));
        assertThat(won).containsExactlyInAnyOrder(true, false);
        assertThat(text(one)).isEqualTo(text(won.get(0) ? mine : yours));
    }

    /** Which of these succeeded; the others must have been told of a conflict. */
    private static List<Boolean> atOnce(List<Callable<String>> writers) throws Exception {
        CyclicBarrier start = new CyclicBarrier(writers.size());
        ExecutorService threads = Executors.newFixedThreadPool(writers.size());
        try {
            List<Future<Boolean>> futures = new ArrayList<>();
            for (Callable<String> writer : writers) {
                futures.add(threads.submit(() -> {
                    start.await(LONGEST_SECONDS, TimeUnit.SECONDS);
                    try {
                        writer.call();
                        return true;
                    } catch (KeysetConflictException e) {
                        return false;
                    }
                }));
            }
            List<Boolean> succeeded = new ArrayList<>();
            for (Future<Boolean> future : futures) {
                succeeded.add(future.get(LONGEST_SECONDS, TimeUnit.SECONDS));
            }
            return succeeded;
        } finally {
            threads.shutdownNow();
        }
    }

    /** How many rotations two rotators compete for; more for stores whose own documents name a number. */
    protected int rotations() {
        return ROUNDS;
    }

    @Test
    final void rotate_twoRotatorsAtOnce_oneRotatesEachTimeAndNoKeyIsLost() throws Exception {
        ManualClock clock = ManualClock.at(Instant.now()); // a store dates its versions by its own
        opened().create(Keysets.generate("EdDSA"));
        List<KeysetRotator> rotators = List.of(rotator(clock), rotator(clock));
        for (int round = 1; round <= rotations(); round++) {
            List<String> before = kids(rotators.get(0).keyset());
            String name = "-" + round;
            List<Callable<String>> steps = new ArrayList<>();
            for (int i = 0; i < rotators.size(); i++) {
                KeysetRotator rotator = rotators.get(i);
                KeyTemplate template = KeyTemplate.of("EdDSA").withKid("r" + i + name);
                steps.add(() -> {
                    if (!rotator.rotate(template).changed()) {
                        throw new KeysetConflictException("it came late, and saw the other's rotation");
                    }
                    return "rotated";
                });
            }
            assertThat(atOnce(steps)).as("round " + round).containsOnlyOnce(true);
            List<String> after = kids(rotators.get(1).keyset());
            assertThat(after).hasSize(Math.min(before.size() + 1, 2));
            assertThat(after.get(after.size() - 1)).endsWith(name);
            assertThat(before).contains(after.get(0));
            clock.advance(Duration.ofDays(3)); // the new key signs, and the one before has ended
        }
    }

    private KeysetRotator rotator(ManualClock clock) throws Exception {
        return KeysetRotator.builder(new ClockedStore(opened(), clock))
                .clock(clock)
                .build();
    }

    private static List<String> kids(Keyset keyset) {
        return keyset.keys().stream().map(KeysetKey::kid).toList();
    }

    @Test
    final void replace_whileAManagerRunsOnIt_isTakenUp() throws Exception {
        KeysetStore store = opened();
        String first = store.create(document("k1"));
        try (KeyManager keys = KeyManager.builder(store).start()) {
            store.replace(document("another-kid"), first);
            assertThat(keys.refreshNow()).isIn(LoadOutcome.LOADED, LoadOutcome.UNCHANGED);
            assertThat(keys.keyset().key("another-kid")).isPresent();
        }
    }

    @Test
    final void refusals_always_nameTheStoreAndHoldNoSecret() throws Exception {
        KeysetStore store = opened();
        String secret = randomSecret();
        KeysetDocument document = KeysetDocument.of("{\"keys\":{\"canary-kid\":\"" + secret + "\"}}");
        StringWriter words = new StringWriter();
        PrintWriter print = new PrintWriter(words, true);
        String first = store.create(document);
        String second = store.replace(KeysetDocument.of(text(document) + " "), first);
        print.println(first + second + store + store.description() + store.load() + store.findings());
        List<Callable<String>> refused =
                List.of(() -> store.create(document), () -> store.replace(document, first), () -> {
                    remove();
                    return store.replace(document, second);
                });
        for (Callable<String> each : refused) {
            assertThatThrownBy(each::call)
                    .isInstanceOf(KeysetException.class)
                    .hasMessageStartingWith(store.description() + ": ")
                    .hasMessageContaining("; ")
                    .satisfies(e -> e.printStackTrace(print));
        }
        assertThat(words.toString()).doesNotContain(secret).doesNotContain("canary-kid");
    }

    @Test
    final void nulls_always_areRefusedByName() throws Exception {
        KeysetStore store = opened();
        assertThatThrownBy(() -> store.create(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("document");
        assertThatThrownBy(() -> store.replace(null, "r"))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("document");
        assertThatThrownBy(() -> store.replace(document("k"), null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("expectedRevision");
    }
}
