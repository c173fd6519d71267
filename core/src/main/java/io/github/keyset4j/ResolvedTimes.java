package io.github.keyset4j;

import java.time.Duration;

/**
 * Rotation times at one refresh interval: the formulas with nothing left open.
 *
 * @param times the durations
 * @param refreshInterval R
 */
record ResolvedTimes(RotationTimes times, Duration refreshInterval) {

    /** How long a key waits between its publication and its activation. */
    Duration lead(KeyMaterial material) {
        return material.symmetric() ? times.symmetricLead(refreshInterval) : times.publishLead(refreshInterval);
    }

    /** How long a key goes on verifying after it disappeared from a document. */
    Duration retention(KeyMaterial material, String purpose, boolean oneKeyPerPurpose) {
        // Replicas that date a document by their own first sight of it switch up to L after one another.
        return times.retention()
                .orElseGet(() -> oneKeyPerPurpose
                        ? lead(material).plus(times.loadTime(refreshInterval)).plus(times.removalDelay(purpose))
                        : Duration.ZERO);
    }

    Duration staleBudget() {
        return times.staleBudget(refreshInterval);
    }
}
