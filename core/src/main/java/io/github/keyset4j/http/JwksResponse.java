package io.github.keyset4j.http;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * An HTTP answer, ready to be written: by an adapter that knows nothing of key sets. It may tell more some day.
 *
 * <p>Threads. Immutable.
 */
public final class JwksResponse {

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    JwksResponse(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = Collections.unmodifiableMap(new LinkedHashMap<>(requireNonNull(headers, "headers")));
        this.body = body;
    }

    /** The answer to HEAD where this is the one to GET (RFC 9110 section 9.3.2). */
    JwksResponse withoutBody() {
        return new JwksResponse(status, headers, new byte[0]);
    }

    /** The status code. */
    public int status() {
        return status;
    }

    /** The headers to send, in order; {@code Content-Length} is among them where it has a meaning. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The body to send, a copy; empty for HEAD, 204 and 304. */
    public byte[] body() {
        return body.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JwksResponse response
                && status == response.status
                && headers.equals(response.headers)
                && Arrays.equals(body, response.body);
    }

    @Override
    public int hashCode() {
        return Objects.hash(status, headers, Arrays.hashCode(body));
    }

    @Override
    public String toString() {
        return "JwksResponse[" + status + ", " + body.length + " bytes]";
    }
}
