package io.github.keyset4j.config;

import io.github.keyset4j.KeysetSource;
import java.util.Set;

/**
 * Makes sources out of URIs of one scheme, so that configuration can name them.
 *
 * <p>Found by {@link java.util.ServiceLoader}: a public class with a public constructor without parameters, named in
 * {@code META-INF/services/io.github.keyset4j.config.KeysetSourceProvider}. {@link KeysetSources} looks providers up, and has
 * checked the URI before it asks one: the scheme is this provider's, the name is not empty, and no parameter is given
 * that {@link #parameters()} does not list. The parameters of {@link io.github.keyset4j.DocumentFormat} are not the provider's business;
 * one that lists a name of theirs keeps it for itself.
 *
 * <p>Threads. May be called by any number.
 *
 * <p>Secrets. What a provider throws must not quote a parameter's value.
 */
public interface KeysetSourceProvider {

    /** The scheme, in lower case, as in {@code vault}. */
    String scheme();

    /** The names of the parameters that a URI of this scheme may have, in their exact spelling. None. */
    default Set<String> parameters() {
        return Set.of();
    }

    /**
     * A source of what the URI names. Does not block: nothing is read before the first load.
     *
     * @throws IllegalArgumentException if the name or a value will not do; see {@link KeysetSourceUri#refused}
     */
    KeysetSource source(KeysetSourceUri uri);
}
