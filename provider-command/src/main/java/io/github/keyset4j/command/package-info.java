/**
 * A keyset printed by a command: {@link io.github.keyset4j.command.CommandKeysetSource} is the entry point.
 *
 * <p>A load is one {@code CommandRun}: it starts the process, drains both of its outputs ({@code PipeReader}), and ends
 * whatever it started ({@code ProcessTree}).
 */
@NullMarked
package io.github.keyset4j.command;

import org.jspecify.annotations.NullMarked;
