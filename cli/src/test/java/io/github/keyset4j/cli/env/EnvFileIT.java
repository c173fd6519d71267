package io.github.keyset4j.cli.env;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EnvFileIT {

    private static final Map<String, String> ENTRIES = Map.of("A", "CANARY one", "B", "two", "C", "three");

    @TempDir
    private Path directory;

    private Path path;

    @BeforeEach
    void setUp() {
        path = directory.resolve(".env.runtime");
    }

    private EnvFile file(EnvFormat format) throws EnvRefusal {
        return new EnvFile(path, format, EnvEntries.layered(List.of(ENTRIES)));
    }

    private void edit(String text) throws Exception {
        Files.writeString(path, text);
    }

    @ParameterizedTest
    @EnumSource(EnvFormat.class)
    void drift_whatWasWritten_isNone(EnvFormat format) throws Exception {
        file(format).write();
        assertThat(file(format).drift().isEmpty()).isTrue();
        assertThat(file(format).names())
                .containsExactly(
                        format == EnvFormat.PORTABLE
                                ? new String[] {"A_B64", "B_B64", "C_B64"}
                                : new String[] {"A", "B", "C"});
    }

    @Test
    void drift_noFile_lacksEverything() throws Exception {
        assertThat(file(EnvFormat.COMPOSE).drift())
                .isEqualTo(new Drift(List.of("A", "B", "C"), List.of(), List.of(), List.of("there is no such file")));
        assertThat(path).doesNotExist();
    }

    @Test
    void drift_editedFile_namesWhatIsMissingExtraAndDifferent() throws Exception {
        file(EnvFormat.COMPOSE).write();
        edit("# by hand\nB='two'\nC=\"3\"\nD=\"CANARY\"\n");
        assertThat(file(EnvFormat.COMPOSE).drift())
                .isEqualTo(new Drift(List.of("A"), List.of("D"), List.of("C"), List.of()));
    }

    @Test
    void drift_otherMode_isAFault() throws Exception {
        file(EnvFormat.COMPOSE).write();
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(file(EnvFormat.COMPOSE).drift().faults()).containsExactly("its mode is 0644, not 0600");
    }

    @Test
    void drift_fileThatCannotBeRead_isAFaultWithoutItsContent() throws Exception {
        file(EnvFormat.COMPOSE).write();
        edit("A=\"x\"\nB=${CANARY}\n");
        assertThat(file(EnvFormat.COMPOSE).drift().faults())
                .singleElement()
                .asString()
                .contains("not in the compose format", "line 2")
                .doesNotContain("CANARY");
        edit("A=\"CANARY\n");
        assertThat(file(EnvFormat.COMPOSE).drift().isEmpty()).isFalse();
        Files.write(path, new byte[] {'A', '=', (byte) 0xff});
        assertThat(file(EnvFormat.RAW).drift().faults())
                .singleElement()
                .asString()
                .contains("not UTF-8");
    }

    @Test
    void drift_otherFormat_isDrift() throws Exception {
        file(EnvFormat.RAW).write();
        assertThat(file(EnvFormat.PORTABLE).drift().missing()).containsExactly("A_B64", "B_B64", "C_B64");
        file(EnvFormat.COMPOSE).write();
        assertThat(file(EnvFormat.RAW).drift().different()).containsExactly("A", "B", "C");
    }

    @Test
    void drift_symbolicLink_isRefused() throws Exception {
        Files.createSymbolicLink(path, directory.resolve("elsewhere"));
        assertThatExceptionOfType(EnvRefusal.class)
                .isThrownBy(() -> file(EnvFormat.COMPOSE).drift())
                .withMessageContaining("a symbolic link");
    }

    @Test
    void sha256_isOfTheWholeFile() throws Exception {
        file(EnvFormat.COMPOSE).write();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
        assertThat(file(EnvFormat.COMPOSE).sha256()).isEqualTo(HexFormat.of().formatHex(digest));
        assertThat(file(EnvFormat.COMPOSE)).asString().contains("A, B, C").doesNotContain("CANARY");
    }
}
