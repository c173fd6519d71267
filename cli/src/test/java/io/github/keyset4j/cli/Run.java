package io.github.keyset4j.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One run of the command line inside the test's process.
 *
 * @param exitCode what the process would have ended with
 * @param out what went to stdout
 * @param err what went to stderr
 */
record Run(int exitCode, String out, String err) {

    /** Runs a command between pipes. */
    static Run of(String... arguments) {
        return with(Surroundings.pipes(), arguments);
    }

    static Run with(Surroundings surroundings, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(surroundings.stdin.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                surroundings.terminal,
                surroundings.terminal,
                surroundings.environment);
        int exitCode = new Commands(terminal).run(arguments);
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Stdin, whether there is a terminal, and the environment. */
    record Surroundings(String stdin, boolean terminal, Map<String, String> environment) {

        static Surroundings pipes() {
            return new Surroundings("", false, Map.of());
        }

        static Surroundings stdin(String text) {
            return new Surroundings(text, false, Map.of());
        }

        static Surroundings terminal(Map<String, String> environment) {
            return new Surroundings("", true, environment);
        }
    }
}
