package io.github.keyset4j.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** What makes a shell complete commands and options. */
@Command(
        name = "completion",
        description = "Writes a completion script for bash and zsh. To load it: source <(keyset4j completion)")
final class CompletionCommand implements Callable<Integer> {

    private final Terminal terminal;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.data(AutoComplete.bash("keyset4j", new Commands(terminal).line()));
        return ExitCode.OK;
    }
}
