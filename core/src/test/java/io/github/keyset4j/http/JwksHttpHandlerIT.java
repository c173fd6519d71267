package io.github.keyset4j.http;

import com.nimbusds.jose.jwk.RSAKey;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.http.SampleDocuments.rsa;
import static io.github.keyset4j.http.SampleDocuments.set;
import static org.assertj.core.api.Assertions.assertThat;

/** The endpoint in the JDK's own server, over real sockets, and asked by libraries that verify tokens. */
@Timeout(120)
class JwksHttpHandlerIT {

    private static final String PATH = JdkServer.PATH;

    private final ManualClock clock = ManualClock.at(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final RSAKey k1 = rsa("k1");
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(set("k1", k1));
    private final KeyManager keys = KeyManager.builder(source).clock(clock).start();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    private final JwksEndpoint endpoint = JwksEndpoint.of(keys);
    private final JdkServer server = new JdkServer(JwksHttpHandler.of(endpoint));

    @AfterEach
    void stop() {
        server.close();
        keys.close();
    }

    private HttpResponse<byte[]> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Nested
    class Requests {

        @Test
        void get_exactPath_answersTheSet() throws Exception {
            for (String path : List.of(PATH, PATH + "?x=1")) {
                HttpResponse<byte[]> response = send("GET", path);

                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.body()).isEqualTo(keys.jwks().bytes());
                assertThat(response.headers().firstValue("ETag"))
                        .contains(keys.jwks().etag());
                assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
                assertThat(response.headers().firstValue("Cache-Control"))
                        .contains("public, max-age=300, stale-while-revalidate=60, stale-if-error=3600");
                assertThat(response.headers().firstValueAsLong("Content-Length"))
                        .hasValue(keys.jwks().bytes().length);
            }
        }

        /** The server's contexts are prefixes; RFC 9110 section 4.2 knows no such thing. */
        @ParameterizedTest
        @ValueSource(strings = {PATH + "/", PATH + "x", PATH + "/x", PATH + "/../jwks.json", "/.well-known/", "/"})
        void anyMethod_otherPath_isNotFound(String path) throws Exception {
            assertThat(send("GET", path).statusCode()).isEqualTo(404);
            assertThat(send("HEAD", path).statusCode()).isEqualTo(404);
            assertThat(endpoint.requests()).isEmpty();
            assertThat(server.complaints()).isEmpty();
        }

        @Test
        void get_conditionsInSeveralLines_areAllSeen() throws Exception {
            HttpResponse<byte[]> response = send(
                    "GET",
                    PATH,
                    "If-None-Match",
                    "\"a\", \"b\"",
                    "If-None-Match",
                    "W/" + keys.jwks().etag());
            assertThat(response.statusCode()).isEqualTo(304);
        }

        @Test
        void get_registeredTypeAskedFor_isSaid() throws Exception {
            assertThat(send("GET", PATH, "Accept", "application/jwk-set+json")
                            .headers()
                            .firstValue("Content-Type"))
                    .contains("application/jwk-set+json");
        }

        @Test
        void get_nothingToPublish_isUnavailable() throws Exception {
            KeyManager empty = KeyManager.builder(ScriptedKeysetSource.failing(new IOException()))
                    .startInBackground();
            try (empty;
                    LogCapture log = LogCapture.start()) {
                server.serve(JwksHttpHandler.of(JwksEndpoint.of(empty)));

                HttpResponse<byte[]> get = send("GET", PATH);
                HttpResponse<byte[]> head = send("HEAD", PATH);

                assertThat(get.statusCode()).isEqualTo(503);
                assertThat(get.headers().firstValue("Retry-After")).contains("5");
                assertThat(get.headers().firstValue("Cache-Control")).contains("no-store");
                assertThat(head.statusCode()).isEqualTo(503);
                assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(get.body().length);
                assertThat(log.lines("WARN")).hasSizeLessThanOrEqualTo(1);
            }
            assertThat(server.complaints()).isEmpty();
        }
    }

