package io.github.keyset4j.cli.env;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The golden vectors of compose's grammar, against the reader of the tests and that of base files. */
class ComposeVectorsTest {

    private static final Map<String, String> ENVIRONMENT = Map.of("HOME", "/root");

    record Vector(String line, String value) {

        boolean isError() {
            return value.equals("(error)");
        }

        @Override
        public String toString() {
            return line + " ⇒ " + value.replace("\n", "␤");
        }
    }

    static Stream<Vector> vectors() throws IOException {
        try (InputStream in = ComposeVectorsTest.class.getResourceAsStream("compose-vectors.txt")) {
            String text = new String(requireNonNull(in, "vectors").readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ⇒ ", 2))
                    .map(parts -> new Vector(parts[0], parts[1].replace("␤", "\n")));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void composeReader_goldenVector_isReadAsComposeDoes(Vector vector) throws Exception {
        if (vector.isError()) {
            assertThatExceptionOfType(ComposeReader.Unreadable.class)
                    .isThrownBy(() -> ComposeReader.read(vector.line() + "\n", ENVIRONMENT));
        } else {
            assertThat(ComposeReader.read(vector.line() + "\n", ENVIRONMENT)).containsEntry("A", vector.value());
        }
    }

    /** What does not say the same everywhere is refused; everything else is read as compose reads it. */
    @ParameterizedTest
    @MethodSource("vectors")
    void composeText_goldenVector_isReadAsComposeDoesOrRefused(Vector vector) throws Exception {
        boolean interpolates = vector.value().contains("/root");
        boolean inherits = vector.line().endsWith("y");
        if (vector.isError() || interpolates || inherits) {
            assertThatExceptionOfType(EnvRefusal.class)
                    .isThrownBy(() -> ComposeText.parse("base.env", vector.line() + "\n"))
                    .withMessageStartingWith("base.env, line 1: ");
        } else {
            assertThat(ComposeText.parse("base.env", vector.line() + "\n"))
                    .containsOnly(Map.entry("A", vector.value()));
        }
    }
}
