package io.github.keyset4j.encoding;

import io.github.keyset4j.encoding.JsonReader.Token;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Text by text: what every parser takes, what none may, and what is decided here (RFC 8259, RFC 7493). */
class JsonReaderTest {

    /** Each {@code char} is an octet. */
    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void read(String text) throws MalformedJson {
        JsonReader reader = new JsonReader(octets(text));
        reader.next();
        reader.skipValue();
        assertThat(reader.next()).isEqualTo(Token.END);
        assertThat(reader.next()).isEqualTo(Token.END);
        assertThat(reader.depth()).isZero();
    }

    /** What the text {@code {"v": ...}} has. */
    private static Object value(String text) throws MalformedJson {
        Map<String, Object> object = StrictJson.object(octets("{\"v\":" + text + "}"));
        assertThat(object).containsOnlyKeys("v");
        return object.get("v");
    }

    static Stream<String> accepted() {
        return Stream.of(
                "[]",
                "[ ]",
                " [] ",
                "[[]   ]",
                "[\"\"]",
                "{}",
                "{\"\":0}",
                "\n{\t\"a\"\r:\n1 }\n",
                "{\"a\":[]}",
                "{\"a\":{\"a\":1},\"b\":{\"a\":1}}",
                "{\"a\":\"b\",\"c\":null,\"d\":true,\"e\":false}",
                "{\"\\u0000\":1}",
                "{\"min\":-1.0e+28,\"max\":1.0e+28}",
                "null",
                "true",
                "false",
                "42",
                "-0.1",
                "\"asd\"",
                "\"\"",
                " 1 ",
                "[null,1,\"1\",{}]",
                "[1\n]",
                " [1]",
                "[1,null,null,null,2]",
                "[2] ",
                "[123e65]",
                "[0e+1]",
                "[0e1]",
                "[ 4]",
                "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
                "[20e1]",
                "[-0]",
                "[-123]",
                "[-1]",
                "[1E22]",
                "[1E-2]",
                "[1E+2]",
                "[123e45]",
                "[123.456e78]",
                "[1e-2]",
                "[1e+2]",
                "[123]",
                "[123.456789]",
                "[\"\\u0060\\u012a\\u12AB\"]",
                "[\"\\uD801\\udc37\"]",
                "[\"\\ud83d\\ude39\\ud83d\\udc8d\"]",
                "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
                "[\"\\\\u0000\"]",
                "[\"\\\"\"]",
                "[\"a/*b*/c/*d//e\"]",
                "[\"\\\\a\"]",
                "[\"\\\\n\"]",
                "[\"\\u0012\"]",
                "[\"asd \"]",
                "[\"\\uFEFF\"]",
                "[\"\u00ef\u00bb\u00bf\"]",
                "[\"\u00f4\u008f\u00bf\u00bd\"]",
                "[\"\u00e2\u0080\u00a8\u00e2\u0080\u00a9\"]",
                "[\"\u00c3\u00a9\u00e2\u0082\u00ac\u00f0\u009f\u0098\u0080\"]",
                "[\"new\\u00A0line\"]",
                "[\"\\u0022\\u005C\"]",
                "[\"\\u200B\\u2064\"]",
                "[\"\u007f\"]",
                "[\"\\u0821\"]");
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void next_whatEveryParserTakes_isRead(String text) throws MalformedJson {
        read(text);
        value(text);
    }

    static Stream<String> refused() {
        return Stream.of(
                "",
                " ",
                "[1 true]",
                "[a\u00e5]",
                "[\"\": 1]",
                "[\"\"],",
                "[,1]",
                "[1,,2]",
                "[\"x\",,]",
                "[\"x\"]]",
                "[\"\",]",
                "[\"x\"",
                "[x",
                "[3[4]]",
                "[\u00ff]",
                "[1:2]",
                "[,]",
                "[-]",
                "[   , \"\"]",
                "[\"a\",\n4\n,1,",
                "[1,]",
                "[\"\u000ba\"\\f]",
                "[*]",
                "[\"\"",
                "[1,",
                "[1,\n1\n,1",
                "[{}",
                "[fals]",
                "[nul]",
                "[tru]",
                "[True]",
                "[truefalse]",
                "[123\u0000]",
                "[++1234]",
                "[+1]",
                "[+Inf]",
                "[-01]",
                "[-1.0.]",
                "[-2.]",
                "[-NaN]",
                "[.-1]",
                "[.2e-3]",
                "[0.1.2]",
                "[0.3e+]",
                "[0.3e]",
                "[0.e1]",
                "[0E+]",
                "[0E]",
                "[0e]",
                "[0e+]",
                "[1.0e+]",
                "[1.0e-]",
                "[1.0e]",
                "[1 000.0]",
                "[1eE2]",
                "[2.e+3]",
                "[2.e-3]",
                "[2.e3]",
                "[9.e+]",
                "[Inf]",
                "[NaN]",
                "[\u00ef\u00bc\u0091]",
                "[1+2]",
                "[0x1]",
                "[0x42]",
                "[Infinity]",
                "[0e+-1]",
                "[-123.123foo]",
                "[123\u00e5]",
                "[1e1\u00e5]",
                "[0\u00e5]",
                "[-Infinity]",
                "[-foo]",
                "[- 1]",
                "[-012]",
                "[-.123]",
                "[-1x]",
                "[1ea]",
                "[1e\u00e5]",
                "[1.]",
                "[.123]",
                "[1.2a-3]",
                "[1.8011670033376514H-308]",
                "[012]",
                "[\"x\", truth]",
                "{[: \"x\"}\n",
                "{\"x\", null}",
                "{\"x\"::\"b\"}",
                "{\u00f0\u009f\u0087\u00a8\u00f0\u009f\u0087\u00ad}",
                "{\"a\":\"a\" 123}",
                "{key: 'value'}",
                "{\"\u00b9\":\"0\",}",
                "{\"a\" b}",
                "{:\"b\"}",
                "{\"a\" \"b\"}",
                "{\"a\":",
                "{\"a\"",
                "{1:1}",
                "{9999E9999:1}",
                "{null:null,null:null}",
                "{\"id\":0,,,,,}",
                "{'a':0}",
                "{\"id\":0,}",
                "{\"a\":\"b\"}/**/",
                "{\"a\":\"b\"}/**//",
                "{\"a\":\"b\"}//",
                "{\"a\":\"b\"}/",
                "{\"a\":\"b\",,\"c\":\"d\"}",
                "{a: \"b\"}",
                "{\"a\":\"a",
                "{ \"foo\" : \"bar\", \"a\" }",
                "{\"a\":\"b\"}#",
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":2}",
                "[{\"a\":[{\"b\":1,\"c\":2,\"b\":3}]}]",
                "[\"\\uD800\\",
                "[\"\\uD800\\u",
                "[\"\\uD800\\u1",
                "[\"\\uD800\\u1x",
                "[\u00e9]",
                "[\"\\x00\"]",
                "[\"\\\\\\\"]",
                "[\"\\\t\"]",
                "[\"\\\u00f0\u009f\u008c\u0080\"]",
                "[\"\\\"]",
                "[\"\\u00A\"]",
                "[\"\\uD834\\uDd\"]",
                "[\"\\u\u00e5\"]",
                "[\"\\a\"]",
                "[\"\\uqqqq\"]",
                "[\"\\u\uff11234\"]".replace('\uff11', '\u00b2'),
                "[\"\\\u00e5\"]",
                "[\\u0020\"asd\"]",
                "[\\n]",
                "\"",
                "['single quote']",
                "abc",
                "[\"\\",
                "[\"a\u0000a\"]",
                "[\"new\nline\"]",
                "[\"\t\"]",
                "[\"\u001f\"]",
                "\"\\UA66D\"",
                "<.>",
                "[<null>]",
                "[1]x",
                "[1]]",
                "['",
                "[True]",
                "1]",
                "{}}",
                "{]",
                "[}",
                "{\"\":",
                "[][]",
                "]",
                "\u00ef\u00bb{}",
                "\u00ef\u00bb\u00bf{}",
                "\u00ef\u00bb\u00bf",
                "\u00e5",
                "[\u2060]".replace('\u2060', '\u00e2'),
                "[\f]",
                "[\u00a0]",
                "{\"asd\":\"asd\"",
                "*",
                "{\"a\":\"b\"}#{}",
                "[\\u000A\"\"]",
                "[1",
                "[ false, nul",
                "[ true, fals",
                "[ false, tru",
                "{\"asd\":\"asd\"\"",
                "[,",
                "[{",
                "[\"a",
                "[\"a\"",
                "{",
                "{[",
                "{,",
                "{\"a",
                "{'a'",
                "[\"\\{[\"\\{[\"\\{[\"\\{",
                "\u00e9",
                "[,\"\"",
                "nullx",
                "tru",
                "-");
    }

    @ParameterizedTest
    @MethodSource("refused")
    void next_whatNoParserMayTake_isRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedJson.class);
        assertThatThrownBy(() -> value(text)).isInstanceOf(MalformedJson.class);
    }

    /** What the RFC leaves to parsers, and RFC 7493 mostly does not. */
    static Stream<String> decidedAgainst() {
        return Stream.of(
                "[0.4e00669999999999999999999999999999999999999999999999999999999999999969999999006]",
                "[-1e+9999]",
                "[1.5e+9999]",
                "[123123e100000]",
                "[-123123e100000]",
                "[123e-10000000]",
                "[1e99999999999999999999]",
                "[1e-99999999999999999999]",
                "[0e2000]",
                "[0." + "0".repeat(2000) + "]",
                "[" + "1".repeat(1001) + "]",
                "[\"\\uDADA\"]",
                "[\"\\uD888\\u1234\"]",
                "[\"\\uD800\\n\"]",
                "[\"\\uDd1ea\"]",
                "[\"\\uD800\\uD800\\n\"]",
                "[\"\\ud800\"]",
                "[\"\\ud800abc\"]",
                "[\"\\uDd1e\\uD834\"]",
                "[\"\\uDFAA\"]",
                "[\"\\uFDD0\"]",
                "[\"\\uFFFE\"]",
                "[\"\\uD83F\\uDFFE\"]",
                "[\"\u00ef\u00bf\u00bf\"]",
                "[\"\u00f4\u008f\u00bf\u00bf\"]",
                "[\"\u00e6\u0097\u00a5\u00d1\u0088\u00fa\"]",
                "[\"\u00f4\u00bf\u00bf\u00bf\"]",
                "[\"\u00f4\u0090\u0080\u0080\"]",
                "[\"\u00f5\u0080\u0080\u0080\"]",
                "[\"\u00f8\u0090\u0080\u0080\u0080\"]",
                "[\"\u00fc\u0083\u00bf\u00bf\u00bf\u00bf\"]",
                "[\"\u00ff\"]",
                "[\"\u00e0\u00ff\"]",
                "[\"\u00e0\u0080\u00af\"]",
                "[\"\u00c0\u00af\"]",
                "[\"\u00c0\u0080\"]",
                "[\"\u00ed\u00a0\u0080\"]",
                "[\"\u00ed\u00a0\u0080\u00ed\u00b0\u0080\"]",
                "[\"\u0081\"]",
                "[\"\u00e9\"]",
                "[\"\u00e9",
                "[\"\u00f0\u009f\u0098\"]",
                "\u00ff\u00fe[\u0000\"\u0000\u00e9\u0000\"\u0000]\u0000",
                "[\u0000\"\u0000\u00e9\u0000\"\u0000]\u0000",
                "\u0000[\u0000\"\u0000\u00e9\u0000\"\u0000]",
                "[".repeat(33) + "]".repeat(33),
                "[".repeat(100_000),
                "[{\"\":".repeat(50_000) + "\n",
                "{\"a\":".repeat(33) + "1" + "}".repeat(33));
    }

    @ParameterizedTest
    @MethodSource("decidedAgainst")
    void next_whatParsersDifferIn_isRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedJson.class);
    }

    @Test
    void number_anyLiteral_keepsItsValue() throws MalformedJson {
        assertThat(value("0")).isEqualTo(0L);
        assertThat(value("-0")).isEqualTo(0L);
        assertThat(value("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(value("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        assertThat(value("9223372036854775808")).isEqualTo(BigInteger.ONE.shiftLeft(63));
        assertThat(value("9".repeat(1000))).isEqualTo(BigInteger.TEN.pow(1000).subtract(BigInteger.ONE));
        assertThat(value("-123456789012345678")).isEqualTo(-123456789012345678L);
        assertThat(value("1.5E1")).isEqualTo(15L);
        assertThat(value("-12345678901234567890.5e1")).isEqualTo(new BigInteger("-123456789012345678905"));
        for (String decimal : List.of(
                "0.1",
                "-0.0",
                "15.0",
                "2E1",
                "1e-7",
                "123.456e78",
                "1e1000",
                "-1E-1000",
                "0.12345678901234567890123",
                "1.7976931348623157e308",
                "5e-324",
                "0.00" + "1".repeat(1000))) {
            assertThat(value(decimal)).isEqualTo(new BigDecimal(decimal));
        }
    }

    @Test
    void text_escapesAndCharacters_areWhatTheyStandFor() throws MalformedJson {
        assertThat(value("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\uD83D\\ude00x\""))
                .isEqualTo("\"\\/\b\f\n\r\tAé€😀x");
        assertThat(value("\"\u00c3\u00a9\\n\u00f0\u009f\u0098\u0080\"")).isEqualTo("é\n😀");
        assertThat(value("\"\\u0000\"")).isEqualTo("\0");
    }

    @Test
    void next_names_areAsLongAsTheyMayBe() throws MalformedJson {
        for (String character : List.of("a", "\\n", "\\u0041", "\u00c3\u00a9", "\u00e2\u0082\u00ac")) {
            read("{\"" + character.repeat(4096) + "\":1}");
            assertThatThrownBy(() -> read("{\"" + character.repeat(4097) + "\":1}"))
                    .hasMessage("line 1, column 2: a name is longer than 4096 characters");
        }
        for (String pair : List.of("\\ud83d\\ude00", "\u00f0\u009f\u0098\u0080")) {
            read("{\"" + pair.repeat(2048) + "\":1}");
            assertThatThrownBy(() -> read("{\"a" + pair.repeat(2048) + "\":1}")).hasMessageContaining("longer than");
        }
    }

    @Test
    void next_membersAndElements_areAsManyAsThereMayBe() throws MalformedJson {
        String most = "[" + "0,".repeat(JsonReader.MAX_VALUES - 2) + "0]";
        read(most);
        assertThatThrownBy(() -> read("[" + most + "]")).hasMessageContaining("more than 65536 members and elements");
        assertThatThrownBy(() -> new JsonReader(new byte[JsonScanner.MAX_LENGTH + 1]))
                .hasMessage("document: longer than 2097152 octets");
    }

    /** For whoever looks for one thing in a text that is broken further on. */
    @Test
    void next_brokenFurtherOn_isReadAsFarAsItGoes() throws MalformedJson {
        JsonReader reader = new JsonReader(octets("{\"a\":[1,\"x\"],\"a\":{\"b\":tru"));
        List<Object> seen = new ArrayList<>();
        assertThatThrownBy(() -> {
                    while (true) {
                        Token token = reader.next();
                        seen.add(
                                switch (token) {
                                    case NAME, STRING -> reader.text();
                                    case NUMBER -> reader.number();
                                    default -> token;
                                });
                    }
                })
                .hasMessage("line 1, column 26: not valid JSON");
        assertThat(seen)
                .containsExactly(Token.OBJECT, "a", Token.ARRAY, 1L, "x", Token.END_ARRAY, "a", Token.OBJECT, "b");
    }

    @Test
    void textIs_escapedOrNot_comparesWhatIsSaid() throws MalformedJson {
        JsonReader reader = new JsonReader(octets("[\"kid\",\"k\\u0069d\",\"kix\",\"kidd\",\"\u00c3\u00a9\"]"));
        reader.next();
        List<Boolean> same = new ArrayList<>();
        while (reader.next() == Token.STRING) {
            same.add(reader.textIs("kid"));
        }
        assertThat(same).containsExactly(true, true, false, false, false);
    }

    @Test
    void skipValue_objectsWithin_areLookedAtForNamesTwice() {
        assertThatThrownBy(() -> read("{\"a\":[{\"b\":1},\n {\"b\":{\"c\":1},\"b\":2}]}"))
                .hasMessage("line 2, column 15: a member is named twice in one object");
    }

    @Test
    void refused_anyPlace_isToldInLinesAndCharacters() {
        assertThatThrownBy(() -> read("[\r\n\"\u00c3\u00a9\u00f0\u009f\u0098\u0080\",\r x]"))
                .hasMessage("line 3, column 2: not valid JSON");
        assertThatThrownBy(() -> read("[\"\u00c3\u00a9\", x]")).hasMessage("line 1, column 7: not valid JSON");
    }
}
