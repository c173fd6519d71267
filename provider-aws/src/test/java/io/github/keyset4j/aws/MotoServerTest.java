package io.github.keyset4j.aws;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests that need moto do not pass without it. */
class MotoServerTest {

    private static final String REMEDY = "pip install 'moto[server]'";

    /** No such program, and one that ends at once. */
    @ParameterizedTest
    @ValueSource(strings = {"no-such-program-of-keyset4j", "false"})
    void start_motoIsMissing_abortsTheTestAndSaysHowToGetIt(String command) {
        assertThatExceptionOfType(TestAbortedException.class)
                .isThrownBy(() -> MotoServer.start(command, Map.of()))
                .withMessageContaining(command)
                .withMessageContaining(REMEDY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-program-of-keyset4j", "false"})
    void start_motoIsMissingOnCi_failsTheTestAndSaysHowToGetIt(String command) {
        assertThatExceptionOfType(AssertionFailedError.class)
                .isThrownBy(() -> MotoServer.start(command, Map.of("CI", "true")))
                .withMessageContaining(command)
                .withMessageContaining(REMEDY);
    }

    @Test
    void endpoint_notStarted_isAnError() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> new MotoServer().endpoint())
                .withMessageContaining("extension");
    }
}
