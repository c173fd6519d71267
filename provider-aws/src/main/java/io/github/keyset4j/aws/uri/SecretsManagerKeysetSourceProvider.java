package io.github.keyset4j.aws.uri;

import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.aws.SecretsManagerKeysetSource;
import io.github.keyset4j.config.KeysetSourceUri;
import io.github.keyset4j.config.KeysetStoreProvider;
import io.github.keyset4j.rotation.KeysetStore;
import java.util.Set;

/**
 * {@code aws-secretsmanager:sophon/prod/auth/jwt-keys?region=eu-west-1}: the name or ARN of a secret; with {@code region},
 * {@code endpoint}, {@code callTimeout=5s}, {@code previous=false} and {@code pending=true} as {@link
 * SecretsManagerKeysetSource.Builder} has them.
 *
 * <p>Threads. Immutable.
 */
public final class SecretsManagerKeysetSourceProvider implements KeysetStoreProvider {

    private static final String PENDING = "pending";

    /** For {@link java.util.ServiceLoader}. */
    public SecretsManagerKeysetSourceProvider() {}

    @Override
    public String scheme() {
        return "aws-secretsmanager";
    }

    @Override
    public Set<String> parameters() {
        return AwsUri.parametersAnd(PENDING);
    }

    @Override
    public KeysetSource source(KeysetSourceUri uri) {
        return secret(uri).build();
    }

    @Override
    public KeysetStore store(KeysetSourceUri uri) {
        return secret(uri).buildStore();
    }

    private static SecretsManagerKeysetSource.Builder secret(KeysetSourceUri uri) {
        SecretsManagerKeysetSource.Builder secret = SecretsManagerKeysetSource.builder(uri.name());
        AwsUri.tell(uri, secret::region, secret::endpoint, secret::callTimeout);
        if (AwsUri.withoutPrevious(uri)) {
            secret.withoutPrevious();
        }
        if (uri.flag(PENDING)) {
            secret.withPending();
        }
        return secret;
    }
}
