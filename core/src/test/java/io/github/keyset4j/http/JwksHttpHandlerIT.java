package io.github.keyset4j.http;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.sun.net.httpserver.HttpServer;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.Stats;
import io.github.keyset4j.testing.LogCapture;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.http.SampleDocuments.ec;
import static io.github.keyset4j.http.SampleDocuments.removed;
import static io.github.keyset4j.http.SampleDocuments.rsa;
import static io.github.keyset4j.http.SampleDocuments.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The endpoint in the JDK's own server, over real sockets, and asked by libraries that verify tokens. */
@Timeout(120)
class JwksHttpHandlerIT {

    private static final String PATH = "/.well-known/jwks.json";

    private final ManualClock clock = ManualClock.at(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final RSAKey k1 = rsa("k1");
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(set("k1", k1));
    private final KeyManager keys = KeyManager.builder(source).clock(clock).start();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ServerLog serverLog = new ServerLog();
    private final HttpServer server = start();

    private HttpServer start() {
        try {
            HttpServer created = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            created.setExecutor(threads);
            created.createContext(PATH, JwksHttpHandler.of(JwksEndpoint.of(keys)));
            created.start();
            return created;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void listen() {
        serverLog.open();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
        keys.close();
        serverLog.close();
    }

    private URI uri(String path) {
        InetSocketAddress address = server.getAddress();
        return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + path);
    }

    private HttpResponse<byte[]> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** What the JDK's server has to say about how it is used. */
    private static final class ServerLog extends Handler {

        private final Logger logger = Logger.getLogger("com.sun.net.httpserver");
        private final List<String> complaints = new CopyOnWriteArrayList<>();

        void open() {
            logger.addHandler(this);
            logger.setUseParentHandlers(false);
        }

        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                complaints.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
            logger.setUseParentHandlers(true);
        }
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
            assertThat(keys.stats().jwksRequests()).isEmpty();
            assertThat(serverLog.complaints).isEmpty();
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
                server.removeContext(PATH);
                server.createContext(PATH, JwksHttpHandler.of(JwksEndpoint.of(empty)));

                HttpResponse<byte[]> get = send("GET", PATH);
                HttpResponse<byte[]> head = send("HEAD", PATH);

                assertThat(get.statusCode()).isEqualTo(503);
                assertThat(get.headers().firstValue("Retry-After")).contains("5");
                assertThat(get.headers().firstValue("Cache-Control")).contains("no-store");
                assertThat(head.statusCode()).isEqualTo(503);
                assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(get.body().length);
                assertThat(log.lines("WARN")).hasSizeLessThanOrEqualTo(1);
            }
            assertThat(serverLog.complaints).isEmpty();
        }
    }

    /** One answer as it came over the wire. */
    private record Answer(String status, Map<String, String> headers, String body) {}

    /** A connection that is kept, and read octet by octet: a body that must not be there would be the next answer. */
    private final class Connection implements AutoCloseable {

        private final Socket socket;
        private final InputStream in;

        Connection() throws IOException {
            InetSocketAddress address = server.getAddress();
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
            assertThat(serverLog.complaints).isEmpty();
            assertThat(keys.stats().jwksRequests())
                    .containsExactlyInAnyOrder(
                            new Stats.JwksRequests(200, "scripted", 6),
                            new Stats.JwksRequests(304, "scripted", 6),
                            new Stats.JwksRequests(204, "none", 3),
                            new Stats.JwksRequests(405, "none", 3));
        }
    }

    /** Libraries that verify tokens with this JWKS, in their own default settings as far as time allows. */
    @Nested
    class RealVerifiers {

        private interface Verifier {
            /** The subject, or an exception. */
            String subject(String token) throws Exception;
        }

        private Verifier nimbus() throws Exception {
            // Longer than its half second, for machines that are busy; size and rate limits are its own.
            DefaultResourceRetriever retriever =
                    new DefaultResourceRetriever(20_000, 20_000, JWKSourceBuilder.DEFAULT_HTTP_SIZE_LIMIT);
            JWKSource<SecurityContext> jwks =
                    JWKSourceBuilder.create(uri(PATH).toURL(), retriever).build();
            DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
            processor.setJWSKeySelector(
                    new JWSVerificationKeySelector<>(Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256), jwks));
            return token -> processor.process(token, null).getSubject();
        }

        private Verifier jose4j() {
            HttpsJwks jwks = new HttpsJwks(uri(PATH).toString());
            // It would not ask again for 0.3 s after it has asked; that is no time in a rotation, but is here.
            jwks.setRefreshReprieveThreshold(0);
            JwtConsumer consumer = new JwtConsumerBuilder()
                    .setRequireExpirationTime()
                    .setVerificationKeyResolver(new HttpsJwksVerificationKeyResolver(jwks))
                    .build();
            return token -> consumer.processToClaims(token).getSubject();
        }

        private String signed() {
            JwtClaims claims = new JwtClaims();
            claims.setSubject("me");
            return keys.signer().sign(claims);
        }

        private static String kid(String token) {
            String header = new String(
                    Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))), StandardCharsets.UTF_8);
            return header.replaceAll(".*\"kid\":\"([^\"]*)\".*", "$1");
        }

        private void verifiesThroughARotation(Verifier verifier, Verifier startedLater) throws Exception {
            List<String> live = new ArrayList<>(List.of(signed()));
            assertThat(kid(live.get(0))).isEqualTo("k1");
            assertThat(verifier.subject(live.get(0))).isEqualTo("me");

            // The new key is published and waits; the verifier has a set without it.
            ECKey k2 = ec("k2");
            source.deliver(set("k2", k1, k2));
            keys.refreshNow();
            live.add(signed());
            assertThat(kid(live.get(1))).isEqualTo("k1");
            assertThat(verifier.subject(live.get(1))).isEqualTo("me");
            assertThat(keys.jwks().size()).isEqualTo(2);

            // Its time has come: nothing but the clock moves.
            clock.advance(keys.rotation().publishLead(Duration.ofMinutes(1)));
            live.add(signed());
            assertThat(kid(live.get(2))).isEqualTo("k2");
            for (String token : live) {
                assertThat(verifier.subject(token)).isEqualTo("me");
            }

            // The old key goes when its last token has.
            Instant leaves = clock.instant().plus(keys.rotation().removalDelay("default"));
            source.deliver(set("k2", List.of(removed(k1, leaves), k2.toJSONObject())));
            keys.refreshNow();
            assertThat(keys.jwks().size()).isEqualTo(2);
            clock.set(leaves);
            keys.refreshNow();
            assertThat(keys.jwks().json()).doesNotContain("k1");
            String last = signed();
            assertThat(verifier.subject(last)).isEqualTo("me");
            assertThat(startedLater.subject(last)).isEqualTo("me");
            assertThatThrownBy(() -> startedLater.subject(live.get(0))).isInstanceOf(Exception.class);
            assertThat(serverLog.complaints).isEmpty();
        }

        @Test
        void nimbus_throughARotation_verifiesEveryToken() throws Exception {
            verifiesThroughARotation(nimbus(), nimbus());
        }

        @Test
        void jose4j_throughARotation_verifiesEveryToken() throws Exception {
            verifiesThroughARotation(jose4j(), jose4j());
        }

        @Test
        void jose4j_cacheControl_isObeyedToTheSecond() throws Exception {
            try (LogCapture log = LogCapture.of(HttpsJwks.class.getName())) {
                Verifier verifier = jose4j();
                verifier.subject(signed());
                verifier.subject(signed());

                assertThat(log.text()).contains("will be cached for 300 seconds");
                assertThat(keys.stats().jwksRequests()).containsExactly(new Stats.JwksRequests(200, "scripted", 1));

                source.deliver(set(
                        "k1",
                        List.of(
                                k1.toJSONObject(),
                                removed(ec("k0"), clock.instant().plusSeconds(42)))));
                keys.refreshNow();
                log.clear();
                jose4j().subject(signed());
                assertThat(log.text()).contains("will be cached for 42 seconds");
            }
        }
    }
}
