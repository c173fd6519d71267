package io.github.keyset4j;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a manager has done since it was built, for whoever exports metrics.
 *
 * @param loads loads of the source, by outcome and by the kind of the source that was asked
 * @param lastFailure the last failure of a refresh
 * @param signed tokens signed
 * @param verified tokens verified and accepted
 * @param verifiedWithoutKid how many of them named no kid; see {@link JwtVerifier.Builder#tokensWithoutKid}
 * @param rejected tokens rejected, by reason
 */
public record Stats(
        List<Loads> loads,
        Optional<Health.Failure> lastFailure,
        long signed,
        long verified,
        long verifiedWithoutKid,
        Map<JwtRejectedException.Reason, Long> rejected) {

    /**
     * Loads of one outcome from one kind of source.
     *
     * @param total the time all of them took
     * @param longest the time the longest took
     */
    public record Loads(LoadOutcome outcome, String sourceKind, long count, Duration total, Duration longest) {}

    /** The loads that ended so, from whatever source. */
    public long loads(LoadOutcome outcome) {
        return loads.stream()
                .filter(load -> load.outcome() == outcome)
                .mapToLong(Loads::count)
                .sum();
    }
}
