package io.github.keyset4j;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259) read without leniency and written plainly; the one place that names Jackson.
 *
 * <p>A value is a {@code Map} in the order of the text, a {@code List}, a {@code String}, a {@code Long}, {@code
 * BigInteger} or {@code Double}, a {@code Boolean}, or null. A member named twice, text after the value, deep nesting
 * and overlong numbers are refused.
 */
final class StrictJson {

    static final int MAX_DEPTH = 32;
    private static final int MAX_NUMBER_LENGTH = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxNameLength(4096)
                    .maxStringLength(1 << 20)
                    .maxDocumentLength(1 << 21)
                    .build())
            .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
            .build();

    private StrictJson() {}

    /** Why a text is not JSON as read here, and where; nothing of the text itself. */
    static final class Refused extends Exception {

        private static final long serialVersionUID = 1L;

        private final String where;
        private final String rule;

        Refused(String where, String rule) {
            super(where + ": " + rule, null, false, false);
            this.where = where;
            this.rule = rule;
        }

        String where() {
            return where;
        }

        String rule() {
            return rule;
        }
    }

    static Map<String, @Nullable Object> object(String text) throws Refused {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return object(parser);
        } catch (IOException e) {
            throw refused(e);
        }
    }

    /** Reads UTF-8 and nothing else: left alone, Jackson would guess UTF-16 and UTF-32, and skip a byte order mark. */
    static Map<String, @Nullable Object> object(byte[] utf8) throws Refused {
        String text = new String(utf8, StandardCharsets.UTF_8);
        // Malformed octets become U+FFFD; a text without it, or the same octets again, had none.
        if (text.indexOf('\uFFFD') >= 0 && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), utf8)) {
            throw new Refused("document", "not UTF-8");
        }
        return object(text);
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException, Refused {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new Refused("line 1", "not a JSON object");
        }
        Map<String, @Nullable Object> object = members(parser);
        if (parser.nextToken() != null) {
            throw new Refused(place(parser.currentTokenLocation()), "there is text after the JSON object");
        }
        return object;
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

    private static Refused refused(IOException e) {
        String where = e instanceof JsonProcessingException json && json.getLocation() != null
                ? place(json.getLocation())
                : "line 1";
        return new Refused(
                where,
                e instanceof StreamConstraintsException
                        ? "nested deeper than " + MAX_DEPTH + " levels, or a name, number or string is too long"
                        : "not valid JSON");
    }

    private static String place(JsonLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /**
     * Writes an object as UTF-8.
     *
     * @throws IllegalArgumentException if a value is of a type JSON does not have, naming the member and the type
     */
    static byte[] write(Map<String, ? extends @Nullable Object> object) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            writeObject(generator, object);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    private static void writeObject(JsonGenerator generator, Map<?, ? extends @Nullable Object> object)
            throws IOException {
        generator.writeStartObject();
        for (Map.Entry<?, ? extends @Nullable Object> member : object.entrySet()) {
            String name = String.valueOf(member.getKey());
            generator.writeFieldName(name);
            writeValue(generator, name, member.getValue());
        }
        generator.writeEndObject();
    }

    private static void writeValue(JsonGenerator generator, String name, @Nullable Object value) throws IOException {
        if (value == null) {
            generator.writeNull();
        } else if (value instanceof String text) {
            generator.writeString(text);
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            generator.writeNumber(((Number) value).longValue());
        } else if (value instanceof Boolean bool) {
            generator.writeBoolean(bool);
        } else if (value instanceof Map<?, ?> object) {
            writeObject(generator, object);
        } else if (value instanceof Collection<?> elements) {
            generator.writeStartArray();
            for (Object element : elements) {
                writeValue(generator, name, element);
            }
            generator.writeEndArray();
        } else if (value instanceof BigInteger integer) {
            generator.writeNumber(integer);
        } else if (value instanceof BigDecimal decimal) {
            generator.writeNumber(decimal);
        } else if ((value instanceof Double || value instanceof Float)
                && Double.isFinite(((Number) value).doubleValue())) {
            generator.writeNumber(((Number) value).doubleValue());
        } else {
            throw new IllegalArgumentException(
                    "member " + name + " is a " + value.getClass().getName()
                            + ", which JSON has no form for; use String, Number, Boolean, Map or List");
        }
    }
}
