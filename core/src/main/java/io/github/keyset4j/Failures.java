package io.github.keyset4j;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns whatever is thrown on the way to a keyset into a {@link KeysetException} that is safe to log. */
final class Failures {

    private static final int DEEPEST_CAUSE = 8;
    private static final int MOST_NAMES = 3;
    private static final String HOME = "io.github.keyset4j.";
    private static final Pattern CLASS_NAME = Pattern.compile("[A-Za-z_$][\\w$]*(?:[./][A-Za-z_$][\\w$]*){2,}");

    private Failures() {}

    /** What a source threw instead of delivering. */
    static KeysetException of(KeysetSource source, Throwable thrown) {
        String name = safeDescription(source);
        if (thrown instanceof KeysetException known) {
            return known;
        }
        return linkage(thrown)
                .map(error -> classPath(name + ": load", error))
                .orElseGet(() -> new KeysetLoadException(
                        KeysetLoadException.Reason.UNAVAILABLE,
                        name + ": load: failed with " + thrown.getClass().getName() + frames(thrown)
                                + " (its message is withheld, since it may quote what was read); look at the place, or"
                                + " throw KeysetLoadException, whose message is told",
                        redact(thrown, 0)));
    }

    /** What was thrown while a document was read, checked or placed in time: nothing that a document should bring about. */
    static KeysetException ofReading(String source, Throwable thrown) {
        if (thrown instanceof KeysetException known) {
            return known;
        }
        return linkage(thrown)
                .map(error -> classPath(source + ": document", error))
                .orElseGet(() -> new InvalidKeysetException(
                        source,
                        List.of(KeysetProblem.of(
                                        "document",
                                        "taking it in failed with "
                                                + thrown.getClass().getName() + frames(thrown),
                                        "write its keys in another form, and report this, which is a defect")
                                .withCode("defect"))));
    }

    /** A source that gave no document, and did not say why. */
    static KeysetLoadException nothing(KeysetSource source) {
        return new KeysetLoadException(
                KeysetLoadException.Reason.UNAVAILABLE,
                safeDescription(source) + ": load: returned null; a source returns a document or throws");
    }

    private static KeysetException classPath(String where, LinkageError error) {
        return new KeysetLoadException(
                KeysetLoadException.Reason.UNAVAILABLE,
                where + ": " + error.getClass().getSimpleName() + classNames(error) + frames(error)
                        + ": the class path lacks what this needs, or has it in another version; find it with"
                        + " mvn dependency:tree, and align the versions of what it belongs to",
                redact(error, 0),
                true);
    }

    /** The class path is to blame, which stays as it is for as long as the process lives. */
    private static Optional<LinkageError> linkage(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
            if (cause instanceof LinkageError error) {
                return Optional.of(error);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    /** What the runtime says of classes and methods; the rest of a message is withheld, here as elsewhere. */
    private static String classNames(LinkageError error) {
        String names = CLASS_NAME
                .matcher(String.valueOf(error.getMessage()))
                .results()
                .map(MatchResult::group)
                .distinct()
                .limit(MOST_NAMES)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : " of " + names;
    }

    /** Where in this library it happened: nothing of anybody else's code, and nothing that was read. */
    static String frames(Throwable thrown) {
        String frames = Arrays.stream(trace(thrown))
                .filter(frame -> frame.getClassName().startsWith(HOME))
                .limit(MOST_NAMES)
                .map(frame -> frame.getClassName().substring(HOME.length()) + "." + frame.getMethodName() + ":"
                        + frame.getLineNumber())
                .collect(Collectors.joining(" < "));
        return frames.isEmpty() ? "" : " at " + frames;
    }

    /** Foreign exceptions may do as they like here, too. */
    private static StackTraceElement[] trace(Throwable thrown) {
        @Nullable StackTraceElement @Nullable [] trace = null;
        try {
            trace = thrown.getStackTrace();
        } catch (RuntimeException e) {
            // Told without it.
        }
        return trace == null
                ? new StackTraceElement[0]
                : Arrays.stream(trace).filter(Objects::nonNull).toArray(StackTraceElement[]::new);
    }

    /** A description never stops a refresh, not even one that throws or is missing. */
    static String safeDescription(KeysetSource source) {
        String description = null;
        try {
            description = source.description();
        } catch (Throwable e) { // as for load(), errors included
            // Told by its type, as one without a description.
        }
        return description == null ? "custom:" + source.getClass().getSimpleName() : description;
    }

    private static @Nullable Throwable redact(@Nullable Throwable thrown, int depth) {
        return thrown == null || depth == DEEPEST_CAUSE
                ? null
                : new Redacted(thrown, redact(thrown.getCause(), depth + 1));
    }

    /** The type and the stack trace of a throwable, without its message. */
    private static final class Redacted extends Exception {

        private static final long serialVersionUID = 1L;

        Redacted(Throwable original, @Nullable Throwable cause) {
            super(original.getClass().getName() + " (message withheld)", cause, false, true);
            setStackTrace(trace(original));
        }
    }
}
