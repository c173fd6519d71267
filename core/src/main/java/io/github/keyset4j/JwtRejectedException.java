package io.github.keyset4j;

import static java.util.Objects.requireNonNull;

/**
 * A token that is not to be trusted: answer 401. No {@link KeysetException}, which says that something is wrong here: a
 * {@code catch} clause for a 503 must not take the 401s along.
 *
 * <p>It has no stack trace, so that refusing stays cheaper than accepting, and its message holds nothing of the token.
 */
public final class JwtRejectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** A rejection, whose message must not quote the token; the library's own come from a verifier. */
    public JwtRejectedException(Reason reason, String message) {
        super(
                requireNonNull(reason, "reason") + ": " + requireNonNull(message, "message"),
                null, // no cause
                false,
                false);
        this.reason = reason;
    }

    /** Why the token was rejected. */
    public Reason reason() {
        return reason;
    }

    /** What is wrong with a token. There may be more some day: a {@code switch} has to have a default. */
    public enum Reason {
        /** Not a compact JWS with a JSON header and JSON claims, or one with members that must not be there. */
        MALFORMED,
        /** The header's {@code alg} is not the key's, or is not accepted here (RFC 8725 section 3.1). */
        ALG_REFUSED,
        /** The header names no key. */
        KID_MISSING,
        /** No key of this purpose has the kid. */
        KID_UNKNOWN,
        /** The key was revoked. */
        KID_REVOKED,
        /** The key's time is over. */
        KEY_REMOVED,
        /** The signature is not the key's. */
        SIGNATURE_INVALID,
        /** {@code exp} has passed. */
        EXPIRED,
        /** {@code nbf} has not come yet. */
        NOT_YET_VALID,
        /** A claim, or the header's {@code typ}, is missing, wrongly typed or not what is asked for. */
        CLAIM_INVALID
    }
}
