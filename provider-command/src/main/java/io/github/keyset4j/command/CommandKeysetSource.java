package io.github.keyset4j.command;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.PathCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * A keyset document printed by a command, which is run anew at each load: the client of a key management service, say.
 *
 * <p>The document is what the command has printed to stdout when it exits with 0. It gets no input, ten seconds unless
 * told otherwise, and of the environment the variables PATH, HOME, LANG and AWS_*, besides those that are named. When it
 * exits, exceeds its time or the size of a keyset, or is interrupted, every process it started is ended with it: an
 * agent that shall outlive the command has to be started by something else.
 *
 * <p>On Linux that reaches processes which left the command's tree as well, unless they emptied their environment before
 * they were first seen. On other systems it reaches those that were seen, which is many times a second. Processes of a
 * foreign user, as after {@code sudo}, may not be ended by this one; a log line tells so. If the JVM ends without the
 * manager having been closed, a command that is running then runs on.
 *
 * <p>{@link #findings()} names what lets others decide what is run: a shell's string, an executable that is not an
 * absolute path, and one that others than root and this process's user own, may write, or may replace, by whatever
 * directory or link on the way; the same of the working directory that was given. A strict policy refuses to load for them.
 *
 * <p>Threads. As {@link KeysetSource} has it; loads that come together all the same follow one another. Two daemon
 * threads, {@code keyset4j-command-stdout} and {@code -stderr}, live as long as the command does.
 *
 * <p>Secrets. Neither arguments nor the shell's string, neither stdout nor stderr are shown anywhere: of stderr a failure
 * tells the size.
 */
public final class CommandKeysetSource implements KeysetSource {

    private static final List<String> SHELL = List.of("/bin/sh", "-c");

    private final Builder settings;
    private final Map<String, String> parentEnvironment = System.getenv();
    private final ReentrantLock running = new ReentrantLock();

    private CommandKeysetSource(Builder settings) {
        this.settings = settings;
    }

    /** What this executable prints when it is run with these arguments, which reach it untouched. */
    public static CommandKeysetSource of(String executable, String... arguments) {
        return builder(executable, arguments).build();
    }

    /** What this executable prints when it is run with these arguments, with more to say. */
    public static Builder builder(String executable, String... arguments) {
        List<String> words = new ArrayList<>();
        words.add(requireNonNull(executable, "executable"));
        words.addAll(List.of(requireNonNull(arguments, "arguments")));
        return new Builder(words);
    }

    /**
     * What {@code /bin/sh -c} prints for this string, in which the shell expands, splits and substitutes as it does.
     * Strict policies refuse it. With more to say, see {@link Builder#shell()}.
     */
    public static CommandKeysetSource shell(String command) {
        return builder(requireNonNull(command, "command")).shell().build();
    }

    /**
     * Runs the command; blocks until it is over, for its timeout and a few seconds at most.
     *
     * @throws KeysetLoadException NOT_FOUND if there is no such executable or working directory, DENIED if it may not be
     *     executed, TIMED_OUT if it takes longer than it may, TOO_LARGE if it prints more than a keyset may have,
     *     UNAVAILABLE if it exits with another code than 0 or prints nothing
     */
    @Override
    public KeysetDocument load() throws InterruptedException {
        running.lockInterruptibly();
        try {
            return new CommandRun(
                            settings.argv(),
                            settings.shell,
                            settings.directory,
                            settings.timeout,
                            environment(),
                            description())
                    .run()
                    .withFindings(findings());
        } finally {
            running.unlock();
        }
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        parentEnvironment.forEach((name, value) -> {
            if (settings.passes(name)) {
                environment.put(name, value);
            }
        });
        environment.putAll(settings.environment);
        return environment;
    }

    /** What lets others decide what is run. */
    @Override
    public List<KeysetProblem> findings() {
        List<KeysetProblem> findings = new ArrayList<>();
        if (settings.shell) {
            findings.add(KeysetProblem.of(
                            "command",
                            "a string for the shell, which runs whatever gets into it",
                            "give the executable and its arguments: CommandKeysetSource.of(..)")
                    .withCode("shell-command"));
        }
        Path executable = Path.of(settings.argv().get(0));
        if (executable.isAbsolute()) {
            findings.addAll(PathCheck.findings(executable));
        } else {
            findings.add(KeysetProblem.of(
                            "executable",
                            "not an absolute path, so that PATH or the working directory decides what is run",
                            "name it by its absolute path")
                    .withCode("relative-executable"));
        }
        if (settings.directory != null) {
            findings.addAll(PathCheck.findings(settings.directory));
        }
        return findings.stream().distinct().toList();
    }

    /** The executable; never its arguments, nor what a shell is given. */
    @Override
    public String description() {
        if (settings.shell) {
            return "command:sh -c (…)";
        }
        Matcher arguments = CommandRun.ARGUMENTS.matcher(settings.argv().get(0));
        return "command:" + arguments.replaceFirst(" (…)");
    }

    @Override
    public String toString() {
        return description();
    }

    /**
     * Collects what there is to say of the command.
     *
     * <p>Threads. For one thread. What is built does not change with it any more.
     */
    public static final class Builder {

        private final List<String> words;
        private boolean shell;
        final Map<String, String> environment = new TreeMap<>();
        Duration timeout = Duration.ofSeconds(10);

        @Nullable
        Path directory;

        private final Set<String> passed = new LinkedHashSet<>(List.of("PATH", "HOME", "LANG", "AWS_*"));

        private Builder(List<String> words) {
            if (words.get(0).isBlank()) {
                throw new IllegalArgumentException("command: blank; name an executable, or give a shell's string");
            }
            if (words.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
                throw new IllegalArgumentException("command: holds a NUL character; leave it out");
            }
            this.words = List.copyOf(words);
        }

        /**
         * Gives the command to {@code /bin/sh -c}, as the one string in which the shell expands, splits and substitutes as
         * it does. There are no arguments beside it then: they are written into the string, quoted as a shell wants them.
         * Strict policies refuse to load from it.
         */
        public Builder shell() {
            this.shell = true;
            return this;
        }

        private List<String> argv() {
            return shell ? Stream.concat(SHELL.stream(), words.stream()).toList() : words;
        }

        /** How long the command may take. Ten seconds. */
        public Builder timeout(Duration timeout) {
            if (requireNonNull(timeout, "timeout").isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("timeout: not positive; give a positive duration");
            }
            this.timeout = timeout;
            return this;
        }

        /** Where the command runs. Where this process does. */
        public Builder directory(Path directory) {
            this.directory = requireNonNull(directory, "directory");
            return this;
        }

        /**
         * Variables of this process that the command gets too, besides PATH, HOME, LANG and AWS_*; a star at the end
         * stands for every name that begins so.
         */
        public Builder passEnvironment(String... names) {
            for (String name : requireNonNull(names, "names")) {
                passed.add(variable(name));
            }
            return this;
        }

        /** A variable for the command alone; it takes the place of one of this process. */
        public Builder environment(String name, String value) {
            if (requireNonNull(value, "value").indexOf('\0') >= 0) {
                throw new IllegalArgumentException("value: holds a NUL character; leave it out");
            }
            environment.put(variable(name), value);
            return this;
        }

        private Builder(Builder from) {
            this(from.words);
            shell = from.shell;
            environment.putAll(from.environment);
            timeout = from.timeout;
            directory = from.directory;
            passed.addAll(from.passed);
        }

        private static String variable(String name) {
            if (requireNonNull(name, "name").isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("name: not the name of a variable; leave out = and its value");
            }
            return name;
        }

        private boolean passes(String name) {
            return passed.stream()
                    .anyMatch(entry -> entry.endsWith("*")
                            ? name.startsWith(entry.substring(0, entry.length() - 1))
                            : name.equals(entry));
        }

        /**
         * The source.
         *
         * @throws IllegalArgumentException if there are arguments beside a shell's string
         */
        public CommandKeysetSource build() {
            if (shell && words.size() > 1) {
                throw new IllegalArgumentException(
                        "shell: a shell's string has no arguments beside it; write them into the string, or leave shell() out");
            }
            return new CommandKeysetSource(new Builder(this));
        }
    }
}
