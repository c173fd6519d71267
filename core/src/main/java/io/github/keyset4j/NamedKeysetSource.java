package io.github.keyset4j;

import static java.util.Objects.requireNonNull;

/** A source with a description of its own; the same source in everything else. */
final class NamedKeysetSource extends ForwardingKeysetSource {

    private final String description;

    NamedKeysetSource(String description, KeysetSource source) {
        super(source);
        if (requireNonNull(description, "description").isBlank()) {
            throw new IllegalArgumentException("description: blank; give one such as vault:jwt-keys");
        }
        this.description = description;
    }

    @Override
    public String description() {
        return description;
    }
}
