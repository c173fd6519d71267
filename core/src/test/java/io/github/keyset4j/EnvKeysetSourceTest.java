package io.github.keyset4j;

import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.testing.KeysetSourceContract;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EnvKeysetSourceTest extends KeysetSourceContract {

    private final Map<String, String> environment = new HashMap<>();

    @Override
    protected KeysetSource source() {
        return EnvKeysetSource.of("APP_KEYS").from(environment);
    }

    @Override
    protected void store(String document) {
        environment.put("APP_KEYS", document);
    }

    @Override
    protected void remove() {
        environment.put("APP_KEYS", " \t ");
    }

    @Test
    void load_listWithActiveKidBeside_signsWithThatKid() {
        environment.put("LIST", "k1:" + SampleKeys.secret(32) + ",k2:" + SampleKeys.secret(32));
        environment.put("ACTIVE", " k1\n");
        KeysetSource source = EnvKeysetSource.of("LIST", "ACTIVE").from(environment);
        try (KeyManager keys = KeyManager.builder(source).start()) {
            assertThat(keys.activeKey().orElseThrow().kid()).isEqualTo("k1");
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
    }

    @Test
    void of_variableOfThisProcess_isRead() {
        assertThat(EnvKeysetSource.of("PATH").load().size()).isPositive();
    }
}
