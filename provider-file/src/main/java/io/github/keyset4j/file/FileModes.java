package io.github.keyset4j.file;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;

/** Who may do what with a file: what one that takes another's place has to take over. */
record FileModes(Optional<UserPrincipal> owner, Optional<GroupPrincipal> group, Set<PosixFilePermission> permissions) {

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    /** For files that are made here; a umask can only take from it. */
    static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY = PosixFilePermissions.asFileAttribute(OWNER);

    /** Why a file cannot be given these modes, in words. */
    static final class CannotBeKept extends IOException {

        private static final long serialVersionUID = 1L;

        CannotBeKept(String what) {
            super(what);
        }
    }

    /** Those of a file that is new. */
    static FileModes ofNew() {
        return new FileModes(Optional.empty(), Optional.empty(), OWNER);
    }

    /** Those of a file that is there. */
    static FileModes of(Path file) throws IOException {
        PosixFileAttributes now = view(file).readAttributes();
        return new FileModes(Optional.of(now.owner()), Optional.of(now.group()), now.permissions());
    }

    /** Gives them to a file that is still empty. */
    void giveTo(Path file) throws IOException {
        PosixFileAttributeView view = view(file);
        PosixFileAttributes now = view.readAttributes();
        if (owner.isPresent() && !owner.get().equals(now.owner())) {
            try {
                view.setOwner(owner.get());
            } catch (FileSystemException e) {
                throw new CannotBeKept("owner");
            }
        }
        if (group.isPresent() && !group.get().equals(now.group())) {
            try {
                view.setGroup(group.get());
            } catch (FileSystemException e) {
                if (groupHasAccess()) {
                    throw new CannotBeKept("group");
                }
            }
        }
        view.setPermissions(permissions);
        if (!view.readAttributes().permissions().equals(permissions)) {
            throw new CannotBeKept("mode");
        }
    }

    private boolean groupHasAccess() {
        return permissions.stream().anyMatch(permission -> permission.name().startsWith("GROUP_"));
    }

    private static PosixFileAttributeView view(Path file) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view == null) {
            throw new CannotBeKept("mode");
        }
        return view;
    }
}
