/**
 * Evidence of rotations, for auditors: what the keys are, what was done and by which rules, one event after the other, and a
 * verifier that computes all of it again.
 *
 * <pre>
 * RotationReport, a Keyset, or a KeysetEvent ──▶ Evidence ──▶ EvidenceDirectory ──▶ EvidenceVerifier
 * </pre>
 */
@NullMarked
package io.github.keyset4j.evidence;

import org.jspecify.annotations.NullMarked;
