/**
 * The operators' command line.
 *
 * <pre>
 * Keyset4j ──▶ Commands ──▶ JwksCommand, ... ──▶ SourceOptions ──▶ LoadedSource ──▶ core
 *  streams     by name       one class each        one bounded load
 *     ◀──────────── exit code: ExitCode ◀─────── whatever is thrown
 * </pre>
 *
 * <p>A command is one class and one line in {@code Commands}. It writes what was asked for to {@code Terminal.data} and
 * everything else to {@code Terminal.words}, throws what it cannot do, and never names an exit code but OK and PROBLEM.
 */
@NullMarked
package io.github.keyset4j.cli;

import org.jspecify.annotations.NullMarked;
