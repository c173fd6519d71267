package io.github.keyset4j.examples;

import io.github.keyset4j.testing.ours.RequiredTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the sample in the words of Java 25, by a JDK that has them: this one, or one that is installed beside it. */
class Java25Test {

    private static final RequiredTool JDK = RequiredTool.orElse("install a JDK 25 or newer under /usr/lib/jvm");
    private static final int WORDS_OF = 25;

    private static Path java() throws IOException {
        Path own = Path.of(System.getProperty("java.home"));
        Path others = Path.of("/usr/lib/jvm");
        try (Stream<Path> beside = Files.isDirectory(others) ? Files.list(others) : Stream.empty()) {
            return Stream.concat(Stream.of(own), beside)
                    .filter(home -> feature(home) >= WORDS_OF && Files.exists(home.resolve("bin/javac")))
                    .findFirst()
                    .orElseThrow(() -> JDK.missing("there is no JDK 25"))
                    .resolve("bin/java");
        }
    }

    /** By the file that each JDK has; 0 for what is none. */
    private static int feature(Path home) {
        try (Stream<String> lines = Files.lines(home.resolve("release"))) {
            return lines.filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("JAVA_VERSION=\"(\\d+).*", "$1"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    @Test
    void sample_onJdk25_compilesAndRuns() throws IOException {
        String printed = JDK.answer(
                java().toString(),
                "-classpath",
                ExampleRun.classPath(),
                Path.of("src/java25/Java25.java").toString());

        assertThat(printed.lines())
                .containsExactlyInAnyOrder("the first key signs", "1000 times [Hello, all of you at acme]");
    }
}
