package io.github.keyset4j;

/**
 * A token that is not to be trusted.
 *
 * <p>It has no stack trace, so that refusing stays cheaper than accepting, and its message holds nothing of the token.
 */
public final class JwtRejectedException extends KeysetException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    JwtRejectedException(Reason reason, String message) {
        super(reason + ": " + message, null, false);
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
