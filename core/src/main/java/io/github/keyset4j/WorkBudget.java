package io.github.keyset4j;

/**
 * How much computing one document may ask for: a hostile or careless one must not hold a core for long.
 *
 * <p>It is counted, not timed, so that every replica refuses the same documents. The unit is one round of PBKDF2, about a
 * microsecond; what keys cost in it was measured on JDK 17 and 25, and rounded up
 * ({@link KeyPairType#costOfProving}).
 */
final class WorkBudget {

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
