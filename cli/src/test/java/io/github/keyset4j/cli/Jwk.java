package io.github.keyset4j.cli;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.encoding.StrictJson;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A JWKS of P-256 keys, written by other code than the one that is tested. */
final class Jwk {

    private Jwk() {}

    static String set(Keyset keyset) {
        List<Map<String, String>> keys = keyset.keys().stream().map(Jwk::of).toList();
        return new String(StrictJson.write(Map.of("keys", keys)), StandardCharsets.UTF_8);
    }

    private static Map<String, String> of(KeysetKey key) {
        ECPublicKey ec = (ECPublicKey) key.publicKey().orElseThrow();
        return Map.of(
                "kty", "EC",
                "crv", "P-256",
                "kid", key.kid(),
                "alg", "ES256",
                "use", "sig",
                "x", unsigned(ec.getW().getAffineX()),
                "y", unsigned(ec.getW().getAffineY()));
    }

    static String unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[32];
        int length = Math.min(bytes.length, 32);
        System.arraycopy(bytes, bytes.length - length, fixed, 32 - length, length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(fixed);
    }
}
