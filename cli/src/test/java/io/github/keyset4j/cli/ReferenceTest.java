package io.github.keyset4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reference at the end of docs/cli.md is what the command line says of itself, and nothing follows it. To write it
 * anew: {@code mvn -pl cli -am test -Dtest=ReferenceTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dkeyset4j.docs.write=true}.
 */
class ReferenceTest {

    private static final Path DOCUMENT = Path.of(System.getProperty("project.basedir", "."))
            .resolve("../docs/cli.md")
            .normalize();

    private static final Pattern REFERENCE =
            Pattern.compile("(?s)(<!-- reference: begin[^>]*-->\n).*(<!-- reference: end -->\n)\\z");

    private static String reference() {
        StringBuilder reference = new StringBuilder();
        CommandLine top = new Commands(Terminal.system()).line();
        contents(reference, top);
        section(reference, top);
        top.getSubcommands().values().forEach(command -> section(reference, command));
        return reference.append('\n').toString();
    }

    /** A link to each section, by the heading's anchor. */
    private static void contents(StringBuilder contents, CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        contents.append(command.getParent() == null ? "\n" : ",\n")
                .append('[')
                .append(name)
                .append("](#")
                .append(name.replace(' ', '-'))
                .append(')');
        command.getSubcommands().values().forEach(sub -> contents(contents, sub));
        if (command.getParent() == null) {
            contents.append('\n');
        }
    }

    private static void section(StringBuilder reference, CommandLine command) {
        String usage =
                command.getUsageMessage(CommandLine.Help.Ansi.OFF).strip().replaceAll("(?m)[ \t]+$", "");
        reference
                .append("\n### ")
                .append(command.getCommandSpec().qualifiedName())
                .append("\n\n```text\n")
                .append(usage)
                .append("\n```\n");
        command.getSubcommands().values().stream()
                .filter(sub -> command.getParent() != null)
                .forEach(sub -> section(reference, sub));
    }

    @Test
    void reference_document_isWhatTheModelSays() throws Exception {
        String document = Files.readString(DOCUMENT);
        Matcher matcher = REFERENCE.matcher(document);
        assertThat(matcher.find())
                .as("the markers of the reference in %s", DOCUMENT)
                .isTrue();
        String expected = matcher.replaceFirst("$1" + Matcher.quoteReplacement(reference()) + "$2");
        if (Boolean.getBoolean("keyset4j.docs.write")) {
            Files.writeString(DOCUMENT, expected);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("write it anew: see this test's comment")
                .isEqualTo(expected);
    }

    @Test
    void registry_everyCommand_hasItsNameAndADescription() {
        new Commands(Terminal.system()).line().getSubcommands().forEach((name, command) -> {
            assertThat(command.getCommandName()).isEqualTo(name);
            assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
        });
    }
}
