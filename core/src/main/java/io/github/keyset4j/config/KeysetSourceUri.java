package io.github.keyset4j.config;

import io.github.keyset4j.config.variables.Switches;
import io.github.keyset4j.encoding.DurationWords;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * What a source's URI says, taken apart and decoded: {@code scheme:name?parameter=value&parameter=value}.
 *
 * <p>The name is everything between the colon and the first question mark, whatever it looks like: a path, an ARN, a
 * variable. Name and values are percent-decoded; a plus sign is a plus sign.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. Values are never shown, neither by {@link #toString()} nor by an exception; nor is the name.
 */
public final class KeysetSourceUri {

    private final String scheme;
    private final String name;
    private final Map<String, List<String>> parameters;
    private final @Nullable Set<String> declared;

    KeysetSourceUri(String scheme, String name, Map<String, List<String>> parameters) {
        this(scheme, name, parameters, null);
    }

    private KeysetSourceUri(
            String scheme, String name, Map<String, List<String>> parameters, @Nullable Set<String> declared) {
        this.scheme = scheme;
        this.name = name;
        this.parameters = parameters;
        this.declared = declared;
        if (name.isBlank()) {
            throw refused("name", "missing", "write it between the colon and the question mark");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw refused("name", "has a control character", "leave it out");
        }
    }

    /**
     * What this URI says, for whoever tests a provider without {@link KeysetSources}: that the scheme is the provider's own,
     * and that its {@code parameters()} list those given, is not asked here.
     *
     * @throws IllegalArgumentException if it has no scheme, no name or a fragment, or a parameter is malformed; the message
     *     names the scheme, and never quotes the name or a value
     */
    public static KeysetSourceUri parse(URI uri) {
        SourceUriParser parts = new SourceUriParser(requireNonNull(uri, "uri"));
        return new KeysetSourceUri(parts.scheme, parts.name, parts.parameters);
    }

    /** With other values for these parameters. */
    KeysetSourceUri overriddenBy(Map<String, String> settings) {
        Map<String, List<String>> merged = new LinkedHashMap<>(parameters);
        settings.forEach((parameter, value) -> merged.put(
                requireNonNull(parameter, "a setting's name"),
                List.of(requireNonNull(value, () -> "the setting " + parameter))));
        return new KeysetSourceUri(scheme, name, merged, declared);
    }

    /** Without these parameters. */
    KeysetSourceUri without(Set<String> others) {
        Map<String, List<String>> left = new LinkedHashMap<>(parameters);
        left.keySet().removeAll(others);
        return new KeysetSourceUri(scheme, name, left, null);
    }

    boolean has(String parameter) {
        return parameters.containsKey(parameter);
    }

    /** With no parameter but these. */
    KeysetSourceUri declaring(Set<String> known) {
        for (String parameter : parameters.keySet()) {
            if (!known.contains(parameter)) {
                throw refused(
                        parameter,
                        "unknown",
                        known.isEmpty()
                                ? "leave it out, " + scheme + " has none"
                                : "the known ones are "
                                        + String.join(
                                                ", ", known.stream().sorted().toList()));
            }
        }
        return new KeysetSourceUri(scheme, name, parameters, Set.copyOf(known));
    }

    /** The scheme, in lower case. */
    public String scheme() {
        return scheme;
    }

    /** What stands between the colon and the question mark, decoded; never blank, without control characters. */
    public String name() {
        return name;
    }

    /**
     * The value of a parameter that may be given once.
     *
     * @throws IllegalArgumentException if it is given twice, or blank
     */
    public Optional<String> text(String parameter) {
        List<String> values = texts(parameter);
        if (values.size() > 1) {
            throw refused(parameter, "given " + values.size() + " times", "give it once");
        }
        if (values.size() == 1 && values.get(0).isBlank()) {
            throw refused(parameter, "blank", "give it a value, or leave it out");
        }
        return values.stream().findFirst();
    }

    /** The values of a parameter that may be given any number of times, in their order; they may be empty. */
    public List<String> texts(String parameter) {
        if (declared != null && !declared.contains(parameter)) {
            throw new IllegalStateException("the provider of the scheme " + scheme + " asks for the parameter "
                    + parameter + ", which its parameters() does not list; list it");
        }
        return parameters.getOrDefault(parameter, List.of());
    }

    /**
     * Whether a switch is on; one that is not given is off.
     *
     * @throws IllegalArgumentException if its value is neither {@code true} nor {@code false}
     */
    public boolean flag(String parameter) {
        return text(parameter)
                .map(value -> Switches.parse(value)
                        .orElseThrow(() -> refused(parameter, "not a switch", "write true or false")))
                .orElse(false);
    }

    /**
     * A positive duration: {@code 30s}, {@code 1h30m}, {@code PT1M}.
     *
     * @throws IllegalArgumentException if its value is anything else
     */
    public Optional<Duration> duration(String parameter) {
        return text(parameter)
                .map(value -> DurationWords.parse(value)
                        .orElseThrow(() -> refused(parameter, DurationWords.RULE, DurationWords.REMEDY)));
    }

    /** What to throw when the URI's name, or the value of this parameter, will not do. It must not be quoted. */
    public IllegalArgumentException refused(String parameter, String rule, String remedy) {
        String where = parameter.equals("name") ? "name" : "parameter " + parameter;
        return new IllegalArgumentException(scheme + ": " + where + ": " + rule + "; " + remedy);
    }

    @Override
    public String toString() {
        return "KeysetSourceUri[" + scheme + ", redacted, parameters " + new ArrayList<>(parameters.keySet()) + "]";
    }
}
