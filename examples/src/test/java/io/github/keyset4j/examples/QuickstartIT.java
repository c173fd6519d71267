package io.github.keyset4j.examples;

import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the quickstart as the README does. */
class QuickstartIT {

    @Test
    void main_run_endsByItselfAndRejectsNothing() throws Exception {
        assertThat(ExampleRun.output(Quickstart.class, Map.of()))
                .contains("k2 is published and signs in 3 s")
                .contains("k2 signs")
                .contains("health is STALE")
                .contains("recovered")
                .contains("k1 is gone")
                .doesNotContain("too early")
                .containsPattern("signed [1-9][0-9]* tokens, verified [1-9][0-9]*, rejected 0");
    }
}
