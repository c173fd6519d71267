package com.example.vault;

import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.KeysetSourceProvider;
import io.github.keyset4j.config.KeysetSourceUri;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** {@code vault:app/jwt-keys?address=https://vault.example:8200&tokenFile=/run/secrets/vault-token&timeout=2s}. */
public final class VaultKeysetSourceProvider implements KeysetSourceProvider {

    @Override
    public String scheme() {
        return "vault";
    }

    @Override
    public Set<String> parameters() {
        return Set.of("address", "tokenFile", "timeout");
    }

    @Override
    public KeysetSource source(KeysetSourceUri uri) {
        String address = uri.text("address")
                .filter(text -> text.matches("https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?"))
                .orElseThrow(() -> uri.refused(
                        "address", "not the address of a vault", "write it as in https://vault.example:8200"));
        String tokenFile = uri.text("tokenFile")
                .orElseThrow(() -> uri.refused("tokenFile", "missing", "name the file that the vault's token is in"));
        if (!uri.name().matches("[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")) {
            throw uri.refused("name", "not the name of a secret", "write it as in app/jwt-keys");
        }
        return new VaultKeysetSource(
                URI.create(address),
                uri.name(),
                Path.of(tokenFile),
                uri.duration("timeout").orElse(Duration.ofSeconds(5)));
    }
}
