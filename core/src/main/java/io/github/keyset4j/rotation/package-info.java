/**
 * Rotating keys: stores that can be written, and the steps between keys, each measured by the formulas that keep tokens
 * valid.
 *
 * <pre>
 * KeysetStore ──document──▶ KeysetEdit ──steps──▶ KeysetRotator ──document──▶ KeysetStore
 *  file, AWS,   revision     shapes       gates    prepare, promote,           only if the
 *  yours                                           retire, revoke, ..          revision still holds
 *                                                        │
 *                                                 RotationReport ──▶ evidence, if somebody keeps it
 * </pre>
 */
@NullMarked
package io.github.keyset4j.rotation;

import org.jspecify.annotations.NullMarked;
