package io.github.keyset4j.evidence;

import java.io.Serial;

/** A rule of evidence that something broke; the message is the rule, and repeats nothing of what was read. */
final class BrokenEvidence extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    BrokenEvidence(String rule) {
        super(rule, null, false, false);
    }

    String rule() {
        return String.valueOf(getMessage());
    }
}
