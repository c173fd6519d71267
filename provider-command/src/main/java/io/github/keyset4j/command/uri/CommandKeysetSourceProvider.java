package io.github.keyset4j.command.uri;

import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.command.CommandKeysetSource;
import io.github.keyset4j.config.KeysetSourceProvider;
import io.github.keyset4j.config.KeysetSourceUri;
import java.util.List;
import java.util.Set;

/**
 * {@code command:/usr/bin/fetch-keys?arg=--format&arg=json}, with {@code timeout=5s} and, any number of times, {@code
 * passEnvironment=NAME}; with {@code shell=true} the name is a string for {@code /bin/sh -c} instead.
 *
 * <p>Threads. Immutable.
 */
public final class CommandKeysetSourceProvider implements KeysetSourceProvider {

    private static final String ARGUMENT = "arg";
    private static final String SHELL = "shell";
    private static final String TIMEOUT = "timeout";
    private static final String PASS_ENVIRONMENT = "passEnvironment";

    /** For {@link java.util.ServiceLoader}. */
    public CommandKeysetSourceProvider() {}

    @Override
    public String scheme() {
        return "command";
    }

    @Override
    public Set<String> parameters() {
        return Set.of(ARGUMENT, SHELL, TIMEOUT, PASS_ENVIRONMENT);
    }

    @Override
    public KeysetSource source(KeysetSourceUri uri) {
        CommandKeysetSource.Builder command = builder(uri);
        uri.duration(TIMEOUT).ifPresent(command::timeout);
        command.passEnvironment(uri.texts(PASS_ENVIRONMENT).toArray(String[]::new));
        return command.build();
    }

    private static CommandKeysetSource.Builder builder(KeysetSourceUri uri) {
        List<String> arguments = uri.texts(ARGUMENT);
        if (!uri.flag(SHELL)) {
            return CommandKeysetSource.builder(uri.name(), arguments.toArray(String[]::new));
        }
        if (!arguments.isEmpty()) {
            throw uri.refused(ARGUMENT, "a shell's string has no arguments beside it", "write them into the string");
        }
        return CommandKeysetSource.builder(uri.name()).shell();
    }
}
