package io.github.keyset4j.config;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CommandWordsTest {

    static Stream<Arguments> words() {
        return Stream.of(
                Arguments.of(
                        "kms-client get-jwt-keyset --format json",
                        List.of("kms-client", "get-jwt-keyset", "--format", "json")),
                Arguments.of("  a \t b  ", List.of("a", "b")),
                Arguments.of("a 'b c' \"d e\"", List.of("a", "b c", "d e")),
                Arguments.of("a b' 'c\" \"d", List.of("a", "b c d")),
                Arguments.of("a '' \"\"", List.of("a", "", "")),
                Arguments.of("a b\\ c \\\"", List.of("a", "b c", "\"")),
                Arguments.of("a \"\\\"\\\\\\$\\`\\n\"", List.of("a", "\"\\$`\\n")),
                Arguments.of("a '$HOME | \"x\" `y`'", List.of("a", "$HOME | \"x\" `y`")),
                Arguments.of("a --b=c d~e f#g h!i {j", List.of("a", "--b=c", "d~e", "f#g", "h!i", "{j")));
    }

    @ParameterizedTest
    @MethodSource("words")
    void words_quotedOrNot_areThoseOfAShell(String text, List<String> words) {
        assertThat(new CommandWords(text).words()).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({
        "a | b,3",
        "a && b,3",
        "a;b,2",
        "a > b,3",
        "a < b,3",
        "a $B,3",
        "a \"$B\",4",
        "a `b`,3",
        "a \"`b`\",4",
        "a *,3",
        "a b?,4",
        "a [b],3",
        "a ~/b,3",
        "a #b,3",
        "(a),1",
        "A=b c,2",
        "{ a; },1",
        "! a,1"
    })
    void needsShell_metacharacter_isToldByItsPlace(String text, int place) {
        assertThat(new CommandWords(text).needsShell()).contains("character " + place + " means something to a shell");
    }

    @Test
    void needsShell_secondLine_isASecondCommand() {
        assertThat(new CommandWords("a\nb").needsShell()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kms-client get --format json",
                "a '|' \"&\" \\; b=c",
                "/opt/kms/bin/get-keys -v --id=a/b:c@d,e+f%g"
            })
    void needsShell_nothingSpecial_isEmpty(String text) {
        assertThat(new CommandWords(text).needsShell()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a 'hunter2", "a \"hunter2", "a \"hunter2\\\"", "a hunter2\\"})
    void words_notEnded_isRefusedWithoutAQuotation(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CommandWords(text))
                .satisfies(e -> assertThat(e.getMessage()).isNotBlank().doesNotContain("hunter2"));
    }

    @Test
    void toString_always_isRedacted() {
        assertThat(new CommandWords("a hunter2")).hasToString("CommandWords[2 words, redacted]");
    }
}
