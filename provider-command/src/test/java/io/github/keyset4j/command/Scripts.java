package io.github.keyset4j.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Shell scripts for commands to be made of. */
final class Scripts {

    private Scripts() {}

    static Path write(Path file, String body) throws IOException {
        return writeRaw(file, "#!/bin/sh\n" + body + "\n");
    }

    static Path writeRaw(Path file, String content) throws IOException {
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }
}
