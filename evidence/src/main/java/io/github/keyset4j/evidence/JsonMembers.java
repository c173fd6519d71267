package io.github.keyset4j.evidence;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON object that anybody may have written: a member that is missing, or of another type than asked for, is empty. */
record JsonMembers(Map<String, @Nullable Object> all) {

    Optional<String> text(String name) {
        return all.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    Optional<Long> number(String name) {
        return all.get(name) instanceof Long number ? Optional.of(number) : Optional.empty();
    }

    boolean isTrue(String name) {
        return Boolean.TRUE.equals(all.get(name));
    }

    Optional<Instant> instant(String name) {
        return text(name).flatMap(JsonMembers::instantOf);
    }

    static Optional<Instant> instantOf(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    Optional<JsonMembers> object(String name) {
        return of(all.get(name));
    }

    /** The objects of an array; none if an element is something else. */
    Optional<List<JsonMembers>> objects(String name) {
        if (!(all.get(name) instanceof List<?> elements)) {
            return Optional.empty();
        }
        List<JsonMembers> objects = new ArrayList<>();
        for (Object element : elements) {
            Optional<JsonMembers> object = of(element);
            if (object.isEmpty()) {
                return Optional.empty();
            }
            objects.add(object.get());
        }
        return Optional.of(objects);
    }

    /** The texts among the elements of an array. */
    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        if (all.get(name) instanceof List<?> elements) {
            for (Object element : elements) {
                if (element instanceof String text) {
                    texts.add(text);
                }
            }
        }
        return texts;
    }

    private static Optional<JsonMembers> of(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (Map.Entry<?, ? extends @Nullable Object> member : map.entrySet()) {
            members.put(String.valueOf(member.getKey()), member.getValue());
        }
        return Optional.of(new JsonMembers(members));
    }
}
