package io.github.keyset4j.cli.env;

/**
 * What is not done, and why: {@code <where>: <rule broken>; <what to do>}. Names may be in it, values never.
 *
 * <p>Threads. Immutable.
 */
public final class EnvRefusal extends Exception {

    private static final long serialVersionUID = 1L;

    EnvRefusal(String where, String rule, String remedy) {
        super(where + ": " + rule + "; " + remedy);
    }
}
