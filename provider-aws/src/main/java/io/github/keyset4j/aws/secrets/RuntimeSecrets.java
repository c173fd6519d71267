package io.github.keyset4j.aws.secrets;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.aws.sdk.AwsClient;
import io.github.keyset4j.aws.sdk.AwsFailures;
import io.github.keyset4j.aws.sdk.AwsSdk;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.SsmException;

import static java.util.Objects.requireNonNull;

/**
 * Everything else that an application keeps in AWS besides its keys: the parameters under a path, or the text of a
 * secret. For tools that hand them on, such as {@code keyset4j export-env}; asked once, with the same client, timeouts
 * and words for failures as the sources of keysets.
 *
 * <p>Credentials are found by the SDK's default chain.
 *
 * <p>Threads. Immutable. The methods that read block for one call, or for one for every ten parameters; each call ends
 * after 5 s.
 *
 * <p>Secrets. What is read is handed over, not kept, logged or shown.
 */
public final class RuntimeSecrets {

    private static final String GET_SECRET = "secretsmanager:GetSecretValue";
    private static final String GET_BY_PATH = "ssm:GetParametersByPath";
    private static final String CURRENT = "AWSCURRENT";
    private static final int PAGE = 10;
    /** Pages may be empty and still not be the last. */
    private static final int MAX_PAGES = 128;

    private final @Nullable String region;
    private final @Nullable URI endpoint;
    private final Consumer<KeysetProblem> listener;

    private RuntimeSecrets(@Nullable String region, @Nullable URI endpoint, Consumer<KeysetProblem> listener) {
        this.region = region;
        this.endpoint = endpoint;
        this.listener = listener;
    }

    /** From the region and the endpoint that the SDK finds in its surroundings. */
    public static RuntimeSecrets fromSurroundings() {
        return new RuntimeSecrets(null, null, finding -> {});
    }

    /** The same from this region, such as {@code eu-west-1}. */
    public RuntimeSecrets region(String region) {
        return new RuntimeSecrets(requireNonNull(region, "region"), endpoint, listener);
    }

    /** The same from an endpoint in place of the region's own, such as one in a VPC or a simulator's. */
    public RuntimeSecrets endpoint(URI endpoint) {
        return new RuntimeSecrets(region, requireNonNull(endpoint, "endpoint"), listener);
    }

    /**
     * The same, which tells this listener what it notices before it asks: that the endpoint given is neither https nor on this machine.
     */
    public RuntimeSecrets listener(Consumer<KeysetProblem> listener) {
        return new RuntimeSecrets(region, endpoint, requireNonNull(listener, "listener"));
    }

    /**
     * The values of the parameters that stand directly under this path, decrypted, each by the last part of its name;
     * paths below are left alone, since two of them may have parameters of one name.
     *
     * @throws KeysetLoadException NOT_FOUND if there is none; DENIED if IAM, KMS or the credentials stand against it;
     *     THROTTLED, TIMED_OUT; UNAVAILABLE for everything else
     */
    public Map<String, String> parameters(String path) throws InterruptedException {
        String trimmed = AwsSdk.name(path, "path").replaceAll("(?<=.)/+$", "");
        if (!trimmed.startsWith("/")) {
            throw new IllegalArgumentException("path: not of the form /app/prod; a path begins with a slash");
        }
        AwsClient<SsmClient> client = parameterStore(path);
        AwsFailures failures = new AwsFailures("aws-ssm:" + trimmed + "/*", SsmException.class);
        try {
            client.findings().forEach(listener);
            Map<String, String> values = new TreeMap<>();
            @Nullable String next = null;
            for (int page = 0; page < MAX_PAGES; page++) {
                GetParametersByPathResponse answer = page(client, failures, trimmed, next);
                for (Parameter parameter : answer.parameters()) {
                    if (parameter.name() == null || parameter.value() == null) {
                        throw failures.of(
                                Reason.UNAVAILABLE, GET_BY_PATH, "the answer has no value", AwsFailures.PROXIES);
                    }
                    values.put(parameter.name().substring(parameter.name().lastIndexOf('/') + 1), parameter.value());
                }
                next = answer.nextToken();
                if (next == null || next.isEmpty()) {
                    return some(values, failures);
                }
            }
            throw failures.of(
                    Reason.TOO_LARGE,
                    GET_BY_PATH,
                    "more than " + MAX_PAGES + " pages of parameters stand under the path",
                    "give the application a path of its own");
        } finally {
            client.close();
        }
    }

    private static GetParametersByPathResponse page(
            AwsClient<SsmClient> client, AwsFailures failures, String path, @Nullable String token)
            throws InterruptedException {
        return failures.call(
                GET_BY_PATH,
                () -> client.get()
                        .getParametersByPath(request -> request.path(path)
                                .recursive(false)
                                .withDecryption(true)
                                .maxResults(PAGE)
                                .nextToken(token)
                                .overrideConfiguration(client::bound)));
    }

    private static Map<String, String> some(Map<String, String> values, AwsFailures failures) {
        if (values.isEmpty()) {
            throw failures.of(
                    Reason.NOT_FOUND,
                    GET_BY_PATH,
                    "no parameter stands directly under the path",
                    "create some, or name another path");
        }
        return values;
    }

    /**
     * The text of the secret of this name or ARN, in the version at AWSCURRENT.
     *
     * @throws KeysetLoadException NOT_FOUND if there is no such secret, or it has no value; DENIED if IAM, KMS or the
     *     credentials stand against it; THROTTLED, TIMED_OUT; UNAVAILABLE for everything else
     */
    public String secret(String nameOrArn) throws InterruptedException {
        AwsClient<SecretsManagerClient> client = secretsManager(AwsSdk.name(nameOrArn, "nameOrArn"));
        AwsFailures failures = new AwsFailures("aws-secretsmanager:" + nameOrArn, SecretsManagerException.class);
        try {
            client.findings().forEach(listener);
            String text = failures.call(
                            GET_SECRET,
                            () -> client.get()
                                    .getSecretValue(request -> request.secretId(nameOrArn)
                                            .versionStage(CURRENT)
                                            .overrideConfiguration(client::bound)))
                    .secretString();
            if (text == null) {
                throw failures.of(
                        Reason.NOT_FOUND, GET_SECRET, "it holds no text", "put a SecretString, not a SecretBinary");
            }
            return text;
        } finally {
            client.close();
        }
    }

    private AwsClient<SsmClient> parameterStore(String path) {
        return client(path, settings -> settings.build(SsmClient.builder()));
    }

    private AwsClient<SecretsManagerClient> secretsManager(String name) {
        return client(name, settings -> settings.build(SecretsManagerClient.builder()));
    }

    private <C extends SdkClient> AwsClient<C> client(String nameOrArn, AwsClient.Maker<C> maker) {
        return new AwsClient<>(
                maker, null, region == null ? AwsClient.regionOf(nameOrArn) : region, endpoint, AwsClient.CALL_TIMEOUT);
    }

    @Override
    public String toString() {
        return "RuntimeSecrets[region=" + region + ", endpoint=" + endpoint + "]";
    }
}
