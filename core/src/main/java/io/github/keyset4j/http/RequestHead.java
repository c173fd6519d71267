package io.github.keyset4j.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A request up to its body (RFC 9112 sections 3 to 5), as far as an answer depends on it.
 *
 * @param path without the query; what is no path of this server is kept as it is, and will match none
 * @param headers by name, in any case
 * @param last whether the connection ends with the answer: since it was asked for, or since a body follows, which is read
 *     by nobody
 */
record RequestHead(String method, String path, Map<String, List<String>> headers, boolean last) {

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://[^/?]*");

    /** Not a request, or none that is answered here. */
    static final class Refused extends Exception {

        private static final long serialVersionUID = 1L;

        private final int status;

        Refused(int status) {
            super("status " + status, null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** What a method or a header may be called (RFC 9110 section 5.6.2). */
    static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    /** Reads the lines up to the empty one. */
    static RequestHead of(String text) throws Refused {
        String[] lines = text.split("\r?\n", -1);
        String[] request = lines[0].split(" ", -1);
        if (request.length != 3 || !isToken(request[0]) || request[1].isEmpty()) {
            throw new Refused(400);
        }
        if (!request[2].equals("HTTP/1.1") && !request[2].equals("HTTP/1.0")) {
            throw new Refused(request[2].startsWith("HTTP/") ? 505 : 400);
        }
        Map<String, List<String>> headers = headers(lines);
        boolean old = request[2].equals("HTTP/1.0");
        if (!old && headers.getOrDefault("Host", List.of()).size() != 1) {
            throw new Refused(400); // RFC 9112 section 3.2
        }
        boolean body = headers.containsKey("Transfer-Encoding")
                || headers.getOrDefault("Content-Length", List.of()).stream().anyMatch(length -> !length.equals("0"));
        boolean close = headers.getOrDefault("Connection", List.of()).stream()
                .anyMatch(options -> List.of(options.toLowerCase(Locale.ROOT).split("[ \t]*,[ \t]*", -1))
                        .contains("close"));
        return new RequestHead(request[0], path(request[1]), headers, old || body || close);
    }

    private static Map<String, List<String>> headers(String[] lines) throws Refused {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            String name = lines[i].substring(0, Math.max(colon, 0));
            if (!isToken(name) || lines[i].indexOf('\r') >= 0 || lines[i].indexOf('\0') >= 0) {
                throw new Refused(400); // also a line that continues the one before, which is obsolete
            }
            headers.computeIfAbsent(name, ignored -> new ArrayList<>())
                    .add(lines[i].substring(colon + 1).strip());
        }
        return headers;
    }

    private static String path(String target) {
        String path = ABSOLUTE.matcher(target).replaceFirst("");
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }
}
