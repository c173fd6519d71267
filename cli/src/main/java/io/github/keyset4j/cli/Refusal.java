package io.github.keyset4j.cli;

/** What was asked for is dangerous, and is not done; the message says what to do instead, and is safe to show. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Refusal(String message) {
        super(message);
    }
}
