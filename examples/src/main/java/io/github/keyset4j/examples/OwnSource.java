package io.github.keyset4j.examples;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.Keysets;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Loads keys from a place of one's own, and measures how long each load takes. */
public final class OwnSource {

    private static final KeysetDocument IN_THE_VAULT = Keysets.generate("ES256");

    private OwnSource() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        // tag::source[]
        KeysetSource source = KeysetSource.named("vault:jwt-keys", () -> KeysetDocument.of(read("jwt-keys")))
                .around(inner -> timed(inner::load));
        // end::source[]
        try (KeyManager keys = KeyManager.builder(source).start()) {
            System.out.println(keys.health().source() + " is " + keys.health().state());
        }
    }

    /** As Micrometer's {@code timer.recordCallable(..)} does it. */
    static <T> T timed(Callable<T> load) throws Exception {
        long start = System.nanoTime();
        try {
            return load.call();
        } finally {
            System.out.println(
                    "loaded in " + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
        }
    }

    /** As the client of a vault does it. */
    private static byte[] read(String name) throws IOException {
        if (!name.equals("jwt-keys")) {
            throw new FileNotFoundException();
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        IN_THE_VAULT.writeTo(content);
        return content.toByteArray();
    }
}
