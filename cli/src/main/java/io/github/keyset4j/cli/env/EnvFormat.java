package io.github.keyset4j.cli.env;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How an env file is written, and read again. Every reader of env files has rules of its own; a format says for whom it
 * writes, and refuses what that reader would not read as it was meant.
 *
 * <p>Threads. Immutable.
 */
public enum EnvFormat {

    /** For docker compose: in double quotes, so that nothing is interpolated. */
    COMPOSE {
        @Override
        String line(String name, String value) throws EnvRefusal {
            require(
                    value.indexOf('\0') < 0,
                    name,
                    "it contains a NUL, which no environment variable can",
                    "use --format portable");
            StringBuilder line = new StringBuilder(name).append("=\"");
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                switch (c) {
                    case '\\', '"', '$' -> line.append('\\').append(c);
                    case '\n' -> line.append("\\n");
                    case '\r' -> line.append("\\r");
                    default -> line.append(c);
                }
            }
            return line.append('"').toString();
        }

        @Override
        Map<String, String> parse(String where, String text) throws EnvRefusal {
            return ComposeText.parse(where, text);
        }
    },

    /** For any reader: base64url without padding, which needs no quotes; the names end in {@code _B64}. */
    PORTABLE {
        @Override
        String line(String name, String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            return name + SUFFIX + "=" + Base64.getUrlEncoder().withoutPadding().encodeToString(utf8);
        }

        @Override
        Map<String, String> parse(String where, String text) throws EnvRefusal {
            return RAW.parse(where, text);
        }
    },

    /** For {@code docker run --env-file}, and compose's {@code format: raw}: as it is, to the end of the line. */
    RAW {
        @Override
        String line(String name, String value) throws EnvRefusal {
            require(
                    value.indexOf('\0') < 0,
                    name,
                    "it contains a NUL, which no environment variable can",
                    "use --format portable");
            require(
                    value.indexOf('\n') < 0 && value.indexOf('\r') < 0,
                    name,
                    "it has several lines, which the raw format cannot express",
                    "use --format compose or portable");
            String line = name + "=" + value;
            require(
                    line.getBytes(StandardCharsets.UTF_8).length < LONGEST_LINE,
                    name,
                    "it is longer than the 64 KiB that docker reads as a line",
                    "use --format compose, or store it as a file");
            return line;
        }

        @Override
        Map<String, String> parse(String where, String text) throws EnvRefusal {
            Map<String, String> entries = new LinkedHashMap<>();
            int number = 0;
            for (String line : text.split("\n", -1)) {
                number++;
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                int equals = line.indexOf('=');
                if (equals < 0 || !EnvEntries.isName(line.substring(0, equals))) {
                    throw new EnvRefusal(
                            where + ", line " + number, "not of the form NAME=value", "write the file again");
                }
                entries.put(line.substring(0, equals), line.substring(equals + 1));
            }
            return entries;
        }
    };

    private static final String SUFFIX = "_B64";
    private static final int LONGEST_LINE = 64 * 1024;

    /** An entry as a line, without its end. */
    abstract String line(String name, String value) throws EnvRefusal;

    /** What stands behind each name, of a file in this format. */
    abstract Map<String, String> parse(String where, String text) throws EnvRefusal;

    /** The file: a line for each entry, in the order of the names. */
    byte[] render(EnvEntries entries) throws EnvRefusal {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> entry : entries.values().entrySet()) {
            String name = entry.getKey();
            require(
                    isWhole(entry.getValue()),
                    name,
                    "it contains half a character (a lone surrogate), which UTF-8 cannot express",
                    "store the whole character");
            text.append(line(name, entry.getValue())).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isWhole(String value) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(value);
    }

    private static void require(boolean holds, String name, String rule, String remedy) throws EnvRefusal {
        if (!holds) {
            throw new EnvRefusal(name, rule, remedy);
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
