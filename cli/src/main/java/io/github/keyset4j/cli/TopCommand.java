package io.github.keyset4j.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code keyset4j} without a command: says what there is. */
@Command(
        name = "keyset4j",
        synopsisSubcommandLabel = "COMMAND",
        description = "Inspects, rotates and uses JWT signing keys, wherever they are kept.",
        versionProvider = TopCommand.Version.class,
        footer = {
            "",
            "Exit codes: 0 done, 1 a problem was found, 2 not understood, 3 the source gave nothing, 4 refused,"
                    + " 5 done but not recorded.",
            "What you asked for goes to stdout, everything said about it to stderr."
        })
final class TopCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and exit.")
    private boolean version;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Say more on stderr: what is being done, and where something failed.")
    private boolean verbose;

    TopCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.words(spec.commandLine().getUsageMessage());
        return ExitCode.USAGE;
    }

    @Override
    public String toString() {
        return "keyset4j" + (help || version || verbose ? ", with options" : "");
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(TopCommand.class.getPackage().getImplementationVersion())
                    .orElse("(not built as a jar)");
            return new String[] {"keyset4j " + version, "Java " + Runtime.version()};
        }
    }
}
