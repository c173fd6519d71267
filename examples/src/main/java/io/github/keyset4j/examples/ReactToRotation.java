package io.github.keyset4j.examples;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.Keysets;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.file.FileKeysetStore;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.KeysetStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Is told when another key begins to sign, in a rotation that takes two seconds where a real one takes a quarter of an hour. */
public final class ReactToRotation {

    private static final RotationTimes QUICK = RotationTimes.builder()
            .refreshEvery(Duration.ofMillis(200))
            .publishLead(Duration.ofSeconds(2))
            .noSharedCache()
            .verifierWait(Duration.ZERO)
            .clockSkew(Duration.ZERO)
            .build();

    private ReactToRotation() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("keyset4j-example");
        KeysetStore store = FileKeysetStore.of(directory.resolve("keyset.json"));
        store.create(Keysets.generate("ES256"));
        CountDownLatch rotated = new CountDownLatch(2); // the first key's beginning is told, too
        KeyManager.Builder builder = KeyManager.builder(store).rotation(QUICK);
        builder.on(KeysetEvent.Activated.class, key -> rotated.countDown());
        // tag::react[]
        builder.on(KeysetEvent.Activated.class, key -> announce(key.previousKid(), key.kid()));
        // end::react[]
        try (KeyManager keys = builder.start()) {
            KeysetRotator.builder(store).rotation(keys.rotation()).build().rotate(KeyTemplate.of("ES256"));
            rotated.await(30, TimeUnit.SECONDS);
        } finally {
            delete(directory);
        }
    }

    private static void announce(Optional<String> before, String now) {
        System.out.println(before.map(kid -> "it takes over from " + kid + ": ").orElse("the first to sign: ") + now);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
