/**
 * Documents opened for change: for rotations and this project's own tools, to whom alone this package is exported. Users
 * change keysets by {@code io.github.keyset4j.rotation.KeysetRotator}.
 */
@NullMarked
package io.github.keyset4j.edit;

import org.jspecify.annotations.NullMarked;
