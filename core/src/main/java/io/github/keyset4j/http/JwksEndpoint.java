package io.github.keyset4j.http;

import io.github.keyset4j.Health;
import io.github.keyset4j.Jwks;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * The JWKS as an HTTP resource (RFC 9110, RFC 9111, RFC 5861): a request's method and headers in, an answer out.
 *
 * <ul>
 *   <li>200 with a strong ETag, {@code Cache-Control} cut to the next change of the set, and CORS for everybody
 *   <li>304 where {@code If-None-Match} lists the tag, weak, strong or as a compressing proxy has changed it, or is {@code
 *       *}
 *   <li>204 for OPTIONS, which allows every header that a browser asks leave for; 405 with {@code Allow} for everything but
 *       GET, HEAD and OPTIONS
 *   <li>503 with {@code Retry-After} while there is nothing to publish: no empty set, which clients would believe
 *   <li>200 with the empty set, and {@code no-store}, where a revocation left nothing: that clients are to believe, and with
 *       a 503 caches would go on with the revoked key
 * </ul>
 *
 * <p>Threads. Safe for use by any number; answers from memory and never waits.
 *
 * <p>Secrets. Answers hold public members of keys, and of the source its kind at most.
 */
public final class JwksEndpoint {

    private static final String ALLOWED = "GET, HEAD, OPTIONS";
    private static final String RETRY_SECONDS = "5";
    private static final byte[] NOTHING = {};

    private final KeyManager keys;
    private final @Nullable String purpose;
    private final boolean sourceHeader;
    private final Duration staleIfError;
    private final Map<Map.Entry<Integer, String>, LongAdder> requests = new ConcurrentHashMap<>();

    private JwksEndpoint(Builder from) {
        this.keys = from.keys;
        this.purpose = from.purpose;
        this.sourceHeader = from.sourceHeader;
        this.staleIfError = from.staleIfError;
    }

    /** The endpoint of all keys of a manager. */
    public static JwksEndpoint of(KeyManager keys) {
        return builder(keys).build();
    }

    /** An endpoint with more to say; {@code max-age} is said where the rotation times are. */
    public static Builder builder(KeyManager keys) {
        return new Builder(keys);
    }

    /**
     * Answers a request. Header names are matched in any case; a header sent in several lines has several values.
     */
    public JwksResponse handle(String method, Map<String, List<String>> headers) {
        requireNonNull(method, "method");
        RequestHeaders request = new RequestHeaders(requireNonNull(headers, "headers"));
        String source = "none";
        JwksResponse response;
        if (method.equals("OPTIONS")) {
            response = options(request);
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            response = refused(405, Map.of("Allow", ALLOWED), "method not allowed");
        } else {
            Optional<Jwks> jwks = published();
            if (jwks.isEmpty()) {
                Map<String, String> later = Map.of("Retry-After", RETRY_SECONDS, "Cache-Control", "no-store");
                response = refused(503, later, "no keys to publish");
            } else {
                source = source();
                response = jwks.get().size() == 0 ? allRevoked(jwks.get(), source) : found(jwks.get(), request, source);
            }
        }
        requests.computeIfAbsent(Map.entry(response.status(), source), answer -> new LongAdder())
                .increment();
        return method.equals("HEAD") ? response.withoutBody() : response;
    }

    /**
     * Requests answered alike. It may tell more some day.
     *
     * <p>Threads. Immutable.
     */
    public static final class Requests {

        private final int status;
        private final String source;
        private final long count;

        Requests(int status, String source, long count) {
            this.status = status;
            this.source = source;
            this.count = count;
        }

        /** The status code of their answer. */
        public int status() {
            return status;
        }

        /** The kind of the source, {@code last-known-good}, {@code fallback} or {@code none}. */
        public String source() {
            return source;
        }

        /** How many there were. */
        public long count() {
            return count;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Requests requests
                    && status == requests.status
                    && source.equals(requests.source)
                    && count == requests.count;
        }

        @Override
        public int hashCode() {
            return Objects.hash(status, source, count);
        }

        @Override
        public String toString() {
            return count + " with " + status + " from " + source;
        }
    }

    /** The requests this endpoint has answered, for whoever exports metrics. */
    public List<Requests> requests() {
        return requests.entrySet().stream()
                .map(answered -> new Requests(
                        answered.getKey().getKey(),
                        answered.getKey().getValue(),
                        answered.getValue().sum()))
                .sorted(Comparator.comparing(Requests::status).thenComparing(Requests::source))
                .toList();
    }

    private Optional<Jwks> published() {
        try {
            return Optional.of(purpose == null ? keys.jwks() : keys.jwks(purpose))
                    .filter(Jwks::servable);
        } catch (KeysetUnavailableException e) {
            return Optional.empty();
        }
    }

