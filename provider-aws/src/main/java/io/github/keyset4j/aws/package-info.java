/**
 * Keysets from AWS: {@link io.github.keyset4j.aws.SecretsManagerKeysetSource} and
 * {@link io.github.keyset4j.aws.ParameterStoreKeysetSource} are the entry points.
 *
 * <pre>
 * SecretsManagerKeysetSource ──┬──▶ sdk.AwsClient ──▶ the SDK, with timeouts and retries of its own
 * ParameterStoreKeysetSource ──┘    sdk.AwsFailures: what the SDK throws, by reason and remedy
 * secrets.SecretVersions: what SecretsManagerKeysetStore and functions that rotate are made of
 * their builders ──▶ ClientSettings: what there is to say of the SDK's client
 * </pre>
 */
@NullMarked
package io.github.keyset4j.aws;

import org.jspecify.annotations.NullMarked;
