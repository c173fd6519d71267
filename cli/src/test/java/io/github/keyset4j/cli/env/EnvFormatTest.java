package io.github.keyset4j.cli.env;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EnvFormatTest {

    private static String render(EnvFormat format, Map<String, String> entries) throws EnvRefusal {
        return new String(format.render(EnvEntries.layered(List.of(entries))), StandardCharsets.UTF_8);
    }

    @Test
    void compose_everyEscape_isOneLineInDoubleQuotes() throws Exception {
        assertThat(render(EnvFormat.COMPOSE, Map.of("A", "a\\b\"c$d\ne\rf'g`h#i é")))
                .isEqualTo("A=\"a\\\\b\\\"c\\$d\\ne\\rf'g`h#i é\"\n");
    }

    @Test
    void portable_value_isBase64UrlWithoutPaddingUnderASuffix() throws Exception {
        assertThat(render(EnvFormat.PORTABLE, Map.of("A", "ÿÿ?>\n\0"))).isEqualTo("A_B64=w7_Dvz8-CgA\n");
    }

    @Test
    void raw_value_isVerbatim() throws Exception {
        assertThat(render(EnvFormat.RAW, Map.of("A", " \"$x\" #y "))).isEqualTo("A= \"$x\" #y \n");
    }

    @ParameterizedTest
    @EnumSource(EnvFormat.class)
    void render_entries_areSortedWithLineFeedsAndNoMark(EnvFormat format) throws Exception {
        String text = render(format, Map.of("b", "1", "B", "2", "_A", "3", "A1", "4", "A", ""));
        assertThat(text).endsWith("\n").doesNotContain("\r", "\ufeff", "\n\n");
        assertThat(text.lines().map(line -> line.replaceFirst("(_B64)?=.*", "")))
                .containsExactly("A", "A1", "B", "_A", "b");
    }

    @ParameterizedTest
    @CsvSource({
        "COMPOSE, 'CANARY\0',    'A: it contains a NUL'",
        "RAW,     'CANARY\0',    'A: it contains a NUL'",
        "RAW,     'CANARY\n',  'A: it has several lines'",
        "RAW,     'x\rCANARY', 'A: it has several lines'",
        "COMPOSE, CANARY\ud800, 'A: it contains half a character'",
        "RAW,     \udc00CANARY, 'A: it contains half a character'",
        "PORTABLE, CANARY\ud800, 'A: it contains half a character'",
    })
    void render_whatTheFormatHasNoFormFor_isRefusedByNameAndRemedy(EnvFormat format, String value, String rule) {
        assertThatExceptionOfType(EnvRefusal.class)
                .isThrownBy(() -> render(format, Map.of("A", value)))
                .withMessageStartingWith(rule)
                .withMessageContaining("; ")
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("CANARY"));
    }

    @Test
    void raw_longestLine_isTheLongestDockerReads() throws Exception {
        String longest = "v".repeat(65_536 - "A=\n".length());
        assertThat(DockerRunReader.read(render(EnvFormat.RAW, Map.of("A", longest))))
                .containsEntry("A", longest);
        assertThatExceptionOfType(EnvRefusal.class)
                .isThrownBy(() -> render(EnvFormat.RAW, Map.of("A", longest + "v")))
                .withMessageStartingWith("A: it is longer than the 64 KiB");
        assertThatExceptionOfType(EnvRefusal.class)
                .isThrownBy(() -> render(EnvFormat.RAW, Map.of("A", "é".repeat(32_768))))
                .withMessageStartingWith("A: it is longer");
    }

    @ParameterizedTest
    @CsvSource({"''", "1A", "A-B", "A.B", "A B", "A=B", "é", "'A\n'"})
    void layered_nameThatNotEveryReaderTakes_isRefusedUnsaid(String name) {
        assertThatExceptionOfType(EnvRefusal.class)
                .isThrownBy(() -> EnvEntries.layered(List.of(Map.of(name, "CANARY"))))
                .withMessage("entry 1: not a name that every shell and container accepts; "
                        + "use letters, digits and underscores, and no digit first");
    }

    @Test
    void layered_laterLayers_areOverEarlierOnes() throws Exception {
        EnvEntries entries = EnvEntries.layered(List.of(
                Map.of("A", "base", "B", "base", "C", "base"), Map.of("B", "cloud", "C", "cloud"), Map.of("C", "set")));
        assertThat(entries.values()).isEqualTo(Map.of("A", "base", "B", "cloud", "C", "set"));
        assertThat(entries).hasToString("EnvEntries[A, B, C]");
    }
}
