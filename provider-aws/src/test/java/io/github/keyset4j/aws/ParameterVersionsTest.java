package io.github.keyset4j.aws;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ssm.model.ParameterHistory;

import static org.assertj.core.api.Assertions.assertThat;

class ParameterVersionsTest {

    /**
     * Versions from the first on, each by what it reserves: {@code -} nothing, {@code a1} after version 1, {@code a3r1} after
     * version 3 and restoring version 1, {@code =} the reservation of the one before
     * with another value, {@code ~} with the same.
     */
    @ParameterizedTest
    @CsvSource({
        "-, 1, 1, 1, true",
        "- a1, 2, 2, 2, true",
        "- a1 a1, 3, 2, 2, false",
        "- a1 a1 a3r2, 4, 4, 2, true",
        "- a1 a1 a1 a4r2, 5, 5, 2, true",
        "- a1 a1 a1 a3r2, 5, 2, 2, true",
        "- a1 a1 a3r2 a4, 5, 5, 5, true",
        "- a1 a1 a3r2 a3r2, 5, 4, 2, true",
        "- a1 a1 a3r2 a4 a3r2, 6, 5, 5, false",
        "- a1 -, 3, 3, 3, true",
        "- a1 =, 3, 3, 3, true",
        "- a1 a1 =, 4, 4, 4, true",
        "- a1 a2r2 =, 4, 4, 4, true",
        "- a1 = =, 4, 4, 4, true",
        "- a1 ~, 3, 2, 2, true",
        "- a1 a1 ~, 4, 2, 2, false",
        "- a1 a2 ~ a4r3, 5, 5, 3, true",
        "- a1 a2r2 ~, 4, 3, 2, true",
        "- a1 ~ a3r2 =, 5, 5, 5, true"
    })
    void of_history_findsTheVersionThatCounts(
            String reservations, long latest, long counting, long revision, boolean settled) {
        List<ParameterHistory> history = new ArrayList<>();
        String description = "";
        String value = "";
        for (String reservation : reservations.split(" ", -1)) {
            long version = history.size() + 1L;
            description = switch (reservation.charAt(0)) {
                case '-' -> "by hand";
                case '=', '~' -> description;
                default -> describe(reservation.substring(1).split("r", -1));
            };
            value = reservation.equals("~") ? value : "value " + version;
            history.add(ParameterHistory.builder()
                    .version(version)
                    .value(value)
                    .description(description)
                    .build());
        }
        assertThat(ParameterVersions.needValues(history)).isEqualTo(reservations.matches(".*[=~].*"));
        Collections.shuffle(history);
        ParameterVersions found = ParameterVersions.of(history).orElseThrow();
        assertThat(found.latest().version()).isEqualTo(latest);
        assertThat(found.counting().version()).isEqualTo(counting);
        assertThat(found.revision()).isEqualTo(revision);
        assertThat(found.settled()).isEqualTo(settled);
    }

    private static String describe(String[] numbers) {
        long after = Long.parseLong(numbers[0]);
        ParameterReservation reservation = numbers.length == 1
                ? ParameterReservation.after(after)
                : ParameterReservation.restoring(Long.parseLong(numbers[1]), after);
        return reservation.describe("keys of the app");
    }

    @Test
    void of_noVersions_isEmpty() {
        assertThat(ParameterVersions.of(List.of())).isEmpty();
    }

    @Test
    void describe_again_keepsWhatWasThereAndOneReservation() {
        String once = ParameterReservation.after(1).describe("keys of the app");
        String again = ParameterReservation.restoring(1, 12).describe(once);
        assertThat(again).matches("keys of the app \\[keyset4j [0-9a-f]{8}: after version 12, restores version 1]");
        assertThat(ParameterReservation.in(again)).hasValueSatisfying(reservation -> {
            assertThat(reservation.after()).isEqualTo(12);
            assertThat(reservation.restores()).hasValue(1);
        });
    }

    @Test
    void describe_noDescription_isTheReservationAlone() {
        assertThat(ParameterReservation.after(7).describe(null)).matches("\\[keyset4j [0-9a-f]{8}: after version 7]");
    }

    @Test
    void describe_longDescription_fits() {
        assertThat(ParameterReservation.after(7).describe("x".repeat(1_024))).hasSize(1_024);
    }

    @ParameterizedTest
    @CsvSource({"''", "keys of the app", "[keyset4j xyz: after version 1]", "[keyset4j 0123abcd: after version]"})
    void in_noReservation_isEmpty(String description) {
        assertThat(ParameterReservation.in(description)).isEmpty();
    }
}
