package io.github.keyset4j.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The request headers that matter here, read as RFC 9110 and Fetch have them. */
final class RequestHeaders {

    private static final String JSON = "application/json";
    private static final String JWK_SET = "application/jwk-set+json";

    /**
     * What proxies that compress put at the end of a tag: {@code "tag-gzip"} Apache and Caddy, {@code "tag--gzip"} Jetty,
     * {@code "tag;br"} others. Unpacked, the bytes are those of the tag.
     */
    private static final Pattern COMPRESSED =
            Pattern.compile("(?:--?|[;:+_])(?:x-)?(?:gzip|br|zstd|deflate|compress)\"$");

    private static final int MOST_NAMES = 4096;

    private final Map<String, List<String>> headers;

    RequestHeaders(Map<String, List<String>> headers) {
        this.headers = headers;
    }

    private List<String> values(String name) {
        List<String> values = new ArrayList<>();
        headers.forEach((key, lines) -> {
            if (name.equalsIgnoreCase(key)) {
                values.addAll(lines);
            }
        });
        return values;
    }

    /** RFC 9110 section 13.1.2: weak comparison, lists in one or more lines, or a star. */
    boolean noneMatch(String etag) {
        for (String line : values("If-None-Match")) {
            if (line.strip().equals("*")) {
                return true;
            }
            // Our tags have no comma, so a list may be split at every one.
            for (String tag : line.split(",", -1)) {
                String candidate = tag.strip();
                String strong = candidate.startsWith("W/") ? candidate.substring(2) : candidate;
                if (strong.equals(etag)
                        || COMPRESSED.matcher(strong).replaceFirst("\"").equals(etag)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The headers that a browser asks leave for, in a preflight (Fetch, section 3.2.2), if that is a list of names. */
    Optional<String> asksToSend() {
        String asked =
                String.join(",", values("Access-Control-Request-Headers")).strip();
        boolean names = asked.length() <= MOST_NAMES
                && Stream.of(asked.split(",", -1)).map(String::strip).allMatch(RequestHead::isToken);
        return names ? Optional.of(asked) : Optional.empty();
    }

    /** Whether the registered type is asked for by name, and more than plain JSON is. Nothing is ever not acceptable. */
    boolean prefersJwkSet() {
        double jwkSet = 0;
        double json = 0;
        for (String line : values("Accept")) {
            for (String range : line.split(",", -1)) {
                String[] parts = range.split(";", -1);
                String type = parts[0].strip().toLowerCase(Locale.ROOT);
                double quality = quality(parts);
                if (type.equals(JWK_SET)) {
                    jwkSet = Math.max(jwkSet, quality);
                } else if (type.equals(JSON)) {
                    json = Math.max(json, quality);
                }
            }
        }
        return jwkSet > json;
    }

    private static double quality(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2).strip());
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
