package io.github.keyset4j.rotation;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetSource;

/**
 * A source that can be written.
 *
 * <p>{@link #load()} returns a document with a {@linkplain KeysetDocument#revision() revision}, which changes with every
 * change of the content. A document is only ever replaced by naming the revision it is to replace, so that of two people
 * who change a keyset at the same time one wins and the other is told.
 *
 * <p>Threads. Safe for use by any number, here and in other processes.
 *
 * <p>Secrets. As for sources; what is written comes through {@link KeysetDocument#writeTo}.
 */
public interface KeysetStore extends KeysetSource {

    /**
     * Writes a document where there is none yet; blocks.
     *
     * @return the revision it has now
     * @throws KeysetConflictException if there is one already
     * @throws KeysetLoadException if the store did not answer, or refuses to be written
     */
    String create(KeysetDocument document) throws Exception;

    /**
     * Puts a document in the place of another; blocks. Whoever reads meanwhile reads the one or the other, whole.
     *
     * @param expectedRevision what {@link #load()} said was the revision of the document to replace
     * @return the revision it has now
     * @throws KeysetConflictException if the document there is not of this revision any more
     * @throws KeysetLoadException if the store did not answer, or refuses to be written
     */
    String replace(KeysetDocument document, String expectedRevision) throws Exception;
}
