package io.github.keyset4j.file;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.KeysetSources;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FileKeysetSourceProviderTest {

    @TempDir
    private Path directory;

    private static KeysetSource source(String uri) {
        return KeysetSources.of(URI.create(uri));
    }

    private static KeyManager strict(KeysetSource source) {
        return KeyManager.builder(source)
                .policy(KeysetPolicy.strictProduction())
                .start();
    }

    @ParameterizedTest
    @CsvSource({
        "file:/etc/app/keys.json,file:/etc/app/keys.json",
        "file:///etc/app/keys.json,file:/etc/app/keys.json",
        "file://localhost/etc/app/keys.json,file:/etc/app/keys.json",
        "file:keys.json,file:keys.json",
        "file:../keys/keys.json?watch=true,file:../keys/keys.json",
        "FILE:/etc/my%20keys.json?groupRead=true&watch=false,file:/etc/my keys.json"
    })
    void of_fileUri_isTheSourceOfThatPath(String uri, String description) {
        KeysetSource source = source(uri);
        assertThat(source).isInstanceOf(FileKeysetSource.class);
        assertThat(source.description()).isEqualTo(description);
        assertThat(source.inline()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "file://server/share/keys.json,file: name: names a host; write file:/path",
        "file://server,file: name: names a host",
        "file:/a%00b,file: name: has a control character",
        "file:/a?group-read=true,file: parameter group-read: unknown; the known ones are",
        "file:/a?groupRead=perhaps,file: parameter groupRead: not a switch; write true or false",
        "file:/a?watch=true&watch=true,file: parameter watch: given 2 times; give it once"
    })
    void of_malformed_isRefusedWithTheRemedy(String uri, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> source(uri))
                .withMessageStartingWith(problem.replace("'", ""));
    }

    @Test
    void of_fileUri_loads() throws IOException {
        Path file = directory.resolve("a keyset.json");
        Files.writeString(file, SampleDocuments.keyset("k1"));
        try (KeyManager keys =
                KeyManager.builder(KeysetSources.of(file.toUri())).start()) {
            assertThat(keys.keyset().key("k1")).isPresent();
        }
    }

    @Test
    void groupRead_switchedOn_letsStrictProductionTakeIt() throws IOException {
        Path file = directory.resolve("keyset.json");
        Files.writeString(file, SampleDocuments.keyset("k1"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
        assertThatThrownBy(() -> strict(source("file:" + file)))
                .isInstanceOf(InvalidKeysetException.class)
                .hasMessageContaining("file mode 0440: the group may read; chmod 600, or allow it:")
                .hasMessageContaining("groupRead=true");
        try (KeyManager keys = strict(source("file:" + file + "?groupRead=true"));
                KeyManager bySetting =
                        strict(KeysetSources.of(URI.create("file:" + file), Map.of("groupRead", "yes")))) {
            assertThat(keys.keyset().key("k1")).isPresent();
            assertThat(bySetting.keyset().key("k1")).isPresent();
        }
    }

    @Test
    void watch_switchedOn_watches() throws IOException {
        Files.writeString(directory.resolve("keyset.json"), SampleDocuments.keyset("k1"));
        String uri = "file:" + directory.resolve("keyset.json");
        try (KeysetSource watching = source(uri + "?watch=true");
                KeysetSource not = source(uri)) {
            not.watch(() -> {});
            assertThat(watchers()).isZero();
            watching.watch(() -> {});
            assertThat(watchers()).isOne();
        }
    }

    private static long watchers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("keyset4j-file-watch"))
                .count();
    }
}
