package io.github.keyset4j.config;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.variables.Variables;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Managers from configuration: the environment, a map, or properties, under a prefix of the application's own.
 *
 * <pre>{@code
 * try (KeyManager keys = KeyManagers.fromEnvironment("APP").start()) { ... }
 * }</pre>
 *
 * <table>
 * <caption>What is read under the prefix {@code APP}; a blank value counts as absent</caption>
 * <tr><td>{@code APP_JWT_KEYSET_SOURCE}</td><td>a URI, as {@link KeysetSources} understands it; comes first</td></tr>
 * <tr><td>{@code APP_JWT_KEYSET_FILE}</td><td>the path of a file; comes second</td></tr>
 * <tr><td>{@code APP_JWT_KEYSET_COMMAND}</td><td>a command that prints a keyset; comes third</td></tr>
 * <tr><td>{@code APP_JWT_KEYSET}</td><td>the keyset itself, in any shape; comes last</td></tr>
 * <tr><td>{@code APP_JWT_ACTIVE_KID}</td><td>the kid that signs, of {@code APP_JWT_KEYSET} only</td></tr>
 * <tr><td>{@code APP_JWT_KEYSET_REFRESH_INTERVAL}</td><td>{@code 1m}</td></tr>
 * <tr><td>{@code APP_STRICT_PRODUCTION_MODE}</td><td>{@code false}; {@link KeysetPolicy#strictProduction()}</td></tr>
 * <tr><td>{@code APP_STRICT_EXTERNAL_JWT_KEYSET}</td>
 *     <td>refuses {@code APP_JWT_KEYSET}; as {@code APP_STRICT_PRODUCTION_MODE}</td></tr>
 * </table>
 *
 * <p>What cannot be understood is refused by name, with an {@link IllegalArgumentException}. What a variable says can be
 * changed on the builder before it is started.
 *
 * <p>Threads. Safe for use by any number.
 *
 * <p>Secrets. No message quotes a value.
 */
public final class KeyManagers {

    private static final Logger log = LoggerFactory.getLogger(KeyManagers.class);

    private static final String SOURCE = "JWT_KEYSET_SOURCE";
    private static final String FILE = "JWT_KEYSET_FILE";
    private static final String COMMAND = "JWT_KEYSET_COMMAND";
    private static final String INLINE = "JWT_KEYSET";
    private static final String ACTIVE_KID = "JWT_ACTIVE_KID";
    private static final String REFRESH_INTERVAL = "JWT_KEYSET_REFRESH_INTERVAL";
    private static final String STRICT = "STRICT_PRODUCTION_MODE";
    private static final String STRICT_EXTERNAL = "STRICT_EXTERNAL_JWT_KEYSET";

    /** Where a keyset may come from; the first that is there is taken. */
    private static final List<String> PRECEDENCE = List.of(SOURCE, FILE, COMMAND, INLINE);

    private final Variables variables;
    private final boolean strict;
    private final boolean external;

    private KeyManagers(Variables variables) {
        this.variables = variables;
        this.strict = variables.flag(STRICT).orElse(false);
        this.external = variables.flag(STRICT_EXTERNAL).orElse(strict);
    }

    /** A manager as the process's environment describes it, ready to start. Does not block. */
    public static KeyManager.Builder fromEnvironment(String prefix) {
        return from(System.getenv(), prefix);
    }

    /** The same from a map, which is copied. Does not block. */
    public static KeyManager.Builder from(Map<String, String> variables, String prefix) {
        return new KeyManagers(Variables.of(variables, prefix)).builder();
    }

    /**
     * The same from properties, named as the variables are, but in lower case and with dots for underscores:
     * {@code app.jwt.keyset.file}. Does not block.
     */
    public static KeyManager.Builder fromProperties(Properties properties, String prefix) {
        return new KeyManagers(Variables.of(properties, prefix)).builder();
    }

    private KeyManager.Builder builder() {
        KeyManager.Builder builder = KeyManager.builder(source()).policy(policy());
        variables.duration(REFRESH_INTERVAL).ifPresent(builder::refreshEvery);
        return builder;
    }

    private KeysetPolicy policy() {
        if (!strict) {
            return KeysetPolicy.standard();
        }
        return external
                ? KeysetPolicy.strictProduction()
                : KeysetPolicy.strictProduction().allowInlineSources();
    }

    private KeysetSource source() {
        List<String> present = PRECEDENCE.stream()
                .filter(one -> variables.text(one).isPresent())
                .toList();
        if (present.isEmpty()) {
            throw new IllegalArgumentException("no keyset is configured; set "
                    + variables.name(SOURCE) + " to a URI, " + variables.name(FILE) + " to a path, "
                    + variables.name(COMMAND) + " to a command, or " + variables.name(INLINE) + " to a keyset");
        }
        String chosen = present.get(0);
        KeysetSource source = source(chosen, variables.text(chosen).orElseThrow());
        if (external && source.inline()) {
            throw variables.refused(
                    chosen,
                    "keys inside the process's own configuration, which " + variables.name(STRICT_EXTERNAL) + " refuses"
                            + (strict ? " (as " + variables.name(STRICT) + " has it by default)" : ""),
                    "set " + variables.name(FILE) + ", " + variables.name(COMMAND) + " or " + variables.name(SOURCE)
                            + " instead, or " + variables.name(STRICT_EXTERNAL) + "=false");
        }
        for (String ignored : present.subList(1, present.size())) {
            log.warn(
                    "{}: not used, since {} comes first; take one of them away",
                    variables.name(ignored),
                    variables.name(chosen));
        }
        return source;
    }

    private KeysetSource source(String variable, String value) {
        return switch (variable) {
            case SOURCE -> named(SOURCE, () -> KeysetSources.of(value));
            case FILE -> named(FILE, () -> byName("file", value.replaceFirst("^//+", "/"), Map.of()));
            case COMMAND -> byCommand(value);
            default ->
                EnvKeysetSource.of(variables.name(INLINE), variables.name(ACTIVE_KID))
                        .from(variables.values());
        };
    }

    /**
     * A command that needs no shell is run without one. One that does is given to one by name, and refused by
     * strict production: what a shell makes of a string depends on too much that nobody reviews.
     */
    private KeysetSource byCommand(String value) {
        CommandWords command;
        try {
            command = new CommandWords(value);
        } catch (IllegalArgumentException e) {
            throw variables.refused(COMMAND, String.valueOf(e.getMessage()), "quote arguments as in a POSIX shell");
        }
        Optional<String> shell = command.needsShell();
        if (shell.isPresent() && strict) {
            throw variables.refused(
                    COMMAND,
                    shell.get() + ", which strict production does not run",
                    "quote it if it is meant literally, or put the command into an executable script and name that");
        }
        if (shell.isPresent()) {
            return named(COMMAND, () -> byName("command", value, Map.of("shell", List.of("true"))));
        }
        List<String> words = command.words();
        return named(COMMAND, () -> byName("command", words.get(0), Map.of("arg", words.subList(1, words.size()))));
    }

    private static KeysetSource byName(String scheme, String name, Map<String, List<String>> parameters) {
        return KeysetSources.of(new KeysetSourceUri(scheme, name, parameters));
    }

    /** The source, or what is wrong with it together with the variable that is to blame. */
    private KeysetSource named(String variable, Supplier<KeysetSource> source) {
        try {
            return source.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(variables.name(variable) + ": " + e.getMessage(), e);
        }
    }
}
