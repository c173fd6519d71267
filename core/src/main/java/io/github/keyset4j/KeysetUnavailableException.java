package io.github.keyset4j;

import org.jspecify.annotations.Nullable;

/**
 * There is no key to sign with, or no keyset at all; the cause is the last failure of the source, where there was one.
 */
public final class KeysetUnavailableException extends KeysetException {

    private static final long serialVersionUID = 1L;

    KeysetUnavailableException(String message, @Nullable KeysetException lastFailure) {
        super(message, lastFailure, true);
    }
}
