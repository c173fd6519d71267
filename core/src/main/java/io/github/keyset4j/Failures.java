package io.github.keyset4j;

import org.jspecify.annotations.Nullable;

/** Turns whatever a source throws into a {@link KeysetException} that is safe to log. */
final class Failures {

    private static final int DEEPEST_CAUSE = 8;

    private Failures() {}

    static KeysetException of(KeysetSource source, Throwable thrown) {
        if (thrown instanceof KeysetException known) {
            return known;
        }
        return new KeysetLoadException(
                KeysetLoadException.Reason.UNAVAILABLE,
                safeDescription(source) + ": load: failed with "
                        + thrown.getClass().getName()
                        + " (its message is withheld, since it may quote what was read); look at the place, or throw"
                        + " KeysetLoadException, whose message is told",
                redact(thrown, 0));
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
            setStackTrace(original.getStackTrace());
        }
    }
}