    private String source() {
        Health health = keys.health();
        if (health.fallback()) {
            return "fallback";
        }
        if (health.state() != Health.State.FRESH) {
            return "last-known-good";
        }
        return health.sourceKind();
    }

    private JwksResponse found(Jwks jwks, RequestHeaders request, String source) {
        Map<String, String> headers = common(source);
        headers.put("ETag", jwks.etag());
        headers.put("Cache-Control", cacheControl(jwks));
        headers.put("Vary", "Accept");
        if (request.noneMatch(jwks.etag())) {
            return new JwksResponse(304, headers, NOTHING);
        }
        String type = request.prefersJwkSet() ? "application/jwk-set+json" : "application/json";
        return withBody(jwks, headers, type);
    }

    private JwksResponse allRevoked(Jwks jwks, String source) {
        Map<String, String> headers = common(source);
        // nginx keeps what it has where the answer may not be stored: let it store this one, for as short as it can.
        headers.put("X-Accel-Expires", "1");
        headers.put("Cache-Control", "no-store");
        return withBody(jwks, headers, "application/json");
    }

    private Map<String, String> common(String source) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Access-Control-Allow-Origin", "*");
        headers.put("Access-Control-Expose-Headers", "ETag" + (sourceHeader ? ", X-JWKS-Source" : ""));
        headers.put("X-Content-Type-Options", "nosniff");
        if (sourceHeader) {
            headers.put("X-JWKS-Source", source);
        }
        return headers;
    }

    private static JwksResponse withBody(Jwks jwks, Map<String, String> headers, String type) {
        byte[] body = jwks.bytes();
        headers.put("Content-Type", type);
        headers.put("Content-Length", String.valueOf(body.length));
        return new JwksResponse(200, headers, body);
    }

    /** max-age ends with the set it speaks of; under a second it would mean an hour to some clients. */
    private String cacheControl(Jwks jwks) {
        long maxAge = keys.rotation().jwksMaxAge().toSeconds();
        long untilChange = jwks.untilNextChange().map(Duration::toSeconds).orElse(Long.MAX_VALUE);
        return "public, max-age=" + Math.max(1, Math.min(maxAge, untilChange))
                + ", stale-while-revalidate="
                + keys.rotation().staleWhileRevalidate().toSeconds()
                + ", stale-if-error=" + staleIfError.toSeconds();
    }

    /**
     * Everybody may send what he likes with his request: of all headers two are read. The names are repeated,
     * since a star does not stand for Authorization, and to older browsers for nothing.
     */
    private static JwksResponse options(RequestHeaders request) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Allow", ALLOWED);
        headers.put("Access-Control-Allow-Origin", "*");
        headers.put("Access-Control-Allow-Methods", ALLOWED);
        headers.put("Access-Control-Allow-Headers", request.asksToSend().orElse("If-None-Match"));
        headers.put("Access-Control-Max-Age", "86400");
        headers.put("Vary", "Access-Control-Request-Headers");
        return new JwksResponse(204, headers, NOTHING);
    }

    private static JwksResponse refused(int status, Map<String, String> more, String why) {
        byte[] body = ("{\"error\":\"" + why + "\"}").getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = new LinkedHashMap<>(more);
        headers.put("Access-Control-Allow-Origin", "*");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Content-Type", "application/json");
        headers.put("Content-Length", String.valueOf(body.length));
        return new JwksResponse(status, headers, body);
    }

    /** Collects what an endpoint says beyond the keys. */
    public static final class Builder {

        private final KeyManager keys;
        private @Nullable String purpose;
        private boolean sourceHeader;
        private Duration staleIfError = Duration.ofHours(1);

        private Builder(KeyManager keys) {
            this.keys = requireNonNull(keys, "keys");
        }

        /** Publishes the keys of this purpose alone, so that nobody takes another purpose's tokens for these. */
        public Builder purpose(String purpose) {
            this.purpose = requireNonNull(purpose, "purpose");
            return this;
        }

        /** Says where the answer comes from in {@code X-JWKS-Source}: the source's kind, or what stands in for it. */
        public Builder sourceHeader() {
            this.sourceHeader = true;
            return this;
        }

        /** For how long caches may serve the set while this server fails (RFC 5861 section 4). One hour. */
        public Builder staleIfError(Duration duration) {
            if (requireNonNull(duration, "staleIfError").isNegative()) {
                throw new IllegalArgumentException("staleIfError: negative; give zero or more");
            }
            this.staleIfError = duration;
            return this;
        }

        /** The endpoint. */
        public JwksEndpoint build() {
            return new JwksEndpoint(this);
        }
    }
}
