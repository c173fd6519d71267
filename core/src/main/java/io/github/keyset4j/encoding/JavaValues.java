package io.github.keyset4j.encoding;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What JSON has for Java's values that it has no type for: times as NumericDates in whole seconds, UUIDs and enums'
 * constants as strings, arrays, and records as objects of their components.
 *
 * <p>Threads. Safe for use by any number.
 */
public final class JavaValues {

    /** How a record's components are read, found out once for each class of records. */
    private static final ClassValue<List<Method>> COMPONENTS = new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getAccessor)
                    .toList();
        }
    };

    private JavaValues() {}

    /**
     * The value as JSON has it; of an array or a record, what is inside stays as it is. Every other value is returned
     * unchanged.
     *
     * @throws IllegalArgumentException if it is a record that cannot be read, or an array of bytes or characters
     */
    @SuppressWarnings("JavaUtilDate") // users have them
    public static @Nullable Object plain(String name, @Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Instant instant) {
            return instant.getEpochSecond();
        }
        if (value instanceof Date date) { // java.sql's have no toInstant()
            return Math.floorDiv(date.getTime(), 1000L);
        }
        if (value instanceof UUID) {
            return value.toString();
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof Record record) {
            return components(name, record);
        }
        return value.getClass().isArray() ? elements(name, value) : value;
    }

    private static List<@Nullable Object> elements(String name, Object array) {
        if (array instanceof byte[] || array instanceof char[]) {
            throw new IllegalArgumentException("member " + name + " is an array of "
                    + array.getClass().getComponentType() + "s; write it as a text, such as base64url");
        }
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            elements.add(Array.get(array, i));
        }
        return elements;
    }

    private static Map<String, @Nullable Object> components(String name, Record record) {
        Map<String, @Nullable Object> components = new LinkedHashMap<>();
        for (Method accessor : COMPONENTS.get(record.getClass())) {
            if (!accessor.trySetAccessible()) {
                throw new IllegalArgumentException("member " + name + " is a record of a module that does not open "
                        + record.getClass().getPackageName() + "; open it, or use a Map");
            }
            try {
                components.put(accessor.getName(), accessor.invoke(record));
            } catch (InvocationTargetException e) { // not kept as a cause: its message may quote the value
                throw new IllegalArgumentException(
                        "member " + name + ": " + accessor.getName() + "() of its record threw "
                                + e.getTargetException().getClass().getName());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        return components;
    }
}
