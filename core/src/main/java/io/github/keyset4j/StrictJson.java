package io.github.keyset4j;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259) read without leniency and written plainly: for providers and tools that meet the same documents as this
 * library does. The one place that names Jackson.
 *
 * <p>A value is a {@code Map} in the order of the text, a {@code List}, a {@code String}, a {@code Long}, {@code
 * BigInteger} or {@code Double}, a {@code Boolean}, or null. A member named twice, text after the value, deep nesting
 * and overlong numbers are refused.
 *
 * <p>Threads. Safe for use by any number.
 *
 * <p>Secrets. {@link Refused} tells a place and a rule, and nothing of the text.
 */
public final class StrictJson {

    static final int MAX_DEPTH = 32;
    private static final int MAX_NUMBER_LENGTH = 64;
    private static final int MAX_NAME_LENGTH = 4096;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(1 << 20)
                    .maxDocumentLength(1 << 21)
                    .build())
            .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
            .build();

    private StrictJson() {}

    /** Why a text is not JSON as read here, and where; nothing of the text itself. */
    public static final class Refused extends Exception {

        private static final long serialVersionUID = 1L;

        private final String where;
        private final String rule;

        Refused(String where, String rule) {
            super(where + ": " + rule, null, false, false);
            this.where = where;
            this.rule = rule;
        }

        /** The place in the text: {@code line 3, column 14}. */
        public String where() {
            return where;
        }

        /** The rule that is broken. */
        public String rule() {
            return rule;
        }
    }

    /** The JSON object that is this whole text. */
    public static Map<String, @Nullable Object> object(String text) throws Refused {
        // As octets: Jackson's reader of characters takes other scripts' characters for hexadecimal digits.
        return object(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The JSON object that is this whole text, in UTF-8. */
    public static Map<String, @Nullable Object> object(byte[] utf8) throws Refused {
        // Jackson would find out about UTF-16, UTF-32 and byte order marks by itself, and read on.
        if (utf8.length == 0 || utf8[0] <= 0 || (utf8.length > 1 && utf8[1] == 0)) {
            throw new Refused("line 1", "not a JSON object");
        }
        if (!isUtf8(utf8)) {
            throw new Refused("document", "not UTF-8");
        }
        try (JsonParser parser = FACTORY.createParser(utf8)) {
            return object(parser);
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    /** Jackson takes overlong forms, and code points that there are none of. */
    private static boolean isUtf8(byte[] bytes) {
        for (byte octet : bytes) {
            if (octet < 0) {
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                    return true;
                } catch (CharacterCodingException e) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws Refused {
        try {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new Refused("line 1", "not a JSON object");
            }
            Map<String, @Nullable Object> object = members(parser);
            if (parser.nextToken() != null) {
                throw new Refused(place(parser.currentTokenLocation()), "there is text after the JSON object");
            }
            return object;
        } catch (StreamConstraintsException e) {
            throw new Refused(
                    place(parser.currentLocation()),
                    "nested deeper than " + MAX_DEPTH + " levels, or a name, number or string is too long");
        } catch (IOException e) {
            // The exception's own words quote the text; its place is the very character.
            JsonLocation exact = e instanceof JsonProcessingException json ? json.getLocation() : null;
            throw new Refused(place(exact == null ? parser.currentLocation() : exact), "not valid JSON");
        }
    }

    private static Map<String, @Nullable Object> members(JsonParser parser) throws IOException, Refused {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            if (members.containsKey(name)) {
                throw new Refused(place(parser.currentTokenLocation()), "a member is named twice in one object");
            }
            parser.nextToken();
            members.put(name, value(parser));
        }
        return members;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException, Refused {
        return switch (parser.currentToken()) {
            case START_OBJECT -> members(parser);
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> {
                Number number = parser.getNumberValue();
                yield number instanceof BigInteger ? number : (Object) number.longValue();
            }
            case VALUE_NUMBER_FLOAT -> {
                double number = parser.getDoubleValue();
                if (!Double.isFinite(number)) {
                    throw new Refused(place(parser.currentTokenLocation()), "a number is out of range");
                }
                yield number;
            }
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new Refused(place(parser.currentTokenLocation()), "not valid JSON");
        };
    }

    private static String place(JsonLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /**
     * Writes an object as UTF-8, such that it can be read here.
     *
     * @throws IllegalArgumentException if it cannot, or if a value is of a type JSON does not have, naming the member
     */
    public static byte[] write(Map<String, ? extends @Nullable Object> object) {
        return write(object, null);
    }

    /**
     * Writes an object as {@link #write(Map)} does, a member or an element to a line, for people to read.
     *
     * @throws IllegalArgumentException as there
     */
    public static byte[] writeIndented(Map<String, ? extends @Nullable Object> object) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return write(
                object,
                new DefaultPrettyPrinter(Separators.createDefaultInstance()
                                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                                .withRootSeparator(""))
                        .withObjectIndenter(indenter)
                        .withArrayIndenter(indenter));
    }

    private static byte[] write(Map<String, ? extends @Nullable Object> object, @Nullable PrettyPrinter printer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            if (printer != null) {
                generator.setPrettyPrinter(printer);
            }
            writeObject(generator, object, 1);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        if (printer != null) {
            out.write('\n');
        }
        return out.toByteArray();
    }

    private static void writeObject(JsonGenerator generator, Map<?, ? extends @Nullable Object> object, int depth)
            throws IOException {
        generator.writeStartObject();
        Set<String> names = new HashSet<>();
        for (Map.Entry<?, ? extends @Nullable Object> member : object.entrySet()) {
            String name = String.valueOf(member.getKey());
            if (name.length() > MAX_NAME_LENGTH) {
                throw new IllegalArgumentException(
                        "a member's name is longer than " + MAX_NAME_LENGTH + " characters; shorten it");
            }
            if (!names.add(name)) {
                throw new IllegalArgumentException("member " + name + " is named twice in one object; name it once");
            }
            generator.writeFieldName(whole(name));
            writeValue(generator, name, member.getValue(), depth);
        }
        generator.writeEndObject();
    }

    private static void writeValue(JsonGenerator generator, String name, @Nullable Object value, int depth)
            throws IOException {
        if (value == null) {
            generator.writeNull();
        } else if (value instanceof String text) {
            generator.writeString(whole(text));
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            generator.writeNumber(((Number) value).longValue());
        } else if (value instanceof Boolean bool) {
            generator.writeBoolean(bool);
        } else if (value instanceof Map<?, ?> object) {
            writeObject(generator, object, deeper(name, depth));
        } else if (value instanceof Collection<?> elements) {
            int inside = deeper(name, depth);
            generator.writeStartArray();
            for (Object element : elements) {
                writeValue(generator, name, element, inside);
            }
            generator.writeEndArray();
        } else if ((value instanceof BigInteger || value instanceof BigDecimal) && readable((Number) value)) {
            generator.writeNumber(value.toString());
        } else if ((value instanceof Double || value instanceof Float)
                && Double.isFinite(((Number) value).doubleValue())) {
            generator.writeNumber(((Number) value).doubleValue());
        } else {
            throw new IllegalArgumentException("member " + name + " is a "
                    + value.getClass().getName()
                    + ", which JSON has no form for, or out of range; use String, Number, Boolean, Map or List");
        }
    }

    /** Half of a pair has no form in UTF-8; Jackson writes one of its own. */
    private static String whole(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSurrogatePair(text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
                    throw new IllegalArgumentException("a text or a name has half a character; give whole ones");
                }
                i++;
            }
        }
        return text;
    }

    /** A value that contains itself has no end, and so is refused here too. */
    private static int deeper(String name, int depth) {
        if (depth == MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "member " + name + " is nested deeper than " + MAX_DEPTH + " levels; flatten it");
        }
        return depth + 1;
    }

    private static boolean readable(Number number) {
        return Double.isFinite(number.doubleValue()) && number.toString().length() <= MAX_NUMBER_LENGTH;
    }
}
