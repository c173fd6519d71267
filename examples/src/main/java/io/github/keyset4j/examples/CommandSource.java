package io.github.keyset4j.examples;

import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.command.CommandKeysetSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Keys from a command: a script stands for the client of a key management service, whose keys are rotated. The command
 * hangs for once, too. Needs {@code /bin/sh}.
 */
public final class CommandSource {

    private CommandSource() {}

    /** Runs it, in a few seconds. */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("keyset4j-command");
        Path stored = directory.resolve("stored.json");
        Path client = directory.resolve("kms-client");
        try {
            run(client, stored);
        } finally {
            Files.deleteIfExists(stored);
            Files.deleteIfExists(client);
            Files.deleteIfExists(directory);
        }
    }

    private static void run(Path client, Path stored) throws Exception {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("k1", newPrivateKey());
        Files.writeString(stored, keyset("k1", keys));
        writeClient(client, "exec cat \"$2\"");

        CommandKeysetSource source = CommandKeysetSource.builder(client.toString(), "--from", stored.toString())
                .timeout(Duration.ofSeconds(1))
                .build();
        RotationTimes times = RotationTimes.builder() // those of a service are longer
                .publishLead(Duration.ofSeconds(3))
                .maxTokenLifetime(Duration.ofSeconds(60))
                .verifierWait(Duration.ZERO)
                .verifierLeeway(Duration.ZERO)
                .clockSkew(Duration.ZERO)
                .noSharedCache()
                .build();
        CountDownLatch rotated = new CountDownLatch(1);
        try (KeyManager manager = KeyManager.builder(source)
                .policy(KeysetPolicy.strictProduction())
                .refreshEvery(Duration.ofMillis(500))
                .rotation(times)
                .tokenLifetime(Duration.ofSeconds(60))
                .on(KeysetEvent.Activated.class, key -> {
                    if (key.kid().equals("k2")) {
                        rotated.countDown();
                    }
                })
                .start()) {
            JwtVerifier verifier = manager.verifier().leeway(Duration.ZERO).build();
            String first = manager.signer().jwt().sign();
            System.out.println("signed by " + verifier.verify(first).kid());

            writeClient(client, "sleep 3600");
            System.out.println("the command hangs: " + manager.refreshNow());
            System.out.println("signed by "
                    + verifier.verify(manager.signer().jwt().sign()).kid() + " all the same");

            keys.put("k2", newPrivateKey());
            Files.writeString(stored, keyset("k2", keys));
            writeClient(client, "exec cat \"$2\"");
            manager.refreshNow();
            System.out.println("the command prints k2: "
                    + manager.keyset().key("k2").orElseThrow().status(Instant.now()));
            if (!rotated.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("k2 was not activated");
            }
            String second = manager.signer().jwt().sign();
            System.out.println("signed by " + verifier.verify(second).kid() + ", and the first token, of "
                    + verifier.verify(first).kid() + ", verifies still");
        }
    }

    /** A script that nobody else may write, in a directory that nobody else may write: strict production looks. */
    private static void writeClient(Path client, String body) throws IOException {
        Path beside = client.resolveSibling("kms-client.new");
        Files.writeString(beside, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rwx------"));
        Files.move(beside, client, StandardCopyOption.ATOMIC_MOVE);
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
                .map(key -> "\"" + key.getKey() + "\": \"" + key.getValue() + "\"")
                .collect(Collectors.joining(", ", "{\"active_kid\": \"" + activeKid + "\", \"keys\": {", "}}"));
    }
}
