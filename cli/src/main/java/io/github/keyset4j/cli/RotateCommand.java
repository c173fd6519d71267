package io.github.keyset4j.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The steps between keys, each a command. */
@Command(
        name = "rotate",
        synopsisSubcommandLabel = "STEP",
        description =
                "Takes a step from one key to the next, in a file, a secret or a parameter. A step that would make verifiers reject valid tokens is refused (exit code 4), and you are told when it will be allowed.",
        footer = {
            "",
            "Step by step: prepare, (wait,) promote, retire, (wait,) prune. Or all at once: auto writes the whole rotation into the document, as times."
        })
final class RotateCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    RotateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The command with its steps. */
    static CommandLine line(Terminal terminal) {
        CommandLine line = new CommandLine(new RotateCommand(terminal));
        line.addSubcommand("prepare", new RotateSteps.Prepare(terminal));
        line.addSubcommand("promote", new RotateSteps.Promote(terminal));
        line.addSubcommand("retire", new RotateSteps.Retire(terminal));
        line.addSubcommand("revoke", new RotateSteps.Revoke(terminal));
        line.addSubcommand("auto", new RotateSteps.Auto(terminal));
        line.addSubcommand("emergency", new RotateSteps.Emergency(terminal));
        line.addSubcommand("prune", new RotateSteps.Prune(terminal));
        return line;
    }

    @Override
    public Integer call() {
        terminal.words(spec.commandLine().getUsageMessage());
        return ExitCode.USAGE;
    }
}
