package io.github.keyset4j;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A few prepared objects that one thread at a time may use, lent out without a lock; when all are out, a new one is
 * made. Unlike a thread-local it costs nothing per thread, so virtual threads may use it.
 */
final class Pool<T> {

    private static final int SIZE = 16;
    private static final int LOOKS = 3;

    /** Makes one more. */
    interface Factory<T> {
        T make() throws GeneralSecurityException;
    }

    private final AtomicReferenceArray<@Nullable T> idle = new AtomicReferenceArray<>(SIZE);
    private final Factory<T> factory;

    private Pool(Factory<T> factory) {
        this.factory = factory;
    }

    /**
     * With one made already: what the provider does not take it refuses now, not token by token.
     *
     * @throws InvalidKeyException if none can be made
     */
    static <T> Pool<T> withOne(Factory<T> factory) throws InvalidKeyException {
        Pool<T> pool = new Pool<>(factory);
        try {
            pool.giveBack(pool.borrow());
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new InvalidKeyException("the provider does not begin with the key", e);
        }
        return pool;
    }

    T borrow() throws GeneralSecurityException {
        int start = slot();
        for (int i = 0; i < LOOKS; i++) {
            T found = idle.getAndSet((start + i) % SIZE, null);
            if (found != null) {
                return found;
            }
        }
        return factory.make();
    }

    /** Gives back what works still; what failed is left to the garbage collector. */
    void giveBack(T item) {
        idle.set(slot(), item);
    }

    private static int slot() {
        @SuppressWarnings("deprecation") // threadId() came with JDK 19
        long id = Thread.currentThread().getId();
        return (int) (id % SIZE);
    }
}
