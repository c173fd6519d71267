package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Every command by its name, and what is the same for all of them: parsing, failures, exit codes. */
final class Commands {

    private static final Map<String, Function<Terminal, Callable<Integer>>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("jwks", JwksCommand::new);
        ALL.put("export-env", ExportEnvCommand::new);
    }

    private final Terminal terminal;

    Commands(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Runs what these arguments ask for, to its end. */
    int run(String... args) {
        int exitCode = line(args).execute(args);
        if (!terminal.delivered()) {
            terminal.words("keyset4j: stdout could not be written to its end");
            return Math.max(exitCode, ExitCode.PROBLEM);
        }
        return exitCode;
    }

    /** Makes the one command that is asked for by name; all of them for help, completion and mistakes. */
    private CommandLine line(String... args) {
        boolean named = args.length > 0 && ALL.containsKey(args[0]) && !args[0].equals("completion");
        return line(named ? List.of(args[0]) : List.copyOf(ALL.keySet()));
    }

    /** The model of all commands. */
    CommandLine line() {
        return line(List.copyOf(ALL.keySet()));
    }

    private CommandLine line(List<String> names) {
        TopCommand top = new TopCommand(terminal);
        CommandLine line = new CommandLine(top);
        for (String name : names) {
            line.addSubcommand(name, ALL.getOrDefault(name, JwksCommand::new).apply(terminal));
        }
        return line.setExpandAtFiles(false) // @FILE is for the options that say so
                .setOut(new java.io.PrintWriter(terminal.out(), true, java.nio.charset.StandardCharsets.UTF_8))
                .setErr(new java.io.PrintWriter(terminal.err(), true, java.nio.charset.StandardCharsets.UTF_8))
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(terminal.style().colour() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler((e, arguments) -> misunderstood(e))
                .setExecutionExceptionHandler((e, command, result) -> failed(e, result));
    }

    private int misunderstood(ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        terminal.words(command + ": " + Style.safe(rule(e)));
        terminal.words("Try: " + command + " --help");
        return ExitCode.USAGE;
    }

    /** An argument in the wrong place may be a secret, or half of one. */
    private static String rule(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().isEmpty()
                    ? ""
                    : unmatched.getUnmatched().get(0);
            if (first.startsWith("-")) {
                return "unknown option " + first.replaceFirst("=.*", "");
            }
            boolean atTop = e.getCommandLine().getParent() == null;
            return atTop ? "no such command" : "more arguments than it takes; quote what has spaces";
        }
        return String.valueOf(e.getMessage());
    }

    private int failed(Exception thrown, ParseResult parsed) {
        String command = parsed.subcommand() == null
                ? "keyset4j"
                : parsed.subcommand().commandSpec().qualifiedName();
        int exitCode = ExitCode.of(thrown);
        if (exitCode == ExitCode.DEFECT) {
            terminal.words(command + ": unexpected " + thrown.getClass().getName()
                    + " (its message is withheld, since it may quote a secret); report it with what --verbose shows");
        } else {
            terminal.words(command + ": " + thrown.getMessage());
        }
        if (parsed.matchedOptionValue("--verbose", false)
                || (parsed.subcommand() != null && parsed.subcommand().matchedOptionValue("--verbose", false))) {
            trace(thrown, 0);
        }
        return exitCode;
    }

    /** Where it was thrown; messages only of those exceptions whose messages are safe. */
    private void trace(Throwable thrown, int depth) {
        String message = thrown instanceof KeysetException ? ": " + thrown.getMessage() : "";
        terminal.words((depth == 0 ? "" : "caused by ") + thrown.getClass().getName() + message);
        for (StackTraceElement frame : thrown.getStackTrace()) {
            terminal.words("    at " + frame);
        }
        Throwable cause = thrown.getCause();
        if (cause != null && depth < 8) {
            trace(cause, depth + 1);
        }
    }
}
