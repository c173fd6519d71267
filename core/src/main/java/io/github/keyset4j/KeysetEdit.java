package io.github.keyset4j;

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
 * A keyset document opened for change: keys generated into it, their times set, named, revoked and removed; written back
 * in the shape it was read in, or in another. Whatever nobody touched stays as it was, members unknown here included.
 *
 * <p>It knows the rules of documents, not those of rotation: what is safe for tokens is measured by {@code
 * io.github.keyset4j.rotation.KeysetRotator}.
 *
 * <p>Times are written as NumericDates: {@code iat} in whole seconds rounded down, {@code nbf} and {@code exp} rounded up.
 *
 * <p>Threads. To be used by one.
 *
 * <p>Secrets. Private keys go from the document read to the document written; there is no accessor to them.
 */
public final class KeysetEdit {

    final Map<String, @Nullable Object> tree;
    final Map<String, EditedKey> keys = new LinkedHashMap<>();
    final Map<String, String> names = new LinkedHashMap<>();
    final Set<String> revoked = new LinkedHashSet<>();
    /** What the document lists beside the keys that were read: those the policy leaves out, by name or by number. */
    final Map<String, Object> leftOut = new LinkedHashMap<>();

    final KeysetShape readIn;
    private final boolean secretsDecoded;
    private final Optional<String> activeKidBeside;
    private final ParsedKeyset read;
    private final KeysetParser parser;
    private KeysetShape shape;

    private KeysetEdit(
            KeysetShape shape,
            Map<String, @Nullable Object> tree,
            KeysetParser parser,
            Optional<String> activeKidBeside,
            ParsedKeyset read,
            boolean secretsDecoded) {
        this.readIn = shape;
        this.secretsDecoded = secretsDecoded;
        this.shape = shape;
        this.tree = tree;
        this.parser = parser;
        this.activeKidBeside = activeKidBeside;
        this.read = read;
    }

    /** A document without keys, to generate the first into. */
    public static KeysetEdit empty(KeysetShape shape) {
        return new KeysetEdit(
                requireNonNull(shape, "shape"),
                new LinkedHashMap<>(),
                KeysetParser.of(KeysetPolicy.standard()),
                Optional.empty(),
                ParsedKeyset.revoking(Set.of()),
                false);
    }

