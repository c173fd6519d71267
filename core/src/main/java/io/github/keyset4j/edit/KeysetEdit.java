package io.github.keyset4j.edit;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationTimes;
import java.time.Instant;
import java.util.List;
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
public abstract class KeysetEdit {

    private static final String ENGINE = "io.github.keyset4j.OpenedDocument";

    private static volatile @Nullable Maker maker;

    /** For the engine. */
    protected KeysetEdit() {}

    /** A document without keys, to generate the first into. */
    public static KeysetEdit empty(KeysetShape shape) {
        return maker().empty(shape);
    }

    /**
     * The document as it is. Of the versions beside it, keys are only taken in by {@link #carryOver}.
     *
     * @param source what to call it in messages
     * @throws io.github.keyset4j.InvalidKeysetException with every problem of the document
     */
    public static KeysetEdit open(KeysetDocument document, KeysetParser parser, String source) {
        return maker().open(document, parser, source);
    }

    /** What makes edits: the engine, whose classes are nobody else's to see. */
    protected interface Maker {

        /** As {@link KeysetEdit#empty}. */
        KeysetEdit empty(KeysetShape shape);

        /** As {@link KeysetEdit#open}. */
        KeysetEdit open(KeysetDocument document, KeysetParser parser, String source);
    }

    /** Says who makes edits from now on. */
    protected static void madeBy(Maker engine) {
        maker = engine;
    }

    /** The engine's, which says so as soon as its class is initialised. */
    private static Maker maker() {
        if (maker == null) {
            try {
                Class<?> unused = Class.forName(ENGINE, true, KeysetEdit.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(ENGINE + " is not there", e);
            }
        }
        return requireNonNull(maker, ENGINE);
    }

    /** The shape it will be written in. */
    public abstract KeysetShape shape();

    /** To be written in this shape. */
    public abstract KeysetEdit as(KeysetShape other);

    /**
     * The keyset that a process works with which has just started from the document as it was opened, versions beside it
     * included, and then loads it as it was changed so far.
     */
    public abstract Keyset keyset(RotationTimes times, Instant now);

    /** The kid that a purpose's document names or means as the one that signs; none where times alone say so. */
    public abstract Optional<String> signing(String purpose);

    /** Since when the store has this document, where it knows. */
    public abstract Optional<Instant> revisionTime();

    /** All kids, in the order of the document. */
    public abstract List<String> kids();

    /** The purposes of the keys, in the order of the document. */
    public abstract Set<String> purposes();

    /** What the key's tokens are for. */
    public abstract String purpose(String kid);

    /** Whether it is an HMAC key. */
    public abstract boolean symmetric(String kid);

    /** Whether the shape it was read in has room for several keys of a purpose. */
    public abstract boolean lists();

    /** Whether it has keys, and of none the private half. */
    public abstract boolean publicOnly();

    /** The kids listed as document.revoked. */
    public abstract Set<String> revoked();

    /** The document's {@code iat} of this key. */
    public abstract Optional<Instant> publishedAt(String kid);

    /** The document's {@code nbf} of this key. */
    public abstract Optional<Instant> activateAt(String kid);

    /** The document's {@code exp} of this key. */
    public abstract Optional<Instant> removeAt(String kid);

    /** The kid that {@code active_kid} names for this purpose, if it names one. */
    public abstract Optional<String> named(String purpose);

    /**
     * Generates a key and lists it last, without a time.
     *
     * @return its kid
     */
    public abstract String generate(KeyTemplate template, Instant now);

    /** The key that this template has made already, if it gives a kid with nothing to fill in. */
    public abstract Optional<String> listed(KeyTemplate template);

    /** Says since when the key is published. */
    public abstract KeysetEdit publishedAt(String kid, Instant instant);

    /** Says from when the key signs. */
    public abstract KeysetEdit activateAt(String kid, Instant instant);

    /** Says from when the key does nothing any more. */
    public abstract KeysetEdit removeAt(String kid, Instant instant);

    /** Takes back what was said about the key's end. */
    public abstract KeysetEdit withoutEnd(String kid);

    /** Names the key that signs for its purpose. */
    public abstract KeysetEdit name(String kid);

    /** Names nobody for this purpose: the times say who signs. */
    public abstract KeysetEdit unname(String purpose);

    /**
     * Lists the keys that left the document and still sign or verify, by the dates of the versions beside it: its next
     * version does not know of them. None, if the shape it is to be written in has no room for them with their times.
     *
     * @return the kids of these keys
     */
    public abstract List<String> carryOver(KeysetShape into, RotationTimes times, Instant now);

    /** Takes the key out. */
    public abstract KeysetEdit remove(String kid);

    /** Takes the key out, if it is listed, and lists its kid as document.revoked. */
    public abstract KeysetEdit revoke(String kid);

    /**
     * The document as changed.
     *
     * @throws io.github.keyset4j.RotationRefusedException of the gate {@code SHAPE}, if its shape has no place for a change
     * @throws io.github.keyset4j.InvalidKeysetException if it would be refused
     */
    public abstract KeysetDocument document();

    /** The kid that has to be given beside a list or a PEM, which cannot name it; none for the other shapes. */
    public abstract Optional<String> kidBeside();
}
