package io.github.keyset4j;

import io.github.keyset4j.secret.SecretReference;
import java.io.Serializable;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * One thing that is wrong with a document, in words that are safe to log. It may tell more some day.
 *
 * <p>Places are told by position ({@code keys[2].n}, {@code keys, entry 2}), never by what stands there: a document in
 * which kid and secret were swapped must not show its secrets.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. None.
 */
@CheckReturnValue
public final class KeysetProblem implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final String OTHER = "other";
    private static final Pattern CODE = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    private final String where;
    private final String rule;
    private final String remedy;
    private final String code;

    private KeysetProblem(String where, String rule, String remedy, String code) {
        this.where = requireNonNull(where, "where");
        this.rule = requireNonNull(rule, "rule");
        this.remedy = requireNonNull(remedy, "remedy");
        this.code = code;
    }

    /** A problem in words; its code is {@code other} unless it {@linkplain #withCode gets one}. */
    public static KeysetProblem of(String where, String rule, String remedy) {
        return new KeysetProblem(where, rule, remedy, OTHER);
    }

    /** Of a text that is no document, or no secret. */
    static KeysetProblem of(String where, String subject, SecretReference found) {
        return of(where, subject + found.what(), found.remedy()).withCode("secret-reference");
    }

    /**
     * With the word that programs know it by.
     *
     * @throws IllegalArgumentException unless it is of small letters, digits and dashes, as {@code weak-secret}
     */
    public KeysetProblem withCode(String code) {
        if (!CODE.matcher(requireNonNull(code, "code")).matches()) {
            throw new IllegalArgumentException(
                    "code: not of small letters, digits and dashes; write one as weak-secret");
        }
        return new KeysetProblem(where, rule, remedy, code);
    }

    KeysetProblem at(String where) {
        return new KeysetProblem(where, rule, remedy, code);
    }

    /** The place in the document, or in what surrounds it. */
    public String where() {
        return where;
    }

    /** The rule that is broken, in words, which may change. */
    public String rule() {
        return rule;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }

    /**
     * What kind of problem it is, for programs: a word that stays, such as {@code duplicate-kid}. Those of this library stand
     * in docs/documents.md, and there may be more some day.
     */
    public String code() {
        return code;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeysetProblem problem
                && where.equals(problem.where)
                && rule.equals(problem.rule)
                && remedy.equals(problem.remedy)
                && code.equals(problem.code);
    }

    @Override
    public int hashCode() {
        return Objects.hash(where, rule, remedy, code);
    }

    /** In words: place, rule and remedy. */
    @Override
    public String toString() {
        return where + ": " + rule + "; " + remedy;
    }
}
