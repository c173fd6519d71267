package io.github.keyset4j;

import io.github.keyset4j.config.KeysetSources;
import io.github.keyset4j.config.KeysetStores;
import io.github.keyset4j.rotation.KeysetStore;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class KeysetStoresTest {

    private static KeysetStore store(String uri, Class<?>... providers) throws IOException {
        return store(uri, Map.of(), providers);
    }

    private static KeysetStore store(String uri, Map<String, String> settings, Class<?>... providers)
            throws IOException {
        FakeProviders.ASKED.get().clear();
        try (ProvidersPresent ignored = ProvidersPresent.of(providers)) {
            assertThat(ignored).isNotNull();
            return KeysetStores.of(URI.create(uri), settings);
        }
    }

    @Test
    void of_writableScheme_isTheProvidersStore() throws IOException {
        assertThat(store("desk:a?region=x", FakeProviders.Desk.class).description())
                .isEqualTo("desk:a in x");
        assertThat(store("DESK:a?region=x", Map.of("region", "y"), FakeProviders.Desk.class)
                        .description())
                .isEqualTo("desk:a in y");
    }

    @Test
    void of_writableScheme_isASourceToo() throws IOException {
        try (ProvidersPresent present = ProvidersPresent.of(FakeProviders.Desk.class)) {
            assertThat(present).isNotNull();
            assertThat(KeysetSources.of(URI.create("desk:a")).description()).isEqualTo("desk:a in none");
        }
    }

    @Test
    void of_schemeThatCanOnlyBeRead_saysWhichCanBeWritten() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store("shelf:secret-name", FakeProviders.Shelf.class, FakeProviders.Desk.class))
                .withMessage("shelf: can be read only: no KeysetStoreProvider of this scheme is present, only of desk;"
                        + " name another place, or let " + FakeProviders.Shelf.class.getName() + " be one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store("env:APP_KEYS"))
                .withMessageStartingWith("env: can be read only: no KeysetStoreProvider of this scheme is present;");
    }

    @Test
    void of_artifactMissing_namesItAndThosePresent() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store("aws-ssm:/app/jwt", FakeProviders.Shelf.class, FakeProviders.Desk.class))
                .withMessage("aws-ssm: no provider of this scheme is present, only of desk; add the artifact"
                        + " io.github.keyset4j:keyset4j-provider-aws");
    }

    @Test
    void of_unknownScheme_listsThosePresentAndTheArtifacts() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store("dsek:a", FakeProviders.Desk.class))
                .withMessageContaining("only of desk")
                .withMessageContaining("keyset4j-provider-file");
    }

    @Test
    void of_unknownParameter_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store("desk:a?regoin=x", FakeProviders.Desk.class))
                .withMessage("desk: parameter regoin: unknown; the known ones are region");
    }

    @Test
    void of_providerReturnsNull_isItsMistake() {
        assertThatIllegalStateException()
                .isThrownBy(() -> store("desk:null", FakeProviders.Desk.class))
                .withMessageContaining(FakeProviders.Desk.class.getName());
    }

    @Test
    void of_anotherEntryThatIsBroken_isSkipped() throws IOException {
        try (ProvidersPresent present =
                        ProvidersPresent.registered("com.example.Missing", FakeProviders.Desk.class.getName());
                LogCapture log = LogCapture.start()) {
            assertThat(present).isNotNull();
            assertThat(KeysetStores.of(URI.create("desk:a")).description()).isEqualTo("desk:a in none");
            assertThat(log.lines("WARN"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.message()).contains("com.example.Missing"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeysetStores.of(URI.create("file:/a")))
                    .withMessageContaining(
                            "only of desk (1 entry was skipped: Provider com.example.Missing not found);");
        }
    }

    @Test
    void of_null_isRefusedByName() {
        assertThatNullPointerException().isThrownBy(() -> KeysetStores.of(null)).withMessage("uri");
        assertThatNullPointerException()
                .isThrownBy(() -> KeysetStores.of(URI.create("desk:a"), null))
                .withMessage("settings");
    }
}