    /** One answer as it came over the wire. */
    private record Answer(String status, Map<String, String> headers, String body) {}

    /** A connection that is kept, and read octet by octet: a body that must not be there would be the next answer. */
    private final class Connection implements AutoCloseable {

        private final Socket socket;
        private final InputStream in;

        Connection() throws IOException {
            InetSocketAddress address = server.address();
            socket = new Socket(address.getAddress(), address.getPort());
            socket.setSoTimeout(20_000);
            in = socket.getInputStream();
        }

        Answer ask(String method, String path, String rest) throws IOException {
            String request = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + rest;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String status = line();
            Map<String, String> headers = new LinkedHashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            boolean hasBody = !method.equals("HEAD") && !status.contains(" 304 ") && !status.contains(" 204 ");
            int length = hasBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
            return new Answer(status, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the server closed the connection after: " + line);
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Nested
    class OneConnection {

        @Test
        void requests_ofEveryKind_areAnsweredOnOneConnectionWithoutComplaint() throws Exception {
            String set = keys.jwks().json();
            String length = String.valueOf(keys.jwks().bytes().length);
            try (Connection connection = new Connection()) {
                for (int round = 0; round < 3; round++) {
                    Answer get = connection.ask("GET", PATH, "\r\n");
                    assertThat(get.status()).startsWith("HTTP/1.1 200 ");
                    assertThat(get.body()).isEqualTo(set);

                    // RFC 9110 section 9.3.2.
                    Answer head = connection.ask("HEAD", PATH, "\r\n");
                    assertThat(head.status()).startsWith("HTTP/1.1 200 ");
                    assertThat(head.headers())
                            .containsEntry("content-length", length)
                            .containsEntry("etag", keys.jwks().etag())
                            .doesNotContainKey("transfer-encoding");

                    // RFC 9110 sections 8.6 and 15.4.5.
                    String match = "If-None-Match: " + keys.jwks().etag() + "\r\n\r\n";
                    for (String method : List.of("GET", "HEAD")) {
                        Answer notModified = connection.ask(method, PATH, match);
                        assertThat(notModified.status()).startsWith("HTTP/1.1 304 ");
                        assertThat(notModified.headers())
                                .containsEntry("etag", keys.jwks().etag())
                                .containsEntry("vary", "Accept")
                                .containsKeys("cache-control", "date")
                                .doesNotContainKeys("content-type", "content-length", "transfer-encoding");
                    }

                    Answer options = connection.ask("OPTIONS", PATH, "Origin: https://app.example\r\n\r\n");
                    assertThat(options.status()).startsWith("HTTP/1.1 204 ");
                    assertThat(options.headers())
                            .containsEntry("allow", "GET, HEAD, OPTIONS")
                            .containsEntry("access-control-allow-origin", "*")
                            .doesNotContainKeys("content-length", "transfer-encoding");

                    Answer post = connection.ask("POST", PATH, "Content-Length: 10000\r\n\r\n" + "x".repeat(10_000));
                    assertThat(post.status()).startsWith("HTTP/1.1 405 ");
                    assertThat(post.headers()).containsEntry("allow", "GET, HEAD, OPTIONS");
                    assertThat(post.body()).contains("method not allowed");

                    assertThat(connection.ask("GET", PATH + "/", "\r\n").status())
                            .startsWith("HTTP/1.1 404 ");
                    assertThat(connection.ask("HEAD", PATH + "x", "\r\n").status())
                            .startsWith("HTTP/1.1 404 ");
                }
            }
            assertThat(server.complaints()).isEmpty();
            assertThat(endpoint.requests())
                    .containsExactlyInAnyOrder(
                            new JwksEndpoint.Requests(200, "scripted", 6),
                            new JwksEndpoint.Requests(304, "scripted", 6),
                            new JwksEndpoint.Requests(204, "none", 3),
                            new JwksEndpoint.Requests(405, "none", 3));
        }
    }
}
