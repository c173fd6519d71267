package io.github.keyset4j;

import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * A source did not deliver a document.
 *
 * <p>Sources throw it with a message of the form {@code <source>: <where>: <what happened>; <what to do>}. Whatever
 * else a source throws is turned into one of reason {@link Reason#UNAVAILABLE}, whose cause keeps the types and the
 * stack traces of the original and leaves out its messages, since they may quote what was read.
 */
public final class KeysetLoadException extends KeysetException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final boolean lasting;

    /** A failure without a cause worth keeping; the message must not quote what was read. */
    public KeysetLoadException(Reason reason, String message) {
        this(reason, message, null);
    }

    /** A failure with its cause; neither message may quote what was read. */
    public KeysetLoadException(Reason reason, String message, @Nullable Throwable cause) {
        this(reason, message, cause, false);
    }

    KeysetLoadException(Reason reason, String message, @Nullable Throwable cause, boolean lasting) {
        super(requireNonNull(message, "message"), cause, true);
        this.reason = requireNonNull(reason, "reason");
        this.lasting = lasting;
    }

    /** As long as this process lives it will be so. */
    boolean lasting() {
        return lasting;
    }

    /** Why the document did not come. */
    public Reason reason() {
        return reason;
    }

    /** What kept a document from coming. There may be more some day: a {@code switch} has to have a default. */
    public enum Reason {
        /** There is nothing under the name given; somebody may have deleted it on purpose. */
        NOT_FOUND,
        /** The source refuses this caller; somebody may have meant it. */
        DENIED,
        /** No answer in the time allowed. */
        TIMED_OUT,
        /** The source asks to be called less often. */
        THROTTLED,
        /** The answer is larger than a keyset may be. */
        TOO_LARGE,
        /** Everything else: unreachable, broken, or a failure the source could not name. */
        UNAVAILABLE
    }
}
