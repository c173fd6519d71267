package io.github.keyset4j.config;

import io.github.keyset4j.DocumentFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a URI may say of how its document is to be read, in every scheme. */
final class FormatParameters {

    private static final String FORMAT = "format";
    private static final String MEMBER = "member";
    private static final String KID = "kid";
    private static final String SECRET_ENCODING = "secretEncoding";

    static final Set<String> ALL = Set.of(FORMAT, MEMBER, KID, SECRET_ENCODING);

    private FormatParameters() {}

    /** What these parameters say; a provider's own of the same name are left to it. */
    static DocumentFormat of(KeysetSourceUri uri, Set<String> ofTheProvider) {
        DocumentFormat format = DocumentFormat.standard();
        for (String parameter : List.of(FORMAT, MEMBER, KID, SECRET_ENCODING)) {
            Optional<String> value = ofTheProvider.contains(parameter) ? Optional.empty() : uri.text(parameter);
            if (value.isPresent()) {
                format = with(format, uri, parameter, value.get());
            }
        }
        return format;
    }

    private static DocumentFormat with(DocumentFormat format, KeysetSourceUri uri, String parameter, String value) {
        return switch (parameter) {
            case FORMAT -> {
                if (!value.equals("list")) {
                    throw uri.refused(FORMAT, "unknown", "write list, or leave it out: JSON and PEM are recognised");
                }
                yield format.asList();
            }
            case MEMBER -> format.withMember(value);
            case KID -> {
                try {
                    yield format.withKid(value);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(uri.scheme() + ": parameter " + e.getMessage(), e);
                }
            }
            default ->
                switch (value) {
                    case "utf8" -> format;
                    case "base64" -> format.withBase64Secrets();
                    default -> throw uri.refused(SECRET_ENCODING, "unknown", "write utf8 or base64");
                };
        };
    }
}
