package io.github.keyset4j;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A document that is not a keyset one may work with, and all the reasons at once.
 *
 * <p>It never has a cause, since a parser's own message may quote the document.
 */
public final class InvalidKeysetException extends KeysetException {

    private static final long serialVersionUID = 1L;

    /** An array, since a list need not be serializable. */
    private final KeysetProblem[] problems;

    /**
     * A document of this source, by its description, and what is wrong with it: from a source that looks at what it reads,
     * or in a test.
     *
     * @throws IllegalArgumentException if no problem is given
     */
    public InvalidKeysetException(String source, List<KeysetProblem> problems) {
        super(message(source, problems), null, true);
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("problems: none given; say what is wrong");
        }
        this.problems = problems.toArray(KeysetProblem[]::new);
    }

    private static String message(String source, List<KeysetProblem> problems) {
        if (problems.size() == 1) {
            return source + ": " + problems.get(0);
        }
        return problems.stream()
                .map(problem -> "\n  " + problem)
                .collect(Collectors.joining("", source + ": " + problems.size() + " problems:", ""));
    }

    /** Every problem found, in the order of the document; never empty. */
    public List<KeysetProblem> problems() {
        return List.of(problems);
    }
}
