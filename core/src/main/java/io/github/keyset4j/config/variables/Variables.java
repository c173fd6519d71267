package io.github.keyset4j.config.variables;

import io.github.keyset4j.encoding.DurationWords;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import static java.util.Objects.requireNonNull;

/**
 * Variables, or properties, with a common prefix: what a program's settings are read from. A blank value counts as absent.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. No message quotes a value.
 */
public final class Variables {

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z]([A-Za-z0-9_.]*[A-Za-z0-9])?");

    private final Map<String, String> values;
    private final UnaryOperator<String> naming;

    private Variables(Map<String, String> values, UnaryOperator<String> naming) {
        this.values = values;
        this.naming = naming;
    }

    /** Those of an environment, copied: under the prefix {@code APP}, {@code JWT_KEYSET} is {@code APP_JWT_KEYSET}. */
    public static Variables of(Map<String, String> variables, String prefix) {
        requirePrefix(prefix);
        return new Variables(new HashMap<>(requireNonNull(variables, "variables")), suffix -> prefix + "_" + suffix);
    }

    /** Those of properties, copied: under the prefix {@code app}, {@code JWT_KEYSET} is {@code app.jwt.keyset}. */
    public static Variables of(Properties properties, String prefix) {
        requirePrefix(prefix);
        requireNonNull(properties, "properties");
        Map<String, String> values = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return new Variables(values, suffix -> (prefix + "." + suffix.replace('_', '.')).toLowerCase(Locale.ROOT));
    }

    private static void requirePrefix(String prefix) {
        if (!PREFIX.matcher(requireNonNull(prefix, "prefix")).matches()) {
            throw new IllegalArgumentException(
                    "prefix: not the beginning of a variable's name; give a word such as APP, without the underscore");
        }
    }

    /** All that there are, whatever their prefix. */
    public Map<String, String> values() {
        return values;
    }

    /** What the user calls the variable. */
    public String name(String suffix) {
        return naming.apply(requireNonNull(suffix, "suffix"));
    }

    /** A text, without the white space around it. */
    public Optional<String> text(String suffix) {
        return Optional.ofNullable(values.get(name(suffix))).map(String::strip).filter(value -> !value.isEmpty());
    }

    /**
     * A switch.
     *
     * @throws IllegalArgumentException if it is neither {@code true} nor {@code false}, nor one of their like
     */
    public Optional<Boolean> flag(String suffix) {
        return text(suffix)
                .map(value -> Switches.parse(value)
                        .orElseThrow(() -> refused(suffix, "not a switch", "write true or false (or 1, 0, yes, no)")));
    }

    /**
     * A positive duration: {@code 30s}, {@code 1h30m}, {@code PT1M}.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public Optional<Duration> duration(String suffix) {
        return text(suffix)
                .map(value -> DurationWords.parse(value)
                        .orElseThrow(() -> refused(suffix, DurationWords.RULE, DurationWords.REMEDY)));
    }

    /** What to throw when a value will not do, by the variable's full name. The value must not be quoted. */
    public IllegalArgumentException refused(String suffix, String rule, String remedy) {
        return new IllegalArgumentException(name(suffix) + ": " + rule + "; " + remedy);
    }
}
