package io.github.keyset4j;

import java.util.List;

import static java.util.Objects.requireNonNull;

/**
 * Where keyset documents come from.
 *
 * <p>A source does I/O and nothing else: what the bytes mean is decided later, for all sources alike. Any lambda is a
 * source: {@code () -> KeysetDocument.of(bytes)}.
 *
 * <p>Threads. {@link #load()} is called by one thread at a time, which may change between calls. It is interrupted when
 * the manager closes.
 *
 * <p>Secrets. Neither {@link #description()} nor the message of an exception may hold anything that was read.
 */
@FunctionalInterface
public interface KeysetSource extends AutoCloseable {

    /**
     * Reads the document as it is now; blocks as long as the source takes, which a source bounds by timeouts of its
     * own.
     *
     * @throws KeysetLoadException if the source can say why there is no document
     * @throws Exception for every other failure; its type is reported, its message is not
     */
    KeysetDocument load() throws Exception;

    /**
     * What this source is, in words that are safe to log: its kind, a colon, and its name, as in
     * {@code file:/etc/app/keys.json}.
     */
    default String description() {
        return "custom:source";
    }

    /**
     * Whether the keys are part of the process's own configuration. Such a source cannot change while the process runs,
     * so it is read once and never goes stale; strict policies refuse it.
     */
    default boolean inline() {
        return false;
    }

    /**
     * What is wrong with the place itself and how it is reached, such as a file that others may read: asked for before
     * each load. A strict policy refuses to load then, the others log it once. Blocks no longer than a load does.
     */
    default List<KeysetProblem> findings() {
        return List.of();
    }

    /**
     * Begins to watch the place: whenever the source notices by itself that its document may have changed, it runs {@code
     * changed}, which makes the next load come at once and says nothing about its result. The manager calls this once, when
     * it starts. Most sources do nothing.
     */
    default void watch(Runnable changed) {}

    /**
     * Gives back what the source holds; the manager calls it when it is closed itself. Called more than once, the later
     * calls do nothing.
     */
    @Override
    default void close() {}

    /** A source that always returns this document: for tests and for keys compiled in as a fallback. */
    static KeysetSource of(KeysetDocument document) {
        KeysetDocument inline = requireNonNull(document, "document").withInlineKeys();
        return new KeysetSource() {
            @Override
            public KeysetDocument load() {
                return inline;
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
        };
    }

    /**
     * A source under this description, which is safe to log: {@code named("vault:jwt-keys", () -> ..)} for a lambda, which
     * has none of its own. What the source says of itself otherwise stays; of a source with a fallback, the name is the
     * source's own, and the fallback keeps its own.
     */
    static KeysetSource named(String description, KeysetSource source) {
        return source instanceof FallbackKeysetSource chain
                ? chain.named(description)
                : new NamedKeysetSource(description, source);
    }

    /**
     * This source, with something done around each load: {@code source.around(s -> timer.recordCallable(s::load))}. What
     * the source says of itself stays as it is, which a lambda around {@code source::load} would forget; of a source with a
     * fallback, it is done around the loads of both.
     */
    @CheckReturnValue
    default KeysetSource around(Around advice) {
        return new AdvisedKeysetSource(this, advice);
    }

    /** What is done around a load. */
    @FunctionalInterface
    interface Around {

        /** Loads from the source, once or more, or not at all. */
        KeysetDocument load(KeysetSource source) throws Exception;
    }

    /**
     * This source, with documents that are read as this format says: a list, a member of a JSON object, secrets in
     * base64. Everything else of it stays as it is; of a source with a fallback, both are read so.
     */
    @CheckReturnValue
    default KeysetSource reading(DocumentFormat format) {
        return new FormattedKeysetSource(this, format);
    }

    /**
     * This source, and another one to start from when this one cannot deliver.
     *
     * <p>A fallback only stands in for a keyset that is missing: once this source has delivered, its last-known-good
     * keyset is kept through every outage, and the fallback is not asked for. Working from the fallback is reported as
     * such, never as fresh.
     */
    @CheckReturnValue
    default KeysetSource orElse(KeysetSource fallback) {
        return new FallbackKeysetSource(this, fallback);
    }
}
