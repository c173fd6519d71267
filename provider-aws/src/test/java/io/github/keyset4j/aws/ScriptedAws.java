package io.github.keyset4j.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Answers as AWS would if it were told to: what no simulator can be made to do. */
final class ScriptedAws implements AutoCloseable {

    /** How to answer a request. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile Answer answer = json(200, "{}");

    ScriptedAws() throws IOException {
        DummyCredentials.use();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(executor);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(target.substring(target.indexOf('.') + 1) + " " + body);
        exchange.setStreams(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), null);
        try (exchange) {
            answer.to(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The operations called and what was sent, in order. */
    List<String> calls() {
        return calls;
    }

    void answer(Answer answer) {
        this.answer = answer;
    }

    /** An error as these services report it. */
    static Answer error(int status, String code, String message) {
        return json(status, "{\"__type\":\"" + code + "\",\"message\":\"" + message + "\"}");
    }

    /** A secret with one version, which is at AWSCURRENT and holds this document. */
    static Answer version(String id, String document) {
        return exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Answer none = error(400, "ResourceNotFoundException", "no version is there");
            (asked.contains("AWSPREVIOUS") ? none : json(200, value(id, document))).to(exchange);
        };
    }

    static String value(String id, String document) {
        return "{\"Name\":\"n\",\"VersionId\":\"" + id + "\",\"CreatedDate\":1772366400.5,\"SecretString\":\""
                + document.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"}";
    }

    static Answer json(int status, String body) {
        return text(status, "application/x-amz-json-1.1", body);
    }

    static Answer text(int status, String type, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.getResponseHeaders().set("x-amzn-RequestId", "11111111-2222-3333-4444-555555555555");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** The operation that is called, such as PutSecretValue. */
    static String operation(HttpExchange exchange) {
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        return target.substring(target.indexOf('.') + 1);
    }

    /** What the server there answers. */
    static Answer of(URI server) {
        return of(server, body -> body);
    }

    /** What the server there answers, changed. */
    static Answer of(URI server, UnaryOperator<String> change) {
        return exchange -> {
            HttpURLConnection connection = (HttpURLConnection) server.toURL().openConnection();
            connection.setRequestMethod("POST");
            connection.setConnectTimeout(5_000);
            connection.setReadTimeout(5_000);
            connection.setDoOutput(true);
            for (String name : List.of("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")) {
                connection.setRequestProperty(name, exchange.getRequestHeaders().getFirst(name));
            }
            connection.getOutputStream().write(exchange.getRequestBody().readAllBytes());
            int status = connection.getResponseCode();
            byte[] body;
            try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                body = in.readAllBytes();
            }
            json(status, change.apply(new String(body, StandardCharsets.UTF_8))).to(exchange);
        };
    }

    /** Takes the request and never says a word. */
    Answer silence() {
        return exchange -> closing.await();
    }

    /** Begins to answer, a byte at a time, and never comes to an end. */
    Answer drip() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            do {
                body.write(' ');
                body.flush();
            } while (!closing.await(100, TimeUnit.MILLISECONDS));
        };
    }

    /** Hangs up in the middle of the answer. */
    static Answer cut() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
        };
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        executor.shutdownNow();
    }
}
