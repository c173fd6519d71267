/**
 * Documents opened for change, for rotations and for this project's own tools. In a module it is exported to nobody: users
 * change keysets by {@code io.github.keyset4j.rotation.KeysetRotator}.
 */
@NullMarked
package io.github.keyset4j.edit;

import org.jspecify.annotations.NullMarked;
