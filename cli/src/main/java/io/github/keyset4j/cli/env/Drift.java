package io.github.keyset4j.cli.env;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a file differs from what it should say: by name, never by value.
 *
 * <p>Threads. Immutable.
 *
 * @param missing the names that it lacks
 * @param extra the names that it should not have
 * @param different the names whose values are others
 * @param faults what else is wrong with it, such as its mode
 */
public record Drift(List<String> missing, List<String> extra, List<String> different, List<String> faults) {

    public Drift {
        missing = List.copyOf(missing);
        extra = List.copyOf(extra);
        different = List.copyOf(different);
        faults = List.copyOf(faults);
    }

    static Drift between(Map<String, String> expected, Map<String, String> found, List<String> faults) {
        SortedMap<String, String> lacking = new TreeMap<>(expected);
        lacking.keySet().removeAll(found.keySet());
        SortedMap<String, String> surplus = new TreeMap<>(found);
        surplus.keySet().removeAll(expected.keySet());
        List<String> others = new ArrayList<>();
        new TreeMap<>(expected).forEach((name, value) -> {
            if (found.containsKey(name) && !value.equals(found.get(name))) {
                others.add(name);
            }
        });
        return new Drift(List.copyOf(lacking.keySet()), List.copyOf(surplus.keySet()), others, faults);
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return missing.isEmpty() && extra.isEmpty() && different.isEmpty() && faults.isEmpty();
    }
}
