package io.github.keyset4j.aws.uri;

import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.aws.ParameterStoreKeysetSource;
import io.github.keyset4j.config.KeysetSourceUri;
import io.github.keyset4j.config.KeysetStoreProvider;
import io.github.keyset4j.rotation.KeysetStore;
import java.util.Set;

/**
 * {@code aws-ssm:/app/prod/jwt}: one parameter, by name or ARN; with {@code path=true} all parameters under that path, one
 * for each kid. With {@code region}, {@code endpoint}, {@code callTimeout=5s} and {@code previous=false} as {@link
 * ParameterStoreKeysetSource.Builder} has them.
 *
 * <p>Threads. Immutable.
 */
public final class ParameterStoreKeysetSourceProvider implements KeysetStoreProvider {

    private static final String PATH = "path";

    /** For {@link java.util.ServiceLoader}. */
    public ParameterStoreKeysetSourceProvider() {}

    @Override
    public String scheme() {
        return "aws-ssm";
    }

    @Override
    public Set<String> parameters() {
        return AwsUri.parametersAnd(PATH);
    }

    @Override
    public KeysetSource source(KeysetSourceUri uri) {
        return parameter(uri).build();
    }

    @Override
    public KeysetStore store(KeysetSourceUri uri) {
        if (uri.flag(PATH)) {
            throw uri.refused(
                    PATH,
                    "cannot be written, since a path's parameters do not change together",
                    "keep the keyset in one parameter or in a secret");
        }
        return parameter(uri).buildStore();
    }

    private static ParameterStoreKeysetSource.Builder parameter(KeysetSourceUri uri) {
        ParameterStoreKeysetSource.Builder parameter = ParameterStoreKeysetSource.builder(uri.name());
        AwsUri.tell(uri, parameter::region, parameter::endpoint, parameter::callTimeout);
        if (uri.flag(PATH)) {
            parameter.path();
        }
        if (AwsUri.withoutPrevious(uri)) {
            parameter.withoutPrevious();
        }
        return parameter;
    }
}
