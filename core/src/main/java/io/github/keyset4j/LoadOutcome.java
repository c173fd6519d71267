package io.github.keyset4j;

/** How one load of the source ended. There may be more some day: a {@code switch} has to have a default. */
public enum LoadOutcome {
    /** A new keyset is in force. */
    LOADED,
    /** The document says what the one in force says. */
    UNCHANGED,
    /** A document came and was refused. */
    REJECTED,
    /** No document came. */
    FAILED
}
