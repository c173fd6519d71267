package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetProblem;

/**
 * One thing that was looked at.
 *
 * @param name what was looked at, in a word or two
 * @param verdict how it was found
 * @param what what was found, safe to show
 * @param remedy what to do about it; empty where nothing is
 */
record Check(String name, Verdict verdict, String what, String remedy) {

    /** How something was found. */
    enum Verdict {
        PASS,
        WARN,
        FAIL
    }

    static Check pass(String name, String what) {
        return new Check(name, Verdict.PASS, what, "");
    }

    static Check warn(String name, String what, String remedy) {
        return new Check(name, Verdict.WARN, what, remedy);
    }

    static Check fail(String name, String what, String remedy) {
        return new Check(name, Verdict.FAIL, what, remedy);
    }

    static Check of(String name, Verdict verdict, KeysetProblem problem) {
        return new Check(name, verdict, problem.where() + ": " + problem.rule(), problem.remedy());
    }

    /** A failure whose message is of the form {@code what; remedy}. */
    static Check fail(String name, RuntimeException failure) {
        String message = String.valueOf(failure.getMessage());
        int end = message.lastIndexOf("; ");
        return end < 0 ? fail(name, message, "") : fail(name, message.substring(0, end), message.substring(end + 2));
    }
}
