package io.github.keyset4j;

import org.jspecify.annotations.Nullable;

/**
 * Everything that is wrong with keys and where they come from, with one subclass for each reaction of the caller. There may be more of them
 * some day: end a list of {@code catch} clauses with this one.
 *
 * <ul>
 *   <li>{@link KeysetLoadException}: the source did not answer. Retried by itself; page somebody if it lasts.
 *   <li>{@link InvalidKeysetException}: the document is wrong. Fix it.
 *   <li>{@link KeysetUnavailableException}: there is no key to work with. Fail the request, report unhealthy.
 *   <li>{@link RotationRefusedException}: the step would break tokens. Wait, or force it.
 *   <li>{@code KeysetConflictException}: somebody else changed the keyset meanwhile. Look at it and try again.
 * </ul>
 *
 * <p>A token that is not to be trusted is none of these, but a {@link JwtRejectedException}: a {@code catch} clause for a
 * 503 must not take the 401s along.
 *
 * <p>Secrets. No message carries anything of a document's or a token's content.
 */
public abstract class KeysetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With or without a stack trace; {@code cause} is told nowhere and may be null. */
    protected KeysetException(String message, @Nullable Throwable cause, boolean stackTrace) {
        super(message, cause, stackTrace, stackTrace);
    }
}
