package io.github.keyset4j;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A key as a document lists it; the material by a name of its own. */
record ListedKey(
        String kid,
        String purpose,
        String material,
        String algorithm,
        boolean canSign,
        @Nullable Instant iat,
        @Nullable Instant nbf,
        @Nullable Instant exp) {

    boolean symmetric() {
        return algorithm.startsWith("HS");
    }

    boolean ended(Instant now) {
        return exp != null && !now.isBefore(exp);
    }

    /** The same with the times of another. */
    ListedKey timed(ListedKey other) {
        return new ListedKey(kid, purpose, material, algorithm, canSign, other.iat, other.nbf, other.exp);
    }

    boolean means(ListedKey other) {
        return purpose.equals(other.purpose) && material.equals(other.material) && algorithm.equals(other.algorithm);
    }
}
