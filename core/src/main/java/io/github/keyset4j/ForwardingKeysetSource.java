package io.github.keyset4j;

import java.util.List;

import static java.util.Objects.requireNonNull;

/**
 * A source that hands everything on to another one, for a subclass to change a part of it: encrypted documents, another
 * description, another way to watch. To do something around each load, {@link KeysetSource#around} is shorter.
 *
 * <p>What {@link #to} says of itself stays said. A document that is changed on the way is made by {@link
 * KeysetDocument#withContent}, which keeps what is said of it; one made anew is taken for one of a source that has nothing
 * to say.
 *
 * <p>Threads, secrets. As for the source.
 */
public abstract class ForwardingKeysetSource implements KeysetSource {

    private final KeysetSource to;

    /**
     * A source that is this one until something is overridden.
     *
     * @throws IllegalArgumentException if it is one with a fallback: wrap each of the two, and then put them together by
     *     {@link KeysetSource#orElse}, so that a failure of the one is still known for one
     */
    protected ForwardingKeysetSource(KeysetSource to) {
        this.to = requireNonNull(to, "to");
        if (to instanceof FallbackKeysetSource) {
            throw new IllegalArgumentException(Failures.safeDescription(to)
                    + ": has a fallback; wrap each of the two, then put them together by orElse(..)");
        }
    }

    /** The source that everything is handed on to. */
    protected final KeysetSource to() {
        return to;
    }

    @Override
    public KeysetDocument load() throws Exception {
        return to.load();
    }

    @Override
    public String description() {
        return to.description();
    }

    @Override
    public boolean inline() {
        return to.inline();
    }

    @Override
    public List<KeysetProblem> findings() {
        return to.findings();
    }

    @Override
    public void watch(Runnable changed) {
        to.watch(changed);
    }

    @Override
    public void close() {
        to.close();
    }

    @Override
    public String toString() {
        return Failures.safeDescription(this);
    }
}
