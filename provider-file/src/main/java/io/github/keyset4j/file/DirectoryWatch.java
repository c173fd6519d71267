package io.github.keyset4j.file;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that something happened to a file or, in a Kubernetes mount, to the {@code ..data} link beside it. It watches
 * the directory the path names, not the one a link leads to, since that one is deleted at every swap.
 */
final class DirectoryWatch {

    private static final Logger log = LoggerFactory.getLogger("io.github.keyset4j.file.FileKeysetSource");

    private final Path file;
    private @Nullable WatchService service;

    DirectoryWatch(Path file) {
        this.file = file.toAbsolutePath();
    }

    synchronized void start(Runnable hint) {
        if (service != null) {
            return;
        }
        try {
            Path directory = file.getParent();
            if (directory == null) {
                return;
            }
            WatchService opened = directory.getFileSystem().newWatchService();
            service = opened;
            directory.register(
                    opened,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
            Thread thread = new Thread(() -> run(opened, hint), "keyset4j-file-watch");
            thread.setDaemon(true);
            thread.start();
        } catch (IOException | RuntimeException e) {
            close();
            log.warn(
                    "file:{}: changes are not watched ({}); the file is read at every refresh all the same",
                    file,
                    e.getClass().getName());
        }
    }

    private void run(WatchService opened, Runnable hint) {
        try {
            boolean valid = true;
            while (valid) {
                WatchKey key = opened.take();
                boolean concerns = key.pollEvents().stream().anyMatch(this::concerns);
                valid = key.reset();
                if (concerns) {
                    hint.run();
                }
            }
            log.warn("file:{}: its directory is gone; the file is read at every refresh all the same", file);
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // closed
        }
    }

    private boolean concerns(WatchEvent<?> event) {
        if (!(event.context() instanceof Path name)) {
            return true; // events were lost
        }
        return name.equals(file.getFileName()) || name.toString().startsWith("..");
    }

    synchronized void close() {
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                log.warn(
                        "file:{}: closing its watch failed with {}",
                        file,
                        e.getClass().getName());
            }
            service = null;
        }
    }
}
