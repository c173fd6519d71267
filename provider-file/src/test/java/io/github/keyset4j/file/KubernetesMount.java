package io.github.keyset4j.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A directory as kubelet lays out a mounted Secret for a pod with an fsGroup, updated as kubelet updates it: the file is a
 * link through {@code ..data}, which is renamed onto at each change. All may write the mount itself, which is sticky.
 */
final class KubernetesMount {

    private final Path mount;
    private int version;
    private @Nullable Path current;

    KubernetesMount(Path mount) throws IOException {
        this.mount = Files.createDirectory(mount);
        Files.setAttribute(mount, "unix:mode", 03777);
    }

    Path file() {
        return mount.resolve("keyset.json");
    }

    void swap(String document) throws IOException {
        Path versioned = Files.createDirectory(mount.resolve("..2026_01_01_00_00_0" + version++));
        Files.setAttribute(versioned, "unix:mode", 02755);
        Path content = Files.writeString(versioned.resolve("keyset.json"), document);
        Files.setPosixFilePermissions(content, PosixFilePermissions.fromString("r--r-----"));
        Path link = Files.createSymbolicLink(mount.resolve("..data_tmp"), versioned.getFileName());
        Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        if (current == null) {
            Files.createSymbolicLink(file(), Path.of("..data", "keyset.json"));
        } else {
            Files.delete(current.resolve("keyset.json"));
            Files.delete(current);
        }
        current = versioned;
    }
}
