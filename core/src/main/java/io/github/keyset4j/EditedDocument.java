package io.github.keyset4j;

import io.github.keyset4j.encoding.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * What a document holds while it is open for change: its keys and names as they are now, and the tree that was read, of
 * which everything nobody touched is written again as it stood.
 *
 * <p>Threads. For one.
 */
final class EditedDocument {

    final Map<String, @Nullable Object> tree;
    final Map<String, EditedKey> keys = new LinkedHashMap<>();
    final Map<String, String> names = new LinkedHashMap<>();
    final Set<String> revoked = new LinkedHashSet<>();
    /** What the document lists beside the keys that were read: those the policy leaves out, by name or by number. */
    final Map<String, Object> leftOut = new LinkedHashMap<>();

    final KeysetShape readIn;
    /** The shape it is to be written in. */
    KeysetShape shape;

    private final boolean secretsDecoded;
    private final boolean namedBeside;

    /** Without keys. */
    EditedDocument(KeysetShape shape) {
        this(shape, new LinkedHashMap<>(), false, false);
    }

    private EditedDocument(
            KeysetShape shape, Map<String, @Nullable Object> tree, boolean secretsDecoded, boolean namedBeside) {
        this.readIn = shape;
        this.shape = shape;
        this.tree = tree;
        this.secretsDecoded = secretsDecoded;
        this.namedBeside = namedBeside;
    }

    /** As it was read. */
    EditedDocument(KeysetDocument document, KeysetParser.Reading reading) {
        this(
                reading.reader().shape(),
                reading.reader().tree(),
                document.format().secretsAreBase64(),
                document.activeKid().isPresent());
        List<Map<String, @Nullable Object>> nodes = reading.reader().nodes();
        List<ParsedKeyset.Entry> entries = reading.keyset().keys();
        for (int i = 0; i < entries.size(); i++) {
            ParsedKeyset.Entry entry = entries.get(i);
            keys.put(entry.kid(), new EditedKey(entry, nodes.get(i)));
        }
        revoked.addAll(reading.keyset().revoked());
        readNames(document.activeKid());
        readLeftOut(nodes);
    }

    private void readLeftOut(List<Map<String, @Nullable Object>> nodes) {
        Set<Object> read = Collections.newSetFromMap(new IdentityHashMap<>());
        read.addAll(nodes);
        if (readIn == KeysetShape.JWK_SET && tree.get("keys") instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (!read.contains(list.get(i)) && !revoked(list.get(i))) {
                    leftOut.put(String.valueOf(i), requireNonNull(list.get(i), "an entry"));
                }
            }
        } else if (readIn != KeysetShape.LIST && readIn != KeysetShape.PEM) {
            boolean inside = readIn == KeysetShape.KEYSET;
            Map<?, ?> entries = inside && tree.get("keys") instanceof Map<?, ?> map ? map : tree;
            entries.forEach((name, value) -> {
                boolean ours = !inside && (value == tree.get("active_kid") || value == tree.get("revoked"));
                boolean known = read.contains(value) || (inside && keys.containsKey(String.valueOf(name)));
                if (!known && !ours && !revoked(value)) {
                    leftOut.put(String.valueOf(name), requireNonNull(value, "an entry"));
                }
            });
        }
    }

    /** An entry that says so goes with the next writing, which lists its kid among the revoked. */
    private static boolean revoked(@Nullable Object entry) {
        @SuppressWarnings("unchecked") // StrictJson makes no other maps
        Map<String, @Nullable Object> key =
                entry instanceof Map<?, ?> ? (Map<String, @Nullable Object>) entry : Map.of();
        return Revocations.marks(key);
    }

    /** Whether the key's text is still what a reader makes the same key of: not of a secret that was decoded. */
    boolean readsAlike(EditedKey key) {
        return !(secretsDecoded && key.material.symmetric());
    }

    /** The secret or PEM that stands beside a kid. */
    String text(String kid) {
        return tree.get("keys") instanceof Map<?, ?> map ? String.valueOf(map.get(kid)) : "";
    }

    private void readNames(Optional<String> beside) {
        Object named = tree.get("active_kid");
        List<String> kids = new ArrayList<>();
        beside.ifPresent(kids::add);
        if (named instanceof String kid) {
            kids.add(kid);
        } else if (named instanceof Map<?, ?> byPurpose) {
            byPurpose.values().stream().filter(Objects::nonNull).forEach(kid -> kids.add(String.valueOf(kid)));
        }
        for (String kid : kids) {
            EditedKey key = keys.get(kid);
            if (key != null) {
                names.put(key.purpose, kid);
            }
        }
    }

    /** The kid that a purpose's document names or means as the one that signs; none where times alone say so. */
    Optional<String> signing(String purpose) {
        if (names.containsKey(purpose)) {
            return Optional.of(names.get(purpose))
                    .filter(kid -> key(kid).material.canSign());
        }
        List<EditedKey> able = keys.values().stream()
                .filter(key -> key.purpose.equals(purpose) && key.material.canSign())
                .toList();
        boolean timed = able.stream().anyMatch(key -> key.activateAt != null);
        return timed || able.size() != 1 ? Optional.empty() : Optional.of(able.get(0).kid);
    }

    /** The purposes of the keys, in the order of the document. */
    Set<String> purposes() {
        Set<String> purposes = new LinkedHashSet<>();
        keys.values().forEach(key -> purposes.add(key.purpose));
        return purposes;
    }

    /** The kid that has to be given beside a list or a PEM, which cannot name it; none for the other shapes. */
    Optional<String> kidBeside() {
        if (shape == KeysetShape.PEM) {
            return keys.keySet().stream().findFirst();
        }
        return shape == KeysetShape.LIST ? signing(Names.DEFAULT_PURPOSE) : Optional.empty();
    }

    /** Whether the kid that signs was given beside the document. */
    boolean namedBeside() {
        return namedBeside;
    }

    EditedKey key(String kid) {
        EditedKey key = keys.get(requireNonNull(kid, "kid"));
        if (key == null) {
            throw new IllegalArgumentException("kid: names no key of the document; name one of its keys");
        }
        return key;
    }

    /** One key of a document that is being changed: what it is, when it is what, and how it stood in the document. */
    static final class EditedKey {

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
}
