package com.example.vault;

import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.testing.KeysetSourceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What every source has to do: the tests are the contract's. */
class VaultKeysetSourceTest extends KeysetSourceContract {

    @TempDir
    private Path directory;

    private InMemoryVault vault;

    @BeforeEach
    void open() throws IOException {
        vault = new InMemoryVault("t0ken");
        Files.writeString(directory.resolve("token"), "t0ken\n");
    }

    @AfterEach
    void close() {
        vault.close();
    }

    @Override
    protected KeysetSource source() {
        return new VaultKeysetSource(
                vault.address(), "app/jwt-keys", directory.resolve("token"), Duration.ofSeconds(10));
    }

    @Override
    protected void store(String document) {
        vault.put("app/jwt-keys", document);
    }

    @Override
    protected void remove() {
        vault.delete("app/jwt-keys");
    }
}
