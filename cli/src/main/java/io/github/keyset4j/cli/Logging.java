package io.github.keyset4j.cli;

import java.util.Arrays;
import java.util.List;

/**
 * What is logged, and how: plain lines on stderr. It has to be said before the first logger is made.
 *
 * <p>A command tells a keyset's problems and warnings itself, so that the manager's own log lines are for {@code serve},
 * which goes on running.
 */
final class Logging {

    private static final String SETTINGS = "org.slf4j.simpleLogger.";

    private Logging() {}

    static void configure(String... args) {
        List<String> all = Arrays.asList(args);
        boolean verbose = verbose(args);
        boolean running = all.contains("serve");
        say("slf4j.provider", "org.slf4j.simple.SimpleServiceProvider");
        say("slf4j.internal.verbosity", "WARN");
        say(SETTINGS + "defaultLogLevel", "warn");
        say(SETTINGS + "log.io.github.keyset4j", verbose ? "info" : "warn");
        say(SETTINGS + "log.io.github.keyset4j.KeyManager", verbose ? "info" : running ? "warn" : "off");
        say(SETTINGS + "showThreadName", "false");
        say(SETTINGS + "showLogName", "false");
    }

    static boolean verbose(String... args) {
        List<String> all = Arrays.asList(args);
        return all.contains("-v") || all.contains("--verbose");
    }

    /** The operator's own -D has the last word. */
    private static void say(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
