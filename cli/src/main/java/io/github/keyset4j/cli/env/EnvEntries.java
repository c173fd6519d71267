package io.github.keyset4j.cli.env;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What an env file is to say: values by name, in the order of the names.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. The values are; only the names are shown.
 */
public final class EnvEntries {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    static final String NAME_RULE = "not a name that every shell and container accepts";
    static final String NAME_REMEDY = "use letters, digits and underscores, and no digit first";

    private final SortedMap<String, String> values;

    private EnvEntries(SortedMap<String, String> values) {
        this.values = Collections.unmodifiableSortedMap(values);
    }

    /** These layers of names and values, each over those before it. */
    public static EnvEntries layered(List<Map<String, String>> layers) throws EnvRefusal {
        SortedMap<String, String> merged = new TreeMap<>();
        for (Map<String, String> layer : layers) {
            for (Map.Entry<String, String> entry : layer.entrySet()) {
                if (!isName(entry.getKey())) {
                    throw new EnvRefusal("entry " + (merged.size() + 1), NAME_RULE, NAME_REMEDY);
                }
                merged.put(entry.getKey(), entry.getValue());
            }
        }
        return new EnvEntries(merged);
    }

    /** Whether an entry can have this name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    SortedMap<String, String> values() {
        return values;
    }

    @Override
    public String toString() {
        return "EnvEntries" + values.keySet();
    }
}
