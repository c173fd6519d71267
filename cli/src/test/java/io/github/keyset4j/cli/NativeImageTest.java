package io.github.keyset4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.aot.graalvm.ReflectionConfigGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a native image is told is what picocli says of the commands and what the SDK of AWS looks for by name. To write
 * the commands' anew: {@code mvn -pl cli -am test -Dtest=NativeImageTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dkeyset4j.docs.write=true}.
 */
class NativeImageTest {

    private static final Path ROOT =
            Path.of(System.getProperty("project.basedir", ".")).resolve("..").normalize();
    private static final String METADATA = "src/main/resources/META-INF/native-image/io.github.keyset4j";
    private static final Pattern NAME = Pattern.compile("\"name\" : \"([^\"]+)\"");

    /** What a native image does not see by itself, but for services, which it does. */
    private static final Pattern BY_NAME = Pattern.compile("\\b(Class\\.forName|\\.loadClass|getResource(AsStream)?|"
            + "ResourceBundle|ServiceLoader\\.load|getDeclared\\w+|\\.newInstance|Proxy\\.new|ObjectInputStream)\\b");

    @Test
    void commands_fileIsWhatPicocliSays() throws Exception {
        Path file = ROOT.resolve("cli").resolve(METADATA).resolve("keyset4j-cli/reflect-config.json");
        CommandSpec commands = new Commands(Terminal.system()).line().getCommandSpec();
        String expected =
                ReflectionConfigGenerator.generateReflectionConfig(commands).replace("\r\n", "\n");
        if (Boolean.getBoolean("keyset4j.docs.write")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, expected);
        }
        assertThat(Files.readString(file))
                .as("write it anew: see this test's comment")
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "core/" + METADATA + "/keyset4j-core",
                "cli/" + METADATA + "/keyset4j-cli",
                "provider-aws/" + METADATA + "/keyset4j-provider-aws"
            })
    void names_areOfClassesThatExist(String directory) throws Exception {
        Matcher names = NAME.matcher(Files.readString(ROOT.resolve(directory).resolve("reflect-config.json")));
        Class<?> type = null;
        int classes = 0;
        while (names.find()) {
            String name = names.group(1);
            if (name.contains(".")) {
                type = Class.forName(name, false, getClass().getClassLoader());
                classes++;
            } else if (name.equals("<init>")) {
                assertThat(type.getDeclaredConstructor()).isNotNull();
            } else {
                assertThat(members(type)).as(type.getName()).contains(name);
            }
        }
        assertThat(classes).isPositive();
    }

    private static Stream<String> members(Class<?> type) {
        return Stream.concat(
                Stream.of(type.getDeclaredFields()).map(field -> field.getName()),
                Stream.of(type.getDeclaredMethods()).map(method -> method.getName()));
    }

    @Test
    void sources_lookUpByNameNothingButServices() throws IOException {
        Set<String> found = new TreeSet<>();
        for (String module : List.of(
                "core",
                "evidence",
                "provider-file",
                "provider-command",
                "provider-aws",
                "cli",
                "integrations/aws-rotation-lambda")) {
            try (Stream<Path> tree = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                tree.filter(Files::isRegularFile).forEach(file -> lookUps(file, found));
            }
        }
        assertThat(found).containsExactly("KeysetEdit.java: Class.forName", "Providers.java: ServiceLoader.load");
    }

    private static void lookUps(Path file, Set<String> found) {
        try {
            BY_NAME.matcher(Files.readString(file))
                    .results()
                    .forEach(use -> found.add(file.getFileName() + ": " + use.group()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
