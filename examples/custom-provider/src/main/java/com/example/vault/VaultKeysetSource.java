package com.example.vault;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.KeysetSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A keyset document that a vault serves over HTTP, with the version it has there and the time of that version. */
public final class VaultKeysetSource implements KeysetSource {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1");

    private final HttpClient http;
    private final URI address;
    private final String name;
    private final Path tokenFile;
    private final Duration timeout;

    /** The token is read again at each load, so that it may be replaced too. */
    public VaultKeysetSource(URI address, String name, Path tokenFile, Duration timeout) {
        this.http = HttpClient.newBuilder().connectTimeout(timeout).build();
        this.address = address;
        this.name = name;
        this.tokenFile = tokenFile;
        this.timeout = timeout;
    }

    @Override
    public KeysetDocument load() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/v1/" + name))
                .header("X-Vault-Token", token())
                .build();
        HttpResponse<byte[]> response = send(request);
        return switch (response.statusCode()) {
            case 200 -> document(response);
            case 401, 403 -> throw failure(Reason.DENIED, "the vault refuses this token", "give it access");
            case 404 -> throw failure(Reason.NOT_FOUND, "there is no such secret", "create it, or name another");
            case 429 -> throw failure(Reason.THROTTLED, "too many requests", "refresh less often");
            default -> throw failure(Reason.UNAVAILABLE, "status " + response.statusCode(), "it will be asked again");
        };
    }

    private static KeysetDocument document(HttpResponse<byte[]> response) {
        KeysetDocument document = KeysetDocument.of(response.body());
        return response.headers()
                .firstValue("X-Vault-Version")
                .map(document::withRevision)
                .orElse(document)
                .withRevisionTime(Instant.parse(
                        response.headers().firstValue("X-Vault-Created").orElseThrow()));
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws InterruptedException {
        Future<HttpResponse<byte[]>> response = http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
        try {
            return response.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw failure(Reason.TIMED_OUT, "no answer within " + timeout, "it will be asked again");
        } catch (ExecutionException e) {
            throw failure(
                    Reason.UNAVAILABLE, "failed with " + e.getCause().getClass().getName(), "it will be asked again");
        } finally {
            response.cancel(true);
        }
    }

    private String token() {
        try {
            return Files.readString(tokenFile).strip();
        } catch (IOException e) {
            throw failure(Reason.DENIED, "the token's file cannot be read", "check the file and its permissions");
        }
    }

    /** Nothing in here may come from what was read. */
    private KeysetLoadException failure(Reason reason, String what, String remedy) {
        return new KeysetLoadException(reason, description() + ": read: " + what + "; " + remedy);
    }

    /** Strict production does not load from a source that finds something; the other policies log it. */
    @Override
    public List<KeysetProblem> findings() {
        return address.getScheme().equals("https") || LOOPBACK.contains(address.getHost())
                ? List.of()
                : List.of(KeysetProblem.of("address", "plain http to another host", "use https").withCode("plain-http"));
    }

    @Override
    public String description() {
        return "vault:" + name;
    }

    @Override
    public String toString() {
        return description();
    }
}
