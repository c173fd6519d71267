package io.github.keyset4j;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * What a source delivers: bytes, and what the source knows about them.
 *
 * <p>Threads. Immutable; each {@code with} method returns a new document.
 *
 * <p>Secrets. {@link #writeTo} hands the content to a store and is the only way to it; {@link #toString()} shows sizes
 * only.
 */
@CheckReturnValue
public final class KeysetDocument {

    private final byte[] content;
    private final @Nullable String revision;
    private final @Nullable Instant revisionTime;
    private final @Nullable Instant answeredAt;
    private final Map<String, Long> versions;
    private final @Nullable String activeKid;
    private final DocumentFormat format;
    private final @Nullable KeysetDocument previous;
    private final @Nullable KeysetDocument pending;
    private final List<KeysetProblem> findings;
    private final boolean inlineKeys;
    private final @Nullable KeysetException insteadOf;

    private KeysetDocument(Draft from) {
        this.content = from.content;
        this.revision = from.revision;
        this.revisionTime = from.revisionTime;
        this.answeredAt = from.answeredAt;
        this.versions = from.versions;
        this.activeKid = from.activeKid;
        this.format = from.format;
        this.previous = from.previous;
        this.pending = from.pending;
        this.findings = from.findings;
        this.inlineKeys = from.inlineKeys;
        this.insteadOf = from.insteadOf;
    }

    /** A document being put together. */
    private static final class Draft {

        private byte[] content;
        private @Nullable String revision;
        private @Nullable Instant revisionTime;
        private @Nullable Instant answeredAt;
        private Map<String, Long> versions = Map.of();
        private @Nullable String activeKid;
        private DocumentFormat format = DocumentFormat.standard();
        private @Nullable KeysetDocument previous;
        private @Nullable KeysetDocument pending;
        private List<KeysetProblem> findings = List.of();
        private boolean inlineKeys;
        private @Nullable KeysetException insteadOf;

        Draft(byte[] content) {
            this.content = content;
        }

        Draft(KeysetDocument from) {
            this.content = from.content;
            this.revision = from.revision;
            this.revisionTime = from.revisionTime;
            this.answeredAt = from.answeredAt;
            this.versions = from.versions;
            this.activeKid = from.activeKid;
            this.format = from.format;
            this.previous = from.previous;
            this.pending = from.pending;
            this.findings = from.findings;
            this.inlineKeys = from.inlineKeys;
            this.insteadOf = from.insteadOf;
        }
    }

    private KeysetDocument with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new KeysetDocument(draft);
    }

    /** A document of these bytes, which are copied. */
    public static KeysetDocument of(byte[] content) {
        return new KeysetDocument(new Draft(requireNonNull(content, "content").clone()));
    }

    /** A document of this text. */
    public static KeysetDocument of(String text) {
        return new KeysetDocument(new Draft(requireNonNull(text, "text").getBytes(StandardCharsets.UTF_8)));
    }

    /** With other bytes, which are copied, and all else as it is: decrypted, say. */
    public KeysetDocument withContent(byte[] bytes) {
        byte[] copy = requireNonNull(bytes, "bytes").clone();
        return with(draft -> draft.content = copy);
    }

    /** With the source's own name for this version of the document, such as a Secrets Manager VersionId. */
    public KeysetDocument withRevision(String revision) {
        requireNonNull(revision, "revision");
        return with(draft -> draft.revision = revision);
    }

    /**
     * With the time this revision came to be, the same for every replica that reads it. Beside the {@linkplain
     * #withPrevious version before}, with its own, it dates the keys; and it makes an older revision recognisable. A source that does not know it leaves it out: a file's
     * modification time, for one, is not it.
     */
    public KeysetDocument withRevisionTime(Instant time) {
        requireNonNull(time, "time");
        return with(draft -> draft.revisionTime = time);
    }

    /**
     * With the time by the clock of the place it comes from, such as an answer's {@code Date} (RFC 9110 section 6.6.1): a
     * clock that differs from it is not one to write times by. It says nothing about the document.
     */
    public KeysetDocument withAnsweredAt(Instant time) {
        requireNonNull(time, "time");
        return with(draft -> draft.answeredAt = time);
    }

    /**
     * With the numbers of the versions it is put together from, by the name of each part, where the place counts them: a
     * parameter, or every parameter under a path. Of two documents the one in which some part has a lower number is the
     * older one, unless its revision time is later: a part that was deleted and created again begins at 1. A part that only
     * one of them has says nothing, and where no number is lower an earlier revision time says nothing either: it is that of
     * the newest part, which may have been taken away.
     */
    public KeysetDocument withVersions(Map<String, Long> byPart) {
        Map<String, Long> copy = Map.copyOf(requireNonNull(byPart, "byPart"));
        return with(draft -> draft.versions = copy);
    }

    /** With the kid of the key that signs, where it is given beside the document; for a PEM alone it is its kid. */
    public KeysetDocument withActiveKid(String kid) {
        requireNonNull(kid, "kid");
        return with(draft -> draft.activeKid = kid);
    }

    /**
     * With what says how the content is to be read, where it does not say so itself; beside what was said so before, and
     * for the versions beside it too.
     */
    public KeysetDocument withFormat(DocumentFormat format) {
        requireNonNull(format, "format");
        return with(draft -> {
            draft.format = draft.format.refinedBy(format);
            draft.previous = draft.previous == null ? null : draft.previous.withFormat(format);
            draft.pending = draft.pending == null ? null : draft.pending.withFormat(format);
        });
    }

    /** With the version before this one: keys that stand only there are verification-only. */
    public KeysetDocument withPrevious(KeysetDocument version) {
        requireNonNull(version, "version");
        return with(draft -> {
            draft.previous = version;
            draft.inlineKeys |= version.inlineKeys;
        });
    }

    /** With the version to come: keys that stand only there are pending. */
    public KeysetDocument withPending(KeysetDocument version) {
        requireNonNull(version, "version");
        return with(draft -> {
            draft.pending = version;
            draft.inlineKeys |= version.inlineKeys;
        });
    }

    /**
     * With what is wrong with the place it comes from, beside what was said so before: a file that others may read, keys
     * kept unencrypted. Strict policies refuse the document, the others warn. A source says here again what it says in
     * {@link KeysetSource#findings()}, since whoever wraps it in a lambda hands on the document alone.
     */
    public KeysetDocument withFindings(List<KeysetProblem> more) {
        List<KeysetProblem> all = Stream.concat(findings.stream(), requireNonNull(more, "more").stream())
                .distinct()
                .toList();
        return with(draft -> draft.findings = all);
    }

    /** With keys that are part of the process's own configuration, as {@link KeysetSource#inline()} says of a source. */
    public KeysetDocument withInlineKeys() {
        return with(draft -> draft.inlineKeys = true);
    }

    /** From a fallback, since the source that it stands in for failed. */
    KeysetDocument insteadOf(KeysetException failure) {
        return with(draft -> draft.insteadOf = failure);
    }

    /** The source's own name for this version. */
    public Optional<String> revision() {
        return Optional.ofNullable(revision);
    }

    /** When this version came to be. */
    public Optional<Instant> revisionTime() {
        return Optional.ofNullable(revisionTime);
    }

    /** When the place answered, by its own clock. */
    public Optional<Instant> answeredAt() {
        return Optional.ofNullable(answeredAt);
    }

    /** The size of the content in bytes. */
    public int size() {
        return content.length;
    }

    /**
     * Writes the content: the one door to it, for stores, which have to put it somewhere. Everything that was read or
     * generated goes through, private keys and secrets included.
     */
    public void writeTo(OutputStream out) throws IOException {
        out.write(content);
    }

    /** Not a copy; read only. */
    byte[] content() {
        return content;
    }

    /** The kid given beside the document, by the source or by its format. */
    public Optional<String> activeKid() {
        return Optional.ofNullable(activeKid).or(format::kidBeside);
    }

    DocumentFormat format() {
        return format;
    }

    Map<String, Long> versions() {
        return versions;
    }

    List<KeysetProblem> findings() {
        return findings;
    }

    boolean hasInlineKeys() {
        return inlineKeys;
    }

    /** Why this document of a fallback stands in for one of the source. */
    @Nullable
    KeysetException insteadOf() {
        return insteadOf;
    }

    /** The version before this one. */
    public Optional<KeysetDocument> previous() {
        return Optional.ofNullable(previous);
    }

    /** The version to come. */
    public Optional<KeysetDocument> pending() {
        return Optional.ofNullable(pending);
    }

    /** Equal for documents that would be read alike; kept instead of the content. */
    ByteBuffer digest() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            addTo(sha256);
            return ByteBuffer.wrap(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private void addTo(MessageDigest digest) {
        addTo(digest, content);
        addTo(digest, activeKid == null ? null : activeKid.getBytes(StandardCharsets.UTF_8));
        addTo(digest, format.toString().getBytes(StandardCharsets.UTF_8));
        addTo(digest, findings.isEmpty() ? null : findings.toString().getBytes(StandardCharsets.UTF_8));
        boolean previousIsNewer = previous != null
                && revisionTime != null
                && previous.revisionTime != null
                && previous.revisionTime.isAfter(revisionTime);
        digest.update((byte) (previousIsNewer ? 1 : 0));
        for (KeysetDocument version : new KeysetDocument[] {previous, pending}) {
            digest.update((byte) (version == null ? 0 : 1));
            if (version != null) {
                version.addTo(digest);
            }
        }
    }

    private static void addTo(MessageDigest digest, byte @Nullable [] part) {
        digest.update(
                ByteBuffer.allocate(4).putInt(part == null ? -1 : part.length).flip());
        if (part != null) {
            digest.update(part);
        }
    }

    /**
     * Equal for one content of one revision, and all that the source knows about it but when it {@linkplain #withAnsweredAt
     * answered}. Contents are compared in constant time, and of them the hash code tells no more than the size.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeysetDocument document
                && MessageDigest.isEqual(content, document.content)
                && Objects.equals(revision, document.revision)
                && Objects.equals(revisionTime, document.revisionTime)
                && versions.equals(document.versions)
                && Objects.equals(activeKid, document.activeKid)
                && format.equals(document.format)
                && Objects.equals(previous, document.previous)
                && Objects.equals(pending, document.pending)
                && findings.equals(document.findings);
    }

    @Override
    public int hashCode() {
        return Objects.hash(content.length, revision);
    }

    @Override
    public String toString() {
        return "KeysetDocument[" + content.length + " bytes, redacted"
                + (revision == null ? "" : ", revision " + revision)
                + (revisionTime == null ? "" : " of " + revisionTime)
                + "]";
    }
}
