package io.github.keyset4j.file;

import io.github.keyset4j.KeysetProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    /** What is wrong with the modes of the file that the path finally leads to, and of its directory. */
    List<KeysetProblem> inspect(Path path) {
        int mode;
        int directoryMode;
        try {
            Path file = path.toRealPath();
            if (!Files.isRegularFile(file)) {
                return List.of(); // loading will tell
            }
            Path directory = file.getParent();
            mode = mode(file);
            directoryMode = directory == null ? 0 : mode(directory);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return List.of(); // no POSIX modes here, or no file at this moment, which loading will tell
        }
        List<KeysetProblem> findings = new ArrayList<>();
        if ((mode & OTHERS) != 0) {
            findings.add(finding(mode, "others have access", "chmod 600"));
        }
        if ((mode & GROUP_WRITE) != 0) {
            findings.add(finding(mode, "the group may write", "chmod 600"));
        }
        if ((mode & GROUP_READ) != 0 && !groupReadAllowed) {
            findings.add(finding(
                    mode, "the group may read", "chmod 600, or allow it: allowGroupRead(), groupRead=true in a URI"));
        }
        if ((directoryMode & OTHERS_WRITE) != 0 && (directoryMode & STICKY) == 0) {
            findings.add(new KeysetProblem(
                    "directory mode " + octal(directoryMode),
                    "others may replace the file",
                    "chmod o-w the directory"));
        }
        return findings;
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode");
    }

    private static KeysetProblem finding(int mode, String rule, String remedy) {
        return new KeysetProblem("file mode " + octal(mode), rule, remedy);
    }

    private static String octal(int mode) {
        return String.format("%04o", mode & 07777);
    }
}
