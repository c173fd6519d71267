package io.github.keyset4j.cli;

import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON that an operator gives: on the command line, in a file ({@code @FILE}) or on stdin ({@code -}). */
final class JsonInput {

    private static final int MOST = 1 << 20;

    private JsonInput() {}

    /**
     * The object that an option's value is or names.
     *
     * @throws IllegalArgumentException if there is none; nothing of it is repeated
     */
    static Map<String, @Nullable Object> object(String option, String value, Terminal terminal) {
        try {
            return StrictJson.object(text(option, value, terminal));
        } catch (MalformedJson e) {
            throw new IllegalArgumentException(
                    option + ": " + e.getMessage() + "; give one JSON object, as in {\"sub\":\"alice\"}");
        }
    }

    private static String text(String option, String value, Terminal terminal) {
        if (value.equals("-")) {
            return terminal.input();
        }
        if (!value.startsWith("@")) {
            return value;
        }
        try (InputStream in = Files.newInputStream(Path.of(value.substring(1)))) {
            return new String(in.readNBytes(MOST), StandardCharsets.UTF_8);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(option + ": the file cannot be read; name a readable one after the @");
        }
    }

    /** The header (0) or the claims (1) of a token, trusted or not; empty if they cannot be read. */
    static Map<String, @Nullable Object> tokenPart(String token, int part) {
        String[] parts = token.split("\\.", 4);
        if (parts.length <= part) {
            return Map.of();
        }
        try {
            return StrictJson.object(Base64.getUrlDecoder().decode(parts[part]));
        } catch (MalformedJson | IllegalArgumentException e) {
            return Map.of();
        }
    }
}
