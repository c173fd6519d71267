package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetException;
import io.github.keyset4j.rotation.RotationReport;

/** A step was taken, and there is no evidence of it; the message says both and what to do, and is safe to show. */
final class NotRecorded extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotRecorded(RotationReport report, RuntimeException why) {
        super(
                report.store() + ": " + report.step() + ": DONE, but not recorded: the keyset was changed"
                        + report.revision()
                                .map(name -> ", its revision is " + name)
                                .orElse("")
                        + "; " + words(why)
                        + "; do not repeat the step: fix that, then run keyset4j evidence --of-last",
                why);
    }

    private static String words(RuntimeException why) {
        return why instanceof KeysetException || why instanceof IllegalArgumentException
                ? String.valueOf(why.getMessage())
                : "evidence: failed with " + why.getClass().getName();
    }
}
