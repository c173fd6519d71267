package io.github.keyset4j;

/**
 * The kind of a failed refresh, as health, statistics and events name it. There may be more some day: a {@code switch}
 * has to have a default.
 */
public enum FailureKind {
    /** There is nothing under the source's name. */
    NOT_FOUND,
    /** The source refuses this caller. */
    DENIED,
    /** No answer in the time allowed. */
    TIMED_OUT,
    /** The source asks to be called less often. */
    THROTTLED,
    /** The answer is larger than a keyset may be. */
    TOO_LARGE,
    /** The source is unreachable or broken. */
    UNAVAILABLE,
    /** A document came, and was refused. */
    INVALID;

    static FailureKind of(KeysetException failure) {
        if (failure instanceof KeysetLoadException load) {
            return valueOf(load.reason().name());
        }
        return failure instanceof InvalidKeysetException ? INVALID : UNAVAILABLE;
    }

    /** Somebody may have meant it, or has to act: worth an ERROR at once, not a WARN. */
    boolean wantsSomebody() {
        return this == DENIED || this == NOT_FOUND || this == INVALID;
    }
}
