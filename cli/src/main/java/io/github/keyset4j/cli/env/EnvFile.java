package io.github.keyset4j.cli.env;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import static java.util.Objects.requireNonNull;

/**
 * An env file as it should be: where, in which format, with what in it.
 *
 * <p>Threads. Immutable; two that write the same path replace one another's file as a whole.
 *
 * <p>Secrets. Holds them, shows the names.
 */
public final class EnvFile {

    private final Path path;
    private final EnvFormat format;
    private final byte[] content;
    private final Map<String, String> lines;

    /**
     * Renders these entries; nothing is written yet.
     *
     * @throws EnvRefusal if the format has no form for one of the values
     */
    public EnvFile(Path path, EnvFormat format, EnvEntries entries) throws EnvRefusal {
        this.path = requireNonNull(path, "path");
        this.format = requireNonNull(format, "format");
        this.content = format.render(requireNonNull(entries, "entries"));
        this.lines = format.parse("entries", new String(content, StandardCharsets.UTF_8));
    }

    /** The names, in order, as they stand in the file. */
    public List<String> names() {
        return List.copyOf(lines.keySet());
    }

    /** The SHA-256 of the whole file. It tells two files apart; of a single value there is none, which could be guessed. */
    public String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Puts the file in its place, as its owner's alone; blocks until it is on the disk.
     *
     * @throws EnvRefusal if there is a symbolic link or anything else that is no file, or if it cannot be written with
     *     mode 0600; then what was there is still there
     */
    public void write() throws EnvRefusal {
        new PrivateFile(path).replace(content);
    }

    /**
     * How the file that is there differs; blocks for reading it.
     *
     * @throws EnvRefusal if it cannot be read, or is no file
     */
    public Drift drift() throws EnvRefusal {
        PrivateFile file = new PrivateFile(path);
        if (!file.exists()) {
            return Drift.between(lines, Map.of(), List.of("there is no such file"));
        }
        List<String> faults = new ArrayList<>();
        String mode = file.mode();
        if (!mode.equals(PrivateFile.MODE)) {
            faults.add("its mode is " + mode + ", not " + PrivateFile.MODE);
        }
        byte[] found = file.read();
        try {
            return Drift.between(lines, format.parse(path.toString(), BaseFile.text(path, found)), faults);
        } catch (EnvRefusal unreadable) {
            faults.add("it is not in the " + format + " format: " + unreadable.getMessage());
            return new Drift(List.of(), List.of(), List.of(), faults);
        }
    }

    @Override
    public String toString() {
        return "EnvFile[" + path + ", " + format + ", " + names() + "]";
    }
}
