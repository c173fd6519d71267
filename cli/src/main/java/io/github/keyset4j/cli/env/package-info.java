/**
 * Env files out of what stands in AWS.
 *
 * <pre>
 * --base ──▶ BaseFile ─────┐
 * AWS ─────▶ CloudValues ──┼──▶ EnvEntries ──▶ EnvFile, in an EnvFormat ──▶ PrivateFile
 * --set ───────────────────┘                                           ──▶ Drift, with --check
 * </pre>
 */
@NullMarked
package io.github.keyset4j.cli.env;

import org.jspecify.annotations.NullMarked;
