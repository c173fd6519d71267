package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.aws.sdk.AwsClient;
import io.github.keyset4j.aws.sdk.AwsFailures;
import io.github.keyset4j.aws.sdk.AwsSdk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParameterResponse;
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
 * <p>At the start, and with each new version, the state before the last write is fetched as well: the version before of
 * the parameter that was written last, or of those that were written at the same time. Its keys verify, and it dates the
 * keys that both states have. Where it may not be read it is left out, and a warning says so once; a name that names a
 * version or a label has none.
 *
 * <p>Private keys in a parameter that is no SecureString are refused by strict policies, and warned of by the others.
 * Parameters are always asked for decrypted. Credentials are found by the SDK's default chain.
 *
 * <p>Threads. As {@link KeysetSource} has it: one load at a time.
 */
public final class ParameterStoreKeysetSource implements KeysetSource {

    private static final String GET = "ssm:GetParameter";
    private static final String GET_BY_PATH = "ssm:GetParametersByPath";
    private static final KeysetProblem PLAIN = KeysetProblem.of(
                    "parameter type",
                    "not SecureString, so that private keys are kept unencrypted, for everybody who may read parameters",
                    "create it anew as a SecureString, and rotate its keys")
            .withCode("unencrypted-parameter");

    private static final int PAGE = 10;
    /** Pages may be empty and still not be the last. */
    private static final int MAX_PAGES = 1024;

    final String name;
    final boolean path;
    final AwsClient<SsmClient> client;
    final AwsFailures failures;
    private final boolean withPrevious;
    private final VersionsBeside beside = new VersionsBeside();
    private Optional<KeysetDocument> previous = Optional.empty();
    private String previousOf = "";

    private ParameterStoreKeysetSource(Builder from) {
        this.name = from.name;
        this.path = from.path;
        this.withPrevious = from.previous && !namesVersion(from.name);
        this.client = from.toClient();
        this.failures = new AwsFailures(description(), SsmException.class);
    }

    /** The document in the parameter of this name or ARN; {@code name:3} and {@code name:label} are one version of it. */
    public static ParameterStoreKeysetSource of(String nameOrArn) {
        return builder(nameOrArn).build();
    }

    /** The document in the parameter of this name or ARN, with more to say; the keys under a path by {@link Builder#path()}. */
    public static Builder builder(String nameOrArn) {
        return new Builder(AwsSdk.name(nameOrArn, "nameOrArn"));
    }

    /** The keys in the parameters under this path. */
    public static ParameterStoreKeysetSource path(String path) {
        return new Builder(AwsSdk.name(path, "path")).path().build();
    }

    /** Whether a version or a label follows the name: {@code name:3}. */
    static boolean namesVersion(String nameOrArn) {
        return nameOrArn.split(":", -1).length > (nameOrArn.startsWith("arn:") ? 6 : 1);
    }

    /**
     * Asks for the parameters; blocks for one call, or for one for every ten parameters under the path, and with a new
     * version for one more for each parameter that the last write has changed; each bounded by {@link
     * Builder#callTimeout(java.time.Duration)}.
     *
     * @throws KeysetLoadException NOT_FOUND if there is no such parameter, or none under the path; DENIED if IAM, KMS or
     *     the credentials stand against it; TOO_LARGE if there is more under the path than a keyset may hold; THROTTLED,
     *     TIMED_OUT; UNAVAILABLE for everything else
     */
    @Override
    public KeysetDocument load() throws InterruptedException {
        List<Parameter> parameters = path ? parameters() : List.of(parameter(name));
        KeysetDocument document = document(parameters).withFindings(findings());
        if (!withPrevious) {
            return document;
        }
        String state = document.revision() + " of " + modified(parameters);
        if (!state.equals(previousOf)) {
            previous = beside.at("the version before", () -> before(parameters));
            previousOf = state;
        }
        return previous.map(document::withPrevious).orElse(document);
    }

    /** The state before the last write, unless there were no keys, or the one that signed has been deleted since. */
    private Optional<KeysetDocument> before(List<Parameter> parameters) throws InterruptedException {
        Optional<Instant> lastWrite = modified(parameters);
        List<Parameter> before = new ArrayList<>();
        for (Parameter parameter : parameters) {
            if (!modified(List.of(parameter)).equals(lastWrite)) {
                before.add(parameter);
            } else if (parameter.version() != null && parameter.version() > 1) {
                before.add(parameter(name(parameter) + ":" + (parameter.version() - 1)));
            }
        }
        boolean stood =
                path ? ParameterDocument.of(before).stoodBefore(ParameterDocument.of(parameters)) : !before.isEmpty();
        return stood ? Optional.of(document(before)) : Optional.empty();
    }

