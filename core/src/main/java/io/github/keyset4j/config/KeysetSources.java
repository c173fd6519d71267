package io.github.keyset4j.config;

import io.github.keyset4j.DocumentFormat;
import io.github.keyset4j.KeysetSource;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Sources by URI, for configuration: {@code file:/etc/app/keys.json}, {@code env:APP_KEYS}.
 *
 * <p>The one place that looks {@link KeysetSourceProvider}s up: those that the thread's context class loader knows, and
 * those that this library's own does. What cannot be understood is refused with an {@link IllegalArgumentException}:
 *
 * <ul>
 *   <li>a scheme that nobody provides; the message says who is present, and for this project's own schemes which
 *       artifact is missing
 *   <li>a scheme that two classes provide
 *   <li>a URI without a name, with a fragment, or with a parameter that is unknown or malformed
 * </ul>
 *
 * <p>Every scheme has, beside its own parameters, those that say how its documents are read: {@code format=list}, {@code
 * member=NAME}, {@code kid=KID} and {@code secretEncoding=base64}; see {@link io.github.keyset4j.DocumentFormat}.
 *
 * <p>Threads. Safe for use by any number.
 *
 * <p>Secrets. No message quotes the URI's name or a parameter's value.
 */
public final class KeysetSources {

    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");

    /** What this project provides beside the core. */
    private static final Map<String, String> ARTIFACTS = new TreeMap<>(Map.of(
            "file", "keyset4j-provider-file",
            "command", "keyset4j-provider-command",
            "aws-secretsmanager", "keyset4j-provider-aws",
            "aws-ssm", "keyset4j-provider-aws"));

    private KeysetSources() {}

    /** The source that this URI names. Does not block: nothing is read before the first load. */
    public static KeysetSource of(URI uri) {
        return of(uri, Map.of());
    }

    /**
     * The source that this URI names, with settings that override the URI's parameters of the same names. Does not
     * block: nothing is read before the first load.
     */
    public static KeysetSource of(URI uri, Map<String, String> settings) {
        requireNonNull(uri, "uri");
        requireNonNull(settings, "settings");
        provider(SourceUriParser.scheme(uri), KeysetSourceProvider.class); // before anything of the URI is told
        return of(SourceUriParser.parse(uri).overriddenBy(settings));
    }

    /**
     * What a provider of this kind makes of the URI, with settings that override the URI's parameters of the same names:
     * for providers that make more than sources.
     */
    static <P extends KeysetSourceProvider, T extends KeysetSource> T of(
            URI uri, Map<String, String> settings, Class<P> kind, BiFunction<P, KeysetSourceUri, T> make) {
        requireNonNull(uri, "uri");
        requireNonNull(settings, "settings");
        P provider = provider(SourceUriParser.scheme(uri), kind);
        KeysetSourceUri parsed = SourceUriParser.parse(uri).overriddenBy(settings);
        for (String parameter : FormatParameters.ALL) {
            if (parsed.has(parameter) && !provider.parameters().contains(parameter)) {
                throw parsed.refused(
                        parameter,
                        "says how to read a document, and one read so cannot be written",
                        "leave it out, and keep the keyset in a document of its own");
            }
        }
        return made(provider, parsed, make);
    }

    /** The source, reading as the URI's own parameters and those that every scheme has say. */
    static KeysetSource of(KeysetSourceUri uri) {
        KeysetSourceProvider provider = provider(uri.scheme(), KeysetSourceProvider.class);
        Set<String> known = new TreeSet<>(FormatParameters.ALL);
        known.addAll(provider.parameters());
        DocumentFormat format = FormatParameters.of(uri.declaring(known), provider.parameters());
        Set<String> ofTheFormat = new TreeSet<>(FormatParameters.ALL);
        ofTheFormat.removeAll(provider.parameters());
        KeysetSource source = made(provider, uri.without(ofTheFormat), KeysetSourceProvider::source);
        return format.equals(DocumentFormat.standard()) ? source : source.reading(format);
    }

    private static <P extends KeysetSourceProvider, T extends KeysetSource> T made(
            P provider, KeysetSourceUri uri, BiFunction<P, KeysetSourceUri, T> make) {
        @Nullable T made = make.apply(provider, uri.declaring(provider.parameters()));
        if (made == null) {
            throw new IllegalStateException(
                    provider.getClass().getName() + " returned null; a provider returns what it is asked for");
        }
        return made;
    }

    private static <P extends KeysetSourceProvider> P provider(String scheme, Class<P> kind) {
        Map<String, KeysetSourceProvider> present = present(scheme);
        KeysetSourceProvider provider = present.get(scheme);
        present.values().removeIf(other -> !kind.isInstance(other));
        String only = present.isEmpty() ? "is present" : "is present, only of " + String.join(", ", present.keySet());
        if (kind.isInstance(provider)) {
            return kind.cast(provider);
        }
        if (provider != null) {
            throw new IllegalArgumentException(scheme + ": can be read only: no " + kind.getSimpleName()
                    + " of this scheme " + only + "; name another place, or let "
                    + provider.getClass().getName() + " be one");
        }
        String artifact = ARTIFACTS.get(scheme);
        if (artifact != null) {
            throw new IllegalArgumentException(scheme + ": no provider of this scheme " + only
                    + "; add the artifact io.github.keyset4j:" + artifact);
        }
        // Not quoted: what stands before the first colon of a misplaced list may be anything.
        throw new IllegalArgumentException("source URI: no provider of its scheme " + only
                + "; check its spelling, register a KeysetSourceProvider, or add the artifact that brings it: "
                + String.join(
                        ", ",
                        ARTIFACTS.entrySet().stream()
                                .map(known -> known.getKey() + " is in " + known.getValue())
                                .toList()));
    }

    /** The providers by scheme; of another scheme than the one that is wanted, two do no harm. */
    private static Map<String, KeysetSourceProvider> present(String wanted) {
        Map<String, KeysetSourceProvider> byClass = new LinkedHashMap<>();
        ServiceLoader.load(KeysetSourceProvider.class)
                .forEach(provider -> byClass.putIfAbsent(provider.getClass().getName(), provider));
        ServiceLoader.load(KeysetSourceProvider.class, KeysetSources.class.getClassLoader())
                .forEach(provider -> byClass.putIfAbsent(provider.getClass().getName(), provider));
        Map<String, KeysetSourceProvider> byScheme = new TreeMap<>();
        for (KeysetSourceProvider provider : byClass.values()) {
            String scheme = provider.scheme();
            if (!SCHEME.matcher(scheme).matches()) {
                throw new IllegalStateException(provider.getClass().getName()
                        + ": its scheme is not one; write a lower-case word without the colon");
            }
            KeysetSourceProvider other = byScheme.putIfAbsent(scheme, provider);
            if (other != null && scheme.equals(wanted)) {
                throw new IllegalArgumentException(scheme + ": two providers of this scheme are present, "
                        + other.getClass().getName() + " and "
                        + provider.getClass().getName() + "; take one of them away");
            }
        }
        return byScheme;
    }
}
