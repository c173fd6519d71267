package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What signers, verifiers and the JWKS see of a manager: the snapshot to work from, and the clock.
 *
 * <p>Threads. Any number at once. Reading is one volatile read; {@link #reloadForUnknownKid()} alone may wait.
 */
final class Keyring {

    private final ManagerSettings settings;
    private final Refresher refresher;
    private final Runnable reload;
    private final Counters counters;
    private final String source;

    /** @param reload loads for an unknown kid, and waits for it as long as it may */
    Keyring(ManagerSettings settings, Refresher refresher, Runnable reload, Counters counters, String source) {
        this.settings = settings;
        this.refresher = refresher;
        this.reload = reload;
        this.counters = counters;
        this.source = source;
    }

    Instant now() {
        return settings.clock.instant();
    }

    RotationTimes times() {
        return settings.rotation;
    }

    Counters counters() {
        return counters;
    }

    /** What is in force, however old. */
    Snapshot present() {
        Snapshot held = refresher.snapshot();
        if (held == null) {
            throw new KeysetUnavailableException(
                    source + ": no keyset has been loaded yet; see the last failure", lastFailure());
        }
        return held;
    }

    /** The snapshot to sign from: never one that is older than it may be. */
    Snapshot forSigning(Instant now) {
        Snapshot held = present();
        if (refresher.expired(held, now)) {
            refresher.tick(); // tells it once, even while the refresh thread hangs in a load
            throw new KeysetUnavailableException(
                    held.source() + ": the keyset was last confirmed " + Duration.between(held.confirmedAt(), now)
                            + " ago, longer than maxStaleness " + settings.maxStaleness + "; mend the source",
                    lastFailure());
        }
        return held;
    }

    /** The snapshot to verify and publish from: a stale one too, unless told otherwise. */
    Snapshot forVerification(Instant now) {
        return settings.failClosed ? forSigning(now) : present();
    }

    Jwks published(Optional<String> purpose) {
        Instant now = now();
        Snapshot held = forVerification(now);
        return held.jwks(purpose, held.at(now));
    }

    void reloadForUnknownKid() {
        reload.run();
    }

    @Nullable
    KeysetException lastFailure() {
        return refresher.outage().current().orElse(null);
    }
}
