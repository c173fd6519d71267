package io.github.keyset4j.file;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that writes a keyset file: {@code StoreProcess FILE once NEW}, or {@code StoreProcess FILE race NAME}. */
public final class StoreProcess {

    /** A name known beforehand, for those who watch the system calls that concern it. */
    static final String TEMPORARY = "0123456789abcdef";

    static final String WRITTEN = "written";
    static final String CONFLICT = "conflict";
    static final String READ = "read";

    private StoreProcess() {}

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        FileKeysetSource.Builder builder = FileKeysetSource.builder(file);
        builder.pause = () -> {};
        if (args[1].equals("once")) {
            KeysetStore store = new FileKeysetStore(builder.build(), () -> TEMPORARY);
            KeysetDocument document = KeysetDocument.of(Files.readString(Path.of(args[2])));
            try {
                String revision = store.load().revision().orElseThrow();
                store.replace(document, revision);
                out.println(WRITTEN);
            } catch (KeysetException e) {
                out.println(e.getMessage());
            }
        } else {
            race(builder.buildStore(), args[2], out);
        }
    }

    /** At each line read: loads, at the next: adds a kid of its own; until there are none. */
    private static void race(KeysetStore store, String name, PrintStream out) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String round = in.readLine(); round != null; round = in.readLine()) {
            KeysetDocument read = store.load();
            KeysetDocument mine = Growing.with(read, name + "-" + round);
            out.println(READ);
            in.readLine();
            try {
                store.replace(mine, read.revision().orElseThrow());
                out.println(WRITTEN);
            } catch (KeysetConflictException e) {
                out.println(CONFLICT);
            }
        }
    }
}
