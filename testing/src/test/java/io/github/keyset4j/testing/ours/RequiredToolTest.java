package io.github.keyset4j.testing.ours;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RequiredToolTest {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final RequiredTool tool = RequiredTool.orElse("install it");

    @Test
    void answer_toolIsThere_isWhatItSays() {
        assertThat(tool.answer(JAVA, "--version")).contains(System.getProperty("java.version"));
    }

    @Test
    void answer_toolIsMissing_abortsTheTestAndSaysHowToGetIt() {
        assertThatExceptionOfType(TestAbortedException.class)
                .isThrownBy(() -> tool.in(Map.of()).answer("no-such-program-of-keyset4j"))
                .withMessageContaining("no-such-program-of-keyset4j")
                .withMessageContaining("install it");
    }

    @Test
    void answer_toolIsMissingOnCi_failsTheTest() {
        assertThatExceptionOfType(AssertionFailedError.class)
                .isThrownBy(() -> tool.in(Map.of("CI", "true")).answer("no-such-program-of-keyset4j"))
                .withMessageContaining("install it");
    }

    @Test
    void answer_toolFailsOnCi_failsTheTest() {
        assertThatExceptionOfType(AssertionFailedError.class)
                .isThrownBy(() -> tool.in(Map.of("CI", "true")).answer(JAVA, "--no-such-option"));
    }
}