    private static Optional<Instant> modified(List<Parameter> parameters) {
        return parameters.stream()
                .map(Parameter::lastModifiedDate)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder());
    }

    private String name(Parameter parameter) {
        return path ? parameter.name() : name;
    }

    /** The document of the parameter of this name, which may name a version of it. */
    KeysetDocument oneParameter(String name) throws InterruptedException {
        GetParameterResponse answer = answer(name);
        return AwsClient.answered(document(List.of(value(answer))), answer);
    }

    private Parameter parameter(String name) throws InterruptedException {
        return value(answer(name));
    }

    private GetParameterResponse answer(String name) throws InterruptedException {
        return failures.call(
                GET,
                () -> client.get()
                        .getParameter(request ->
                                request.name(name).withDecryption(true).overrideConfiguration(client::bound)));
    }

    private Parameter value(GetParameterResponse answer) {
        Parameter parameter = answer.parameter();
        if (parameter == null || parameter.value() == null) {
            throw failures.of(Reason.UNAVAILABLE, GET, "the answer has no value", AwsFailures.PROXIES);
        }
        return parameter;
    }

    private KeysetDocument document(List<Parameter> parameters) {
        Map<String, Long> versions = new TreeMap<>();
        for (Parameter parameter : parameters) {
            if (parameter.version() != null) {
                versions.put(name(parameter), parameter.version());
            }
        }
        KeysetDocument document = (path ? together(parameters) : alone(parameters.get(0))).withVersions(versions);
        return modified(parameters).map(document::withRevisionTime).orElse(document);
    }

    private static KeysetDocument alone(Parameter parameter) {
        KeysetDocument document = KeysetDocument.of(parameter.value());
        if (plain(parameter) && !KeysetParser.publicOnly(document)) {
            document = document.withFindings(List.of(PLAIN));
        }
        return parameter.version() == null ? document : document.withRevision(String.valueOf(parameter.version()));
    }

    private static KeysetDocument together(List<Parameter> parameters) {
        String revision = parameters.stream()
                .map(parameter -> ParameterDocument.lastName(parameter) + ":" + parameter.version())
                .collect(Collectors.joining(","));
        KeysetDocument document =
                KeysetDocument.of(ParameterDocument.of(parameters).json()).withRevision(revision);
        ParameterDocument plain = ParameterDocument.of(
                parameters.stream().filter(ParameterStoreKeysetSource::plain).toList());
        return plain.hasKeys() && !KeysetParser.publicOnly(KeysetDocument.of(plain.keysAlone()))
                ? document.withFindings(List.of(PLAIN))
                : document;
    }

    private static boolean plain(Parameter parameter) {
        return parameter.type() == ParameterType.STRING || parameter.type() == ParameterType.STRING_LIST;
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

        private String name;
        private boolean path;
        private boolean previous = true;

        private Builder(String name) {
            super(name, client -> client.build(SsmClient.builder()));
            this.name = name;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Takes the name for a path: the keys are in the parameters directly under it, one for each kid.
         *
         * @throws IllegalArgumentException if the name does not begin with a slash, as a path does and an ARN does not
         */
        public Builder path() {
            String trimmed = name.replaceAll("/+$", "");
            if (!trimmed.startsWith("/")) {
                throw new IllegalArgumentException("path: not of the form /app/keys; a path begins with a slash");
            }
            this.name = trimmed;
            this.path = true;
            return this;
        }

        /**
         * Leaves out the state before the last write. A process that starts in the middle of a rotation then knows nothing of
         * the key before, and dates every key by the last write.
         */
        public Builder withoutPrevious() {
            this.previous = false;
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

        /**
         * The parameter as one that can be written.
         *
         * @throws IllegalArgumentException as {@link #build()}, and for a path or one version of a parameter, which cannot be
         *     written
         */
        public ParameterStoreKeysetStore buildStore() {
            return new ParameterStoreKeysetStore(build());
        }
    }
}
