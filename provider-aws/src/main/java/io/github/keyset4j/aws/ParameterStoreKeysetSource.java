package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.KeysetSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterType;
import software.amazon.awssdk.services.ssm.model.SsmException;

/**
 * A keyset document in the parameter store of AWS Systems Manager: one parameter whose value is the document, or one
 * parameter for each key.
 *
 * <p>Under a path, every parameter is a key: its last name is the kid, its value an HMAC secret, a PEM or a JWK. Two
 * names are not kids: {@code active_kid}, whose value names the key that signs, and {@code revoked}, a list of kids. Paths
 * below are left alone. Several parameters do not change at once: write a new key first and {@code active_kid} last.
 *
 * <p>Private keys in a parameter that is no SecureString are refused by strict policies, and warned of by the others.
 * Parameters are always asked for decrypted. Credentials are found by the SDK's default chain.
 *
 * <p>Threads. As {@link KeysetSource} has it: one load at a time.
 */
public final class ParameterStoreKeysetSource implements KeysetSource {

    private static final String GET = "ssm:GetParameter";
    private static final String GET_BY_PATH = "ssm:GetParametersByPath";
    private static final KeysetProblem PLAIN = new KeysetProblem(
            "parameter type",
            "not SecureString, so that private keys are kept unencrypted, for everybody who may read parameters",
            "create it anew as a SecureString, and rotate its keys");

    private static final int PAGE = 10;
    /** Pages may be empty and still not be the last. */
    private static final int MAX_PAGES = 1024;

    final String name;
    final boolean path;
    final AwsClient<SsmClient> client;
    final AwsFailures failures;
    private Instant latest = Instant.MIN;

    private ParameterStoreKeysetSource(Builder from) {
        this.name = from.name;
        this.path = from.path;
        this.client = from.toClient();
        this.failures = new AwsFailures(description(), SsmException.class);
    }

    /** The document in the parameter of this name or ARN; {@code name:3} and {@code name:label} are one version of it. */
    public static ParameterStoreKeysetSource of(String nameOrArn) {
        return builder(nameOrArn).build();
    }

    /** The document in the parameter of this name or ARN, with more to say. */
    public static Builder builder(String nameOrArn) {
        return new Builder(AwsClient.name(nameOrArn, "nameOrArn"), false);
    }

    /** The keys in the parameters under this path. */
    public static ParameterStoreKeysetSource path(String path) {
        return pathBuilder(path).build();
    }

    /** The keys in the parameters under this path, with more to say. */
    public static Builder pathBuilder(String path) {
        String trimmed = AwsClient.name(path, "path").replaceAll("/+$", "");
        if (!trimmed.startsWith("/")) {
            throw new IllegalArgumentException("path: not of the form /app/keys; a path begins with a slash");
        }
        return new Builder(trimmed, true);
    }

    /**
     * Asks for the parameters; blocks for one call, or for one for every ten parameters under the path, each bounded by
     * {@link Builder#callTimeout(java.time.Duration)}.
     *
     * @throws KeysetLoadException NOT_FOUND if there is no such parameter, or none under the path; DENIED if IAM, KMS or
     *     the credentials stand against it; TOO_LARGE if there is more under the path than a keyset may hold; THROTTLED,
     *     TIMED_OUT; UNAVAILABLE for everything else
     */
    @Override
    public KeysetDocument load() throws InterruptedException {
        return path ? everyParameter() : oneParameter();
    }

    private KeysetDocument oneParameter() throws InterruptedException {
        return oneParameter(name);
    }

    /** The parameter of this name, which may name a version of it. */
    KeysetDocument oneParameter(String name) throws InterruptedException {
        Parameter parameter = failures.call(
                        GET,
                        () -> client.get()
                                .getParameter(request ->
                                        request.name(name).withDecryption(true).overrideConfiguration(client::bound)))
                .parameter();
        if (parameter == null || parameter.value() == null) {
            throw failures.of(Reason.UNAVAILABLE, GET, "the answer has no value", AwsFailures.PROXIES);
        }
        KeysetDocument document = KeysetDocument.of(parameter.value());
        if (plain(parameter) && !KeysetParser.publicOnly(document)) {
            document = document.withFinding(PLAIN);
        }
        if (parameter.version() != null) {
            document = document.withRevision(String.valueOf(parameter.version()));
        }
        Instant modified = parameter.lastModifiedDate();
        return modified == null ? document : document.withRevisionTime(modified);
    }

