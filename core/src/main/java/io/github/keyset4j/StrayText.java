package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a text most likely is that stands where a document belongs and is none: it is refused in any case, and named. */
final class StrayText {

    private static final String WHERE = "document";
    private static final String JSON = "write a keyset there: " + DocumentReader.SIMPLEST_KEYSET;

    private static final Pattern QUOTED = Pattern.compile("(?s)([\"'`]).*\\1|\"\\\\?\"?.*");
    private static final Pattern ENV_LINE = Pattern.compile("(?s)(export\\s+)?[A-Za-z_][\\w.]*\\s*=[^=].*");
    private static final Pattern LIST = Pattern.compile("[^\\s:,\"'`]+:[^\\s,\"'`]+(,\\s*[^\\s:,\"'`]+:[^\\s,\"'`]+)*");
    private static final Pattern ONE_WORD = Pattern.compile("\\S+");

    private StrayText() {}

    /** What it is, told of the document. */
    static KeysetProblem problem(String text) {
        return elsewhere(text).orElseGet(() -> unknown(text));
    }

    /** What it is, if it belongs elsewhere for sure: then it is no list either. */
    static Optional<KeysetProblem> elsewhere(String text) {
        if (QUOTED.matcher(text).matches()) {
            return Optional.of(new KeysetProblem(
                    WHERE,
                    "quotes around the whole of it",
                    "take them off: docker's --env-file, for one, makes them part of the value"));
        }
        Optional<KeysetProblem> disguised = DisguisedKey.of(text.getBytes(StandardCharsets.UTF_8))
                .map(what -> new KeysetProblem(
                        WHERE, what + ", not in a shape that is read", "write it as a PEM or in a JWK set"));
        return disguised.or(() -> SecretReference.in(text, "no keyset but ", WHERE));
    }

    private static KeysetProblem unknown(String text) {
        if (LIST.matcher(text).matches()) {
            return new KeysetProblem(
                    WHERE,
                    "a list kid:secret, which is read from a variable alone unless it is asked for",
                    "write a JSON keyset, or ask for it: ?format=list, DocumentFormat.list()");
        }
        if (ENV_LINE.matcher(text).matches()) {
            return new KeysetProblem(WHERE, "no keyset but a line of an env file", JSON);
        }
        if (ONE_WORD.matcher(text).matches()) {
            return new KeysetProblem(WHERE, "a single word, in which nothing says what it is", JSON);
        }
        return new KeysetProblem(WHERE, "none of the shapes a keyset has", "write a JSON keyset, a JWK set or a PEM");
    }
}
