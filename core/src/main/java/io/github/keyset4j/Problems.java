package io.github.keyset4j;

import java.util.ArrayList;
import java.util.List;

/** What was found wrong so far, so that all of it can be told at once. */
final class Problems {

    /** A document of nothing but mistakes must not fill a log. */
    private static final int MOST_TOLD = 100;

    private static final String MALFORMED = "malformed";

    private final KeysetPolicy policy;
    private final List<KeysetProblem> refusals = new ArrayList<>();
    private int untold;
    private boolean keysLeftOut;
    private final List<KeysetProblem> warnings = new ArrayList<>();
    private String inside = "";
    private final WorkBudget work;
    private boolean workRefused;

    Problems(KeysetPolicy policy, WorkBudget work) {
        this.policy = policy;
        this.work = work;
    }

    /** Takes so many units of the document's {@link WorkBudget}; false, and told once, if they are not there. */
    boolean spend(long units, String where) {
        boolean enough = work.spend(units);
        if (!enough && !workRefused) {
            workRefused = true;
            refuse(KeysetProblem.of(
                            where,
                            "up to here, the keys take more computing than a document may ask for: " + WorkBudget.UNITS
                                    + " units, of which an iteration of PBKDF2 takes one and the proof of an RSA-2048 key 1600",
                            "list fewer private keys, shorter ones, or encrypt them with fewer iterations")
                    .withCode("too-much-work"));
        }
        return enough;
    }

    KeysetPolicy policy() {
        return policy;
    }

    /** Tells what is found from now on of something that stands inside of this. */
    void inside(String place) {
        inside = place + ": ";
    }

    /** Of a part of the document that does not say what it should; what programs may react to has a code of its own. */
    void add(String where, String rule, String remedy) {
        refuse(KeysetProblem.of(where, rule, remedy).withCode(MALFORMED));
    }

    private KeysetProblem placed(KeysetProblem problem) {
        return inside.isEmpty() ? problem : problem.at(inside + problem.where());
    }

    void refuse(KeysetProblem problem) {
        if (refusals.size() < MOST_TOLD) {
            refusals.add(placed(problem));
        } else {
            untold++;
        }
    }

    void warn(String where, String rule, String remedy) {
        warn(KeysetProblem.of(where, rule, remedy).withCode(MALFORMED));
    }

    void warn(KeysetProblem problem) {
        warnings.add(placed(problem));
    }

    /** A key this library has no use for: refused, or left out aloud where the policy says so. */
    void unsupported(String where, String rule) {
        if (policy.ignoresUnsupportedKeys()) {
            keysLeftOut = true;
            warn(unsupported(where, rule, "the key is left out"));
        } else {
            refuse(unsupported(where, rule, "remove the key, or allow it with KeysetPolicy.ignoreUnsupportedKeys()"));
        }
    }

    private static KeysetProblem unsupported(String where, String rule, String remedy) {
        return KeysetProblem.of(where, rule, remedy).withCode("unsupported-key");
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
            warn(problem);
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
        told.add(KeysetProblem.of("document", untold + " more problems", "mend these first")
                .withCode("more-problems"));
        return List.copyOf(told);
    }

    List<KeysetProblem> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * How much computing one document may ask for: a hostile or careless one must not hold a core for long.
     *
     * <p>It is counted, not timed, so that every replica refuses the same documents. The unit is one round of PBKDF2, about a
     * microsecond; what keys cost in it was measured on JDK 17 and 25, and rounded up
     * ({@link KeyPairType#costOfProving}).
     */
    static final class WorkBudget {

        /** About two seconds of a core. */
        static final long UNITS = 2_000_000;

        /** To read a public key, which may be a compressed point. */
        static final long POINT = 500;

        private long left = UNITS;

        /** Takes so much; false if there is not so much left, and then nothing is left for anybody. */
        boolean spend(long units) {
            left = units > left ? 0 : left - units;
            return left > 0;
        }
    }
}
