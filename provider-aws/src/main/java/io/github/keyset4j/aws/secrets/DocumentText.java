package io.github.keyset4j.aws.secrets;

import io.github.keyset4j.KeysetDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import static java.util.Objects.requireNonNull;

/**
 * What is written of a document. Everything that a keyset is made of is text.
 *
 * <p>Threads. Safe for use by any number.
 *
 * <p>Secrets. The text is the document, secrets and all.
 */
public final class DocumentText {

    private DocumentText() {}

    /** The document as a text. */
    public static String of(KeysetDocument document) {
        ByteArrayOutputStream content =
                new ByteArrayOutputStream(requireNonNull(document, "document").size());
        try {
            document.writeTo(content);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        return content.toString(StandardCharsets.UTF_8);
    }
}
