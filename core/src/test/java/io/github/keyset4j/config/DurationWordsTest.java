package io.github.keyset4j.config;

import io.github.keyset4j.encoding.DurationWords;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class DurationWordsTest {

    @ParameterizedTest
    @CsvSource({
        "1m,PT1M",
        "30s,PT30S",
        "1h30m,PT1H30M",
        "500ms,PT0.5S",
        "1.5h,PT1H30M",
        "250us,PT0.00025S",
        "250µs,PT0.00025S",
        "1h0m0.5s,PT1H0.5S",
        "7ns,PT0.000000007S",
        "8760h,PT8760H",
        "PT1M,PT1M",
        "pt45s,PT45S",
        "P1D,PT24H",
        "90d,P90D",
        "' 1m ',PT1M"
    })
    void parse_goOrIso_isThatDuration(String text, Duration duration) {
        assertThat(DurationWords.parse(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "60",
                "1",
                "m",
                "1min",
                "1 m",
                "1m 30s",
                "-1m",
                "+1m",
                "0",
                "0s",
                "PT0S",
                "-PT1M",
                "1M",
                "1h30",
                ".5h",
                "1.h",
                "1..5h",
                "1e3s",
                "9999999h",
                "99999999999999999999h",
                "PT99999999999999999999H",
                "P40000D",
                "0.1ns",
                "forever",
                "1m;rm"
            })
    void parse_garbage_isNothing(String text) {
        assertThat(DurationWords.parse(text)).isEmpty();
    }
}
