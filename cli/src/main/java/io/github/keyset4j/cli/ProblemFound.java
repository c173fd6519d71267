package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetProblem;
import java.util.List;
import java.util.stream.Collectors;

/** What a command was to look at is not as it should be; the message says what and what to do, and is safe to show. */
final class ProblemFound extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<KeysetProblem> problems;

    ProblemFound(String message) {
        super(message);
        this.problems = List.of();
    }

    /** A keyset with these problems. */
    ProblemFound(String description, List<KeysetProblem> problems) {
        super(message(description, problems));
        this.problems = List.copyOf(problems);
    }

    private static String message(String description, List<KeysetProblem> problems) {
        return problems.size() == 1
                ? description + ": " + problems.get(0)
                : description + ": " + problems.size() + " problems:"
                        + problems.stream().map(problem -> "\n  " + problem).collect(Collectors.joining());
    }

    /** The keyset's problems, if it is a keyset that has them. */
    List<KeysetProblem> problems() {
        return problems;
    }
}
