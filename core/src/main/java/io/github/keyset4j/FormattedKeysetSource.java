package io.github.keyset4j;

import java.util.List;

import static java.util.Objects.requireNonNull;

/** A source whose documents are to be read in another way than by what they are; the same source in everything else. */
final class FormattedKeysetSource implements KeysetSource {

    private final KeysetSource source;
    private final DocumentFormat format;

    FormattedKeysetSource(KeysetSource source, DocumentFormat format) {
        this.source = source;
        this.format = requireNonNull(format, "format");
    }

    @Override
    @SuppressWarnings("NullAway") // a lambda may return null, which is the refresher's to refuse
    public KeysetDocument load() throws Exception {
        KeysetDocument document = source.load();
        return document == null ? null : document.withFormat(format);
    }

    @Override
    public String description() {
        return source.description();
    }

    @Override
    public boolean inline() {
        return source.inline();
    }

    @Override
    public List<KeysetProblem> findings() {
        return source.findings();
    }

    @Override
    public void onChangeHint(Runnable hint) {
        source.onChangeHint(hint);
    }

    @Override
    public void close() {
        source.close();
    }

    @Override
    public String toString() {
        return source.toString();
    }
}
