package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetSourceUri;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** The parameters that the URIs of both AWS sources have. */
final class AwsUri {

    static final String REGION = "region";
    static final String ENDPOINT = "endpoint";
    static final String CALL_TIMEOUT = "callTimeout";

    private AwsUri() {}

    static Optional<URI> endpoint(KeysetSourceUri uri) {
        return uri.text(ENDPOINT).map(text -> {
            try {
                return new URI(text);
            } catch (URISyntaxException e) { // not kept as a cause, since it quotes the value
                throw uri.refused(ENDPOINT, "not a URI", "write https://host, percent-encoded");
            }
        });
    }
}
