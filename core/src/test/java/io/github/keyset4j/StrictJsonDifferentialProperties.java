package io.github.keyset4j;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Beside two other parsers: what is read here they read, with equal values; what they read and is refused here is refused
 * for a reason on the list.
 */
class StrictJsonDifferentialProperties {

    /** Why more is refused here than by others. */
    private static final List<String> REASONS = List.of(
            "a member is named twice in one object",
            "half a character",
            "a code point that is no character",
            "not UTF-8",
            "a number of more than 1000 digits, or out of range",
            "there is text after the JSON object",
            "nested deeper than 32 levels",
            "not a JSON object");

    private static final JsonFactory JACKSON = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(10_000)
                    .maxNumberLength(10_000)
                    .build())
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    @Property(edgeCases = EdgeCasesMode.NONE)
    void object_whatIsRead_othersReadAlike(@ForAll("documents") byte[] text) {
        Map<String, @Nullable Object> read;
        try {
            read = StrictJson.object(text);
        } catch (MalformedJson e) {
            if (!REASONS.contains(e.rule())) {
                String asText = new String(text, StandardCharsets.UTF_8);
                assertThat(others(text))
                        .as(asText + " is refused: " + e.getMessage())
                        .isEmpty();
            }
            return;
        }
        Object plain = plain(read);
        String asText = new String(text, StandardCharsets.UTF_8);
        // Gson counts in a long, and takes what overflows to zero for a zero at the beginning.
        int readers = asText.contains("0".repeat(19)) ? 1 : 2;
        assertThat(others(text)).as(asText).hasSizeGreaterThanOrEqualTo(readers).containsOnly(plain);
    }

    /** What the other parsers read, those that read it. */
    private static List<@Nullable Object> others(byte[] text) {
        List<@Nullable Object> values = new ArrayList<>();
        try (JsonParser parser = JACKSON.createParser(text)) {
            parser.nextToken();
            Object value = jackson(parser);
            if (parser.nextToken() == null) {
                values.add(value);
            }
        } catch (IOException e) {
            // it refuses, too
        }
        JsonReader gson = new JsonReader(new StringReader(new String(text, StandardCharsets.UTF_8)));
        gson.setStrictness(Strictness.STRICT);
        gson.setNestingLimit(10_000);
        try {
            Object value = gson(gson);
            if (gson.peek() == com.google.gson.stream.JsonToken.END_DOCUMENT) {
                values.add(value);
            }
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            // it refuses, too
        }
        return values;
    }

    private static @Nullable Object jackson(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new IOException("nothing");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, jackson(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(jackson(parser));
                }
                yield array;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("no value");
        };
    }

    private static @Nullable Object gson(JsonReader reader) throws IOException {
        switch (reader.peek()) {
            case BEGIN_OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                reader.beginObject();
                while (reader.hasNext()) {
                    object.put(reader.nextName(), gson(reader));
                }
                reader.endObject();
                return object;
            }
            case BEGIN_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                reader.beginArray();
                while (reader.hasNext()) {
                    array.add(gson(reader));
                }
                reader.endArray();
                return array;
            }
            case STRING -> {
                return reader.nextString();
            }
            case NUMBER -> {
                return number(reader.nextString());
            }
            case BOOLEAN -> {
                return reader.nextBoolean();
            }
            case NULL -> {
                reader.nextNull();
                return null;
            }
            default -> throw new IOException("no value");
        }
    }

    private static Object number(String literal) throws IOException {
        if (literal.length() > 2000) {
            throw new IOException("long");
        }
        return new BigDecimal(literal).stripTrailingZeros();
    }

    /** Numbers by their value. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> object) {
            Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
            object.forEach((name, member) -> plain.put(String.valueOf(name), plain(member)));
            return plain;
        }
        if (value instanceof List<?> array) {
            List<@Nullable Object> plain = new ArrayList<>();
            array.forEach(element -> plain.add(plain(element)));
            return plain;
        }
        return value instanceof Number number ? new BigDecimal(number.toString()).stripTrailingZeros() : value;
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void write_anyObject_isWhatJacksonWrites(@ForAll("objects") Map<String, @Nullable Object> object)
            throws IOException {
        assertThat(new String(StrictJson.write(object), StandardCharsets.UTF_8)).isEqualTo(jackson(object, false));
        assertThat(new String(StrictJson.writeIndented(object), StandardCharsets.UTF_8))
                .isEqualTo(jackson(object, true) + "\n");
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void object_whatWasWritten_isTheSame(@ForAll("objects") Map<String, @Nullable Object> object) throws MalformedJson {
        assertThat(plain(StrictJson.object(StrictJson.write(object)))).isEqualTo(plain(object));
        assertThat(plain(StrictJson.object(StrictJson.writeIndented(object)))).isEqualTo(plain(object));
    }

    private static String jackson(Map<String, @Nullable Object> object, boolean indented) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = JACKSON.createGenerator(out)) {
            if (indented) {
                DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
                generator.setPrettyPrinter(new DefaultPrettyPrinter(Separators.createDefaultInstance()
                                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                                .withRootSeparator(""))
                        .withObjectIndenter(indenter)
                        .withArrayIndenter(indenter));
            }
            write(generator, object);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
        if (value instanceof Map<?, ?> object) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> member : object.entrySet()) {
                generator.writeFieldName(String.valueOf(member.getKey()));
                write(generator, member.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof List<?> array) {
            generator.writeStartArray();
            for (Object element : array) {
                write(generator, element);
            }
            generator.writeEndArray();
        } else if (value instanceof String text) {
            generator.writeString(text);
        } else if (value instanceof Number number) {
            generator.writeNumber(number.toString());
        } else if (value instanceof Boolean bool) {
            generator.writeBoolean(bool);
        } else {
            generator.writeNull();
        }
    }

    /** Objects as they are written, with one octet or a few put wrong in most. */
    @Provide
    Arbitrary<byte[]> documents() {
        return Combinators.combine(
                        texts(),
                        Arbitraries.integers().between(0, 1000),
                        slips(),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 3))
                .as((text, place, slip, dropped, whole) -> {
                    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
                    if (whole == 0) {
                        return octets;
                    }
                    int at = octets.length * place / 1000;
                    ByteArrayOutputStream spoiled = new ByteArrayOutputStream();
                    spoiled.write(octets, 0, at);
                    spoiled.writeBytes(slip);
                    int after = Math.min(octets.length, at + dropped);
                    spoiled.write(octets, after, octets.length - after);
                    return spoiled.toByteArray();
                });
    }

    private Arbitrary<String> texts() {
        Arbitrary<String> literals = Arbitraries.of(
                "1e5",
                "1E+5",
                "-0",
                "0.10",
                "-0.0e-3",
                "1e400",
                "1e-400",
                "123456789012345678901234567890.5",
                "9223372036854775808",
                "1e1001",
                "\"\\u00e9\\/\"",
                "\"\\ud83d\\ude00\"",
                "\"\\ud83d\"",
                "\"\\uFFFF\"");
        return objects()
                .flatMap(object -> literals.map(literal -> {
                    String text = new String(StrictJson.write(object), StandardCharsets.UTF_8);
                    return text.replace(":null", ": " + literal).replace(",", " ,\n");
                }));
    }

    private static Arbitrary<byte[]> slips() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                                "",
                                "{",
                                "}",
                                "[",
                                "]",
                                ",",
                                ":",
                                "\"",
                                "\\",
                                "\n",
                                "\u0001",
                                "0",
                                "-",
                                ".5",
                                "e9",
                                "null",
                                "NaN",
                                "//",
                                "/**/",
                                "'",
                                "#",
                                "\\u0000",
                                "\\ud800",
                                "\u00a0",
                                "\uFEFF",
                                "\"a\":1,",
                                "+1",
                                "Infinity",
                                "01",
                                "0x1",
                                ";",
                                "=",
                                "()",
                                "\f",
                                "\u2028")
                        .map(slip -> slip.getBytes(StandardCharsets.UTF_8)),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(2));
    }

    @Provide
    Arbitrary<Map<String, @Nullable Object>> objects() {
        Arbitrary<@Nullable Object> leaf = Arbitraries.oneOf(
                strings().map(text -> text),
                Arbitraries.longs().map(number -> number),
                Arbitraries.integers().between(-9, 99).map(number -> number),
                Arbitraries.doubles().map(number -> number),
                Arbitraries.bigDecimals().map(number -> number),
                Arbitraries.bigIntegers()
                        .between(BigInteger.TEN.pow(200).negate(), BigInteger.TEN.pow(200))
                        .withoutEdgeCases()
                        .map(number -> number),
                Arbitraries.of(true, false).map(bool -> bool),
                Arbitraries.just(null));
        Arbitrary<@Nullable Object> value = Arbitraries.recursive(
                () -> leaf,
                inner -> Arbitraries.oneOf(
                        inner.list().ofMaxSize(3).map(list -> list),
                        object(inner).map(object -> object)),
                0,
                2);
        return object(value);
    }

    private static Arbitrary<Map<String, @Nullable Object>> object(Arbitrary<@Nullable Object> values) {
        return Arbitraries.maps(strings(), values).ofMaxSize(3).map(LinkedHashMap::new);
    }

    /** Whole characters of any script, and what wants escapes. */
    private static Arbitrary<String> strings() {
        return Arbitraries.oneOf(
                        Arbitraries.integers().between(0, 0x10FFFF),
                        Arbitraries.integers().between(0, 0x7f),
                        Arbitraries.of((int) '"', (int) '\\', (int) '/', 0, 8, 10, 0x1f, 0x2028))
                .filter(c -> !(c >= 0xd800 && c <= 0xdfff) && (c & 0xfffe) != 0xfffe && !(c >= 0xfdd0 && c <= 0xfdef))
                .list()
                .ofMaxSize(6)
                .map(list -> list.stream().map(Character::toString).reduce("", String::concat));
    }
}
