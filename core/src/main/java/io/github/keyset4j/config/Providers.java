package io.github.keyset4j.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The providers that are registered at this moment, by scheme: those that the thread's context class loader knows, and
 * those that this library's own does.
 *
 * <p>An entry that is broken stands in nobody's way but its own: it is skipped with a warning, and told again to whoever
 * asks for a scheme in vain.
 */
final class Providers {

    private static final Logger log = LoggerFactory.getLogger(Providers.class);

    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");

    /** Where the loader itself is what is broken, it may say so for ever. */
    private static final int MOST_SKIPPED = 100;

    /** What this project provides beside the core. */
    private static final Map<String, String> ARTIFACTS = new TreeMap<>(Map.of(
            "file", "keyset4j-provider-file",
            "command", "keyset4j-provider-command",
            "aws-secretsmanager", "keyset4j-provider-aws",
            "aws-ssm", "keyset4j-provider-aws"));

    private final Map<String, List<KeysetSourceProvider>> byScheme = new TreeMap<>();
    private final Set<String> classes = new HashSet<>();
    private final Set<String> skipped = new LinkedHashSet<>();

    private Providers() {}

    static Providers present() {
        Providers present = new Providers();
        present.add(ServiceLoader.load(KeysetSourceProvider.class));
        present.add(ServiceLoader.load(KeysetSourceProvider.class, Providers.class.getClassLoader()));
        return present;
    }

    private void add(ServiceLoader<KeysetSourceProvider> registered) {
        Iterator<KeysetSourceProvider> entries = registered.iterator();
        for (int broken = 0; broken < MOST_SKIPPED; ) {
            try {
                if (!entries.hasNext()) {
                    return;
                }
                add(entries.next());
            } catch (ServiceConfigurationError | LinkageError e) { // the loader goes on with the next entry
                skip(why(e));
                broken++;
            }
        }
    }

    private void add(KeysetSourceProvider provider) {
        String name = provider.getClass().getName();
        if (!classes.add(name)) {
            return;
        }
        @Nullable String scheme;
        try {
            scheme = provider.scheme();
        } catch (RuntimeException | LinkageError e) {
            skip(name + ": its scheme() failed with " + e.getClass().getName());
            return;
        }
        if (scheme == null || !SCHEME.matcher(scheme).matches()) {
            skip(name + ": its scheme is not one, which is a lower-case word without the colon");
            return;
        }
        byScheme.computeIfAbsent(scheme, first -> new ArrayList<>()).add(provider);
    }

    /** What the loader says names the class, and what a class that cannot be linked says is the one that it lacks. */
    private static String why(Error thrown) {
        if (thrown instanceof LinkageError) {
            return "a class that cannot be linked: " + thrown;
        }
        String said = String.valueOf(thrown.getMessage()).replace(KeysetSourceProvider.class.getName() + ": ", "");
        Throwable cause = thrown.getCause();
        if (cause == null) {
            return said;
        }
        return said + ": "
                + (cause instanceof LinkageError ? cause : cause.getClass().getName());
    }

    private void skip(String why) {
        if (skipped.add(why)) {
            log.warn(
                    "META-INF/services/{}: an entry is skipped: {}; correct it, or take its artifact away",
                    KeysetSourceProvider.class.getName(),
                    why);
        }
    }

    /**
     * The provider of this scheme that makes this kind of thing.
     *
     * @throws IllegalArgumentException if there is none, or more than one
     */
    <P extends KeysetSourceProvider> P of(String scheme, Class<P> kind) {
        List<KeysetSourceProvider> those = byScheme.getOrDefault(scheme, List.of());
        if (those.size() > 1) {
            throw new IllegalArgumentException(scheme + ": two providers of this scheme are present, "
                    + those.get(0).getClass().getName() + " and "
                    + those.get(1).getClass().getName() + "; take one of them away");
        }
        if (those.isEmpty()) {
            throw missing(scheme, kind);
        }
        KeysetSourceProvider provider = those.get(0);
        if (!kind.isInstance(provider)) {
            throw new IllegalArgumentException(scheme + ": can be read only: no " + kind.getSimpleName()
                    + " of this scheme " + only(kind) + "; name another place, or let "
                    + provider.getClass().getName() + " be one");
        }
        return kind.cast(provider);
    }

    private IllegalArgumentException missing(String scheme, Class<?> kind) {
        String artifact = ARTIFACTS.get(scheme);
        if (artifact != null) {
            return new IllegalArgumentException(scheme + ": no provider of this scheme " + only(kind) + broken()
                    + "; add the artifact io.github.keyset4j:" + artifact);
        }
        // Not quoted: what stands before the first colon of a misplaced list may be anything.
        return new IllegalArgumentException("source URI: no provider of its scheme " + only(kind) + broken()
                + "; check its spelling, register a KeysetSourceProvider, or add the artifact that brings it: "
                + String.join(
                        ", ",
                        ARTIFACTS.entrySet().stream()
                                .map(known -> known.getKey() + " is in " + known.getValue())
                                .toList()));
    }

    private String only(Class<?> kind) {
        List<String> schemes = byScheme.entrySet().stream()
                .filter(those -> those.getValue().stream().anyMatch(kind::isInstance))
                .map(Map.Entry::getKey)
                .toList();
        return schemes.isEmpty() ? "is present" : "is present, only of " + String.join(", ", schemes);
    }

    private String broken() {
        if (skipped.isEmpty()) {
            return "";
        }
        return (skipped.size() == 1 ? " (1 entry was skipped: " : " (" + skipped.size() + " entries were skipped: ")
                + String.join(", ", skipped) + ")";
    }
}
