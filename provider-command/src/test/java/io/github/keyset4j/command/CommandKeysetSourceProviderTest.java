package io.github.keyset4j.command;

import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.KeysetSources;
import java.net.URI;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CommandKeysetSourceProviderTest {

    @Test
    void of_commandUri_runsItWithItsArguments() throws Exception {
        KeysetSource source = KeysetSources.of(URI.create("command:/bin/echo?arg=-n&arg=k1:a%20b&timeout=5s"));
        assertThat(source.description()).isEqualTo("command:/bin/echo");
        assertThat(source.load().size()).isEqualTo("k1:a b".length());
        assertThat(source.findings()).isEmpty();
    }

    @Test
    void of_shell_isAFinding() throws Exception {
        KeysetSource source = KeysetSources.of(URI.create("command:printf%20k1:abc?shell=true"));
        assertThat(source.load().size()).isEqualTo("k1:abc".length());
        assertThat(source.findings()).isNotEmpty();
    }

    @Test
    void of_shellWithArguments_isRefused() {
        assertThatThrownBy(() -> KeysetSources.of(URI.create("command:echo?shell=true&arg=x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("arg");
    }
}
