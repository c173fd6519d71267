package io.github.keyset4j;

import io.github.keyset4j.secret.DisguisedKey;
import io.github.keyset4j.secret.SecretReference;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a text most likely is that stands where a document belongs and is none: it is refused in any case, and named. */
final class StrayText {

    private static final String WHERE = "document";
    /** What most people need who wrote something else. */
    static final String SIMPLEST_KEYSET = "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"<secret>\"}}";

    private static final String JSON = "write a keyset there: " + SIMPLEST_KEYSET;
    private static final int LOOKED_AT = 1024;

    private static final Pattern ENV_LINE = Pattern.compile("(export\\s+)?[A-Za-z_][\\w.]*\\s*=[^=]");
    private static final Pattern LIST = Pattern.compile("[^\\s:,\"'`]+:[^\\s,\"'`]+(,\\s*[^\\s:,\"'`]+:[^\\s,\"'`]+)*");
    private static final Pattern ONE_WORD = Pattern.compile("\\S+");

    private StrayText() {}

    /** What it is, told of the document. */
    static KeysetProblem problem(String text) {
        return noList(text)
                .or(() -> key(text))
                .orElseGet(() -> unknown(text.substring(0, Math.min(text.length(), LOOKED_AT))));
    }

    /** What it is that has a colon in it perhaps, and is no list for sure. */
    static Optional<KeysetProblem> noList(String text) {
        char first = text.charAt(0);
        if ("\"'`".indexOf(first) >= 0 && text.indexOf(first, 1) == text.length() - 1) {
            return quoted();
        }
        // A double quote with more of them inside, whether they are escaped or not.
        return first == '"' && text.endsWith("\"")
                ? quoted()
                : SecretReference.in(text).map(found -> KeysetProblem.of(WHERE, "no keyset but ", found));
    }

    private static Optional<KeysetProblem> quoted() {
        return Optional.of(KeysetProblem.of(
                        WHERE,
                        "quotes around the whole of it",
                        "take them off: docker's --env-file, for one, makes them part of the value")
                .withCode("not-a-keyset"));
    }

    private static Optional<KeysetProblem> key(String text) {
        return DisguisedKey.of(text.getBytes(StandardCharsets.UTF_8), EcCurve::isPoint)
                .map(what -> KeysetProblem.of(
                                WHERE, what + ", in no form that is read", "write it as a PEM or in a JWK set")
                        .withCode("not-a-keyset"));
    }

    private static KeysetProblem unknown(String text) {
        if (LIST.matcher(text).matches()) {
            return KeysetProblem.of(
                            WHERE,
                            "a list kid:secret, which is read from a variable alone unless it is asked for",
                            "write a JSON keyset, or ask for it: ?format=list, DocumentFormat.asList()")
                    .withCode("not-a-keyset");
        }
        if (ENV_LINE.matcher(text).lookingAt()) {
            return KeysetProblem.of(WHERE, "no keyset but a line of an env file", JSON)
                    .withCode("not-a-keyset");
        }
        if (ONE_WORD.matcher(text).matches()) {
            return KeysetProblem.of(WHERE, "a single word, in which nothing says what it is", JSON)
                    .withCode("not-a-keyset");
        }
        return KeysetProblem.of(WHERE, "none of the shapes a keyset has", "write a JSON keyset, a JWK set or a PEM")
                .withCode("not-a-keyset");
    }
}
