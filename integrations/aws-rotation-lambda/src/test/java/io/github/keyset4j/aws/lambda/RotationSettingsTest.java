package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.config.variables.Variables;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RotationSettingsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static RotationSettings settings(Map<String, String> environment) {
        return RotationSettings.from(Variables.of(environment, "KEYSET4J"));
    }

    @Test
    void environment_empty_isForManagersWithTheDefaults() {
        RotationSettings settings = settings(Map.of());

        assertThat(settings.times().publishLead()).isEqualTo(Duration.ofMinutes(15));
        assertThat(settings.times().maxTokenLifetime("access")).isEqualTo(Duration.ofHours(24));
        assertThat(settings.times().refreshInterval()).isEqualTo(MINUTE);
        assertThat(settings.retryWindow()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.purposes()).isEmpty();
        assertThat(settings.convert()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"internal, PT15M", "gateways, PT2H30M", "strangers, PT48H", "45m, PT45M", "PT1H, PT1H"})
    void publishLead_byNameOrAsADuration_isTaken(String value, Duration lead) {
        assertThat(settings(Map.of("KEYSET4J_PUBLISH_LEAD", value)).times().publishLead())
                .isEqualTo(lead);
    }

    @Test
    void tokenLifetime_byPurpose_isTaken() {
        RotationSettings settings = settings(Map.of("KEYSET4J_TOKEN_LIFETIME", "1h, refresh=720h"));

        assertThat(settings.times().maxTokenLifetime("access")).isEqualTo(Duration.ofHours(1));
        assertThat(settings.times().maxTokenLifetime("refresh")).isEqualTo(Duration.ofDays(30));
    }

    @ParameterizedTest
    @CsvSource({
        "ALGORITHM, ES257",
        "KID, {kid}",
        "PURPOSES, 'access,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
        "PUBLISH_LEAD, soon",
        "PUBLISH_LEAD, 1m",
        "TOKEN_LIFETIME, 'refresh='",
        "TOKEN_LIFETIME, '1h,refresh=long'",
        "REFRESH_INTERVAL, 1",
        "REFRESH_INTERVAL, 10ms",
        "RETRY_WINDOW, 0s",
        "CONVERT, maybe",
        "POLICY, lax"
    })
    void value_thatWillNotDo_isRefusedByNameAndNotQuoted(String variable, String value) {
        assertThatThrownBy(() -> settings(Map.of("KEYSET4J_" + variable, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("KEYSET4J_" + variable + ": ")
                .message()
                .satisfies(message -> assertThat(message.substring(message.indexOf(':')))
                        .contains("; ")
                        .doesNotContain(" " + value + " "));
    }
}
