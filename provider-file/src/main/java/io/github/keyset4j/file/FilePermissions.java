package io.github.keyset4j.file;

import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.config.PathCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Who else may read the file, or write it, or put another in its place. On file systems without POSIX modes nothing is
 * found.
 */
final class FilePermissions {

    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("------rwx");

    private final boolean groupReadAllowed;

    FilePermissions(boolean groupReadAllowed) {
        this.groupReadAllowed = groupReadAllowed;
    }

    /** What is wrong with the path, and with the mode of the file that it finally leads to. */
    List<KeysetProblem> inspect(Path path) {
        List<KeysetProblem> findings = new ArrayList<>(PathCheck.findings(path));
        try {
            if (Files.isRegularFile(path)) { // of anything else loading will tell
                findings.addAll(ofMode(Files.getPosixFilePermissions(path)));
            }
        } catch (IOException | UnsupportedOperationException e) {
            // No POSIX modes here, or no file at this moment, which loading will tell.
        }
        return findings;
    }

    /** Whom a mode lets read what is the owner's alone. */
    List<KeysetProblem> ofMode(Set<PosixFilePermission> permissions) {
        String where = "file mode " + octal(permissions);
        if (!Collections.disjoint(permissions, OTHERS)) {
            return List.of(
                    KeysetProblem.of(where, "others have access", "chmod 600").withCode("file-permissions"));
        }
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)) {
            return List.of(
                    KeysetProblem.of(where, "the group has access", "chmod 600").withCode("file-permissions"));
        }
        if (permissions.contains(PosixFilePermission.GROUP_READ) && !groupReadAllowed) {
            return List.of(KeysetProblem.of(
                            where,
                            "the group may read",
                            "chmod 600, or allow it: allowGroupRead(), groupRead=true in a URI")
                    .withCode("file-permissions"));
        }
        return List.of();
    }

    private static String octal(Set<PosixFilePermission> permissions) {
        int mode = 0;
        for (PosixFilePermission permission : PosixFilePermission.values()) { // in the order of rwxrwxrwx
            mode = 2 * mode + (permissions.contains(permission) ? 1 : 0);
        }
        return String.format("%04o", mode);
    }
}
