package com.example.vault;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.config.KeyManagers;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.KeysetSourceUri;
import io.github.keyset4j.config.KeysetSources;
import io.github.keyset4j.LoadOutcome;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The vault as configuration names it. */
class VaultByUriTest {

    private final String k1 = "\"k1\":\"" + randomSecret() + "\"";
    private final String k2 = "\"k2\":\"" + randomSecret() + "\"";

    @TempDir
    private Path directory;

    private InMemoryVault vault;

    private static String randomSecret() {
        byte[] random = new byte[48];
        new SecureRandom().nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    @BeforeEach
    void open() throws IOException {
        vault = new InMemoryVault("t0ken");
        Files.writeString(directory.resolve("token"), "t0ken");
        vault.put("app/jwt-keys", "{\"active_kid\":\"k1\",\"keys\":{" + k1 + "}}");
    }

    @AfterEach
    void close() {
        vault.close();
    }

    private String uri(URI address) {
        return "vault:app/jwt-keys?timeout=10s&address=" + address + "&tokenFile=" + directory.resolve("token");
    }

    @Test
    void start_bySourceVariable_signsAndFollowsTheVault() {
        Map<String, String> variables =
                Map.of("APP_JWT_KEYSET_SOURCE", uri(vault.address()), "APP_STRICT_PRODUCTION_MODE", "true");
        try (KeyManager keys = KeyManagers.from(variables, "APP").start()) {
            String token = keys.signer().sign(new JwtClaims());
            vault.put("app/jwt-keys", "{\"active_kid\":\"k2\",\"keys\":{" + k1 + "," + k2 + "}}");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(keys.keyset().key("k2")).isPresent();
            assertThat(keys.verifier().build().verify(token).kid()).isEqualTo("k1");
            vault.delete("app/jwt-keys");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.verifier().build().verify(token).kid()).isEqualTo("k1");
        }
    }

    @Test
    void load_byUri_carriesTheVaultsVersion() throws Exception {
        try (KeysetSource source = KeysetSources.of(uri(vault.address()))) {
            assertThat(source.description()).isEqualTo("vault:app/jwt-keys");
            assertThat(source.load().revision()).contains("1");
            assertThat(source.load().revisionTime()).isPresent();
        }
    }

    @Test
    void load_tokenRefused_isDeniedAndTheTokenNotShown() throws Exception {
        Files.writeString(directory.resolve("token"), "an0ther");
        try (KeysetSource source = KeysetSources.of(uri(vault.address()))) {
            assertThatThrownBy(source::load)
                    .isInstanceOfSatisfying(
                            KeysetLoadException.class,
                            e -> assertThat(e.reason()).isEqualTo(KeysetLoadException.Reason.DENIED))
                    .hasMessage("vault:app/jwt-keys: read: the vault refuses this token; give it access")
                    .satisfies(e -> assertThat(e.toString()).doesNotContain("an0ther"));
        }
    }

    @Test
    void start_plainHttpToAnotherHost_isRefusedByStrictProduction() {
        KeysetSource source = KeysetSources.of(uri(URI.create("http://vault.example:8200")));
        assertThatThrownBy(() -> KeyManager.builder(source)
                        .policy(KeysetPolicy.strictProduction())
                        .start())
                .isInstanceOf(InvalidKeysetException.class)
                .hasMessage("vault:app/jwt-keys: address: plain http to another host; use https");
    }

    @Test
    void of_parameterUnknown_isRefusedWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysetSources.of("vault:app/jwt-keys?token=t0ken"))
                .withMessage("vault: parameter token: unknown; the known ones are address, format, kid, member, secretEncoding,"
                        + " timeout, tokenFile");
    }

    @ParameterizedTest
    @CsvSource({
        "vault:app/jwt-keys,parameter address: not the address of a vault; write it as in https://vault.example:8200",
        "vault:app/jwt-keys?address=ftp://t0ken,parameter address: not the address of a vault;",
        "vault:app/jwt-keys?address=https://vault.example,parameter tokenFile: missing;",
        "vault:/t0ken?address=https://vault.example&tokenFile=/t0ken,name: not the name of a secret;",
        "vault:app/jwt-keys?address=https://vault.example&tokenFile=/t0ken&timeout=t0ken,parameter timeout: not a"
    })
    void source_uriThatWillNotDo_isRefusedByPlaceAndNotQuoted(URI uri, String problem) {
        KeysetSourceUri parsed = KeysetSourceUri.parse(uri);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VaultKeysetSourceProvider().source(parsed))
                .withMessageStartingWith("vault: " + problem)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("t0ken"));
    }
}
