package io.github.keyset4j;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class HintedLoadsTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Tells when it was loaded; gives hints when the test does. */
    private static final class Hinting implements KeysetSource {

        private final BlockingQueue<Long> loads = new LinkedBlockingQueue<>();
        private volatile Runnable hint = () -> {};

        @Override
        public KeysetDocument load() {
            loads.add(System.nanoTime());
            return KeysetDocument.of(DOCUMENT);
        }

        @Override
        public void watch(Runnable hint) {
            this.hint = hint;
        }
    }

    private static final String DOCUMENT =
            "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + SampleKeys.secret(48) + "\"}}";

    @Test
    void hints_thousandsOfThem_makeAtMostOneLoadASecond() throws Exception {
        Hinting source = new Hinting();
        try (KeyManager keys =
                KeyManager.builder(source).refreshEvery(Duration.ofHours(1)).start()) {
            List<Long> loads = new ArrayList<>();
            while (loads.size() < 4) {
                source.hint.run();
                Long load = source.loads.poll(100, TimeUnit.MICROSECONDS);
                if (load != null) {
                    loads.add(load);
                }
            }
            for (int i = 1; i < loads.size(); i++) {
                assertThat(loads.get(i) - loads.get(i - 1)).isGreaterThan(SECOND * 95 / 100);
            }
            assertThat(loads.get(3) - loads.get(0)).isLessThan(20 * SECOND);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            assertThat(source.loads).isNotEmpty(); // who asks does not wait for that second
        }
    }
}
