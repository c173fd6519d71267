package io.github.keyset4j.command;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a command, from its start until nothing of it is left. What it has printed when it exits is the document.
 *
 * <p>Threads. For one thread, which may be interrupted; two more, which drain the outputs, end before {@link #run()}
 * does.
 */
final class CommandRun {

    private static final Logger log = LoggerFactory.getLogger("io.github.keyset4j.command.CommandKeysetSource");

    /** How long a command that is still running gets to clean up when it is asked to end. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final Duration DRAIN = Duration.ofSeconds(1);
    private static final long FIRST_LOOK = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LAST_LOOK = TimeUnit.MILLISECONDS.toNanos(200);

    /** What a whole command line in the executable's place goes on with; of a variable set before it, the value. */
    static final Pattern ARGUMENTS = Pattern.compile("[\\s=\\p{C}].*", Pattern.DOTALL);

    /** What the JDK says instead of having an exception for each: {@code error=2, ...}, later {@code error: 2 (...)}. */
    private static final Pattern ERRNO = Pattern.compile("\\berror[=:] ?(\\d+)");

    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final int ENOTDIR = 20;

    private final List<String> argv;
    private final boolean shell;
    private final @Nullable Path directory;
    private final Duration timeout;
    private final Map<String, String> environment;
    private final String source;
    private final String marker = UUID.randomUUID().toString();

    CommandRun(
            List<String> argv,
            boolean shell,
            @Nullable Path directory,
            Duration timeout,
            Map<String, String> environment,
            String source) {
        this.argv = argv;
        this.shell = shell;
        this.directory = directory;
        this.timeout = timeout;
        this.environment = environment;
        this.source = source;
    }

    private enum End {
        EXITED,
        TIMED_OUT,
        TOO_LARGE
    }

    /** Blocks until the command has ended, or was ended. */
    KeysetDocument run() throws InterruptedException {
        long start = System.nanoTime();
        Process process = start();
        ProcessTree tree = new ProcessTree(process, marker);
        PipeReader stdout = PipeReader.keeping(process.getInputStream(), "stdout");
        PipeReader stderr = PipeReader.counting(process.getErrorStream(), "stderr");
        End end;
        try {
            stdout.start();
            stderr.start();
            closeInput(process);
            end = await(process, tree, stdout, start);
        } finally {
            int left = tree.end(process.isAlive() ? GRACE : Duration.ZERO);
            if (left > 0) {
                log.warn("{}: {} processes it started are left, and may not be ended by this one", source, left);
            }
            stdout.finish(DRAIN);
            stderr.finish(DRAIN);
            stdout.join(DRAIN.multipliedBy(2));
            stderr.join(DRAIN.multipliedBy(2));
        }
        return document(process, end, stdout, stderr);
    }

    private static void closeInput(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // Gone already, which is all that was wanted.
        }
    }

    private Process start() {
        ProcessBuilder builder = new ProcessBuilder(argv);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put(ProcessTree.MARKER, marker);
        try {
            return builder.start();
        } catch (IOException e) {
            throw notStarted(errno(e));
        }
    }

    /** Waits for the exit, taking note of what the command starts, more rarely the longer it runs. */
    private End await(Process process, ProcessTree tree, PipeReader stdout, long start) throws InterruptedException {
        long limit = TimeUnit.NANOSECONDS.convert(timeout);
        for (long pause = FIRST_LOOK; ; pause = Math.min(2 * pause, LAST_LOOK)) {
            tree.look();
            long left = limit - (System.nanoTime() - start);
            if (process.waitFor(Math.min(pause, Math.max(left, 0)), TimeUnit.NANOSECONDS)) {
                return End.EXITED;
            }
            if (stdout.tooLarge()) {
                return End.TOO_LARGE;
            }
            if (System.nanoTime() - start >= limit) {
                return End.TIMED_OUT;
            }
        }
    }

    private KeysetDocument document(Process process, End end, PipeReader stdout, PipeReader stderr) {
        String aside = ", with " + stderr.bytes() + " bytes on stderr (withheld)";
        if (end == End.TOO_LARGE || stdout.tooLarge()) {
            throw failure(
                    Reason.TOO_LARGE,
                    "output",
                    "more than the " + KeysetParser.MAX_BYTES + " bytes a keyset may have" + aside,
                    "check that it prints a keyset");
        }
        if (end == End.TIMED_OUT) {
            throw failure(
                    Reason.TIMED_OUT,
                    "run",
                    "not over after " + timeout + ", and ended" + aside,
                    "run it by hand to see what it waits for, or give it more time: timeout(Duration)");
        }
        if (process.exitValue() != 0) {
            throw failure(Reason.UNAVAILABLE, "run", exit(process.exitValue()) + aside, "run it by hand to see why");
        }
        if (!stdout.done()) {
            throw failure(Reason.UNAVAILABLE, "output", "could not be read to its end" + aside, "it will be run again");
        }
        if (stdout.bytes() == 0) {
            throw failure(
                    Reason.UNAVAILABLE,
                    "output",
                    "nothing, though it exited with 0" + aside,
                    "let it print the keyset to stdout, or exit with another code");
        }
        return KeysetDocument.of(stdout.content());
    }

    private String exit(int code) {
        if (code > 128 && code <= 128 + 64) {
            return "exit code " + code + ", which stands for signal " + (code - 128);
        }
        if (shell && code == 127) {
            return "exit code 127, the shell's for a command that is not found";
        }
        if (shell && code == 126) {
            return "exit code 126, the shell's for a command that may not be executed";
        }
        return "exit code " + code;
    }

    private KeysetLoadException notStarted(int errno) {
        if (directory != null && !Files.isDirectory(directory)) {
            return failure(
                    Reason.NOT_FOUND, "start", "there is no such working directory", "create it, or name another");
        }
        Path executable = Path.of(argv.get(0));
        if (errno == ENOENT && executable.isAbsolute() && Files.exists(executable, LinkOption.NOFOLLOW_LINKS)) {
            return failure(
                    Reason.NOT_FOUND,
                    "start",
                    "the executable is there, but what it links to or is interpreted by is not",
                    "look at its link, its first line, or its loader");
        }
        boolean absent = errno == ENOENT || errno == ENOTDIR;
        if (absent && ARGUMENTS.matcher(argv.get(0)).find()) {
            return failure(
                    Reason.NOT_FOUND,
                    "start",
                    "the executable's name goes on like a command line, which no shell takes apart here",
                    "give each argument as a word of its own, without quotes around them all");
        }
        if (absent) {
            return failure(Reason.NOT_FOUND, "start", "there is no such executable", "install it, or name another");
        }
        if (errno == EACCES || errno == EPERM) {
            return failure(
                    Reason.DENIED,
                    "start",
                    "executing is not permitted",
                    "let the process's user execute it, and enter the directories that lead there");
        }
        return failure(
                Reason.UNAVAILABLE,
                "start",
                "failed" + (errno == 0 ? "" : " with the system's error " + errno),
                "it will be tried again");
    }

    /** The number the system gave, out of the innermost message, since the outer ones quote the executable's name. */
    private static int errno(IOException thrown) {
        Throwable innermost = thrown;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        Matcher matcher = ERRNO.matcher(String.valueOf(innermost.getMessage()));
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private KeysetLoadException failure(Reason reason, String where, String rule, String remedy) {
        return new KeysetLoadException(reason, source + ": " + where + ": " + rule + "; " + remedy);
    }
}
