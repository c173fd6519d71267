package io.github.keyset4j.command;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.testing.KeysetSourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The command prints a file. Nothing under the name given means, for a command, that there is no such executable. */
@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class CommandKeysetSourceTest extends KeysetSourceContract {

    @TempDir
    private Path directory;

    private Path executable;
    private Path document;

    @BeforeEach
    void nameFiles() {
        executable = directory.resolve("fetch");
        document = directory.resolve("keyset.json");
    }

    @Override
    protected KeysetSource source() {
        return CommandKeysetSource.of(executable.toString(), document.toString());
    }

    @Override
    protected void store(String content) throws IOException {
        Files.writeString(document, content);
        Scripts.write(executable, "exec cat \"$1\"");
    }

    @Override
    protected void remove() throws IOException {
        Files.delete(executable);
    }

    @Test
    void description_argumentsGiven_namesTheExecutableAlone() {
        KeysetSource source = CommandKeysetSource.of("/usr/bin/fetch", "--token", "canary");
        assertThat(source.description()).isEqualTo("command:/usr/bin/fetch");
        assertThat(source.toString()).isEqualTo("command:/usr/bin/fetch");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kms-client get --token=canary",
                "kms-client\tcanary",
                "kms-client\ncanary",
                "kms-client\u202ecanary"
            })
    void description_wholeCommandLineAsOneWord_namesItsBeginningAlone(String word) throws Exception {
        KeysetSource source = CommandKeysetSource.of(word);
        assertThat(source.description()).isEqualTo("command:kms-client (…)");
        assertThat(source.findings()).noneMatch(finding -> finding.toString().contains("canary"));
        assertThatThrownBy(source::load)
                .isInstanceOf(KeysetLoadException.class)
                .hasMessageStartingWith(
                        "command:kms-client (…): start: the executable's name goes on like a command line")
                .hasMessageEndingWith("give each argument as a word of its own, without quotes around them all")
                .hasNoCause();
    }

    @Test
    void description_variableBeforeTheCommand_leavesItsValueOut() {
        assertThat(CommandKeysetSource.of("TOKEN=canary kms-client get").description())
                .isEqualTo("command:TOKEN (…)");
    }

    @Test
    void description_absoluteCommandLineAsOneWord_namesItsBeginningAlone() {
        KeysetSource source = CommandKeysetSource.of("/usr/bin/env sh --token /canary");
        assertThat(source.description()).isEqualTo("command:/usr/bin/env (…)");
        assertThat(source.findings()).noneMatch(finding -> finding.toString().contains("canary"));
    }

    @Test
    void load_executableWithASpaceInItsName_isRun() throws Exception {
        store("content");
        Path spaced = Files.move(executable, directory.resolve("my fetch"));
        assertThat(CommandKeysetSource.of(spaced.toString(), document.toString())
                        .load()
                        .size())
                .isEqualTo(7);
    }

    @Test
    void description_shell_leavesItsStringOut() {
        KeysetSource source = CommandKeysetSource.shell("kms-client --token canary");
        assertThat(source.description()).isEqualTo("command:sh -c (…)");
        assertThat(source.toString()).isEqualTo("command:sh -c (…)");
    }

    @Test
    void inline_always_isFalse() {
        assertThat(CommandKeysetSource.of("/usr/bin/fetch").inline()).isFalse();
    }

    @Test
    void builder_noExecutable_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandKeysetSource.of(" "))
                .withMessageContaining("command");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandKeysetSource.shell(" "))
                .withMessageContaining("command");
    }

    @Test
    void build_argumentsBesideAShellsString_areRefusedAndNotQuoted() {
        CommandKeysetSource.Builder builder =
                CommandKeysetSource.builder("kms-client", "--token", "canary").shell();
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContaining("write them into the string")
                .withMessageNotContaining("canary");
    }

    @Test
    void builder_null_isRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> CommandKeysetSource.of(null))
                .withMessage("executable");
        assertThatNullPointerException()
                .isThrownBy(() -> CommandKeysetSource.shell(null))
                .withMessage("command");
        assertThatNullPointerException()
                .isThrownBy(() -> CommandKeysetSource.builder("x").environment("NAME", null))
                .withMessage("value");
    }

    @Test
    void builder_nulCharacter_isRefusedWithoutQuotingIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandKeysetSource.of("/usr/bin/fetch", "canary\0"))
                .withMessageContaining("command")
                .withMessageNotContaining("canary");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandKeysetSource.builder("x").environment("NAME", "canary\0"))
                .withMessageNotContaining("canary");
    }

    @Test
    void builder_variableWithItsValue_isRefusedWithoutQuotingIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandKeysetSource.builder("x").passEnvironment("TOKEN=canary"))
                .withMessageNotContaining("canary");
    }

    @Test
    void builder_timeoutNotPositive_isRefused() {
        CommandKeysetSource.Builder builder = CommandKeysetSource.builder("x");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.timeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.timeout(Duration.ofSeconds(-1)));
    }

    @Test
    void build_builderChangedAfterwards_keepsWhatItWasBuiltOf() throws Exception {
        store("{}");
        CommandKeysetSource.Builder builder = CommandKeysetSource.builder(executable.toString(), document.toString());
        KeysetSource source = builder.build();
        builder.directory(directory.resolve("nowhere"));
        assertThat(source.load().size()).isEqualTo(2);
    }
}
