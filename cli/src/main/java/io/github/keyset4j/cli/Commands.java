package io.github.keyset4j.cli;

import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeysetException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Every command by its name, and what is the same for all of them: parsing, failures, exit codes. */
final class Commands {

    private static final Map<String, Function<Terminal, Object>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("generate", GenerateCommand::new);
        ALL.put("inspect", InspectCommand::new);
        ALL.put("jwks", JwksCommand::new);
        ALL.put("sign", SignCommand::new);
        ALL.put("verify", VerifyCommand::new);
        ALL.put("serve", ServeCommand::new);
        ALL.put("doctor", DoctorCommand::new);
        ALL.put("rotate", RotateCommand::line);
        ALL.put("convert", ConvertCommand::new);
        ALL.put("evidence", EvidenceCommand::new);
        ALL.put("verify-evidence", VerifyEvidenceCommand::new);
        ALL.put("completion", CompletionCommand::new);
        ALL.put("export-env", ExportEnvCommand::new);
    }

    private final Terminal terminal;

    Commands(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Runs what these arguments ask for, to its end. */
    int run(String... args) {
        terminal.verbose(Logging.verbose(args));
        int exitCode = line(args).execute(args);
        if (!terminal.delivered()) {
            terminal.words("keyset4j: stdout could not be written completely");
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
                .setOut(writer(terminal.out()))
                .setErr(writer(terminal.err()))
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(terminal.style().colour() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler((e, arguments) -> misunderstood(e))
                .setExecutionExceptionHandler((e, command, result) -> failed(e, result));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
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
            return atTop ? "no such command" : "too many arguments; quote those with spaces in them";
        }
        return String.valueOf(e.getMessage());
    }

    private int failed(Exception thrown, ParseResult parsed) {
        ParseResult deepest = parsed;
        while (deepest.subcommand() != null) {
            deepest = deepest.subcommand();
        }
        String command = deepest.commandSpec().qualifiedName();
        int exitCode = ExitCode.of(thrown);
        if (exitCode == ExitCode.DEFECT) {
            terminal.words(command + ": unexpected " + thrown.getClass().getName()
                    + " (its message is withheld, since it may quote a secret); report it with what --verbose shows");
        } else {
            terminal.words(command + ": " + thrown.getMessage());
        }
        trace(thrown, 0);
        return exitCode;
    }

    /** Where it was thrown; messages only of those exceptions whose messages are safe. */
    private void trace(Throwable thrown, int depth) {
        String message = thrown instanceof KeysetException || thrown instanceof JwtRejectedException
                ? ": " + thrown.getMessage()
                : "";
        terminal.detail((depth == 0 ? "" : "caused by ") + thrown.getClass().getName() + message);
        for (StackTraceElement frame : thrown.getStackTrace()) {
            terminal.detail("    at " + frame);
        }
        Throwable cause = thrown.getCause();
        if (cause != null && depth < 8) {
            trace(cause, depth + 1);
        }
    }
}
