package io.github.keyset4j;

import io.github.keyset4j.AcceptanceCheck.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RevisionTest {

    private static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");
    private static final KeysetDocument UNDATED = KeysetDocument.of("{}");
    private static final KeysetDocument DATED = UNDATED.withRevisionTime(T0);

    private static KeysetDocument versions(Map<String, Long> byPart) {
        return UNDATED.withVersions(byPart);
    }

    private static Revision seen(KeysetDocument... documents) {
        Revision revision = Revision.NONE;
        for (KeysetDocument document : documents) {
            revision = revision.seen(document, T0);
        }
        return revision;
    }

    @Test
    void olderIn_firstDocument_isNotOlder() {
        assertThat(Revision.NONE.olderIn(UNDATED)).isFalse();
        assertThat(Revision.NONE.olderIn(DATED)).isFalse();
        assertThat(Revision.NONE.olderIn(versions(Map.of("k1", 1L)))).isFalse();
    }

    @Test
    void olderIn_times_anEarlierOneIsOlder() {
        assertThat(seen(DATED).olderIn(UNDATED.withRevisionTime(T0.minusNanos(1))))
                .isTrue();
        assertThat(seen(DATED).olderIn(DATED)).isFalse();
        assertThat(seen(DATED).olderIn(UNDATED)).isFalse();
    }

    @Test
    void olderIn_versions_aLowerOneOfAnyPartIsOlder() {
        Revision revision = seen(versions(Map.of("k1", 2L, "k2", 5L)));
        assertThat(revision.olderIn(versions(Map.of("k1", 1L, "k2", 6L)))).isTrue();
        assertThat(revision.olderIn(versions(Map.of("k1", 2L, "k2", 5L)))).isFalse();
        assertThat(revision.olderIn(versions(Map.of("k3", 1L)))).isFalse();
    }

    @Test
    void olderIn_lowerVersionOfALaterTime_wasCreatedAnew() {
        Revision revision = seen(DATED.withVersions(Map.of("k1", 2L)));
        KeysetDocument lower = versions(Map.of("k1", 1L));
        assertThat(revision.olderIn(lower.withRevisionTime(T0))).isTrue();
        assertThat(revision.olderIn(lower.withRevisionTime(T0.plusNanos(1)))).isFalse();
    }

    @Test
    void seen_olderTime_doesNotLowerTheBar() {
        assertThat(seen(DATED, UNDATED.withRevisionTime(T0.minusSeconds(9)), UNDATED))
                .isEqualTo(new Revision(T0, Map.of()));
    }

    @Test
    void seen_timeFarAhead_countsAsNow() {
        Instant furthest = T0.plus(Duration.ofDays(1));
        assertThat(seen(UNDATED.withRevisionTime(furthest)).time()).isEqualTo(furthest);
        assertThat(seen(UNDATED.withRevisionTime(furthest.plusNanos(1))).time()).isEqualTo(T0);
    }

    @Test
    void seen_versions_areThoseOfTheNewest() {
        Map<String, Long> first = Map.of("k1", 2L, "k2", 5L);
        assertThat(seen(versions(first), versions(Map.of("k2", 6L))).versions()).containsExactly(Map.entry("k2", 6L));
        assertThat(seen(versions(first), DATED).versions()).isEqualTo(first);
        assertThat(seen(versions(first), versions(Map.of("k1", 1L, "k2", 6L))).versions())
                .isEqualTo(Map.of("k1", 2L, "k2", 6L));
    }
}
