package io.github.keyset4j.cli;

import java.time.Duration;
import java.time.Instant;

/** How far this machine's clock is from somebody else's, whose Date has whole seconds. */
final class ClockCheck {

    private static final Duration UNNOTICED = Duration.ofSeconds(5);
    /** What verifiers of this library forgive; others forgive as much or less. */
    private static final Duration FORGIVEN = Duration.ofMinutes(1);

    private ClockCheck() {}

    static Check of(String whose, Instant theirs, Instant ours) {
        Duration off = Duration.between(theirs, ours);
        String what = "this clock and that of " + whose + " differ by "
                + (off.abs().compareTo(Duration.ofSeconds(2)) < 0 ? "less than 2 s" : TimeWords.of(off));
        String remedy = "set the clock that is wrong, with NTP";
        if (off.abs().compareTo(UNNOTICED) <= 0) {
            return Check.pass("clock", what);
        }
        return off.abs().compareTo(FORGIVEN) <= 0
                ? Check.warn("clock", what, remedy)
                : Check.fail("clock", what + ", more than the minute that verifiers tolerate", remedy);
    }
}
