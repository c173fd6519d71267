package io.github.keyset4j;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RotationTimesTest {

    @Test
    void formulas_withDefaults_giveTheKnownFigures() {
        RotationTimes times = RotationTimes.internal();
        assertThat(times.loadTime()).isEqualTo(Duration.ofSeconds(246));
        assertThat(times.leastPublishLead()).isEqualTo(Duration.ofSeconds(726));
        assertThat(times.symmetricLead()).isEqualTo(Duration.ofSeconds(306));
        assertThat(times.removalDelay("default")).isEqualTo(Duration.ofHours(24).plusMinutes(6));
        assertThat(times.staleBudget()).isEqualTo(Duration.ofMinutes(7));
        assertThat(RotationTimes.gateways().leastPublishLead()).isEqualTo(Duration.ofSeconds(7866));
        assertThat(RotationTimes.strangers().leastPublishLead())
                .isEqualTo(Duration.ofHours(24).plusSeconds(666));
    }

    @Test
    void namedLeads_atTheDefaultRefresh_areAboveTheirFloor() {
        assertThat(RotationTimes.internal().checked().publishLead()).isEqualTo(Duration.ofMinutes(15));
        assertThat(RotationTimes.gateways().checked().publishLead()).isEqualTo(Duration.ofMinutes(150));
        assertThat(RotationTimes.strangers().checked().publishLead()).isEqualTo(Duration.ofDays(2));
    }

    @Test
    void standard_slowRefresh_lengthensTheLeadByItself() {
        RotationTimes slow =
                RotationTimes.builder().refreshEvery(Duration.ofHours(1)).build();

        assertThat(slow.checked().publishLead())
                .isEqualTo(slow.leastPublishLead())
                .isGreaterThan(RotationTimes.standard().publishLead());
    }

    @Test
    void checked_leadBelowTheFloor_isRefusedByANanosecond() {
        Duration floor = RotationTimes.internal().leastPublishLead();
        RotationTimes exact = RotationTimes.builder().publishLead(floor).build();
        assertThat(exact.checked().publishLead()).isEqualTo(floor);
        RotationTimes below =
                RotationTimes.builder().publishLead(floor.minusNanos(1)).build();
        assertThatThrownBy(() -> below.checked())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lengthen the lead");
    }

    @Test
    void noSharedCache_setsEToZero() {
        RotationTimes direct = RotationTimes.builder().noSharedCache().build();
        assertThat(direct.leastPublishLead()).isEqualTo(Duration.ofSeconds(726 - 360));
    }

    @Test
    void toBuilder_changesOnlyWhatIsSaid() {
        RotationTimes changed = RotationTimes.gateways().toBuilder()
                .maxTokenLifetime("refresh", Duration.ofDays(30))
                .build();
        assertThat(changed.maxTokenLifetime("refresh")).isEqualTo(Duration.ofDays(30));
        assertThat(changed.maxTokenLifetime("access")).isEqualTo(Duration.ofHours(24));
        assertThat(changed.publishLead()).isEqualTo(Duration.ofMinutes(150));
    }

    @Test
    void builder_impossibleDurations_areRefused() {
        RotationTimes.Builder builder = RotationTimes.builder();
        assertThatThrownBy(() -> builder.publishLead(Duration.ofSeconds(-1))).hasMessageContaining("publishLead");
        assertThatThrownBy(() -> builder.maxTokenLifetime(Duration.ZERO)).hasMessageContaining("maxTokenLifetime");
        assertThatThrownBy(() -> builder.toleratedFailures(-1)).hasMessageContaining("toleratedFailures");
        assertThatThrownBy(() -> builder.jwksMaxAge(Duration.ofMillis(999))).hasMessageContaining("jwksMaxAge");
    }

    @Test
    void builder_durationWithoutEnd_isRefusedByName() {
        Duration forever = ChronoUnit.FOREVER.getDuration();
        RotationTimes.Builder builder = RotationTimes.builder();
        Map<String, Function<Duration, RotationTimes.Builder>> settings = Map.of(
                "publishLead", builder::publishLead,
                "verifierWait", builder::verifierWait,
                "jwksMaxAge", builder::jwksMaxAge,
                "staleWhileRevalidate", builder::staleWhileRevalidate,
                "clockSkew", builder::clockSkew,
                "maxTokenLifetime", builder::maxTokenLifetime,
                "verifierLeeway", builder::verifierLeeway,
                "retention", builder::retention);
        settings.forEach((name, setting) -> assertThatThrownBy(() -> setting.apply(forever))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + ": longer than"));
        assertThatThrownBy(() -> builder.toleratedFailures(Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("toleratedFailures");
    }
}
