package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** What strangers send: tokens of every kind that is none, and texts that are no keysets. */
final class HostileTokens {

    private static final List<String> STRAY = List.of(
            "vault:secret/data/app#key",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/jwt-AbCdEf",
            "op://vault/item/field",
            "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/jwt)",
            "aws-secretsmanager:app/prod/jwt?region=eu-west-1",
            "<!doctype html><html><body>503 Service: Unavailable</body></html>",
            "Error from server (NotFound): secrets \"jwt\" not found",
            "An error occurred (AccessDeniedException) when calling the GetSecretValue operation: no",
            "JWT_SECRET=0123456789abcdef0123456789abcdef",
            "/run/secrets/jwt:ro",
            "k1:0123456789abcdefghijklmnopqrstuvwxyzABCDEF",
            "'k1:0123456789abcdefghijklmnopqrstuvwxyzABCDEF'",
            "\"{\\\"keys\\\":{}}\"",
            "${JWT_KEYS}",
            "ENC(4f2b8a6c0d1e4f2b8a6c0d1e4f2b8a6c)",
            "sh: 1: kms-client: not found");

    private HostileTokens() {}

    static String strayText(Random random) {
        return STRAY.get(random.nextInt(STRAY.size()));
    }

    /** A token that must not be taken for good; the manager's kids and headers are known to whoever sends it. */
    static String any(Random random, KeyManager keys) {
        String kid = keys.keyset().keys().get(0).kid();
        String alg = keys.keyset().key(kid).map(KeysetKey::algorithm).orElse("EdDSA");
        return switch (random.nextInt(9)) {
            case 0 -> part(random, 40) + "." + part(random, 40) + "." + part(random, 86);
            case 1 ->
                signedByNobody("{\"alg\":\"" + alg + "\",\"kid\":\"" + kid + "\"}", "{\"exp\":1900000000}", random);
            case 2 -> signedByNobody("{\"alg\":\"none\",\"kid\":\"" + kid + "\"}", "{\"exp\":1900000000}", random);
            case 3 -> signedByNobody("{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}", "{\"exp\":1900000000}", random);
            case 4 -> signedByNobody("{\"" + name(random) + "\":1,\"" + name(random) + "\":2}", "{}", random);
            case 5 -> signedByNobody("[".repeat(random.nextInt(6000)), "{}", random);
            case 6 ->
                signedByNobody("{\"alg\":\"EdDSA\",\"n\":" + "9".repeat(random.nextInt(5000)) + "e9}", "{}", random);
            case 7 -> "x".repeat(random.nextInt(70_000));
            default ->
                signedByNobody("{\"alg\":\"EdDSA\",\"kid\":\"" + name(random) + "\"}", "{\"a\":\"\u0000\"}", random);
        };
    }

    private static String signedByNobody(String header, String payload, Random random) {
        return Base64Url.encode(header.getBytes(StandardCharsets.UTF_8))
                + "."
                + Base64Url.encode(payload.getBytes(StandardCharsets.UTF_8))
                + "."
                + part(random, 86);
    }

    private static String part(Random random, int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return Base64Url.encode(octets).substring(0, length);
    }

    private static String name(Random random) {
        return Integer.toString(random.nextInt(), 36).replace('-', 'm');
    }
}
