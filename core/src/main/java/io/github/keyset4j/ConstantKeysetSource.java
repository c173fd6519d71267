package io.github.keyset4j;

import static java.util.Objects.requireNonNull;

/** A document that is there from the start. */
final class ConstantKeysetSource implements KeysetSource {

    private final KeysetDocument document;

    ConstantKeysetSource(KeysetDocument document) {
        this.document = requireNonNull(document, "document");
    }

    @Override
    public KeysetDocument load() {
        return document;
    }

    @Override
    public String description() {
        return "constant:document";
    }

    @Override
    public boolean inline() {
        return true;
    }

    @Override
    public String toString() {
        return description();
    }
}
