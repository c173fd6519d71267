package io.github.keyset4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What docs/first-day.md shows is the text of the programs that it names. */
class FirstDayTest {

    private static final Pattern JAVA = Pattern.compile("(?s)```java\\R(.*?)\\R```");

    private static String region(String file, String name) throws IOException {
        Path source = Path.of("src").resolve(file.replace("/", "/java/io/github/keyset4j/examples/") + ".java");
        return Region.of(source, name).orElseThrow().text();
    }

    @Test
    void firstDay_everyPieceButTheFirst_isTheProgramsText() throws IOException {
        Matcher matcher = JAVA.matcher(Files.readString(Path.of("../docs/first-day.md")));
        List<String> pieces = new ArrayList<>();
        while (matcher.find()) {
            pieces.add(matcher.group(1));
        }
        assertThat(pieces.subList(1, pieces.size()))
                .containsExactly(
                        region("main/SignAccessToken", "sign"),
                        region("main/VerifyToken", "verify"),
                        region("main/PublishKeys", "jwks"),
                        region("main/PublishKeys", "publish"),
                        region("main/OwnSource", "source"),
                        region("main/ReactToRotation", "react"),
                        region("test/LoginTest", "fake"),
                        region("test/LoginTest", "real"));
    }
}
