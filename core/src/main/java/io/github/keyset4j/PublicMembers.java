package io.github.keyset4j;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The public members of a JWK (RFC 7518 section 6, RFC 8037 section 2), written from the public key alone: the
 * whitelist of everything a JWKS says about key material. Sorted by name, as RFC 7638 wants them.
 */
final class PublicMembers {

    private PublicMembers() {}

    static Map<String, String> of(PublicKey key) {
        Map<String, String> members = new TreeMap<>();
        if (key instanceof RSAPublicKey rsa) {
            members.put("kty", "RSA");
            members.put("n", Base64Url.encode(unsigned(rsa.getModulus())));
            members.put("e", Base64Url.encode(unsigned(rsa.getPublicExponent())));
        } else if (key instanceof ECPublicKey ec) {
            EcCurve curve = EcCurve.of(ec.getParams())
                    .orElseThrow(() -> new IllegalArgumentException("a curve that passed its check is unknown"));
            members.put("kty", "EC");
            members.put("crv", curve.joseName());
            members.put("x", Base64Url.encode(unsigned(ec.getW().getAffineX(), curve.coordinateBytes())));
            members.put("y", Base64Url.encode(unsigned(ec.getW().getAffineY(), curve.coordinateBytes())));
        } else if (key instanceof EdECPublicKey ed) {
            members.put("kty", "OKP");
            members.put("crv", "Ed25519");
            members.put("x", Base64Url.encode(Ed25519Keys.encode(ed.getPoint())));
        } else {
            throw new IllegalArgumentException("no JWK form for a key of type " + key.getAlgorithm());
        }
        return Collections.unmodifiableMap(members);
    }

    /** Big-endian, as long as it has to be. */
    static byte[] unsigned(BigInteger number) {
        return unsigned(number, (number.bitLength() + 7) / 8);
    }

    /** Big-endian, exactly this long. */
    static byte[] unsigned(BigInteger number, int length) {
        byte[] signed = number.toByteArray();
        byte[] bytes = new byte[length];
        int copied = Math.min(signed.length, length);
        System.arraycopy(signed, signed.length - copied, bytes, length - copied, copied);
        return bytes;
    }
}
