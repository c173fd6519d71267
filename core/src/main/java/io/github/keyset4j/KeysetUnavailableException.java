package io.github.keyset4j;

import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * There is no key to sign or verify with: answer 503. The cause is the last failure of the source, where there was one.
 */
public final class KeysetUnavailableException extends KeysetException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** A message of the form {@code <source>: <what is wrong>; <what to do>}; the library's own come from a manager. */
    public KeysetUnavailableException(Reason reason, String message) {
        this(reason, message, null);
    }

    KeysetUnavailableException(Reason reason, String message, @Nullable KeysetException lastFailure) {
        super(requireNonNull(message, "message"), lastFailure, true);
        this.reason = requireNonNull(reason, "reason");
    }

    /** Why there is none. */
    public Reason reason() {
        return reason;
    }

    /** What keeps a key from being used. There may be more of them some day: have a default. */
    public enum Reason {
        /** No keyset has been loaded since the start. */
        NOT_LOADED,
        /** The keyset in force is older than {@link KeyManager.Builder#maxStaleness} allows. */
        STALE,
        /** No key of the purpose is active, or none can sign. */
        NO_ACTIVE_KEY,
        /** The active key would be removed before the token ends. */
        KEY_ENDS_TOO_SOON,
        /** The cryptography provider failed. */
        CRYPTO
    }
}
