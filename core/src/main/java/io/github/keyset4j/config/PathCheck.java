package io.github.keyset4j.config;

import io.github.keyset4j.KeysetProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static java.util.Objects.requireNonNull;

/**
 * Who else, besides root and this process's user, decides what a path leads to: whoever owns or may write the file, a
 * directory on the way, or a link.
 *
 * <p>The path is walked from the root, component by component; a link is walked to its target in the same way. A directory
 * with the sticky bit, such as {@code /tmp}, may be writable by all: what lies in it can be replaced by its own owner
 * alone, and that is looked at. Access control lists are not read, but on Linux one that lets others write shows in the
 * group's rights.
 *
 * <p>Where there is nothing at the path, or where the file system knows no POSIX modes, nothing is found.
 *
 * <p>Threads. Safe for use by any number. Reads attributes, and so blocks for the file system.
 */
public final class PathCheck {

    private static final int OTHERS_WRITE = 0002;
    private static final int GROUP_WRITE = 0020;
    private static final int STICKY = 01000;
    private static final int MOST_LINKS = 40;
    private static final int ROOT = 0;

    private final Optional<UserPrincipal> self;
    private final Set<KeysetProblem> findings = new LinkedHashSet<>();

    private PathCheck(Optional<UserPrincipal> self) {
        this.self = self;
    }

    /**
     * What lets others put something else in the place of what this path leads to, each with the component it is about;
     * a relative path is one in the working directory.
     */
    public static List<KeysetProblem> findings(Path path) {
        PathCheck check = new PathCheck(self(path));
        try {
            check.walk(requireNonNull(path, "path").toAbsolutePath());
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // Nothing there at this moment, which using it will tell, or no POSIX modes. What was found so far counts.
        }
        return List.copyOf(check.findings);
    }

    /** Of whom Linux says that the process is his; elsewhere whom the JVM names. */
    private static Optional<UserPrincipal> self(Path path) {
        try {
            return Optional.of(Files.getOwner(Path.of("/proc/self")));
        } catch (IOException | UnsupportedOperationException e) {
            try {
                return Optional.of(path.getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(System.getProperty("user.name", "")));
            } catch (IOException | UnsupportedOperationException noSuchUser) {
                return Optional.empty();
            }
        }
    }

    private void walk(Path path) throws IOException {
        Path at = requireNonNull(path.getRoot(), "an absolute path has a root");
        inspect(at);
        Deque<Path> left = new ArrayDeque<>();
        path.forEach(left::addLast);
        int links = 0;
        while (!left.isEmpty()) {
            String name = left.removeFirst().toString();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                Path above = at.getParent(); // what it is to the system too, since links were resolved
                at = above == null ? at : above;
                continue;
            }
            Path next = at.resolve(name);
            if (!inspect(next)) {
                at = next;
                continue;
            }
            if (++links > MOST_LINKS) {
                return; // a ring, which using it will tell
            }
            Path target = Files.readSymbolicLink(next);
            if (target.isAbsolute()) {
                at = requireNonNull(target.getRoot(), "an absolute path has a root");
            }
            for (int i = target.getNameCount() - 1; i >= 0; i--) {
                left.addFirst(target.getName(i));
            }
        }
    }

    /** Looks at one component itself; whether it is a link. */
    private boolean inspect(Path component) throws IOException {
        PosixFileAttributes is = Files.readAttributes(component, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        boolean link = is.isSymbolicLink();
        boolean directory = is.isDirectory();
        int mode = unix(component, "mode") & 07777;
        String place = (link ? "link " : directory ? "directory " : "file ") + shown(component);
        if (unix(component, "uid") != ROOT && !self.equals(Optional.of(is.owner()))) {
            findings.add(KeysetProblem.of(
                            place,
                            "belongs to another user than root or this process's, who may change what it leads to",
                            "chown" + (link ? " -h" : "") + " it to one of the two")
                    .withCode("file-permissions"));
        }
        if (link || (directory && (mode & STICKY) != 0)) {
            return link; // a link's mode means nothing
        }
        if ((mode & (OTHERS_WRITE | GROUP_WRITE)) != 0) {
            findings.add(KeysetProblem.of(
                            place + ", mode " + String.format("%04o", mode),
                            ((mode & OTHERS_WRITE) != 0 ? "others" : "the group")
                                    + (directory ? " may replace what is in it" : " may write it"),
                            "chmod go-w it")
                    .withCode("file-permissions"));
        }
        return false;
    }

    private static int unix(Path component, String attribute) throws IOException {
        return (int) Files.getAttribute(component, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whoever could make a link chose what its target is called. */
    private static String shown(Path component) {
        return component.toString().replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    }
}
