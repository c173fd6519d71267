package io.github.keyset4j.examples;

import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CommandSourceIT {

    @Test
    void main_run_outlivesAHangingCommandAndRotates() throws Exception {
        assertThat(ExampleRun.output(CommandSource.class, Map.of()))
                .contains(
                        "signed by k1\n",
                        "the command hangs: FAILED",
                        "signed by k1 all the same",
                        "the command prints k2: PENDING",
                        "signed by k2, and the first token, of k1, verifies still");
    }
}
