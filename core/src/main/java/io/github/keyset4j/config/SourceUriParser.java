package io.github.keyset4j.config;

import io.github.keyset4j.encoding.UriText;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Takes a source's URI apart. {@link URI} knows a query only where a slash follows the colon; sources have one
 * everywhere. Nothing of the URI is quoted but its scheme, where somebody provides it, and names of parameters: people
 * put secrets into the strangest places.
 */
final class SourceUriParser {

    private static final Pattern PARAMETER = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,63}");

    final String scheme;
    final String name;
    final Map<String, List<String>> parameters = new LinkedHashMap<>();

    /** The parts of the URI, whose scheme is known to be one that somebody provides. */
    SourceUriParser(URI uri) {
        this.scheme = scheme(uri);
        if (uri.getRawFragment() != null) {
            throw refused("URI", "has a fragment", "write # as %23");
        }
        String rest = uri.getRawSchemeSpecificPart();
        int question = rest.indexOf('?');
        if (question >= 0) {
            int i = 0;
            for (String parameter : rest.substring(question + 1).split("&", -1)) {
                i++;
                int equals = parameter.indexOf('=');
                String key = equals < 0 ? "" : decode("parameter " + i, parameter.substring(0, equals));
                if (!PARAMETER.matcher(key).matches()) {
                    throw refused("parameter " + i, "not of the form name=value", "write & as %26 in a value");
                }
                parameters
                        .computeIfAbsent(key, ignored -> new ArrayList<>())
                        .add(decode("parameter " + key, parameter.substring(equals + 1)));
            }
        }
        this.name = decode("name", question < 0 ? rest : rest.substring(0, question));
    }

    /** A text that may not be a URI. */
    static URI uri(String text) {
        try {
            return UriText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("source URI: " + e.getMessage(), e);
        }
    }

    static String scheme(URI uri) {
        String scheme = uri.getScheme();
        if (scheme == null) {
            throw new IllegalArgumentException("source URI: no scheme; write, for a file, file:/etc/app/keys.json");
        }
        return scheme.toLowerCase(Locale.ROOT);
    }

    /** {@link URI} has seen to it that two hexadecimal digits follow each percent sign. */
    private String decode(String where, String encoded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] utf8 = encoded.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] == '%') {
                bytes.write(Character.digit(utf8[i + 1], 16) * 16 + Character.digit(utf8[i + 2], 16));
                i += 2;
            } else {
                bytes.write(utf8[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refused(where, "not UTF-8 once percent-decoded", "percent-encode the bytes of its UTF-8");
        }
    }

    private IllegalArgumentException refused(String where, String rule, String remedy) {
        return new IllegalArgumentException(scheme + ": " + where + ": " + rule + "; " + remedy);
    }
}
