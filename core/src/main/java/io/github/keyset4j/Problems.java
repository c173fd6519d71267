package io.github.keyset4j;

import java.util.ArrayList;
import java.util.List;

/** What was found wrong so far, so that all of it can be told at once. */
final class Problems {

    private final KeysetPolicy policy;
    private final List<KeysetProblem> refusals = new ArrayList<>();
    private final List<KeysetProblem> warnings = new ArrayList<>();

    Problems(KeysetPolicy policy) {
        this.policy = policy;
    }

    KeysetPolicy policy() {
        return policy;
    }

    void add(String where, String rule, String remedy) {
        refusals.add(new KeysetProblem(where, rule, remedy));
    }

    void addAll(List<KeysetProblem> problems) {
        refusals.addAll(problems);
    }

    void warn(String where, String rule, String remedy) {
        warnings.add(new KeysetProblem(where, rule, remedy));
    }

    /** A key this library has no use for: refused, or left out aloud where the policy says so. */
    void unsupported(String where, String rule) {
        if (policy.ignoresUnsupportedKeys()) {
            warn(where, rule, "the key is left out");
        } else {
            add(where, rule, "remove the key, or allow it with KeysetPolicy.ignoreUnsupportedKeys()");
        }
    }

    /** Refused or warned of, as the policy has it. */
    void refuseIf(boolean refused, KeysetProblem problem) {
        (refused ? refusals : warnings).add(problem);
    }

    int count() {
        return refusals.size();
    }

    List<KeysetProblem> refusals() {
        return refusals;
    }

    List<KeysetProblem> warnings() {
        return warnings;
    }
}
