package io.github.keyset4j;

import org.jspecify.annotations.Nullable;

/**
 * Everything this library reports by throwing, with one leaf for each reaction of the caller.
 *
 * <ul>
 *   <li>{@link KeysetLoadException}: the source did not answer. Retried by itself; page somebody if it lasts.
 *   <li>{@link InvalidKeysetException}: the document is wrong. Fix it.
 *   <li>{@link KeysetUnavailableException}: there is no key to work with. Fail the request, report unhealthy.
 *   <li>{@link JwtRejectedException}: the token is not to be trusted. Answer 401.
 *   <li>{@link RotationRefusedException}: the step would break tokens. Wait, or force it.
 *   <li>{@link KeysetConflictException}: somebody else changed the keyset meanwhile. Look at it and try again.
 * </ul>
 *
 * <p>Secrets. No message carries anything of a document's or a token's content.
 */
public abstract sealed class KeysetException extends RuntimeException
        permits KeysetLoadException,
                InvalidKeysetException,
                KeysetUnavailableException,
                JwtRejectedException,
                RotationRefusedException,
                KeysetConflictException {

    private static final long serialVersionUID = 1L;

    KeysetException(String message, @Nullable Throwable cause, boolean stackTrace) {
        super(message, cause, stackTrace, stackTrace);
    }
}
