package io.github.keyset4j;

import io.github.keyset4j.EditedDocument.EditedKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    private final EditedDocument document;
    private final ParsedKeyset read;
    private final KeysetParser parser;

    private KeysetEdit(EditedDocument document, ParsedKeyset read, KeysetParser parser) {
        this.document = document;
        this.read = read;
        this.parser = parser;
    }

    /** A document without keys, to generate the first into. */
    public static KeysetEdit empty(KeysetShape shape) {
        return new KeysetEdit(
                new EditedDocument(requireNonNull(shape, "shape")),
                ParsedKeyset.revoking(Set.of()),
                KeysetParser.of(KeysetPolicy.standard()));
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
        return new KeysetEdit(new EditedDocument(document, reading), reading.keyset(), parser);
    }

    /** The shape it will be written in. */
    public KeysetShape shape() {
        return document.shape;
    }

    /** To be written in this shape. */
    public KeysetEdit in(KeysetShape other) {
        document.shape = requireNonNull(other, "other");
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
        for (EditedKey key : document.keys.values()) {
            entries.add(new ParsedKeyset.Entry(
                    key.kid, key.purpose, key.material, key.publishedAt, key.activateAt, key.removeAt));
        }
        for (String purpose : document.purposes()) {
            document.signing(purpose).ifPresent(kid -> active.put(purpose, kid));
        }
        boolean oneKey = document.shape == KeysetShape.PEM_PAIRS || document.shape == KeysetShape.PEM;
        ParsedKeyset changed = new ParsedKeyset(
                entries,
                active,
                document.revoked,
                Optional.empty(),
                oneKey,
                Optional.empty(),
                read.pending(),
                List.of());
        KeysetPlanner.Past past = new KeysetPlanner.Past(opened(times, now), floor(now));
        return KeysetPlanner.plan(changed, past, Set.of(), null, CryptoProvider.jdk(), times, now);
    }

    private Keyset opened(RotationTimes times, Instant now) {
        return KeysetPlanner.plan(read, null, Set.of(), null, CryptoProvider.jdk(), times, now);
    }

    /** The kid that a purpose's document names or means as the one that signs; none where times alone say so. */
    public Optional<String> signing(String purpose) {
        return document.signing(purpose);
    }

    /** Since when the store has this document, where it knows. */
    public Optional<Instant> revisionTime() {
        return read.writtenAt();
    }

    /** All kids, in the order of the document. */
    public List<String> kids() {
        return List.copyOf(document.keys.keySet());
    }

    /** The purposes of the keys, in the order of the document. */
    public Set<String> purposes() {
        return document.purposes();
    }

    /** What the key's tokens are for. */
    public String purpose(String kid) {
        return document.key(kid).purpose;
    }

    /** Whether it is an HMAC key. */
    public boolean symmetric(String kid) {
        return document.key(kid).material.symmetric();
    }

    /** Whether the shape it was read in has room for several keys of a purpose. */
    public boolean lists() {
        return !read.oneKeyPerPurpose();
    }

    /** Whether it has keys, and of none the private half. */
    public boolean publicOnly() {
        return !document.keys.isEmpty() && document.keys.values().stream().noneMatch(key -> key.material.canSign());
    }

    /** The kids listed as document.revoked. */
    public Set<String> revoked() {
        return Set.copyOf(document.revoked);
    }

    /** The document's {@code iat} of this key. */
    public Optional<Instant> publishedAt(String kid) {
        return Optional.ofNullable(document.key(kid).publishedAt);
    }

    /** The document's {@code nbf} of this key. */
    public Optional<Instant> activateAt(String kid) {
        return Optional.ofNullable(document.key(kid).activateAt);
    }

    /** The document's {@code exp} of this key. */
    public Optional<Instant> removeAt(String kid) {
        return Optional.ofNullable(document.key(kid).removeAt);
    }

    /** The kid that {@code active_kid} names for this purpose, if it names one. */
    public Optional<String> named(String purpose) {
        return Optional.ofNullable(document.names.get(purpose));
    }

    /**
     * Generates a key and lists it last, published since this instant, or without a time.
     *
     * @return its kid
     */
    public String generate(KeyTemplate template, Optional<Instant> publishedAt, Instant now) {
        KeyMaterial material = requireNonNull(template, "template").generate();
        String kid =
                template.kid(material, now, name -> document.keys.containsKey(name) || document.revoked.contains(name));
        EditedKey key = new EditedKey(kid, template.purpose(), material);
        key.publishedAt = publishedAt.map(KeysetEdit::floor).orElse(null);
        document.keys.put(kid, key);
        return kid;
    }

    /** Says since when the key is published. */
    public KeysetEdit publishedAt(String kid, Instant instant) {
        document.key(kid).publishedAt = floor(instant);
        return this;
    }

    /** Says from when the key signs. */
    public KeysetEdit activateAt(String kid, Instant instant) {
        document.key(kid).activateAt = ceiling(instant);
        return this;
    }

    /** Says from when the key does nothing any more. */
    public KeysetEdit removeAt(String kid, Instant instant) {
        document.key(kid).removeAt = ceiling(instant);
        return this;
    }

    /** Takes back what was said about the key's end. */
    public KeysetEdit withoutEnd(String kid) {
        document.key(kid).removeAt = null;
        return this;
    }

    /** Names the key that signs for its purpose. */
    public KeysetEdit name(String kid) {
        document.names.put(document.key(kid).purpose, kid);
        return this;
    }

    /** Names nobody for this purpose: the times say who signs. */
    public KeysetEdit unname(String purpose) {
        document.names.remove(purpose);
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
            if (left && !placed.endedAt(now) && !document.keys.containsKey(key.kid())) {
                EditedKey edited = new EditedKey(key.kid(), key.purpose(), key.material());
                edited.publishedAt = floor(key.publishedAt());
                Instant end =
                        key.removeAt().orElseGet(() -> now.plus(times.retention(key.material(), key.purpose(), true)));
                edited.removeAt = ceiling(end);
                document.keys.put(key.kid(), edited);
                carried.add(key.kid());
                placeCarried(key, edited, opened, now);
            }
        }
        return carried;
    }

    /** One that holds gets its time, and the one it holds for too; any other must not outrank the key that signs. */
    private void placeCarried(KeysetKey key, EditedKey edited, Keyset opened, Instant now) {
        Optional<EditedKey> signer =
                opened.activeKey(key.purpose(), now).map(KeysetKey::kid).map(document.keys::get);
        if (signer.filter(edited::equals).isPresent()) {
            edited.activateAt = floor(key.activateAt().orElse(key.publishedAt()));
            for (KeysetKey held : opened.keys()) {
                EditedKey waiting = document.keys.get(held.kid());
                Optional<Instant> due = held.activateAt().filter(now::isBefore);
                if (held.purpose().equals(key.purpose()) && waiting != null && due.isPresent()) {
                    waiting.activateAt = ceiling(due.get());
                }
            }
            document.names.remove(key.purpose());
            return;
        }
        signer.ifPresent(active -> {
            if (active.activateAt == null) {
                document.names.put(active.purpose, active.kid);
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
        return document.keys.values().stream()
                .anyMatch(key -> key.purpose.equals(purpose) && instant.equals(key.activateAt));
    }

    /** Takes the key out. */
    public KeysetEdit remove(String kid) {
        EditedKey removed = document.key(kid);
        document.keys.remove(kid);
        document.names.remove(removed.purpose, kid);
        return this;
    }

    /** Takes the key out, if it is listed, and lists its kid as document.revoked. */
    public KeysetEdit revoke(String kid) {
        if (document.keys.containsKey(kid)) {
            remove(kid);
        }
        document.revoked.add(kid);
        return this;
    }

    /**
     * The document as changed.
     *
     * @throws RotationRefusedException of the gate {@code SHAPE}, if its shape has no place for a change
     * @throws InvalidKeysetException if it would be refused
     */
    public KeysetDocument document() {
        KeysetDocument written = KeysetDocument.of(ShapeWriter.write(document));
        if (document.shape == KeysetShape.LIST) {
            written = written.withFormat(DocumentFormat.standard().list());
        }
        boolean nameBeside = document.shape == KeysetShape.LIST || document.shape == KeysetShape.PEM;
        Optional<String> beside = nameBeside ? document.kidBeside() : Optional.empty();
        if (beside.isPresent()) {
            written = written.withActiveKid(beside.get());
        }
        List<ParsedKeyset.Entry> entries =
                parser.read(written, "the changed document").keys();
        boolean same = entries.size() == document.keys.size()
                && entries.stream().allMatch(entry -> {
                    EditedKey key = document.keys.get(entry.kid());
                    return key != null && key.sameAs(entry);
                });
        if (!same) {
            throw new IllegalStateException("a keyset of the shape " + document.shape.label()
                    + " reads back as another than the one written; nothing was written, report this");
        }
        return written;
    }

    /** The kid that has to be given beside a list or a PEM, which cannot name it; none for the other shapes. */
    public Optional<String> kidBeside() {
        return document.kidBeside();
    }

    private static Instant floor(Instant instant) {
        return Instant.ofEpochSecond(instant.getEpochSecond());
    }

    private static Instant ceiling(Instant instant) {
        return instant.getNano() == 0 ? instant : Instant.ofEpochSecond(instant.getEpochSecond() + 1);
    }

    @Override
    public String toString() {
        return "KeysetEdit[" + document.shape.label() + ", " + document.keys.keySet() + "]";
    }
}
