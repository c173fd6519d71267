package io.github.keyset4j.http;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** One connection over a real socket, step by step, at times that are given. */
@Timeout(30)
@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class HttpConnectionTest {

    private static final Instant DATE = Instant.parse("2026-03-04T05:06:07Z");
    private static final String REQUEST = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final int LARGE = 32 << 20;

    private SocketChannel client;
    private SocketChannel accepted;
    private HttpConnection connection;
    private int bodySize = 2;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client = SocketChannel.open(server.getLocalAddress());
            accepted = server.accept();
        }
        accepted.configureBlocking(false);
        connection = new HttpConnection(accepted, this::answer, 0);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        accepted.close();
    }

    private JwksResponse answer(RequestHead request) {
        return new JwksResponse(
                200, Map.of("Content-Length", String.valueOf(bodySize), "X-Path", request.path()), new byte[bodySize]);
    }

    private void send(String text) throws IOException {
        client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private int proceed(long seconds) throws IOException {
        return connection.proceed(Duration.ofSeconds(seconds).toNanos(), DATE);
    }

    private boolean overdue(long seconds) {
        return connection.overdue(Duration.ofSeconds(seconds).toNanos());
    }

    /** What the client has got by now, up to this end. */
    private String received(String end) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer some = ByteBuffer.allocate(4096);
        while (text.indexOf(end) < 0 && client.read(some) >= 0) {
            text.append(new String(some.array(), 0, some.position(), StandardCharsets.ISO_8859_1));
            some.clear();
        }
        return text.toString();
    }

    @Test
    void proceed_requestInPieces_isAnsweredWhenItIsWhole() throws Exception {
        for (int i = 0; i < REQUEST.length(); i++) {
            assertThat(proceed(0)).isEqualTo(SelectionKey.OP_READ);
            assertThat(connection.overdue(0)).isFalse();
            send(REQUEST.substring(i, i + 1));
        }
        assertThat(proceed(0)).isEqualTo(SelectionKey.OP_READ);
        assertThat(received("\0\0"))
                .startsWith("HTTP/1.1 200 OK\r\nDate: Wed, 04 Mar 2026 05:06:07 GMT\r\n")
                .contains("X-Path: /a\r\n")
                .doesNotContain("Connection:")
                .endsWith("\r\n\r\n\0\0");
    }

    @Test
    void proceed_severalRequestsAtOnce_answersAllInOrder() throws Exception {
        send("\r\n" + REQUEST + REQUEST.replace("/a", "/b") + "GET /c HTTP/1.0\n\n");
        assertThat(proceed(0)).isEqualTo(SelectionKey.OP_WRITE);
        assertThat(proceed(0)).isEqualTo(SelectionKey.OP_WRITE);
        assertThat(proceed(0)).isEqualTo(SelectionKey.OP_READ);
        assertThat(received("Connection: close"))
                .containsSubsequence("X-Path: /a", "X-Path: /b", "X-Path: /c", "Connection: close");
    }

    @Test
    void proceed_oneRequestAndAHalf_waitsForTheRest() throws Exception {
        send(REQUEST + "GET /b");
        assertThat(proceed(0)).isEqualTo(SelectionKey.OP_WRITE);
        assertThat(proceed(0)).isEqualTo(SelectionKey.OP_READ);
        send(" HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(proceed(0)).isEqualTo(SelectionKey.OP_READ);
        assertThat(received("X-Path: /b")).contains("X-Path: /a");
    }

    @Test
    void proceed_noRequest_isRefusedAndTheConnectionEnds() throws Exception {
        send("nonsense\r\n\r\n");
        assertThat(proceed(0)).isEqualTo(SelectionKey.OP_READ);
        assertThat(received("never"))
                .startsWith("HTTP/1.1 400 Bad Request\r\n")
                .contains("Content-Length: 0\r\n")
                .endsWith("Connection: close\r\n\r\n");
        send("what nobody reads any more");
        assertThat(proceed(1)).isEqualTo(SelectionKey.OP_READ);
        assertThat(overdue(1)).isFalse();
        assertThat(overdue(2)).isTrue();
        client.close();
        assertThat(proceed(1)).isZero();
    }

    @Test
    void proceed_headOfTheLargestSize_isReadAndALargerOneRefused() throws Exception {
        String fill = "x".repeat(HttpConnection.LARGEST_HEAD - REQUEST.length() - "A: \r\n".length());
        String largest = REQUEST.replace("\r\n\r\n", "\r\nA: " + fill + "\r\n\r\n");
        assertThat(largest).hasSize(HttpConnection.LARGEST_HEAD);
        send(largest);
        for (int i = 0; i < 8; i++) {
            proceed(0);
        }
        assertThat(received("\0\0")).startsWith("HTTP/1.1 200 OK");
        send(largest.replace("A: ", "A: y"));
        for (int i = 0; i < 8; i++) {
            proceed(0);
        }
        assertThat(received("never")).startsWith("HTTP/1.1 431 ");
    }

    /** The one thread of the server has others to serve: what it makes of such lines is told by what it allocates. */
    @Test
    void proceed_emptyLinesWithoutEnd_areLookedAtOnce() throws Exception {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        send("\n".repeat(HttpConnection.LARGEST_HEAD));
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 8; i++) {
            proceed(0);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
        assertThat(received("never")).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void overdue_requestThatDrips_isAfterTenSecondsAllTheSame() throws Exception {
        assertThat(overdue(9)).isFalse();
        send("GET ");
        proceed(9);
        send("/a");
        proceed(9);
        assertThat(overdue(10)).isTrue();
    }

    @Test
    void overdue_idleAfterAnAnswer_isAfterThirtySecondsAndATenOfTheNextRequest() throws Exception {
        send(REQUEST);
        proceed(5);
        assertThat(overdue(34)).isFalse();
        assertThat(overdue(35)).isTrue();
        send("G");
        proceed(34);
        assertThat(overdue(43)).isFalse();
        assertThat(overdue(44)).isTrue();
    }

    @Test
    void overdue_answerNobodyTakes_isAfterTenSeconds() throws Exception {
        bodySize = LARGE;
        send(REQUEST);
        assertThat(proceed(5)).isEqualTo(SelectionKey.OP_WRITE);
        assertThat(overdue(14)).isFalse();
        assertThat(overdue(15)).isTrue();
    }

    @Test
    void proceed_answerTakenBitByBit_arrivesWhole() throws Exception {
        bodySize = LARGE;
        send(REQUEST);
        int interest = proceed(0);
        client.configureBlocking(false);
        ByteBuffer some = ByteBuffer.allocate(1 << 20);
        long received = 0;
        while (received < LARGE) {
            received += Math.max(0, client.read(some));
            some.clear();
            if (interest == SelectionKey.OP_WRITE) {
                interest = proceed(1);
            }
        }
        assertThat(interest).isEqualTo(SelectionKey.OP_READ);
    }

    @Test
    void proceed_peerGone_isTheEnd() throws Exception {
        client.close();
        assertThat(proceed(0)).isZero();
    }
}
