package io.github.keyset4j;

import java.util.List;

import static java.util.Objects.requireNonNull;

/**
 * A source that hands everything on to another one, for a subclass to change a part of it: encrypted documents, another
 * description, another way to watch. To do something around each load, {@link KeysetSource#around} is shorter.
 *
 * <p>What {@link #to} says of itself stays said: a wrapper made of a lambda alone would forget it. Of a source with a
 * fallback, wrap each of the two, so that a failure of the one is still a reason to ask the other.
 *
 * <p>Threads, secrets. As for the source.
 */
public abstract class ForwardingKeysetSource implements KeysetSource {

    private final KeysetSource to;

    /** A source that is this one until something is overridden. */
    protected ForwardingKeysetSource(KeysetSource to) {
        this.to = requireNonNull(to, "to");
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
