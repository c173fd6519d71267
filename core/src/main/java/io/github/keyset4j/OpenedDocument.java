package io.github.keyset4j;

import io.github.keyset4j.EditedDocument.EditedKey;
import io.github.keyset4j.edit.KeysetEdit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static java.util.Objects.requireNonNull;

/** The edits of this package, which alone knows what keys are made of; found by {@link KeysetEdit}. */
final class OpenedDocument extends KeysetEdit {

    static {
        madeBy(new Maker() {
            @Override
            public KeysetEdit empty(KeysetShape shape) {
                return new OpenedDocument(
                        new EditedDocument(requireNonNull(shape, "shape")),
                        ParsedKeyset.revoking(Set.of()),
                        KeysetParser.of(KeysetPolicy.standard()));
            }

            @Override
            public KeysetEdit open(KeysetDocument document, KeysetParser parser, String source) {
                requireNonNull(document, "document");
                KeysetParser.Reading reading = requireNonNull(parser, "parser").reading(document, source);
                return new OpenedDocument(new EditedDocument(document, reading), reading.keyset(), parser);
            }
        });
    }

    private final EditedDocument document;
    private final ParsedKeyset read;
    private final KeysetParser parser;

    private OpenedDocument(EditedDocument document, ParsedKeyset read, KeysetParser parser) {
        this.document = document;
        this.read = read;
        this.parser = parser;
    }

    @Override
    public KeysetShape shape() {
        return document.shape;
    }

    @Override
    public KeysetEdit as(KeysetShape other) {
        document.shape = requireNonNull(other, "other");
        return this;
    }

    @Override
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

    @Override
    public Optional<String> signing(String purpose) {
        return document.signing(purpose);
    }

    @Override
    public Optional<Instant> revisionTime() {
        return read.writtenAt();
    }

    @Override
    public List<String> kids() {
        return List.copyOf(document.keys.keySet());
    }

    @Override
    public Set<String> purposes() {
        return document.purposes();
    }

    @Override
    public String purpose(String kid) {
        return document.key(kid).purpose;
    }

    @Override
    public boolean symmetric(String kid) {
        return document.key(kid).material.symmetric();
    }

    @Override
    public boolean lists() {
        return !read.oneKeyPerPurpose();
    }

    @Override
    public boolean publicOnly() {
        return !document.keys.isEmpty() && document.keys.values().stream().noneMatch(key -> key.material.canSign());
    }

    @Override
    public Set<String> revoked() {
        return Set.copyOf(document.revoked);
    }

    @Override
    public Optional<Instant> publishedAt(String kid) {
        return Optional.ofNullable(document.key(kid).publishedAt);
    }

    @Override
    public Optional<Instant> activateAt(String kid) {
        return Optional.ofNullable(document.key(kid).activateAt);
    }

    @Override
    public Optional<Instant> removeAt(String kid) {
        return Optional.ofNullable(document.key(kid).removeAt);
    }

    @Override
    public Optional<String> named(String purpose) {
        return Optional.ofNullable(document.names.get(purpose));
    }

    @Override
    public String generate(KeyTemplate template, Instant now) {
        KeyMaterial material = requireNonNull(template, "template").generate();
        String kid =
                template.kid(material, now, name -> document.keys.containsKey(name) || document.revoked.contains(name));
        document.keys.put(kid, new EditedKey(kid, template.purpose(), material));
        return kid;
    }

    @Override
    public Optional<String> listed(KeyTemplate template) {
        return template.fixedKid().filter(document.keys::containsKey);
    }

    @Override
    public KeysetEdit publishedAt(String kid, Instant instant) {
        document.key(kid).publishedAt = floor(instant);
        return this;
    }

    @Override
    public KeysetEdit activateAt(String kid, Instant instant) {
        document.key(kid).activateAt = ceiling(instant);
        return this;
    }

    @Override
    public KeysetEdit removeAt(String kid, Instant instant) {
        document.key(kid).removeAt = ceiling(instant);
        return this;
    }

    @Override
    public KeysetEdit withoutEnd(String kid) {
        document.key(kid).removeAt = null;
        return this;
    }

    @Override
    public KeysetEdit name(String kid) {
        document.names.put(document.key(kid).purpose, kid);
        return this;
    }

    @Override
    public KeysetEdit unname(String purpose) {
        document.names.remove(purpose);
        return this;
    }

    @Override
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

    @Override
    public KeysetEdit remove(String kid) {
        EditedKey removed = document.key(kid);
        document.keys.remove(kid);
        document.names.remove(removed.purpose, kid);
        return this;
    }

    @Override
    public KeysetEdit revoke(String kid) {
        if (document.keys.containsKey(kid)) {
            remove(kid);
        }
        document.revoked.add(kid);
        return this;
    }

    @Override
    public KeysetDocument document() {
        KeysetDocument written = KeysetDocument.of(ShapeWriter.write(document));
        if (document.shape == KeysetShape.LIST) {
            written = written.withFormat(DocumentFormat.standard().asList());
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

    @Override
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
