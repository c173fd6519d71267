package io.github.keyset4j.cli.env;

import java.util.LinkedHashMap;
import java.util.Map;

/** The rules of systemd's {@code EnvironmentFile=}: see systemd.exec(5). Nothing is interpolated. */
final class SystemdReader {

    private static final String SPACE = " \t\n\r";
    private static final String LINE_END = "\n\r";

    private final String text;
    private int at;

    private SystemdReader(String text) {
        this.text = text;
    }

    static Map<String, String> read(String text) {
        return new SystemdReader(text).entries();
    }

    private Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#' || c == ';') {
                skipLine();
            } else if (SPACE.indexOf(c) >= 0) {
                at++;
            } else {
                int equals = at;
                while (equals < text.length() && (LINE_END + "=").indexOf(text.charAt(equals)) < 0) {
                    equals++;
                }
                String name = text.substring(at, equals).strip();
                at = equals + 1;
                if (equals < text.length() && text.charAt(equals) == '=') {
                    entries.put(name, value());
                }
            }
        }
        return entries;
    }

    private void skipLine() {
        while (at < text.length() && LINE_END.indexOf(text.charAt(at)) < 0) {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
    }

    /** Quoted pieces, and others; white space before and after them does not count, nor does it between two quoted ones. */
    private String value() {
        StringBuilder value = new StringBuilder();
        boolean bare = false;
        int end = -1;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (LINE_END.indexOf(c) >= 0) {
                break;
            } else if (!bare && (c == '\'' || c == '"')) {
                quoted(c, value);
            } else if (c == '\\') {
                bare = true;
                end = -1;
                if (at < text.length() && LINE_END.indexOf(text.charAt(at)) < 0) {
                    value.append(text.charAt(at));
                }
                at++;
            } else if (SPACE.indexOf(c) < 0) {
                bare = true;
                end = -1;
                value.append(c);
            } else if (bare) {
                end = end < 0 ? value.length() : end;
                value.append(c);
            }
        }
        return end < 0 ? value.toString() : value.substring(0, end);
    }

    private void quoted(char quote, StringBuilder value) {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == quote) {
                return;
            }
            if (quote == '"' && c == '\\' && at < text.length()) {
                char escaped = text.charAt(at++);
                if (escaped != '\n') {
                    value.append("\"\\`$".indexOf(escaped) < 0 ? "\\" : "").append(escaped);
                }
            } else {
                value.append(c);
            }
        }
    }
}
