package io.github.keyset4j.config;

import io.github.keyset4j.DocumentFormat;
import io.github.keyset4j.KeysetSource;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Sources by URI, for configuration: {@code file:/etc/app/keys.json}, {@code env:APP_KEYS}.
 *
 * <p>The one place that looks {@link KeysetSourceProvider}s up: those that the thread's context class loader knows, and
 * those that this library's own does. A registration that is broken is skipped with a warning. What cannot be understood is
 * refused with an {@link IllegalArgumentException}:
 *
 * <ul>
 *   <li>a scheme that nobody provides; the message says who is present, and for this project's own schemes which
 *       artifact is missing
 *   <li>a scheme that two classes provide
 *   <li>a text that is no URI, by the place of the first character that a URI does not allow there
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

    private KeysetSources() {}

    /** The source that this URI names. Does not block: nothing is read before the first load. */
    public static KeysetSource of(URI uri) {
        return of(uri, Map.of());
    }

    /**
     * The source that this text names, which may be no URI: one from a file of properties or a command line, say. Unlike
     * {@link URI#create}, the refusal of one that is none tells where it ends to be one and does not quote it. Does not
     * block: nothing is read before the first load.
     */
    public static KeysetSource of(String uri) {
        return of(SourceUriParser.uri(requireNonNull(uri, "uri")));
    }

    /**
     * The source that this URI names, with settings that override the URI's parameters of the same names. Does not
     * block: nothing is read before the first load.
     */
    public static KeysetSource of(URI uri, Map<String, String> settings) {
        requireNonNull(uri, "uri");
        requireNonNull(settings, "settings");
        KeysetSourceProvider provider = // before anything of the URI is told
                Providers.present().of(SourceUriParser.scheme(uri), KeysetSourceProvider.class);
        return of(KeysetSourceUri.parse(uri).overriddenBy(settings), provider);
    }

    /**
     * What a provider of this kind makes of the URI, with settings that override the URI's parameters of the same names:
     * for providers that make more than sources.
     */
    static <P extends KeysetSourceProvider, T extends KeysetSource> T of(
            URI uri, Map<String, String> settings, Class<P> kind, BiFunction<P, KeysetSourceUri, T> make) {
        requireNonNull(uri, "uri");
        requireNonNull(settings, "settings");
        P provider = Providers.present().of(SourceUriParser.scheme(uri), kind);
        KeysetSourceUri parsed = KeysetSourceUri.parse(uri).overriddenBy(settings);
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
        return of(uri, Providers.present().of(uri.scheme(), KeysetSourceProvider.class));
    }

    private static KeysetSource of(KeysetSourceUri uri, KeysetSourceProvider provider) {
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
}
