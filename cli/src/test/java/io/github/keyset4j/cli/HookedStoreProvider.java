package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.KeysetSourceUri;
import io.github.keyset4j.config.KeysetStoreProvider;
import io.github.keyset4j.file.FileKeysetStore;
import io.github.keyset4j.rotation.KeysetStore;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** {@code hooked:PATH}: a file in a store that knows more of it, and after whose writing something happens. */
public final class HookedStoreProvider implements KeysetStoreProvider {

    /** What happens. */
    static volatile Runnable afterReplace = () -> {};

    /** What the store knows of the document besides, such as the version before. */
    static volatile UnaryOperator<KeysetDocument> loaded = UnaryOperator.identity();

    @Override
    public String scheme() {
        return "hooked";
    }

    @Override
    public KeysetSource source(KeysetSourceUri uri) {
        return store(uri);
    }

    @Override
    public KeysetStore store(KeysetSourceUri uri) {
        return new Hooked(FileKeysetStore.of(Path.of(uri.name())));
    }

    private record Hooked(FileKeysetStore file) implements KeysetStore {

        @Override
        public KeysetDocument load() throws InterruptedException {
            return loaded.apply(file.load());
        }

        @Override
        public String create(KeysetDocument document) throws InterruptedException {
            return file.create(document);
        }

        @Override
        public String replace(KeysetDocument document, String expectedRevision) throws InterruptedException {
            String revision = file.replace(document, expectedRevision);
            afterReplace.run();
            return revision;
        }

        @Override
        public String description() {
            return file.description();
        }
    }
}
