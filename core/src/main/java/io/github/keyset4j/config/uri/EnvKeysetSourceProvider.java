package io.github.keyset4j.config.uri;

import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.config.KeysetSourceProvider;
import io.github.keyset4j.config.KeysetSourceUri;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code env:APP_KEYS}, {@code env:APP_KEYS?activeKidVariable=APP_ACTIVE_KID}: variables of the process's environment.
 *
 * <p>Threads. Immutable.
 */
public final class EnvKeysetSourceProvider implements KeysetSourceProvider {

    private static final String ACTIVE_KID_VARIABLE = "activeKidVariable";
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    /** For {@link java.util.ServiceLoader}. */
    public EnvKeysetSourceProvider() {}

    @Override
    public String scheme() {
        return "env";
    }

    @Override
    public Set<String> parameters() {
        return Set.of(ACTIVE_KID_VARIABLE);
    }

    @Override
    public KeysetSource source(KeysetSourceUri uri) {
        String variable = variable(uri, "name", uri.name());
        return uri.text(ACTIVE_KID_VARIABLE)
                .map(kid -> EnvKeysetSource.of(variable, variable(uri, ACTIVE_KID_VARIABLE, kid)))
                .orElseGet(() -> EnvKeysetSource.of(variable));
    }

    private static String variable(KeysetSourceUri uri, String parameter, String name) {
        if (!VARIABLE.matcher(name).matches()) {
            throw uri.refused(parameter, "not the name of a variable", "name the variable that holds the value");
        }
        return name;
    }
}
