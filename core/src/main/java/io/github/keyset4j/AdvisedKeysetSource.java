package io.github.keyset4j;

import static java.util.Objects.requireNonNull;

/** A source with something done around each load; the same source in everything else. */
final class AdvisedKeysetSource extends ForwardingKeysetSource {

    private final Around advice;

    AdvisedKeysetSource(KeysetSource source, Around advice) {
        super(source);
        this.advice = requireNonNull(advice, "advice");
    }

    @Override
    public KeysetDocument load() throws Exception {
        return advice.load(to());
    }
}
