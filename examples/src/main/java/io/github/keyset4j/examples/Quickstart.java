package io.github.keyset4j.examples;

import io.github.keyset4j.Health;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.JwtSigner;
import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.file.FileKeysetSource;
import io.github.keyset4j.http.JwksEndpoint;
import io.github.keyset4j.http.JwksServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * A service that signs and verifies without pause while its keyset file is rotated, broken and mended, in about fifteen
 * seconds. The durations are those of a real service, made a few hundred times shorter.
 */
public final class Quickstart {

    private static final Duration LEAD = Duration.ofSeconds(3);
    private static final Duration TOKEN_LIFETIME = Duration.ofSeconds(2);

    private final PrintStream out;
    private final long start = System.nanoTime();
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicLong signed = new AtomicLong();
    private final AtomicLong verified = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();

    private Quickstart(PrintStream out) {
        this.out = out;
    }

    /** Runs it, and fails if a single token was rejected. */
    public static void main(String[] args) throws Exception {
        if (new Quickstart(System.out).run() > 0) {
            System.exit(1);
        }
    }

    private long run() throws Exception {
        Path directory = Files.createTempDirectory("keyset4j-quickstart");
        Path file = directory.resolve("keyset.json");
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("k1", newPrivateKey());
        write(file, keyset("k1", keys));
        say("wrote " + file + " with the key k1");

        RotationTimes times = RotationTimes.builder()
                .publishLead(LEAD)
                .maxTokenLifetime(TOKEN_LIFETIME)
                .verifierWait(Duration.ZERO)
                .verifierLeeway(Duration.ZERO)
                .clockSkew(Duration.ZERO)
                .noSharedCache()
                .build();
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (KeyManager manager = KeyManager.builder(FileKeysetSource.of(file))
                        .refreshEvery(Duration.ofMillis(500))
                        .rotation(times)
                        .tokenLifetime(TOKEN_LIFETIME)
                        .listener(this::tell)
                        .start();
                JwksServer server = JwksServer.start(anyPort, JwksEndpoint.of(manager))) {
            URI jwks = URI.create("http://127.0.0.1:" + server.address().getPort() + JwksServer.USUAL_PATH);
            say("the JWKS is served at " + jwks);
            Thread service = new Thread(() -> signAndVerify(manager), "service");
            service.start();
            story(manager, file, keys, jwks);
            running.set(false);
            service.join();
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(directory);
        }
        out.printf("%nsigned %d tokens, verified %d, rejected %d%n", signed.get(), verified.get(), rejected.get());
        return rejected.get();
    }

    private void story(KeyManager manager, Path file, Map<String, String> keys, URI jwks) throws Exception {
        published(jwks);
        pause(Duration.ofSeconds(2));

        say("-- rotate: k2 joins the file and is named active_kid");
        keys.put("k2", newPrivateKey());
        write(file, keyset("k2", keys));
        manager.refreshNow();
        published(jwks);
        say("   tokens are signed with " + active(manager) + " until every verifier can know k2");
        pause(LEAD.plusSeconds(1));

        say("-- break: the file is cut in the middle");
        write(file, keyset("k2", keys).substring(0, 150));
        pause(Duration.ofSeconds(2));
        Health health = manager.health();
        say("   health is " + health.state() + " after " + health.failuresInRow() + " failures; tokens are signed with "
                + active(manager));

        say("-- mend: the file is whole again");
        write(file, keyset("k2", keys));
        pause(Duration.ofSeconds(2));
        say("   health is " + manager.health().state());

        say("-- clean up: k1's last token has expired, so k1 leaves the file");
        keys.remove("k1");
        write(file, keyset("k2", keys));
        manager.refreshNow();
        published(jwks);
        pause(Duration.ofSeconds(1));
    }

    private void signAndVerify(KeyManager manager) {
        JwtSigner signer = manager.signer();
        JwtVerifier verifier = manager.verifier()
                .issuer("https://issuer.example")
                .audience("api")
                .leeway(Duration.ZERO)
                .build();
        while (running.get()) {
            try {
                String token = signer.jwt()
                        .issuer("https://issuer.example")
                        .audience("api")
                        .subject("alice")
                        .sign();
                signed.incrementAndGet();
                verifier.verify(token);
                verified.incrementAndGet();
            } catch (KeysetException | JwtRejectedException e) {
                rejected.incrementAndGet();
                say("!! " + e.getMessage());
            }
        }
    }

    private void tell(KeysetEvent event) {
        if (event instanceof KeysetEvent.Loaded loaded) {
            say("   loaded "
                    + loaded.keyset().keys().stream().map(KeysetKey::kid).collect(Collectors.joining(" and ")));
        } else if (event instanceof KeysetEvent.ActivationScheduled scheduled) {
            say("   " + scheduled.kid() + " is published and signs in " + LEAD.toSeconds() + " s");
        } else if (event instanceof KeysetEvent.Activated activated) {
            say("   " + activated.kid() + " signs");
        } else if (event instanceof KeysetEvent.Retired retired) {
            say("   " + retired.kid() + " signs no more; its tokens still verify");
        } else if (event instanceof KeysetEvent.Rejected rejection) {
            say("   refused: " + rejection.problems().get(0));
        } else if (event instanceof KeysetEvent.Recovered) {
            say("   recovered");
        } else if (event instanceof KeysetEvent.Removed removed) {
            say("   " + removed.kid() + " is gone" + (removed.early() ? ", too early" : ""));
        }
    }

    private void published(URI jwks) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(jwks).build(), HttpResponse.BodyHandlers.ofString());
        String kids = response.body()
                .replaceAll(".*?\"kid\":\"([^\"]*)\".*?(?=\\{|$)", "$1 ")
                .strip();
        say("   GET /.well-known/jwks.json: " + response.statusCode() + ", keys " + kids + ", "
                + response.headers().firstValue("Cache-Control").orElse(""));
    }

    private static String active(KeyManager manager) {
        return manager.activeKey().map(KeysetKey::kid).orElse("nothing");
    }

    private static String newPrivateKey() throws GeneralSecurityException {
        byte[] pkcs8 = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        return "-----BEGIN PRIVATE KEY-----\\n" + Base64.getEncoder().encodeToString(pkcs8)
                + "\\n-----END PRIVATE KEY-----";
    }

    private static String keyset(String activeKid, Map<String, String> keys) {
        return keys.entrySet().stream()
                .map(key -> "    \"" + key.getKey() + "\": \"" + key.getValue() + "\"")
                .collect(Collectors.joining(
                        ",\n", "{\n  \"active_kid\": \"" + activeKid + "\",\n  \"keys\": {\n", "\n  }\n}\n"));
    }

    /** As anybody should who replaces a file that others read: beside it, then in its place. */
    private static void write(Path file, String content) throws IOException {
        Path beside = Files.createTempFile(file.getParent(), "keyset", ".tmp"); // created with mode 0600
        Files.writeString(beside, content);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void pause(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }

    private void say(String what) {
        synchronized (out) {
            out.printf("%6.2f s  %s%n", (System.nanoTime() - start) / 1e9, what);
        }
    }
}
