package io.github.keyset4j.cli;

/**
 * Runs the command line and ends the process with its exit code.
 *
 * <p>Threads. For the main thread.
 */
public final class Keyset4j {

    private Keyset4j() {}

    /** The process's entry. */
    public static void main(String[] args) {
        Logging.configure(args);
        System.exit(new Commands(Terminal.system()).run(args));
    }
}
