package io.github.keyset4j.cli;

import io.github.keyset4j.encoding.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a command says, however carelessly: nothing gets through that steers a terminal. */
class TerminalTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal = new Terminal(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            true,
            true,
            Map.of());

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }

    private static boolean steers(int point) {
        return (point < ' ' && point != '\n')
                || point == 0x7f
                || (point >= 0x80 && point < 0xa0)
                || Character.getType(point) == Character.FORMAT
                || point == 0x2028
                || point == 0x2029;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001b[2J", "\u001b]0;title\u0007", "\u001b[8m", "\u001b[31;8m", "\u009b2J", "\b", "\r", "\u007f",
                        "\u202e",
                "\u2066", "\u200b", "\ufeff", "\u2028", "\u2029", "\u00ad", "\ud83d", "\udb40\udc41", "\0"
            })
    void anyOutput_withWhatSteersATerminal_isWithoutIt(String bad) throws Exception {
        terminal.data("a" + bad + "b");
        terminal.words("c" + bad + "d");
        if (!bad.equals("\ud83d")) { // half a character is nothing that JSON may have
            terminal.json(Map.of("claim" + bad, "e" + bad + "f"));
        }
        assertThat(text(out) + text(err)).matches(all -> all.codePoints().noneMatch(TerminalTest::steers));
        assertThat(text(out)).startsWith("a").contains("b\n");
        assertThat(text(err)).startsWith("c").endsWith("d\n");
        if (!bad.equals("\ud83d")) {
            assertThat(StrictJson.object(text(out).lines().skip(1).findFirst().orElseThrow()))
                    .containsEntry("claim" + bad, "e" + bad + "f");
        }
    }

    @Test
    void anyOutput_withMarksAndLinesOfOurs_keepsThem() {
        Style style = terminal.style();
        String marked = style.bad("a") + style.good("b") + style.warning("c") + style.strong("d") + style.faint("e");
        terminal.data(marked + "\n\tnext \u2192 \ud83d\ude00 \u05d0");
        assertThat(text(out)).isEqualTo(marked + "\n\tnext \u2192 \ud83d\ude00 \u05d0\n");
        assertThat(marked).contains("\u001b[31m");
    }

    @Test
    void safe_partOfALine_cannotEndIt() {
        assertThat(Style.safe("a\nb\tc\u001b[31md")).isEqualTo("a\ufffdb\ufffdc\ufffd[31md");
    }

    @Test
    void secret_asked_isWrittenAsItIs() {
        terminal.secret("-----\u202e", true);
        assertThat(text(out)).isEqualTo("-----\u202e\n");
    }
}