    /**
     * The document as it is. Of the versions beside it, keys are only taken in by {@link #carryOver}.
     *
     * @param source what to call it in messages
     * @throws InvalidKeysetException with every problem of the document
     */
    public static KeysetEdit open(KeysetDocument document, KeysetParser parser, String source) {
        requireNonNull(document, "document");
        KeysetParser.Reading reading = requireNonNull(parser, "parser").reading(document, source);
        DocumentReader reader = reading.reader();
        KeysetEdit edit = new KeysetEdit(
                reader.shape(),
                reader.tree(),
                parser,
                document.activeKid(),
                reading.keyset(),
                document.format().secretsAreBase64());
        List<ParsedKeyset.Entry> entries = reading.keyset().keys();
        for (int i = 0; i < entries.size(); i++) {
            ParsedKeyset.Entry entry = entries.get(i);
            edit.keys.put(entry.kid(), new EditedKey(entry, reader.nodes().get(i)));
        }
        edit.revoked.addAll(reading.keyset().revoked());
        edit.readNames(document.activeKid());
        edit.readLeftOut(reader.nodes());
        return edit;
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

    /** The shape it will be written in. */
    public KeysetShape shape() {
        return shape;
    }

    /** To be written in this shape. */
    public KeysetEdit in(KeysetShape other) {
        this.shape = requireNonNull(other, "other");
        return this;
    }

    /**
     * The keyset that a process works with which has just started from the document as it was opened, versions beside it
     * included, and then loads it as it was changed so far.
     */
    public Keyset keyset(RotationTimes times, Instant now) {
        requireNonNull(now, "now");
        List<ParsedKeyset.Entry> entries = new ArrayList<>();
        Map<String, String> active = new LinkedHashMap<>();
        for (EditedKey key : keys.values()) {
            entries.add(new ParsedKeyset.Entry(
                    key.kid, key.purpose, key.material, key.publishedAt, key.activateAt, key.removeAt));
        }
        for (String purpose : purposes()) {
            signing(purpose).ifPresent(kid -> active.put(purpose, kid));
        }
        boolean oneKey = shape == KeysetShape.PEM_PAIRS || shape == KeysetShape.PEM;
        ParsedKeyset changed = new ParsedKeyset(
                entries, active, revoked, Optional.empty(), oneKey, Optional.empty(), read.pending(), List.of());
        Timeline.Past past = new Timeline.Past(opened(times, now), floor(now));
        return Timeline.plan(changed, past, Set.of(), null, CryptoProvider.jdk(), times, now);
    }

    private Keyset opened(RotationTimes times, Instant now) {
        return Timeline.plan(read, null, Set.of(), null, CryptoProvider.jdk(), times, now);
    }

    /** The kid that a purpose's document names or means as the one that signs; none where times alone say so. */
    public Optional<String> signing(String purpose) {
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

    /** Since when the store has this document, where it knows. */
    public Optional<Instant> revisionTime() {
        return read.writtenAt();
    }

    /** All kids, in the order of the document. */
    public List<String> kids() {
        return List.copyOf(keys.keySet());
    }

    /** The purposes of the keys, in the order of the document. */
    public Set<String> purposes() {
        Set<String> purposes = new LinkedHashSet<>();
        keys.values().forEach(key -> purposes.add(key.purpose));
        return purposes;
    }

    /** What the key's tokens are for. */
    public String purpose(String kid) {
        return key(kid).purpose;
    }

    /** Whether it is an HMAC key. */
    public boolean symmetric(String kid) {
        return key(kid).material.symmetric();
    }

    /** Whether the shape it was read in has room for several keys of a purpose. */
    public boolean lists() {
        return !read.oneKeyPerPurpose();
    }

    /** Whether it has keys, and of none the private half. */
    public boolean publicOnly() {
        return !keys.isEmpty() && keys.values().stream().noneMatch(key -> key.material.canSign());
    }

    /** The kids listed as revoked. */
    public Set<String> revoked() {
        return Set.copyOf(revoked);
    }

    /** The document's {@code iat} of this key. */
    public Optional<Instant> publishedAt(String kid) {
        return Optional.ofNullable(key(kid).publishedAt);
    }

    /** The document's {@code nbf} of this key. */
    public Optional<Instant> activateAt(String kid) {
        return Optional.ofNullable(key(kid).activateAt);
    }

    /** The document's {@code exp} of this key. */
    public Optional<Instant> removeAt(String kid) {
        return Optional.ofNullable(key(kid).removeAt);
    }

    /** The kid that {@code active_kid} names for this purpose, if it names one. */
    public Optional<String> named(String purpose) {
        return Optional.ofNullable(names.get(purpose));
    }

    /**
     * Generates a key and lists it last, published since this instant, or without a time.
     *
     * @return its kid
     */
    public String generate(KeyTemplate template, Optional<Instant> publishedAt, Instant now) {
        KeyMaterial material = requireNonNull(template, "template").generate();
        String kid = template.kid(material, now, name -> keys.containsKey(name) || revoked.contains(name));
        EditedKey key = new EditedKey(kid, template.purpose(), material);
        key.publishedAt = publishedAt.map(KeysetEdit::floor).orElse(null);
        keys.put(kid, key);
        return kid;
    }

    /** Says since when the key is published. */
    public KeysetEdit publishedAt(String kid, Instant instant) {
        key(kid).publishedAt = floor(instant);
        return this;
    }

    /** Says from when the key signs. */
    public KeysetEdit activateAt(String kid, Instant instant) {
        key(kid).activateAt = ceiling(instant);
        return this;
    }

    /** Says from when the key does nothing any more. */
    public KeysetEdit removeAt(String kid, Instant instant) {
        key(kid).removeAt = ceiling(instant);
        return this;
    }

    /** Takes back what was said about the key's end. */
    public KeysetEdit withoutEnd(String kid) {
        key(kid).removeAt = null;
        return this;
    }

    /** Names the key that signs for its purpose. */
    public KeysetEdit name(String kid) {
        names.put(key(kid).purpose, kid);
        return this;
    }

    /** Names nobody for this purpose: the times say who signs. */
    public KeysetEdit unname(String purpose) {
        names.remove(purpose);
        return this;
    }

    /**
     * Lists the keys that left the document and still sign or verify, by the dates of the versions beside it: its next
     * version does not know of them. None, if the shape it is to be written in has no room for them with their times.
     *
     * @return the kids of these keys
     */
    public List<String> carryOver(KeysetShape into, RotationTimes times, Instant now) {
        if (into != KeysetShape.JWK_SET && into != KeysetShape.KEYSET && into != KeysetShape.JWK_MAP) {
            return List.of();
        }
        Keyset opened = opened(times, now);
        List<String> carried = new ArrayList<>();
        for (KeysetKey key : opened.keys()) {
            PlacedKey placed = key.placed();
            boolean left =
                    placed.standing() == PlacedKey.Standing.HOLDING || placed.standing() == PlacedKey.Standing.KEPT;
            if (left && !placed.endedAt(now) && !keys.containsKey(key.kid())) {
                EditedKey edited = new EditedKey(key.kid(), key.purpose(), key.material());
                edited.publishedAt = floor(key.publishedAt());
                Instant end =
                        key.removeAt().orElseGet(() -> now.plus(times.retention(key.material(), key.purpose(), true)));
                edited.removeAt = ceiling(end);
                keys.put(key.kid(), edited);
                carried.add(key.kid());
                placeCarried(key, edited, opened, now);
            }
        }
        return carried;
    }

    /** One that holds gets its time, and the one it holds for too; any other must not outrank the key that signs. */
    private void placeCarried(KeysetKey key, EditedKey edited, Keyset opened, Instant now) {
        Optional<EditedKey> signer =
                opened.activeKey(key.purpose(), now).map(KeysetKey::kid).map(keys::get);
        if (signer.filter(edited::equals).isPresent()) {
            edited.activateAt = floor(key.activateAt().orElse(key.publishedAt()));
            for (KeysetKey held : opened.keys()) {
                EditedKey waiting = keys.get(held.kid());
                Optional<Instant> due = held.activateAt().filter(now::isBefore);
                if (held.purpose().equals(key.purpose()) && waiting != null && due.isPresent()) {
                    waiting.activateAt = ceiling(due.get());
                }
            }
            names.remove(key.purpose());
            return;
        }
        signer.ifPresent(active -> {
            if (active.activateAt == null) {
                names.put(active.purpose, active.kid);
            } else {
                edited.activateAt = freeBefore(active.activateAt, key.purpose());
            }
        });
    }

    /** The last instant before this one at which no key of the purpose is activated. */
    private Instant freeBefore(Instant instant, String purpose) {
        Instant free = instant.minusSeconds(1);
        while (isTaken(free, purpose)) {
            free = free.minusSeconds(1);
        }
        return free;
    }

    private boolean isTaken(Instant instant, String purpose) {
        return keys.values().stream().anyMatch(key -> key.purpose.equals(purpose) && instant.equals(key.activateAt));
    }

    /** Takes the key out. */
    public KeysetEdit remove(String kid) {
        EditedKey removed = key(kid);
        keys.remove(kid);
        names.remove(removed.purpose, kid);
        return this;
    }

    /** Takes the key out, if it is listed, and lists its kid as revoked. */
    public KeysetEdit revoke(String kid) {
        if (keys.containsKey(kid)) {
            remove(kid);
        }
        revoked.add(kid);
        return this;
    }

    /**
     * The document as changed.
     *
     * @throws RotationRefusedException of the gate {@code SHAPE}, if its shape has no place for a change
     * @throws InvalidKeysetException if it would be refused
     */
    public KeysetDocument document() {
        KeysetDocument document = KeysetDocument.of(ShapeWriter.write(this));
        if (shape == KeysetShape.LIST) {
            document = document.withFormat(DocumentFormat.standard().list());
        }
        boolean nameBeside = shape == KeysetShape.LIST || shape == KeysetShape.PEM;
        Optional<String> beside = nameBeside ? kidBeside() : Optional.empty();
        if (beside.isPresent()) {
            document = document.withActiveKid(beside.get());
        }
        List<ParsedKeyset.Entry> written =
                parser.read(document, "the changed document").keys();
        boolean same = written.size() == keys.size()
                && written.stream().allMatch(entry -> {
                    EditedKey key = keys.get(entry.kid());
                    return key != null && key.sameAs(entry);
                });
        if (!same) {
            throw new IllegalStateException("a keyset of the shape " + shape.label()
                    + " reads back as another than the one written; nothing was written, report this");
        }
        return document;
    }

    /** The kid that has to be given beside a list or a PEM, which cannot name it; none for the other shapes. */
    public Optional<String> kidBeside() {
        if (shape == KeysetShape.PEM) {
            return keys.keySet().stream().findFirst();
        }
        return shape == KeysetShape.LIST ? signing(DocumentReader.DEFAULT_PURPOSE) : Optional.empty();
    }

    boolean namedBeside() {
        return activeKidBeside.isPresent();
    }

    private EditedKey key(String kid) {
        EditedKey key = keys.get(requireNonNull(kid, "kid"));
        if (key == null) {
            throw new IllegalArgumentException("kid: names no key of the document; name one of its keys");
        }
        return key;
    }

    private static Instant floor(Instant instant) {
        return Instant.ofEpochSecond(instant.getEpochSecond());
    }

    private static Instant ceiling(Instant instant) {
        return instant.getNano() == 0 ? instant : Instant.ofEpochSecond(instant.getEpochSecond() + 1);
    }

    @Override
    public String toString() {
        return "KeysetEdit[" + shape.label() + ", " + keys.keySet() + "]";
    }
}
