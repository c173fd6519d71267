package io.github.keyset4j;

import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A key as a JWK with everything that is known of it (RFC 7518 section 6, RFC 8037 section 2), for documents alone. */
final class PrivateJwk {

    private PrivateJwk() {}

    /** {@code kty}, {@code alg}, the public members and the private ones. */
    static Map<String, @Nullable Object> of(KeyMaterial material) {
        Map<String, @Nullable Object> jwk = new LinkedHashMap<>();
        Map<String, String> publicMembers = material.publicMembers();
        jwk.put("kty", material.symmetric() ? "oct" : publicMembers.get("kty"));
        jwk.put("alg", material.algorithm().joseName());
        jwk.putAll(publicMembers);
        if (material.secret() != null) {
            if (!material.canSign()) {
                jwk.put("key_ops", List.of("verify"));
            }
            jwk.put("k", Base64Url.encode(material.secret().getEncoded()));
        } else if (material.privateKey() != null) {
            addPrivate(jwk, material.privateKey(), material);
        }
        return jwk;
    }

    private static void addPrivate(Map<String, @Nullable Object> jwk, PrivateKey key, KeyMaterial material) {
        if (key instanceof RSAPrivateKey rsa) {
            put(jwk, "d", rsa.getPrivateExponent());
            if (rsa instanceof RSAPrivateCrtKey crt) {
                put(jwk, "p", crt.getPrimeP());
                put(jwk, "q", crt.getPrimeQ());
                put(jwk, "dp", crt.getPrimeExponentP());
                put(jwk, "dq", crt.getPrimeExponentQ());
                put(jwk, "qi", crt.getCrtCoefficient());
            }
        } else if (key instanceof ECPrivateKey ec) {
            int length = EcCurve.of(material.algorithm()).coordinateBytes();
            jwk.put("d", Base64Url.encode(PublicMembers.unsigned(ec.getS(), length)));
        } else if (key instanceof EdECPrivateKey ed && ed.getBytes().isPresent()) {
            jwk.put("d", Base64Url.encode(ed.getBytes().get()));
        } else {
            throw new IllegalArgumentException("no JWK form for a private key of type " + key.getAlgorithm());
        }
    }

    private static void put(Map<String, @Nullable Object> jwk, String name, BigInteger number) {
        jwk.put(name, Base64Url.encode(PublicMembers.unsigned(number)));
    }
}
