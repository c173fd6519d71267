package io.github.keyset4j;

import java.util.ArrayList;
import java.util.List;

/** What was found wrong so far, so that all of it can be told at once. */
final class Problems {

    /** A document of nothing but mistakes must not fill a log. */
    private static final int MOST_TOLD = 100;

    private final KeysetPolicy policy;
    private final List<KeysetProblem> refusals = new ArrayList<>();
    private int untold;
    private boolean keysLeftOut;
    private final List<KeysetProblem> warnings = new ArrayList<>();
    private String inside = "";

    Problems(KeysetPolicy policy) {
        this.policy = policy;
    }

    KeysetPolicy policy() {
        return policy;
    }

    /** Tells what is found from now on of something that stands inside of this. */
    void inside(String place) {
        inside = place + ": ";
    }

    void add(String where, String rule, String remedy) {
        refuse(new KeysetProblem(where, rule, remedy));
    }

    private KeysetProblem placed(KeysetProblem problem) {
        return inside.isEmpty()
                ? problem
                : new KeysetProblem(inside + problem.where(), problem.rule(), problem.remedy());
    }

    void refuse(KeysetProblem problem) {
        if (refusals.size() < MOST_TOLD) {
            refusals.add(placed(problem));
        } else {
            untold++;
        }
    }

    void warn(String where, String rule, String remedy) {
        warnings.add(placed(new KeysetProblem(where, rule, remedy)));
    }

    /** A key this library has no use for: refused, or left out aloud where the policy says so. */
    void unsupported(String where, String rule) {
        if (policy.ignoresUnsupportedKeys()) {
            keysLeftOut = true;
            warn(where, rule, "the key is left out");
        } else {
            add(where, rule, "remove the key, or allow it with KeysetPolicy.ignoreUnsupportedKeys()");
        }
    }

    /** Whether there were keys this library has no use for, and the policy lets them go. */
    boolean keysLeftOut() {
        return keysLeftOut;
    }

    /** Refused or warned of, as the policy has it. */
    void refuseIf(boolean refused, KeysetProblem problem) {
        if (refused) {
            refuse(problem);
        } else {
            warnings.add(placed(problem));
        }
    }

    int count() {
        return refusals.size() + untold;
    }

    List<KeysetProblem> refusals() {
        if (untold == 0) {
            return List.copyOf(refusals);
        }
        List<KeysetProblem> told = new ArrayList<>(refusals);
        told.add(new KeysetProblem("document", untold + " more problems", "mend these first"));
        return List.copyOf(told);
    }

    List<KeysetProblem> warnings() {
        return List.copyOf(warnings);
    }
}
