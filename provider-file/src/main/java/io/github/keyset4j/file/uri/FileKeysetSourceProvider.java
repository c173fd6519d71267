package io.github.keyset4j.file.uri;

import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.KeysetSourceUri;
import io.github.keyset4j.config.KeysetStoreProvider;
import io.github.keyset4j.file.FileKeysetSource;
import io.github.keyset4j.rotation.KeysetStore;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;

/**
 * {@code file:/etc/app/keys.json}, {@code file:///etc/app/keys.json}, or {@code file:keys.json} in the working directory;
 * with {@code groupRead=true} and {@code watch=true} as {@link FileKeysetSource.Builder} has them.
 *
 * <p>Threads. Immutable.
 */
public final class FileKeysetSourceProvider implements KeysetStoreProvider {

    private static final String GROUP_READ = "groupRead";
    private static final String WATCH = "watch";

    /** For {@link java.util.ServiceLoader}. */
    public FileKeysetSourceProvider() {}

    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public Set<String> parameters() {
        return Set.of(GROUP_READ, WATCH);
    }

    @Override
    public KeysetSource source(KeysetSourceUri uri) {
        return file(uri).build();
    }

    @Override
    public KeysetStore store(KeysetSourceUri uri) {
        return file(uri).buildStore();
    }

    private static FileKeysetSource.Builder file(KeysetSourceUri uri) {
        FileKeysetSource.Builder file = FileKeysetSource.builder(path(uri));
        if (uri.flag(GROUP_READ)) {
            file.allowGroupRead();
        }
        if (uri.flag(WATCH)) {
            file.watch();
        }
        return file;
    }

    private static Path path(KeysetSourceUri uri) {
        String name = uri.name();
        if (name.startsWith("//")) {
            int path = name.indexOf('/', 2);
            String host = path < 0 ? name : name.substring(2, path);
            if (!host.isEmpty() && !host.equals("localhost")) {
                throw uri.refused("name", "names a host", "write file:/path, file:///path or, relative, file:path");
            }
            name = name.substring(path);
        }
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw uri.refused("name", "not a path of this file system", "correct it");
        }
    }
}
