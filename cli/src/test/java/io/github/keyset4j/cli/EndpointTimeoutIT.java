package io.github.keyset4j.cli;

import io.github.keyset4j.RotationTimes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Servers that never come to an end, over real sockets: the doctor does. */
@Timeout(60)
class EndpointTimeoutIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();

    EndpointTimeoutIT() throws IOException {}

    @AfterEach
    void stop() throws IOException {
        server.close();
        threads.shutdownNow();
    }

    private void serve(String beginning, String drop) {
        threads.execute(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    threads.execute(() -> drip(socket, beginning, drop));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
    }

    private static void drip(Socket socket, String beginning, String drop) {
        try (socket;
                OutputStream out = socket.getOutputStream()) {
            out.write(beginning.getBytes(StandardCharsets.US_ASCII));
            while (!Thread.interrupted()) {
                out.write(drop.getBytes(StandardCharsets.US_ASCII));
                out.flush();
                Thread.sleep(50);
            }
        } catch (IOException | InterruptedException e) {
            // the doctor has gone, or the test
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "|",
                "HTTP/1.1 200 OK\r\n|X: y\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{|.",
                "HTTP/1.1 200 OK\r\n\r\n{|.",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|1\r\n.\r\n"
            })
    void all_serverThatNeverComesToAnEnd_failsAfterTheTimeout(String script) {
        String[] parts = script.split("\\|", -1);
        serve(parts[0], parts[1]);
        for (String scheme : List.of("http", "https")) {
            long start = System.nanoTime();
            URI uri = URI.create(scheme + "://127.0.0.1:" + server.getLocalPort() + "/jwks.json");
            List<Check> checks = new EndpointChecks(uri, Optional.empty(), RotationTimes.standard(), TIMEOUT).all();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.multipliedBy(3));
            assertThat(checks).singleElement().satisfies(check -> {
                assertThat(check.verdict()).isEqualTo(Check.Verdict.FAIL);
                assertThat(check.what()).contains("answer from 127.0.0.1");
            });
        }
    }
}
