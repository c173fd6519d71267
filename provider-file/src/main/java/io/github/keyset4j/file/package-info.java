/**
 * A keyset from a file: {@link io.github.keyset4j.file.FileKeysetSource} is the entry point.
 */
@NullMarked
package io.github.keyset4j.file;

import org.jspecify.annotations.NullMarked;
