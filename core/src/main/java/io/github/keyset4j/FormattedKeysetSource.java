package io.github.keyset4j;

import static java.util.Objects.requireNonNull;

/** A source whose documents are to be read in another way than by what they are; the same source in everything else. */
final class FormattedKeysetSource extends ForwardingKeysetSource {

    private final DocumentFormat format;

    FormattedKeysetSource(KeysetSource source, DocumentFormat format) {
        super(source);
        this.format = requireNonNull(format, "format");
    }

    @Override
    @SuppressWarnings("NullAway") // a lambda may return null, which is the refresher's to refuse
    public KeysetDocument load() throws Exception {
        KeysetDocument document = super.load();
        return document == null ? null : document.withFormat(format);
    }
}
