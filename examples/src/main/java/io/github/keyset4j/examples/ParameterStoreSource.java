package io.github.keyset4j.examples;

import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.aws.ParameterStoreKeysetSource;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/**
 * Signs and verifies with keys from the AWS SSM Parameter Store: {@code ParameterStoreSource /app/prod/jwt}, where one
 * parameter is the document, or {@code ParameterStoreSource /app/prod/jwt-keys/}, where each parameter under the path is a
 * key. Region and credentials come from where the AWS SDK looks for them; {@code AWS_ENDPOINT_URL} names a simulator.
 */
public final class ParameterStoreSource {

    private ParameterStoreSource() {}

    /** Takes the parameter's name or ARN, or a path that ends in a slash. */
    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("usage: ParameterStoreSource <name, ARN, or path/>");
            System.exit(2);
        }
        boolean path = args[0].endsWith("/");
        run(path ? ParameterStoreKeysetSource.path(args[0]) : ParameterStoreKeysetSource.of(args[0]), System.out);
    }

    private static void run(ParameterStoreKeysetSource source, PrintStream out) {
        try (KeyManager keys = KeyManager.builder(source)
                .refreshEvery(Duration.ofMinutes(1))
                .startDeadline(Duration.ofSeconds(10))
                .start()) {
            for (KeysetKey key : keys.keyset().keys()) {
                out.println(key.kid() + " is " + key.status(Instant.now()));
            }
            String token = keys.signer()
                    .jwt()
                    .issuer("https://issuer.example")
                    .subject("alice")
                    .sign();
            JwtVerifier verifier =
                    keys.verifier().issuer("https://issuer.example").build();
            out.println("signed and verified with " + verifier.verify(token).kid());
            out.println("JWKS: " + keys.jwks().json());
        }
    }
}
