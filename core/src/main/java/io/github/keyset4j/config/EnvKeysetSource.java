package io.github.keyset4j.config;

import io.github.keyset4j.DocumentFormat;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * A keyset in an environment variable, in any shape a document may have; with a list of {@code kid:secret} pairs, the
 * kid that signs usually stands in a second variable.
 *
 * <p>A process's environment never changes, so this source is read once. A blank variable counts as absent.
 *
 * <p>Threads. Immutable.
 */
public final class EnvKeysetSource implements KeysetSource {

    private final String variable;
    private final @Nullable String activeKidVariable;
    private final Map<String, String> environment;

    private EnvKeysetSource(String variable, @Nullable String activeKidVariable, Map<String, String> environment) {
        this.variable = requireNonNull(variable, "variable");
        this.activeKidVariable = activeKidVariable;
        this.environment = requireNonNull(environment, "environment");
    }

    /** The document in this variable. */
    public static EnvKeysetSource of(String variable) {
        return new EnvKeysetSource(variable, null, System.getenv());
    }

    /** The document in one variable, and the kid that signs in another. */
    public static EnvKeysetSource of(String variable, String activeKidVariable) {
        return new EnvKeysetSource(variable, requireNonNull(activeKidVariable, "activeKidVariable"), System.getenv());
    }

    /** The same variables out of this map instead of the process's environment; the map is read at each load. */
    @CheckReturnValue
    public EnvKeysetSource from(Map<String, String> variables) {
        return new EnvKeysetSource(variable, activeKidVariable, variables);
    }

    /** Does not block. */
    @Override
    public KeysetDocument load() {
        KeysetDocument document = value(variable)
                .map(KeysetDocument::of)
                .map(text -> text.withFormat(DocumentFormat.standard().asList()).withInlineKeys())
                .orElseThrow(() -> new KeysetLoadException(
                        KeysetLoadException.Reason.NOT_FOUND,
                        description() + ": the variable is not set, or blank; set it to a keyset document"));
        return Optional.ofNullable(activeKidVariable)
                .flatMap(this::value)
                .map(kid -> document.withActiveKid(kid.strip()))
                .orElse(document);
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    @Override
    public String description() {
        return "env:" + variable;
    }

    @Override
    public boolean inline() {
        return true;
    }

    @Override
    public String toString() {
        return description();
    }
}
