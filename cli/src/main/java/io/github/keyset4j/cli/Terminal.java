package io.github.keyset4j.cli;

import io.github.keyset4j.encoding.StrictJson;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The three streams of a process: data on stdout, words on stderr, both in UTF-8. The one place that decides about
 * colours, about characters beyond ASCII, about secrets, and that lets nothing through that steers a terminal.
 */
final class Terminal {

    /** What is read from stdin at most: claims, a token or a keyset are far smaller. */
    private static final int MOST_INPUT = 1 << 20;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean outIsTerminal;
    private final boolean errIsTerminal;
    private final Map<String, String> environment;
    private boolean verbose;

    Terminal(
            InputStream in,
            PrintStream out,
            PrintStream err,
            boolean outIsTerminal,
            boolean errIsTerminal,
            Map<String, String> environment) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.outIsTerminal = outIsTerminal;
        this.errIsTerminal = errIsTerminal;
        this.environment = Map.copyOf(environment);
    }

    /** The process's own streams. */
    static Terminal system() {
        return new Terminal(
                System.in,
                utf8(FileDescriptor.out),
                utf8(FileDescriptor.err),
                isTerminal("out"),
                isTerminal("err"),
                System.getenv());
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /**
     * The launcher knows. Without it Linux says where a stream goes; elsewhere it is taken for a pipe, since the JDK tells
     * of both directions together only, and differently from release to release.
     */
    private static boolean isTerminal(String stream) {
        String told = System.getProperty("keyset4j.terminal." + stream);
        if (told != null) {
            return Boolean.parseBoolean(told);
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd", stream.equals("out") ? "1" : "2"))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** What was asked for, as one line or several. */
    void data(String text) {
        out.println(Style.screened(text));
    }

    /** What was asked for, as JSON in one line. */
    void json(Map<String, ? extends @Nullable Object> object) {
        json(new String(StrictJson.write(object), StandardCharsets.UTF_8));
    }

    /** What was asked for, where it is JSON already. */
    void json(String json) {
        out.println(Style.screenedJson(json));
    }

    /**
     * A secret that was asked for: only with {@code --show-secrets}, to a terminal as to a pipe.
     *
     * @throws Refusal without it
     */
    void secret(String text, boolean showSecrets) {
        if (!showSecrets) {
            throw new Refusal("this would write secrets to "
                    + (outIsTerminal ? "the terminal" : "stdout")
                    + "; write them to a file, or ask for it with --show-secrets");
        }
        out.println(text);
    }

    /** Anything said about it. */
    void words(String text) {
        err.println(Style.screened(text));
    }

    /** Something said for those who ask for more, with {@code --verbose}. */
    void detail(String text) {
        if (verbose) {
            words(text);
        }
    }

    void verbose(boolean more) {
        this.verbose = more;
    }

    /** All of stdin, as text. */
    String input() {
        try {
            byte[] bytes = in.readNBytes(MOST_INPUT + 1);
            if (bytes.length > MOST_INPUT) {
                throw new IllegalArgumentException("stdin: more than " + MOST_INPUT + " bytes; give less");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How to mark what goes to stdout. */
    Style style() {
        return new Style(outIsTerminal && colours(), unicode());
    }

    /** How to mark what goes to stderr. */
    Style wordsStyle() {
        return new Style(errIsTerminal && colours(), unicode());
    }

    /** See no-color.org. */
    private boolean colours() {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** The locale decides; the first of its variables that is set. */
    private boolean unicode() {
        for (String variable : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String locale = environment.getOrDefault(variable, "");
            if (!locale.isEmpty()) {
                return locale.toLowerCase(Locale.ROOT).replace("-", "").contains("utf8");
            }
        }
        return false;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** Whether everything got where it was to go: a full disk must not end as a success. */
    boolean delivered() {
        return !out.checkError();
    }
}
