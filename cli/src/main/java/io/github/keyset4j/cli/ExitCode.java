package io.github.keyset4j.cli;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetUnavailableException;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.rotation.KeysetConflictException;

/** What a process ends with, and the one place that says what ends it how. */
final class ExitCode {

    /** Done, and nothing is wrong. */
    static final int OK = 0;
    /** A problem was found: in the keyset, in the token, or by a check. */
    static final int PROBLEM = 1;
    /** The command line was not understood. */
    static final int USAGE = 2;
    /** The source gave no document. */
    static final int SOURCE = 3;
    /** What was asked for is dangerous, or somebody else was faster; nothing was done. */
    static final int REFUSED = 4;
    /** Done, but not recorded: the keyset was changed, and its evidence could not be written. */
    static final int NOT_RECORDED = 5;
    /** keyset4j itself is broken, or how it was installed. */
    static final int DEFECT = 70;

    private ExitCode() {}

    /** The exit code for what a command threw. */
    static int of(Throwable thrown) {
        if (thrown instanceof KeysetLoadException) {
            return SOURCE;
        }
        if (thrown instanceof InvalidKeysetException
                || thrown instanceof JwtRejectedException
                || thrown instanceof KeysetUnavailableException
                || thrown instanceof ProblemFound) {
            return PROBLEM;
        }
        if (thrown instanceof Refusal
                || thrown instanceof RotationRefusedException
                || thrown instanceof KeysetConflictException) {
            return REFUSED;
        }
        if (thrown instanceof NotRecorded) {
            return NOT_RECORDED;
        }
        return thrown instanceof IllegalArgumentException ? USAGE : DEFECT;
    }
}
