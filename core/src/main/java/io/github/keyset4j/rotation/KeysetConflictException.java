package io.github.keyset4j.rotation;

import io.github.keyset4j.KeysetException;

import static java.util.Objects.requireNonNull;

/**
 * A keyset was not replaced, because it is not the one any more that the change was made to: somebody else was faster.
 * Nothing was written. Look at the keyset as it is now, and decide again.
 */
public final class KeysetConflictException extends KeysetException {

    private static final long serialVersionUID = 1L;

    /** A message of the form {@code <store>: <what happened>; <what to do>}, without anything that was read. */
    public KeysetConflictException(String message) {
        super(requireNonNull(message, "message"), null, true);
    }
}
