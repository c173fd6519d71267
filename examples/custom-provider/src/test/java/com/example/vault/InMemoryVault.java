package com.example.vault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A vault that keeps its secrets in memory and serves them at {@code /v1/<name>} to those who have the token. */
final class InMemoryVault implements AutoCloseable {

    private final HttpServer server;
    private final String token;
    private final Map<String, Version> secrets = new ConcurrentHashMap<>();
    private final AtomicInteger versions = new AtomicInteger();

    private record Version(int number, Instant created, byte[] content) {}

    InMemoryVault(String token) throws IOException {
        this.token = token;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void put(String name, String content) {
        secrets.put(
                name, new Version(versions.incrementAndGet(), Instant.now(), content.getBytes(StandardCharsets.UTF_8)));
    }

    void delete(String name) {
        secrets.remove(name);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Version secret = secrets.get(exchange.getRequestURI().getPath().substring("/v1/".length()));
            if (!token.equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"))) {
                exchange.sendResponseHeaders(403, -1);
            } else if (secret == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                exchange.getResponseHeaders().set("X-Vault-Version", String.valueOf(secret.number()));
                exchange.getResponseHeaders()
                        .set("X-Vault-Created", secret.created().toString());
                exchange.sendResponseHeaders(200, secret.content().length);
                exchange.getResponseBody().write(secret.content());
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
