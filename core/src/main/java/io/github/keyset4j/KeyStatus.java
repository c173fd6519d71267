package io.github.keyset4j;

/**
 * Where a key stands on its timeline at an instant. There may be more some day: a {@code switch} has to have a
 * default.
 */
public enum KeyStatus {
    /** Published and verifying, not yet signing. */
    PENDING,
    /** The one key of its purpose that signs; it verifies too. */
    ACTIVE,
    /** Verifying what it signed before, or what somebody else signs. */
    VERIFICATION_ONLY,
    /** Past its {@code removeAt}: neither signs nor verifies, and not in the JWKS. */
    REMOVED
}
