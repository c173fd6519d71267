package io.github.keyset4j;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

class HintedLoadsProperties {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Property
    void dueAfterHint_anyTimes_isNeverLaterThanDueNorWithinASecondOfTheLastLoad(
            @ForAll @IntRange(min = -5000, max = 5000) int dueIn,
            @ForAll @IntRange(min = 0, max = 5000) int lastAgo,
            @ForAll long now) {
        long milli = Duration.ofMillis(1).toNanos();
        long due = now + dueIn * milli;
        long last = now - lastAgo * milli;
        long after = RefreshLoop.dueAfterHint(due, last, now);
        assertThat(after - due).isLessThanOrEqualTo(0);
        if (after != due) {
            assertThat(after - last).isGreaterThanOrEqualTo(SECOND);
            assertThat(after - now).isBetween(0L, SECOND);
        }
        if (lastAgo >= 1000 && dueIn > 0) {
            assertThat(after).isEqualTo(now);
        }
    }
}
