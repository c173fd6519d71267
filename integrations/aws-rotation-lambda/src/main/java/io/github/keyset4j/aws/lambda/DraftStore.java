package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetStore;

/**
 * The version to come, while it is written: a version of a secret takes one document and never changes, and rotating
 * several purposes takes several steps.
 */
final class DraftStore implements KeysetStore {

    private final String description;
    private KeysetDocument document;
    private int changes;

    /** Begins with the version at AWSCURRENT, which names its revision. */
    DraftStore(String description, KeysetDocument current) {
        this.description = description;
        this.document = current;
    }

    @Override
    public KeysetDocument load() {
        return document;
    }

    @Override
    public String create(KeysetDocument content) {
        throw new KeysetConflictException(description + ": create: there is a document already; replace it");
    }

    /** What was not touched keeps the date it has by the version at AWSCURRENT. */
    @Override
    public String replace(KeysetDocument content, String expectedRevision) {
        if (!document.revision().filter(expectedRevision::equals).isPresent()) {
            throw new KeysetConflictException(description + ": replace: the draft has changed; begin anew");
        }
        KeysetDocument before = document;
        document = content.withRevision("draft " + ++changes);
        before.revisionTime().ifPresent(time -> document = document.withRevisionTime(time));
        return document.revision().orElseThrow();
    }

    @Override
    public String description() {
        return description;
    }
}
