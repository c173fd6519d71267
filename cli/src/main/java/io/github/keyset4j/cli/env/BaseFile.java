package io.github.keyset4j.cli.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * An env file with what is no secret, as docker compose would read it.
 *
 * <p>Threads. No state.
 */
public final class BaseFile {

    private BaseFile() {}

    /**
     * Reads the file; blocks for as long as that takes.
     *
     * @throws EnvRefusal if it cannot be read, is not in compose's grammar, or depends on its surroundings, as a value
     *     that interpolates a variable does
     */
    public static Map<String, String> read(Path path) throws EnvRefusal {
        try {
            return ComposeText.parse(path.toString(), text(path, Files.readAllBytes(path)));
        } catch (NoSuchFileException e) {
            throw new EnvRefusal(path.toString(), "there is no such file", "name one, or leave --base out");
        } catch (IOException e) {
            throw new EnvRefusal(path.toString(), "cannot be read", "check its permissions");
        }
    }

    static String text(Path path, byte[] bytes) throws EnvRefusal {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new EnvRefusal(path.toString(), "not UTF-8", "write it in UTF-8");
        }
    }
}
