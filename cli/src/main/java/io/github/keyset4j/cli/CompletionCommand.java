package io.github.keyset4j.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import static java.util.Objects.requireNonNull;

/** What makes a shell complete commands and options. */
@Command(
        name = "completion",
        description = "Writes a completion script for bash and zsh. To load it: source <(keyset4j completion)")
final class CompletionCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    private @Nullable CommandSpec spec;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.data(AutoComplete.bash("keyset4j", requireNonNull(spec).root().commandLine()));
        return ExitCode.OK;
    }
}
