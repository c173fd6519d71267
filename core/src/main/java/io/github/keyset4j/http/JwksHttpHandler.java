package io.github.keyset4j.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;

import static java.util.Objects.requireNonNull;

/**
 * A {@link JwksEndpoint} in the JDK's own HTTP server: {@code server.createContext("/.well-known/jwks.json",
 * JwksHttpHandler.of(endpoint))}. That server takes a context for a prefix; this handler answers its exact path alone.
 *
 * <p>Threads. Safe for use by any number.
 */
public final class JwksHttpHandler implements HttpHandler {

    private final JwksEndpoint endpoint;

    private JwksHttpHandler(JwksEndpoint endpoint) {
        this.endpoint = requireNonNull(endpoint, "endpoint");
    }

    /** A handler for this endpoint. */
    public static JwksHttpHandler of(JwksEndpoint endpoint) {
        return new JwksHttpHandler(endpoint);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getHttpContext().getPath();
            if (!path.equals(exchange.getRequestURI().getPath())) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            JwksResponse response = endpoint.handle(exchange.getRequestMethod(), exchange.getRequestHeaders());
            response.headers().forEach(exchange.getResponseHeaders()::set);
            byte[] body = response.body();
            // -1 says "no body" to this server, which then leaves our Content-Length of a HEAD alone.
            exchange.sendResponseHeaders(response.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        }
    }
}
