package io.github.keyset4j;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A document that is not a keyset one may work with, and all the reasons at once.
 *
 * <p>It never has a cause, since a parser's own message may quote the document.
 */
public final class InvalidKeysetException extends KeysetException {

    private static final long serialVersionUID = 1L;

    private final transient List<KeysetProblem> problems;
    private final transient Set<String> revoked;

    InvalidKeysetException(String source, List<KeysetProblem> problems) {
        this(source, problems, Set.of());
    }

    InvalidKeysetException(String source, List<KeysetProblem> problems, Set<String> revoked) {
        super(message(source, problems), null, true);
        this.problems = List.copyOf(problems);
        this.revoked = Set.copyOf(revoked);
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
        return problems;
    }

    /** The kids that the refused document revokes: a revocation holds, whatever else is wrong with its document. */
    Set<String> revoked() {
        return revoked;
    }
}
