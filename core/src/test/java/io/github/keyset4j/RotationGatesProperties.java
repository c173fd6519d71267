package io.github.keyset4j;

import io.github.keyset4j.RotationRefusedException.Gate;
import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever steps an operator takes that are not refused, no verifier rejects a valid token and every replica can sign.
 * And each gate is needed: without it, some sequence of steps does harm.
 */
class RotationGatesProperties {

    private static final Duration LONG_ENOUGH = Duration.ofHours(4);

    @Property(tries = 25, seed = "20261129")
    void steps_thatAreNotRefused_neverBreakAToken(@ForAll long seed) {
        assertThat(new RotationWorld(seed, "EdDSA", Optional.empty()).live(LONG_ENOUGH))
                .isEmpty();
    }

    @Property(tries = 40, seed = "20261130")
    void steps_onHmacKeys_neverBreakAToken(@ForAll long seed) {
        assertThat(new RotationWorld(seed, "HS256", Optional.empty()).live(LONG_ENOUGH))
                .isEmpty();
    }

    @Test
    void steps_inAWorld_areTaken() {
        RotationWorld world = new RotationWorld(1, "EdDSA", Optional.empty());

        assertThat(world.live(LONG_ENOUGH)).isEmpty();
        assertThat(world.steps()).isGreaterThan(10);
    }

    @ParameterizedTest
    @EnumSource(
            value = Gate.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SHAPE", "CLOCK"})
    void steps_withOneGateLeftOpen_breakTokensSoonerOrLater(Gate gate) {
        Optional<String> harm = Optional.empty();
        for (long seed = 0; harm.isEmpty() && seed < 100; seed++) {
            harm = new RotationWorld(seed, "EdDSA", Optional.of(gate)).live(LONG_ENOUGH);
        }
        assertThat(harm).isPresent();
    }
}
