package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Versions beside the one in use, which they must not stand in the way of: one that is not there is none, and one that may
 * not be read is left out, which is told once. Any other failure is one of the load, since without a version that is there
 * valid tokens would be rejected. Threads: those of the source.
 */
final class VersionsBeside {

    private static final Logger log = LoggerFactory.getLogger(VersionsBeside.class);

    private final Set<String> leftOut = new HashSet<>();

    /** Fetches a version. */
    interface Fetch {
        Optional<KeysetDocument> fetch() throws InterruptedException;
    }

    Optional<KeysetDocument> at(String place, Fetch version) throws InterruptedException {
        try {
            return version.fetch();
        } catch (KeysetLoadException e) {
            if (e.reason() != Reason.NOT_FOUND && e.reason() != Reason.DENIED) {
                throw e;
            }
            if (e.reason() == Reason.DENIED && leftOut.add(place)) {
                log.warn("{} ({} is left out)", e.getMessage(), place);
            }
            return Optional.empty();
        }
    }
}