    private static boolean plain(Parameter parameter) {
        return parameter.type() == ParameterType.STRING || parameter.type() == ParameterType.STRING_LIST;
    }

    private KeysetDocument everyParameter() throws InterruptedException {
        List<Parameter> parameters = parameters();
        ParameterDocument document = new ParameterDocument();
        ParameterDocument plain = new ParameterDocument();
        StringBuilder revision = new StringBuilder();
        for (Parameter parameter : parameters) {
            String kid = parameter.name().substring(parameter.name().lastIndexOf('/') + 1);
            document.add(kid, parameter.value());
            if (plain(parameter)) {
                plain.add(kid, parameter.value());
            }
            revision.append(revision.isEmpty() ? "" : ",")
                    .append(kid)
                    .append(':')
                    .append(parameter.version());
            // Taking away the newest parameter makes a newer keyset, not an older one.
            Instant modified = parameter.lastModifiedDate();
            latest = modified != null && modified.isAfter(latest) ? modified : latest;
        }
        KeysetDocument read = KeysetDocument.of(document.json()).withRevision(revision.toString());
        if (plain.hasKeys() && !KeysetParser.publicOnly(KeysetDocument.of(plain.keysAlone()))) {
            read = read.withFinding(PLAIN);
        }
        return latest.equals(Instant.MIN) ? read : read.withRevisionTime(latest);
    }

    private List<Parameter> parameters() throws InterruptedException {
        List<Parameter> found = new ArrayList<>();
        long size = 0;
        @Nullable String next = null;
        for (int page = 0; page < MAX_PAGES; page++) {
            GetParametersByPathResponse answer = page(next);
            for (Parameter parameter : answer.parameters()) {
                if (parameter.name() == null || parameter.value() == null) {
                    throw failures.of(Reason.UNAVAILABLE, GET_BY_PATH, "the answer has no value", AwsFailures.PROXIES);
                }
                size += parameter.value().length();
                found.add(parameter);
            }
            if (size > KeysetParser.MAX_BYTES) {
                break;
            }
            next = answer.nextToken();
            if (next == null || next.isEmpty()) {
                if (found.isEmpty()) {
                    throw failures.of(
                            Reason.NOT_FOUND,
                            GET_BY_PATH,
                            "no parameter stands directly under the path",
                            "create one for each key, or name another path");
                }
                return found;
            }
        }
        throw failures.of(
                Reason.TOO_LARGE,
                GET_BY_PATH,
                "more than a keyset may hold stands under the path",
                "give the keys a path of their own");
    }

    private GetParametersByPathResponse page(@Nullable String token) throws InterruptedException {
        return failures.call(
                GET_BY_PATH,
                () -> client.get()
                        .getParametersByPath(request -> request.path(name)
                                .recursive(false)
                                .withDecryption(true)
                                .maxResults(PAGE)
                                .nextToken(token)
                                .overrideConfiguration(client::bound)));
    }

    /** An endpoint given instead of the region's own, if it is neither https nor on this machine. */
    @Override
    public List<KeysetProblem> findings() {
        return client.findings();
    }

    @Override
    public String description() {
        return "aws-ssm:" + name + (path ? "/*" : "");
    }

    /** Closes the client, unless it is the application's own. */
    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return description();
    }

    /**
     * Collects what there is to say of the parameters.
     *
     * <p>Threads. For one thread; used up by building.
     */
    public static final class Builder extends ClientSettings<SsmClient, Builder> {

        private final String name;
        private final boolean path;

        private Builder(String name, boolean path) {
            super(name, client -> client.build(SsmClient.builder()));
            this.name = name;
            this.path = path;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * The source.
         *
         * @throws IllegalArgumentException if a region or an endpoint is given besides a client, which has its own
         */
        public ParameterStoreKeysetSource build() {
            return new ParameterStoreKeysetSource(this);
        }
    }
}
