package io.github.keyset4j.file;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

/** A document to which every writer adds a line of its own, as a rotation adds a key: what is lost is seen. */
final class Growing {

    static final String EMPTY = "\n";

    private Growing() {}

    static String text(KeysetDocument document) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        document.writeTo(content);
        return content.toString(StandardCharsets.UTF_8);
    }

    static List<String> kids(KeysetDocument document) throws IOException {
        return Arrays.stream(text(document).split("\n"))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    static KeysetDocument with(KeysetDocument document, String kid) throws IOException {
        return KeysetDocument.of(text(document) + kid + "\n");
    }

    /** Reads together with the other, then writes together with it; what it added in the rounds it won. */
    static List<String> race(KeysetStore store, String name, int rounds, CyclicBarrier together) throws Exception {
        List<String> won = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            together.await(1, TimeUnit.MINUTES);
            KeysetDocument read = store.load();
            String kid = name + "-" + i;
            KeysetDocument mine = with(read, kid);
            together.await(1, TimeUnit.MINUTES);
            try {
                store.replace(mine, read.revision().orElseThrow());
                won.add(kid);
            } catch (KeysetConflictException e) {
                // The other was faster.
            }
        }
        return won;
    }
}
