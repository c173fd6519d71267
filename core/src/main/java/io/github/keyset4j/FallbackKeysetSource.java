package io.github.keyset4j;

import java.util.ArrayList;
import java.util.List;

import static java.util.Objects.requireNonNull;

/**
 * Two sources. The refresher knows this type and asks the fallback only while there is no keyset of the primary's;
 * whoever calls {@link #load()} gets the first document to be had.
 */
final class FallbackKeysetSource implements KeysetSource {

    private final KeysetSource primary;
    private final KeysetSource fallback;

    FallbackKeysetSource(KeysetSource primary, KeysetSource fallback) {
        this.primary = requireNonNull(primary, "primary");
        this.fallback = requireNonNull(fallback, "fallback");
    }

    KeysetSource primary() {
        return primary;
    }

    KeysetSource fallback() {
        return fallback;
    }

    @Override
    @SuppressWarnings("NullAway") // a lambda may return null, which is the refresher's to refuse
    public KeysetDocument load() throws Exception {
        try {
            KeysetDocument document = primary.load();
            if (document == null) {
                throw Failures.nothing(primary);
            }
            return document;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | LinkageError e) {
            try {
                KeysetDocument document = fallback.load();
                return document == null ? null : document.insteadOf(Failures.of(primary, e));
            } catch (Exception second) {
                e.addSuppressed(second);
                throw e;
            }
        }
    }

    @Override
    public KeysetSource reading(DocumentFormat format) {
        return new FallbackKeysetSource(primary.reading(format), fallback.reading(format));
    }

    KeysetSource named(String description) {
        return new FallbackKeysetSource(KeysetSource.named(description, primary), fallback);
    }

    @Override
    public KeysetSource around(Around advice) {
        return new FallbackKeysetSource(primary.around(advice), fallback.around(advice));
    }

    @Override
    public String description() {
        return Failures.safeDescription(primary) + ", or else " + Failures.safeDescription(fallback);
    }

    @Override
    public boolean inline() {
        return primary.inline();
    }

    @Override
    public List<KeysetProblem> findings() {
        List<KeysetProblem> both = new ArrayList<>(primary.findings());
        both.addAll(fallback.findings());
        return both;
    }

    @Override
    public void watch(Runnable hint) {
        primary.watch(hint);
    }

    @Override
    public void close() {
        try (fallback) {
            primary.close();
        }
    }

    @Override
    public String toString() {
        return description();
    }
}
