package io.github.keyset4j.cli.env;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ComposeTextTest {

    @Test
    void parse_everyForm_isReadAsComposeDoes() throws Exception {
        String text = """
                # defaults\r
                PORT=8080\r
                export HOST = db # the service

                  NAME: app
                EMPTY=
                SINGLE='a $b \\n #c' # literal
                DOUBLE="a\\tb
                  second line"
                PORT=9090""";
        assertThat(ComposeText.parse("base.env", "\ufeff" + text))
                .isEqualTo(Map.of(
                        "PORT", "9090",
                        "HOST", "db",
                        "NAME", "app",
                        "EMPTY", "",
                        "SINGLE", "a $b \\n #c",
                        "DOUBLE", "a\tb\n  second line"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "B=$CANARY",
                "B=${CANARY}",
                "B=\"x $CANARY\"",
                "B=${CANARY:-x}",
                "B=\"\\\\$CANARY\"",
                "B=$_CANARY",
                "B=\"${CANARY\"",
                "B",
                "B\n",
                "export B",
                "B='CANARY",
                "B=\"CANARY\\\"",
                "B='x'CANARY",
                "B-C=CANARY",
                "1B=CANARY",
                "b.c=CANARY",
                "B C=CANARY",
                "=CANARY",
                "é=CANARY"
            })
    void parse_whatDependsOnItsSurroundings_isRefusedWithItsLine(String entry) {
        assertThatExceptionOfType(EnvRefusal.class)
                .isThrownBy(() -> ComposeText.parse("base.env", "# one\nA='two\nlines'\n" + entry))
                .withMessageMatching("(?s)base\\.env, line 4: .+; .+")
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("CANARY"));
    }

    /** Whatever is not refused has to be what the grammar's own reader reads, in whatever surroundings. */
    @Test
    void parse_randomTexts_agreesWithComposeOrRefuses() throws Exception {
        String[] pieces = {
            "A", "B", "_", "1", "=", "=", ":", "\n", "\n", "'", "'", "\"", "\"", "\\", "\\", "$", "$$", "${", "}", "#",
            " #", " ", "\t", "\r", "export ", "n", "\\n", "\\0101", "\\0777", "\\01", "\\c", "\\x41", "A=", "B='",
            "B=\"", "é", "\u00a0", "\u2003", "-", "."
        };
        Random random = new Random(7);
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder("A=");
            for (int n = random.nextInt(14); n > 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            Map<String, String> found;
            try {
                found = ComposeText.parse("base.env", text.toString());
            } catch (EnvRefusal refused) {
                continue;
            }
            read++;
            assertThat(found)
                    .as("%s", text)
                    .isEqualTo(ComposeReader.read(text.toString(), Map.of("A", "surroundings")));
        }
        assertThat(read).as("texts that were read").isGreaterThan(20_000);
    }
}
