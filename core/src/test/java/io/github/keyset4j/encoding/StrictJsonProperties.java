package io.github.keyset4j.encoding;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is read here, jose4j's reader reads too, and alike: claims and headers go through either. */
class StrictJsonProperties {

    @Property
    void object_anyText_isReadAsJose4jReadsItOrRefused(
            @ForAll("objects") String object,
            @ForAll @IntRange(max = 1000) int place,
            @ForAll("slips") String slip,
            @ForAll @IntRange(max = 3) int dropped)
            throws JoseException {
        int at = object.length() * place / 1000;
        int end = Math.min(object.length(), at + dropped);
        compare(object);
        compare(object.substring(0, at) + slip + object.substring(end));
    }

    private static void compare(String text) throws JoseException {
        Map<String, @Nullable Object> read;
        try {
            read = StrictJson.object(text);
        } catch (MalformedJson e) {
            assertThat(e.where()).matches("line \\d+(, column \\d+)?");
            return;
        }
        assertThat(plain(read)).isEqualTo(plain(JsonUtil.parseJson(text)));
    }

    /** Numbers as doubles: jose4j makes those of all that are no whole numbers. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> object) {
            Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
            object.forEach((name, member) -> plain.put(String.valueOf(name), plain(member)));
            return plain;
        }
        if (value instanceof List<?> array) {
            return array.stream().map(element -> String.valueOf(plain(element))).toList();
        }
        return value instanceof Number number ? (Object) (number.doubleValue() + 0.0) : value;
    }

    @Property(tries = 200)
    void object_inAnotherEncoding_isRefused(@ForAll("objects") String text) {
        for (String charset : List.of("UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32BE", "UTF-32LE")) {
            assertThatThrownBy(() -> StrictJson.object(text.getBytes(Charset.forName(charset))))
                    .isInstanceOf(MalformedJson.class);
        }
        assertThatThrownBy(() -> StrictJson.object("\uFEFF" + text)).isInstanceOf(MalformedJson.class);
    }

    @Property
    void object_octetsThatAreNotUtf8_areRefused(
            @ForAll("objects") String object,
            @ForAll @IntRange(max = 1000) int place,
            @ForAll("malformed") byte[] octets) {
        byte[] text = object.getBytes(StandardCharsets.UTF_8);
        int at = text.length * place / 1000;
        ByteArrayOutputStream spoiled = new ByteArrayOutputStream();
        spoiled.write(text, 0, at);
        spoiled.writeBytes(octets);
        spoiled.write(text, at, text.length - at);

        assertThatThrownBy(() -> StrictJson.object(spoiled.toByteArray())).isInstanceOf(MalformedJson.class);
    }

    /** Overlong forms, half a pair, a code point beyond the last, and octets that stand for nothing. */
    @Provide
    Arbitrary<byte[]> malformed() {
        return Arbitraries.of("c0af", "c1a9", "e080af", "f08080af", "eda080", "f4908080", "f5808080", "ff", "80")
                .map(HexFormat.of()::parseHex);
    }

    @Property
    void write_whatWasRead_readsTheSame(@ForAll("objects") String text) throws MalformedJson {
        Map<String, @Nullable Object> read = StrictJson.object(text);

        assertThat(StrictJson.object(StrictJson.write(read))).isEqualTo(read);
    }

    @Provide
    Arbitrary<String> slips() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "",
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
                        "\t",
                        "\u0001",
                        "0",
                        "-",
                        ".5",
                        "e9",
                        "1e999",
                        "null",
                        "true",
                        "NaN",
                        "//",
                        "/**/",
                        "'",
                        "\\u0000",
                        "\\ud800",
                        "\u00a0",
                        "\uFEFF",
                        "{}",
                        "\"a\":1,"),
                Arbitraries.strings().ofMaxLength(2));
    }

    @Provide
    Arbitrary<String> objects() {
        Arbitrary<String> text = Arbitraries.strings()
                .withCharRange(' ', '~')
                .withChars("é€\uFEFF\u2028")
                .excludeChars('"', '\\')
                .ofMaxLength(6)
                .map(s -> "\"" + s + "\"");
        Arbitrary<String> escaped = Arbitraries.of("\"\\n\"", "\"\\\"\"", "\"\\u00e9\\/\"", "\"\\ud83d\\ude00\"");
        Arbitrary<String> number = Arbitraries.oneOf(
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.integers().between(-9, 9).map(String::valueOf),
                Arbitraries.doubles().map(String::valueOf),
                Arbitraries.of("-0", "0", "1e5", "1E+5", "2.50", "-0.0", "1e-7", "9223372036854775807"));
        Arbitrary<String> leaf = Arbitraries.oneOf(text, escaped, number, Arbitraries.of("true", "false", "null"));
        return members(Arbitraries.lazyOf(
                () -> leaf,
                () -> leaf,
                () -> leaf.list().ofMaxSize(3).map(list -> "[" + String.join(" , ", list) + "]"),
                () -> members(leaf)));
    }

    /** An object whose members have names of their own. */
    private static Arbitrary<String> members(Arbitrary<String> values) {
        Arbitrary<List<String>> names = Arbitraries.of("kid", "", "a b", "é", "x5c", "keys")
                .list()
                .uniqueElements()
                .ofMaxSize(4);
        return Combinators.combine(names, values.list().ofSize(4)).as((keys, list) -> {
            StringBuilder object = new StringBuilder("{");
            for (int i = 0; i < keys.size(); i++) {
                object.append(i == 0 ? "" : ", ")
                        .append('"')
                        .append(keys.get(i))
                        .append("\": ")
                        .append(list.get(i));
            }
            return object.append('}').toString();
        });
    }
}
