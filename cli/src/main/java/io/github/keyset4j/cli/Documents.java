package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.file.FileKeysetStore;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where documents go that a command makes: to a new private file or, if that was asked for aloud, to stdout. */
final class Documents {

    private Documents() {}

    /**
     * Writes it to this file, or to stdout for {@code -}.
     *
     * @throws io.github.keyset4j.rotation.KeysetConflictException if the file is there already
     */
    static void write(KeysetDocument document, String output, Terminal terminal, boolean showSecrets) throws Exception {
        if (output.equals("-")) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            document.writeTo(content);
            terminal.secret(content.toString(StandardCharsets.UTF_8).stripTrailing(), showSecrets);
            return;
        }
        try (FileKeysetStore file = FileKeysetStore.of(path(output))) {
            file.create(document);
        }
    }

    /** What has to be said of the document where it is read, since its shape cannot say it. */
    static void tellWhatStandsBeside(KeysetEdit edit, Terminal terminal) {
        edit.kidBeside()
                .ifPresent(kid -> terminal.words("a document of this shape cannot name its kid: give " + Style.safe(kid)
                        + " beside it, with ?kid= in its URI"));
        if (edit.shape() == KeysetShape.LIST) {
            terminal.words("a list is only read from a variable, or if its URI says ?format=list");
        }
    }

    private static Path path(String output) {
        try {
            return Path.of(output);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("--output: not a path; name a file");
        }
    }
}
