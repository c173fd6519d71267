package io.github.keyset4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a JWKS endpoint as its clients do: with one GET, following nothing, and reading no more than it must. */
final class EndpointProbe {

    /** Far more than any client takes. */
    private static final int MOST = 1 << 20;

    private final URI endpoint;
    private final Duration timeout;
    private final long deadline;
    private final HttpClient client;

    /** All that is asked may take this long together, from now on. */
    EndpointProbe(URI endpoint, Duration timeout) {
        this.endpoint = endpoint;
        this.timeout = timeout;
        this.deadline = System.nanoTime() + timeout.toNanos();
        this.client = HttpClient.newBuilder()
                .followRedirects(Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    /**
     * Blocks until the body is there, for what is left of the timeout at most: the client's own timeouts bound neither a
     * name that is not resolved nor a body that drips.
     *
     * @throws HttpTimeoutException if it is not there then
     */
    Answer get(String accept, Optional<String> knownTag) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(endpoint).timeout(timeout).header("Accept", accept);
        knownTag.ifPresent(tag -> request.header("If-None-Match", tag));
        FutureTask<Answer> answer = new FutureTask<>(() -> answer(request.build()));
        Thread asking = new Thread(answer, "endpoint");
        asking.setDaemon(true);
        asking.start();
        try {
            return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("not whole within " + timeout);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private Answer answer(HttpRequest request) throws IOException, InterruptedException {
        long start = System.nanoTime();
        HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            byte[] bytes = body.readNBytes(MOST + 1);
            return new Answer(
                    response.statusCode(), response.headers(), bytes, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** What came, and how long that took. */
    static final class Answer {

        private final int status;
        private final HttpHeaders headers;
        private final byte[] body;
        private final Duration took;

        private Answer(int status, HttpHeaders headers, byte[] body, Duration took) {
            this.status = status;
            this.headers = headers;
            this.body = body;
            this.took = took;
        }

        int status() {
            return status;
        }

        /** The header's first value; empty without one. */
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        /** Not a copy; read only. */
        byte[] body() {
            return body;
        }

        Duration took() {
            return took;
        }
    }
}
