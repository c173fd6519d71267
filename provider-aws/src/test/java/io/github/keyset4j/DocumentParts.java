package io.github.keyset4j;

import java.util.Map;
import java.util.Optional;

/** What a source has put beside a document's content, for the tests of sources. */
public final class DocumentParts {

    private DocumentParts() {}

    public static Optional<KeysetDocument> previous(KeysetDocument document) {
        return document.previous();
    }

    public static Optional<KeysetDocument> pending(KeysetDocument document) {
        return document.pending();
    }

    public static Map<String, Long> versions(KeysetDocument document) {
        return document.versions();
    }
}
