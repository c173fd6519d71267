package io.github.keyset4j.aws.uri;

import io.github.keyset4j.config.KeysetSourceUri;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The parameters that the URIs of this package have in common. */
final class AwsUri {

    private static final String REGION = "region";
    private static final String ENDPOINT = "endpoint";
    private static final String CALL_TIMEOUT = "callTimeout";
    private static final String PREVIOUS = "previous";

    private AwsUri() {}

    /** Their names, and these beside them. */
    static Set<String> parametersAnd(String... more) {
        return Stream.concat(Stream.of(REGION, ENDPOINT, CALL_TIMEOUT, PREVIOUS), Stream.of(more))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Tells a builder what the URI says of the client. */
    static void tell(
            KeysetSourceUri uri, Consumer<String> region, Consumer<URI> endpoint, Consumer<Duration> callTimeout) {
        uri.text(REGION).ifPresent(region);
        uri.text(ENDPOINT).map(text -> endpoint(text, uri)).ifPresent(endpoint);
        uri.duration(CALL_TIMEOUT).ifPresent(callTimeout);
    }

    /** Whether the version before is to be left out. */
    static boolean withoutPrevious(KeysetSourceUri uri) {
        return uri.text(PREVIOUS).isPresent() && !uri.flag(PREVIOUS);
    }

    private static URI endpoint(String text, KeysetSourceUri uri) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) { // not kept as a cause, since it quotes the value
            throw uri.refused(ENDPOINT, "not a URI", "write https://host, percent-encoded");
        }
    }
}
