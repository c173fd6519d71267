package io.github.keyset4j.file;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who else may read or write the file. On file systems without POSIX modes nothing is found. */
final class FilePermissions {

    private static final int OTHERS = 0007;
    private static final int GROUP_WRITE = 0020;
    private static final int GROUP_READ = 0040;
    private static final int OTHERS_WRITE = 0002;
    private static final int STICKY = 01000;

    private final boolean groupReadAllowed;

    FilePermissions(boolean groupReadAllowed) {
        this.groupReadAllowed = groupReadAllowed;
    }

    /** The document, with what is wrong with the modes of the file that the path finally leads to. */
    KeysetDocument inspect(Path path, KeysetDocument document) {
        Path file;
        int mode;
        int directoryMode;
        try {
            file = path.toRealPath();
            mode = mode(file);
            Path directory = file.getParent();
            directoryMode = directory == null ? 0 : mode(directory);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return document; // no POSIX modes here, or the file has just been replaced: the next load looks again
        }
        KeysetDocument inspected = document;
        if ((mode & OTHERS) != 0) {
            inspected = finding(inspected, mode, "others have access", "chmod 600");
        }
        if ((mode & GROUP_WRITE) != 0) {
            inspected = finding(inspected, mode, "the group may write", "chmod 600");
        }
        if ((mode & GROUP_READ) != 0 && !groupReadAllowed) {
            inspected = finding(
                    inspected, mode, "the group may read", "chmod 600, or allow it: builder(path).allowGroupRead()");
        }
        if ((directoryMode & OTHERS_WRITE) != 0 && (directoryMode & STICKY) == 0) {
            inspected = inspected.withFinding(new KeysetProblem(
                    "directory mode " + octal(directoryMode),
                    "others may replace the file",
                    "chmod o-w the directory"));
        }
        return inspected;
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode");
    }

    private static KeysetDocument finding(KeysetDocument document, int mode, String rule, String remedy) {
        return document.withFinding(new KeysetProblem("file mode " + octal(mode), rule, remedy));
    }

    private static String octal(int mode) {
        return String.format("%04o", mode & 07777);
    }
}
