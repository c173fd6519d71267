/**
 * The function by which AWS Secrets Manager rotates a keyset.
 *
 * <pre>
 * Secrets Manager ──step──▶ SecretsManagerRotationHandler ──▶ SecretRotation ──▶ KeysetRotator   (on a draft)
 *  createSecret, setSecret,   event, environment               AWSPENDING,   ──▶ Rehearsal       (on both versions)
 *  testSecret, finishSecret                                    AWSCURRENT    ──▶ SecretVersions
 * </pre>
 */
@NullMarked
package io.github.keyset4j.aws.lambda;

import org.jspecify.annotations.NullMarked;
