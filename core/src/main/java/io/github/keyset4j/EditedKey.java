package io.github.keyset4j;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One key of a document that is being changed: what it is, when it is what, and how it stood in the document. */
final class EditedKey {

    final String kid;
    final String purpose;
    final KeyMaterial material;

    /** What it was read from; null for a new key. */
    final ParsedKeyset.@Nullable Entry read;

    /** The JSON object it was read from; null for a new key, a secret and a PEM. */
    final @Nullable Map<String, @Nullable Object> node;

    @Nullable
    Instant publishedAt;

    @Nullable
    Instant activateAt;

    @Nullable
    Instant removeAt;

    EditedKey(ParsedKeyset.Entry read, Map<String, @Nullable Object> node) {
        this.kid = read.kid();
        this.purpose = read.purpose();
        this.material = read.material();
        this.read = read;
        this.node = node.isEmpty() ? null : node;
        this.publishedAt = read.publishedAt();
        this.activateAt = read.activateAt();
        this.removeAt = read.removeAt();
    }

    EditedKey(String kid, String purpose, KeyMaterial material) {
        this.kid = kid;
        this.purpose = purpose;
        this.material = material;
        this.read = null;
        this.node = null;
    }

    boolean timed() {
        return publishedAt != null || activateAt != null || removeAt != null;
    }

    /** Whether it still is what it was read as. */
    boolean untouched() {
        return read != null
                && Objects.equals(publishedAt, read.publishedAt())
                && Objects.equals(activateAt, read.activateAt())
                && Objects.equals(removeAt, read.removeAt());
    }

    /** Whether another reading found the same key. */
    boolean sameAs(ParsedKeyset.Entry other) {
        return other.kid().equals(kid)
                && other.purpose().equals(purpose)
                && other.material().sameAs(material)
                && other.material().algorithm().equals(material.algorithm())
                && other.material().canSign() == material.canSign()
                && Objects.equals(other.publishedAt(), publishedAt)
                && Objects.equals(other.activateAt(), activateAt)
                && Objects.equals(other.removeAt(), removeAt);
    }

    @Override
    public String toString() {
        return "EditedKey[" + kid + ", " + material + "]";
    }
}
