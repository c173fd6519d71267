package io.github.keyset4j;

import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InterruptedSourceTest {

    @Test
    void load_sourceThrowsInterruptedExceptionByItself_isAFailureToBackOffFrom() {
        ScriptedKeysetSource source = ScriptedKeysetSource.failing(new InterruptedException("of a client's own"));
        try (LogCapture logs = LogCapture.start();
                KeyManager keys = KeyManager.builder(source).startInBackground()) {
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.health().failuresInRow()).isPositive();
            assertThat(keys.health().lastFailure().orElseThrow().kind()).isEqualTo(FailureKind.UNAVAILABLE);
            assertThat(source.loads()).isLessThan(10);
            assertThat(logs.lines("WARN")).hasSize(1);
        }
    }

    @Test
    void close_whileTheSourceLoads_isNoFailure() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        ScriptedKeysetSource source = ScriptedKeysetSource.of("");
        source.answer(() -> {
            loading.countDown();
            new CountDownLatch(1).await();
            return KeysetDocument.of("");
        });
        KeyManager keys = KeyManager.builder(source).startInBackground();
        loading.await();
        try (LogCapture logs = LogCapture.start()) {
            keys.close();
            assertThat(logs.lines()).isEmpty();
        }
        assertThat(keys.health().lastFailure()).isEmpty();
    }
}
