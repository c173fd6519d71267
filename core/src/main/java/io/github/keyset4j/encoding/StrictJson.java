package io.github.keyset4j.encoding;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259, and RFC 7493 where it is stricter) read without leniency and written plainly: for providers and tools
 * that meet the same documents as this library does.
 *
 * <p>A value is a {@code Map} in the order of the text, a {@code List}, a {@code String}, a {@code Long}, {@code
 * BigInteger} or {@code BigDecimal} of the very value, a {@code Boolean}, or null. A member named twice, text after the
 * value, half a character, octets that are not UTF-8 and a byte order mark are refused; so are more than 2 MiB, more than
 * 32 levels, 65,536 members and elements, a name of more than 4,096 characters, and a number of more than 1,000 digits or
 * beyond 10 to the power of 1,000, either way.
 *
 * <p>Threads. Safe for use by any number. No two readings share anything.
 *
 * <p>Secrets. {@link MalformedJson} tells a place and a rule, and nothing of the text.
 */
public final class StrictJson {

    private StrictJson() {}

    /** The JSON object that is this whole text. */
    public static Map<String, @Nullable Object> object(String text) throws MalformedJson {
        return object(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The JSON object that is this whole text, in UTF-8. */
    public static Map<String, @Nullable Object> object(byte[] utf8) throws MalformedJson {
        JsonReader reader = new JsonReader(utf8);
        if (!reader.beginsObject()) {
            throw new MalformedJson("line 1", "not a JSON object");
        }
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        reader.next();
        members(reader, object);
        reader.next(); // the end, or a refusal
        return object;
    }

    /** An object or an array that is being read, and the one it stands in. */
    private record Open(Object container, @Nullable Open around) {

        @SuppressWarnings("unchecked") // no others are made here
        Map<String, @Nullable Object> object() {
            return (Map<String, @Nullable Object>) container;
        }

        @SuppressWarnings("unchecked")
        void add(String name, @Nullable Object value) {
            if (container instanceof List<?>) {
                ((List<@Nullable Object>) container).add(value);
            } else {
                object().put(name, value);
            }
        }
    }

    /** Reads what the object that the reader has just entered has in it, to its end. */
    private static void members(JsonReader reader, Map<String, @Nullable Object> object) throws MalformedJson {
        Open open = new Open(object, null);
        String name = "";
        while (open != null) {
            Object value = null;
            switch (reader.next()) {
                case NAME -> {
                    name = reader.text();
                    if (open.object().containsKey(name)) {
                        throw reader.refused(JsonReader.NAMED_TWICE);
                    }
                    continue;
                }
                case END_OBJECT, END_ARRAY, END -> {
                    open = open.around();
                    continue;
                }
                case OBJECT -> value = new LinkedHashMap<String, @Nullable Object>();
                case ARRAY -> value = new ArrayList<@Nullable Object>();
                case STRING -> value = reader.text();
                case NUMBER -> value = reader.number();
                case TRUE -> value = true;
                case FALSE -> value = false;
                case NULL -> {}
            }
            open.add(name, value);
            if (value instanceof Map<?, ?> || value instanceof List<?>) {
                open = new Open(value, open);
            }
        }
    }

    /**
     * Writes an object as UTF-8, such that it can be read here.
     *
     * @throws IllegalArgumentException if it cannot, or if a value is of a type JSON does not have, naming the member
     */
    public static byte[] write(Map<String, ? extends @Nullable Object> object) {
        return new JsonWriter(false).write(object);
    }

    /**
     * Writes an object as {@link #write(Map)} does, a member or an element to a line, for people to read.
     *
     * @throws IllegalArgumentException as there
     */
    public static byte[] writeIndented(Map<String, ? extends @Nullable Object> object) {
        return new JsonWriter(true).write(object);
    }
}
