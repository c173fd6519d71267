package io.github.keyset4j.command;

import io.github.keyset4j.KeysetProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who else may put another program in the place of an executable: whoever may write it, or write a directory on the
 * way, link by link. On file systems without POSIX modes nothing is found.
 */
final class ExecutableCheck {

    private static final int GROUP_WRITE = 0020;
    private static final int OTHERS_WRITE = 0002;
    private static final int STICKY = 01000;
    private static final int MOST_LINKS = 40;

    private ExecutableCheck() {}

    static List<KeysetProblem> inspect(Path executable) {
        if (!executable.isAbsolute()) {
            return List.of(new KeysetProblem(
                    "executable",
                    "not an absolute path, so that PATH or the working directory decides what is run",
                    "name it by its absolute path"));
        }
        Set<KeysetProblem> findings = new LinkedHashSet<>(); // a link often leads to a neighbour
        try {
            Path step = executable;
            for (int links = 0; Files.isSymbolicLink(step) && links < MOST_LINKS; links++) {
                findings.addAll(ofDirectory(step.getParent()));
                step = step.resolveSibling(Files.readSymbolicLink(step));
            }
            Path file = step.toRealPath();
            findings.addAll(ofDirectory(file.getParent()));
            findings.addAll(ofFile(mode(file)));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // No POSIX modes here, or no executable at this moment, which running it will tell.
        }
        return List.copyOf(findings);
    }

    private static List<KeysetProblem> ofFile(int mode) {
        List<KeysetProblem> findings = new ArrayList<>();
        if ((mode & OTHERS_WRITE) != 0) {
            findings.add(new KeysetProblem("executable mode " + octal(mode), "others may write", "chmod go-w"));
        }
        if ((mode & GROUP_WRITE) != 0) {
            findings.add(new KeysetProblem("executable mode " + octal(mode), "the group may write", "chmod go-w"));
        }
        return findings;
    }

    private static List<KeysetProblem> ofDirectory(@Nullable Path directory) throws IOException {
        int mode = directory == null ? 0 : mode(directory);
        List<KeysetProblem> findings = new ArrayList<>();
        if ((mode & STICKY) != 0) {
            return findings;
        }
        if ((mode & OTHERS_WRITE) != 0) {
            findings.add(new KeysetProblem(
                    "directory mode " + octal(mode), "others may replace the executable", "chmod go-w the directory"));
        }
        if ((mode & GROUP_WRITE) != 0) {
            findings.add(new KeysetProblem(
                    "directory mode " + octal(mode),
                    "the group may replace the executable",
                    "chmod go-w the directory"));
        }
        return findings;
    }

    /** The mode of what a path finally leads to. */
    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode");
    }

    private static String octal(int mode) {
        return String.format("%04o", mode & 07777);
    }
}
