package io.github.keyset4j;

import io.github.keyset4j.secret.SecretReference;

import static java.util.Objects.requireNonNull;

/**
 * One thing that is wrong with a document, in words that are safe to log.
 *
 * <p>Places are told by position ({@code keys[2].n}, {@code keys, entry 2}), never by what stands there: a document in
 * which kid and secret were swapped must not show its secrets.
 *
 * @param where the place in the document, or in what surrounds it
 * @param rule the rule that is broken
 * @param remedy what to do about it
 */
public record KeysetProblem(String where, String rule, String remedy) {

    public KeysetProblem {
        requireNonNull(where, "where");
        requireNonNull(rule, "rule");
        requireNonNull(remedy, "remedy");
    }

    /** Of a text that is no document, or no secret. */
    static KeysetProblem of(String where, String subject, SecretReference found) {
        return new KeysetProblem(where, subject + found.what(), found.remedy());
    }

    @Override
    public String toString() {
        return where + ": " + rule + "; " + remedy;
    }
}
