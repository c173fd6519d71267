package io.github.keyset4j.cli.env;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The rules of {@code docker run --env-file}, and of compose's {@code format: raw}: a line is NAME=value, verbatim. */
final class DockerRunReader {

    private static final int LINE_BUFFER = 64 * 1024;

    private DockerRunReader() {}

    static Map<String, String> read(String text) {
        Map<String, String> entries = new LinkedHashMap<>();
        for (String whole : text.split("\n", -1)) {
            if (whole.getBytes(StandardCharsets.UTF_8).length >= LINE_BUFFER) {
                throw new IllegalArgumentException("a line longer than the buffer");
            }
            String line = whole.endsWith("\r") ? whole.substring(0, whole.length() - 1) : whole;
            int start = 0;
            while (start < line.length()
                    && (Character.isWhitespace(line.charAt(start)) || Character.isSpaceChar(line.charAt(start)))) {
                start++;
            }
            line = line.substring(start);
            int equals = line.indexOf('=');
            if (line.isEmpty() || line.startsWith("#") || equals < 0) {
                continue;
            }
            String name = line.substring(0, equals);
            if (name.isEmpty() || name.contains(" ") || name.contains("\t")) {
                throw new IllegalArgumentException("a name with white space, or none");
            }
            entries.put(name, line.substring(equals + 1));
        }
        return entries;
    }
}
