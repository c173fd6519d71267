package io.github.keyset4j.file;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Real events of a real file system, to a manager that would not look again for an hour. */
@SuppressWarnings("NullAway.Init") // JUnit sets it before each test
class FileWatchIT {

    @TempDir
    private Path directory;

    private final BlockingQueue<KeysetEvent.Loaded> loaded = new LinkedBlockingQueue<>();

    private KeyManager watching(Path file) {
        KeysetSource source = FileKeysetSource.builder(file).watch().build();
        return KeyManager.builder(source)
                .refreshEvery(Duration.ofHours(1))
                .listener(event -> {
                    if (event instanceof KeysetEvent.Loaded news) {
                        loaded.add(news);
                    }
                })
                .start();
    }

    private KeysetEvent.@Nullable Loaded nextLoad() throws InterruptedException {
        return loaded.poll(20, TimeUnit.SECONDS);
    }

    @Test
    void watch_kubernetesSwaps_threeInARow_eachIsNoticed() throws Exception {
        KubernetesMount mount = new KubernetesMount(directory.resolve("mount"));
        mount.swap(SampleDocuments.keyset("k0"));
        try (KeyManager keys = watching(mount.file())) {
            assertThat(nextLoad()).isNotNull();
            for (int i = 1; i <= 3; i++) {
                mount.swap(SampleDocuments.keyset("k" + i));
                assertThat(nextLoad()).isNotNull();
                assertThat(keys.keyset().key("k" + i)).isPresent();
            }
        }
    }

    @Test
    void watch_atomicRename_isNoticed() throws Exception {
        Path file = directory.resolve("keyset.json");
        Files.writeString(file, SampleDocuments.keyset("k1"));
        try (KeyManager keys = watching(file)) {
            assertThat(nextLoad()).isNotNull();
            Path beside = Files.writeString(directory.resolve("new"), SampleDocuments.keyset("k2"));
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            assertThat(nextLoad()).isNotNull();
            assertThat(keys.keyset().key("k2")).isPresent();
        }
    }

    @Test
    void close_watching_leavesNoThread() throws Exception {
        Path file = directory.resolve("keyset.json");
        Files.writeString(file, SampleDocuments.keyset("k1"));
        Thread watcher;
        try (KeyManager keys = watching(file)) {
            watcher = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("keyset4j-file-watch"))
                    .findFirst()
                    .orElseThrow();
            assertThat(watcher.isDaemon()).isTrue();
            assertThat(keys.keyset().keys()).hasSize(1);
        }
        watcher.join(10_000);
        assertThat(watcher.isAlive()).isFalse();
    }

    @Test
    void watch_directoryMissing_warnsAndGoesOnWithout() {
        try (LogCapture log = LogCapture.start()) {
            KeysetSource source = FileKeysetSource.builder(directory.resolve("missing/keyset.json"))
                    .watch()
                    .build();
            source.watch(() -> {});
            source.close();
            assertThat(log.lines("WARN")).hasSize(1);
        }
    }
}
