package io.github.keyset4j;

import io.github.keyset4j.RefreshLoop.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTest {

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Backoff earliest = new Backoff(INTERVAL, ManagerSettings.FIRST_RETRY, () -> 0);
    private final Backoff latest = new Backoff(INTERVAL, ManagerSettings.FIRST_RETRY, () -> Math.nextDown(1.0));

    @Test
    void afterSuccess_isTheIntervalAndATenthAtMost() {
        assertThat(earliest.afterSuccess()).isEqualTo(INTERVAL);
        assertThat(latest.afterSuccess()).isBetween(Duration.ofSeconds(65), Duration.ofSeconds(66));
    }

    @Test
    void afterFailure_doublesUpToTheInterval() {
        assertThat(latest.afterFailure(1, false)).isBetween(Duration.ofMillis(249), Duration.ofMillis(250));
        assertThat(latest.afterFailure(4, false)).isBetween(Duration.ofMillis(1990), Duration.ofSeconds(2));
        assertThat(latest.afterFailure(9, false)).isBetween(Duration.ofSeconds(59), INTERVAL);
        assertThat(earliest.afterFailure(9, false)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void afterFailure_foreverAndADay_neitherOverflowsNorExceedsTheInterval() {
        assertThat(latest.afterFailure(Integer.MAX_VALUE, false)).isBetween(Duration.ofSeconds(59), INTERVAL);
    }

    @Test
    void afterFailure_throttled_doesNotAskFasterThanUsual() {
        assertThat(latest.afterFailure(1, true)).isBetween(Duration.ofSeconds(59), INTERVAL);
    }

    @Test
    void afterFailure_shortInterval_isNotExceeded() {
        Backoff fast = new Backoff(Duration.ofMillis(5), ManagerSettings.FIRST_RETRY, () -> Math.nextDown(1.0));
        assertThat(fast.afterFailure(1, false)).isLessThanOrEqualTo(Duration.ofMillis(5));
    }
}
