package io.github.keyset4j.examples;

import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.aws.SecretsManagerKeysetSource;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import org.jose4j.jwt.JwtClaims;

/**
 * Signs and verifies with keys from AWS Secrets Manager: {@code SecretsManagerSource <name or ARN>}. Region and credentials
 * come from where the AWS SDK looks for them; {@code AWS_ENDPOINT_URL}, where set, names a simulator.
 */
public final class SecretsManagerSource {

    private SecretsManagerSource() {}

    /** Takes the secret's name or ARN. */
    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("usage: SecretsManagerSource <name or ARN>");
            System.exit(2);
        }
        SecretsManagerKeysetSource.Builder secret = SecretsManagerKeysetSource.builder(args[0]);
        String endpoint = System.getenv("AWS_ENDPOINT_URL");
        if (endpoint != null) {
            secret.endpoint(URI.create(endpoint));
        }
        run(secret.build(), System.out);
    }

    private static void run(SecretsManagerKeysetSource secret, PrintStream out) {
        try (KeyManager keys = KeyManager.builder(secret)
                .refreshEvery(Duration.ofMinutes(1))
                .startDeadline(Duration.ofSeconds(10))
                .start()) {
            for (String purpose : keys.keyset().purposes()) {
                JwtClaims claims = new JwtClaims();
                claims.setIssuer("https://issuer.example");
                claims.setSubject("alice");
                String token = keys.signer(purpose).sign(claims);
                JwtVerifier verifier =
                        keys.verifier(purpose).issuer("https://issuer.example").build();
                out.println(purpose + ": signed and verified with "
                        + verifier.verify(token).kid());
            }
            out.println("JWKS: " + keys.jwks().json());
        }
    }
}
