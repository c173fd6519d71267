package io.github.keyset4j.http;

import com.nimbusds.jose.jwk.RSAKey;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.http.SampleDocuments.rsa;
import static io.github.keyset4j.http.SampleDocuments.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The server over real sockets: what it answers, and that nobody keeps the others waiting. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class JwksServerIT {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int MANY = 200;

    private final RSAKey k1 = rsa("k1");
    private final KeyManager keys =
            KeyManager.builder(ScriptedKeysetSource.of(set("k1", k1))).start();
    private final JwksEndpoint endpoint = JwksEndpoint.of(keys);
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final List<Socket> sockets = new ArrayList<>();
    private JwksServer server;

    @BeforeEach
    void start() throws IOException {
        server = JwksServer.start(ANY_PORT, endpoint);
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
        keys.close();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    }

    private HttpResponse<byte[]> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(5))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private Socket connect(String from, String text) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(1024);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(server.address());
        socket.setSoTimeout(5000);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** One honest client, with a connection of its own. */
    private Duration answered(String from) throws IOException {
        long start = System.nanoTime();
        try (Socket socket =
                connect(from, "GET " + JwksServer.USUAL_PATH + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")) {
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith(keys.jwks().json());
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "POST", "DELETE", "FOO"})
    void anyMethod_thePath_answersAsTheEndpoint(String method) throws Exception {
        HttpResponse<byte[]> response = send(method, JwksServer.USUAL_PATH + "?x=1");
        JwksResponse said = endpoint.handle(method, Map.of());
        assertThat(response.statusCode()).isEqualTo(said.status());
        assertThat(response.body()).isEqualTo(said.body());
        said.headers()
                .forEach((name, value) ->
                        assertThat(response.headers().allValues(name)).containsExactly(value));
        assertThat(response.headers().firstValue("Date")).isPresent();
    }

    @Test
    void get_knownTag_isNotModified() throws Exception {
        HttpResponse<byte[]> response = send(
                "GET",
                JwksServer.USUAL_PATH,
                "If-None-Match",
                "\"x\"",
                "If-None-Match",
                keys.jwks().etag());
        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/.well-known/jwks.jso", "/.well-known/jwks.json/", "/x/../.well-known/jwks.json"})
    void get_otherPath_isNotFound(String path) throws Exception {
        assertThat(send("GET", path).statusCode()).isEqualTo(404);
        assertThat(endpoint.requests()).isEmpty();
    }

    @Test
    void get_thousandTimesOnAFewConnections_isAnsweredEachTime() throws Exception {
        for (int i = 0; i < 1000; i++) {
            assertThat(send("GET", JwksServer.USUAL_PATH).statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "G",
                "GET /.well-known/jw",
                "GET /.well-known/jwks.json HTTP/1.1\r\n",
                "GET /.well-known/jwks.json HTTP/1.1\r\nHost: h\r\nX-Half: ",
                "POST /.well-known/jwks.json HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf"
            })
    void get_besideManyThatNeverEnd_isAnsweredAtOnceByTheOneThread(String half) throws Exception {
        int threads = Thread.activeCount();
        for (int i = 0; i < MANY; i++) {
            connect("127.0.0.1", half);
        }
        for (String from : List.of("127.0.0.1", "127.0.0.2")) {
            assertThat(answered(from)).isLessThan(Duration.ofSeconds(1));
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
    }

    @Test
    void get_besideManyThatTakeNoAnswer_isAnsweredAtOnce() throws Exception {
        String requests = ("GET " + JwksServer.USUAL_PATH + " HTTP/1.1\r\nHost: h\r\n\r\n").repeat(200);
        for (int i = 0; i < MANY; i++) {
            connect("127.0.0.1", requests);
        }
        for (String from : List.of("127.0.0.1", "127.0.0.2")) {
            assertThat(answered(from)).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void connections_moreThanOneClientMayHave_endItsOwnThatWaitedLongest() throws Exception {
        Socket other = connect("127.0.0.2", "GET ");
        List<Socket> same = new ArrayList<>();
        for (int i = 0; i <= JwksServer.MOST_OF_A_PEER; i++) {
            same.add(connect("127.0.0.1", "GET "));
        }
        assertThat(same.get(0).getInputStream().read()).isEqualTo(-1);
        for (Socket socket : List.of(same.get(1), same.get(JwksServer.MOST_OF_A_PEER), other)) {
            socket.getOutputStream().write("/x HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 404");
        }
    }

    @Test
    void connection_halfARequest_isEndedAfterTenSeconds() throws Exception {
        Socket half = connect("127.0.0.1", "GET /");
        half.setSoTimeout(15_000);
        long start = System.nanoTime();
        assertThat(half.getInputStream().read()).isEqualTo(-1);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(9500), Duration.ofSeconds(13));
    }

    @Test
    void start_path_isTheOneGiven() throws Exception {
        try (JwksServer other = JwksServer.start(ANY_PORT, "/keys", endpoint)) {
            URI at = URI.create("http://127.0.0.1:" + other.address().getPort() + "/keys");
            assertThat(client.send(HttpRequest.newBuilder(at).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> JwksServer.start(ANY_PORT, "keys", endpoint));
    }

    @Test
    void start_portInUse_fails() {
        assertThatThrownBy(() -> JwksServer.start(server.address(), endpoint)).isInstanceOf(IOException.class);
    }

    @Test
    void close_endsConnectionsAndTheThreadAndFreesThePort() throws Exception {
        Socket open = connect("127.0.0.1", "GET ");
        send("GET", JwksServer.USUAL_PATH);
        server.close();
        server.close();
        try (InputStream in = open.getInputStream()) {
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("keyset4j-jwks-server"));
        assertThatThrownBy(() -> connect("127.0.0.1", "")).isInstanceOf(ConnectException.class);
        JwksServer.start(server.address(), endpoint).close();
    }
}
