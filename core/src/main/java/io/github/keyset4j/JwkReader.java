package io.github.keyset4j;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPrivateKeySpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One JWK (RFC 7517, RFC 7518 section 6, RFC 8037 section 2) read into material. */
final class JwkReader {

    private static final String ZEROS_FIRST = "a number with leading zero octets";
    private static final List<String> CRT = List.of("p", "q", "dp", "dq", "qi");

    private final Problems problems;
    private final MaterialCheck check;

    JwkReader(Problems problems, MaterialCheck check) {
        this.problems = problems;
        this.check = check;
    }

    /** The material, or null with the problems noted, or with the entry noted as left out. */
    @Nullable
    KeyMaterial read(Map<String, @Nullable Object> jwk, String where) {
        if (!(jwk.get("kty") instanceof String kty)) {
            problems.add(where + ".kty", "missing or not a string", "say RSA, EC, OKP or oct");
            return null;
        }
        if (!forSignatures(jwk, where)) {
            return null;
        }
        KeyMaterial material = ofType(kty, jwk, where);
        return material == null || !(jwk.get("key_ops") instanceof List<?> operations)
                ? material
                : forOperations(material, operations, where + ".key_ops");
    }

    /** The material, as far as its {@code key_ops} (RFC 7517 section 4.3) let it be used. */
    private @Nullable KeyMaterial forOperations(KeyMaterial material, List<?> operations, String where) {
        boolean signs = operations.contains("sign");
        boolean verifies = operations.contains("verify");
        if (material.symmetric() && !verifies) {
            problems.add(where, "a secret that may not verify what it signs", "say [\"sign\", \"verify\"]");
            return null;
        }
        if (!material.canSign() && !verifies) {
            problems.unsupported(where, "a public key that may not verify");
            return null;
        }
        if (!material.canSign() || signs) {
            return material;
        }
        if (material.symmetric()) {
            problems.warn(where, "without sign", "the secret verifies only; add sign if it is to sign");
        } else {
            problems.warn(where, "without sign, beside a private half", "the key verifies only; leave d out");
        }
        return material.verifyOnly();
    }

    private @Nullable KeyMaterial ofType(String kty, Map<String, @Nullable Object> jwk, String where) {
        return switch (kty) {
            case "RSA" -> rsa(jwk, where);
            case "EC" -> ec(jwk, where);
            case "OKP" -> okp(jwk, where);
            case "oct" -> oct(jwk, where);
            default -> {
                problems.unsupported(where + ".kty", "a key type other than RSA, EC, OKP and oct");
                yield null;
            }
        };
    }

    private boolean forSignatures(Map<String, @Nullable Object> jwk, String where) {
        Object use = jwk.get("use");
        if (jwk.containsKey("use") && !(use instanceof String)) {
            problems.add(where + ".use", "not a string", "say sig");
            return false;
        }
        if (use != null && !use.equals("sig")) {
            problems.unsupported(where + ".use", "the key is not for signatures");
            return false;
        }
        if (jwk.containsKey("key_ops")) {
            if (!(jwk.get("key_ops") instanceof List<?> operations)
                    || !operations.stream().allMatch(String.class::isInstance)
                    || operations.stream().distinct().count() != operations.size()) {
                problems.add(where + ".key_ops", "not an array of different strings", "say [\"sign\", \"verify\"]");
                return false;
            }
            if (!operations.contains("sign") && !operations.contains("verify")) {
                problems.unsupported(where + ".key_ops", "the key is not for signatures");
                return false;
            }
        }
        return true;
    }

    private @Nullable KeyMaterial rsa(Map<String, @Nullable Object> jwk, String where) {
        JwsAlgorithm algorithm = check.algorithm(jwk, where, JwsAlgorithm.RS256);
        BigInteger n = number(jwk, "n", where);
        BigInteger e = number(jwk, "e", where);
        if (jwk.containsKey("oth") && !List.of().equals(jwk.get("oth"))) { // an empty list says: no more primes
            problems.unsupported(where + ".oth", "an RSA key of more than two primes");
            return null;
        }
        if (algorithm == null || n == null || e == null) {
            return null;
        }
        try {
            PrivateKey privateKey = null;
            if (jwk.containsKey("d")) {
                privateKey = rsaPrivate(jwk, where, n, e);
                if (privateKey == null) {
                    return null;
                }
            } else if (CRT.stream().anyMatch(jwk::containsKey)) {
                problems.add(
                        where + ".d", "missing, though other private members are there", "add it, or leave all out");
                return null;
            }
            return check.material(algorithm, new KeyHalves(RsaKeys.publicKey(n, e), privateKey), where);
        } catch (GeneralSecurityException | RuntimeException ex) {
            return unreadable(where);
        }
    }

    private @Nullable PrivateKey rsaPrivate(Map<String, @Nullable Object> jwk, String where, BigInteger n, BigInteger e)
            throws GeneralSecurityException {
        BigInteger d = number(jwk, "d", where);
        if (CRT.stream().noneMatch(jwk::containsKey)) {
            return d == null ? null : KeyFactory.getInstance("RSA").generatePrivate(new RSAPrivateKeySpec(n, d));
        }
        BigInteger p = number(jwk, "p", where);
        BigInteger q = number(jwk, "q", where);
        BigInteger dp = number(jwk, "dp", where);
        BigInteger dq = number(jwk, "dq", where);
        BigInteger qi = number(jwk, "qi", where);
        if (d == null || p == null || q == null || dp == null || dq == null || qi == null) {
            return null;
        }
        return KeyFactory.getInstance("RSA").generatePrivate(new RSAPrivateCrtKeySpec(n, e, d, p, q, dp, dq, qi));
    }

    private @Nullable KeyMaterial ec(Map<String, @Nullable Object> jwk, String where) {
        Optional<EcCurve> found = curve(jwk, where).flatMap(EcCurve::named);
        if (found.isEmpty()) {
            if (jwk.get("crv") instanceof String) {
                problems.unsupported(where + ".crv", "a curve other than P-256, P-384 and P-521");
            }
            return null;
        }
        EcCurve curve = found.get();
        JwsAlgorithm algorithm = check.algorithm(jwk, where, curve.algorithm());
        byte[] x = bytes(jwk, "x", where, curve.coordinateBytes());
        byte[] y = bytes(jwk, "y", where, curve.coordinateBytes());
        byte[] d = jwk.containsKey("d") ? bytes(jwk, "d", where, curve.coordinateBytes()) : null;
        if (algorithm == null || x == null || y == null || (d == null && jwk.containsKey("d"))) {
            return null;
        }
        try {
            return check.material(
                    algorithm,
                    new KeyHalves(
                            EcKeys.publicKey(curve, new BigInteger(1, x), new BigInteger(1, y)),
                            d == null ? null : EcKeys.privateKey(curve, new BigInteger(1, d))),
                    where);
        } catch (GeneralSecurityException | RuntimeException e) {
            return unreadable(where);
        }
    }

    private @Nullable KeyMaterial okp(Map<String, @Nullable Object> jwk, String where) {
        Optional<String> crv = curve(jwk, where);
        if (crv.isEmpty()) {
            return null;
        }
        if (!crv.get().equals("Ed25519")) {
            problems.unsupported(where + ".crv", "a curve other than Ed25519");
            return null;
        }
        JwsAlgorithm algorithm = check.algorithm(jwk, where, JwsAlgorithm.EDDSA);
        byte[] x = bytes(jwk, "x", where, Ed25519Keys.BYTES);
        byte[] d = jwk.containsKey("d") ? bytes(jwk, "d", where, Ed25519Keys.BYTES) : null;
        if (algorithm == null || x == null || (d == null && jwk.containsKey("d"))) {
            return null;
        }
        try {
            return check.material(
                    algorithm,
                    new KeyHalves(Ed25519Keys.publicKey(x), d == null ? null : Ed25519Keys.privateKey(d)),
                    where);
        } catch (GeneralSecurityException | RuntimeException e) {
            return unreadable(where);
        }
    }

    private @Nullable KeyMaterial oct(Map<String, @Nullable Object> jwk, String where) {
        JwsAlgorithm algorithm = check.algorithm(jwk, where, JwsAlgorithm.HS256);
        byte[] k = bytes(jwk, "k", where);
        return algorithm == null || k == null ? null : check.secret(algorithm, k, String.valueOf(jwk.get("k")), where);
    }

    private @Nullable KeyMaterial unreadable(String where) {
        problems.add(where, "the members do not make a key of this type", "export the key again");
        return null;
    }

    private Optional<String> curve(Map<String, @Nullable Object> jwk, String where) {
        if (jwk.get("crv") instanceof String crv) {
            return Optional.of(crv);
        }
        problems.add(where + ".crv", "missing or not a string", "name the curve");
        return Optional.empty();
    }

    /**
     * Base64urlUInt (RFC 7518 section 2): no leading zero octets, unless in a public key alone. Those of others have
     * them, and are published here without.
     */
    private @Nullable BigInteger number(Map<String, @Nullable Object> jwk, String name, String where) {
        byte[] bytes = bytes(jwk, name, where);
        if (bytes == null) {
            return null;
        }
        boolean zerosFirst = bytes[0] == 0;
        boolean publicOnly = !jwk.containsKey("d") && CRT.stream().noneMatch(jwk::containsKey);
        if (zerosFirst && !publicOnly) {
            problems.add(where + "." + name, ZEROS_FIRST, "leave them out (RFC 7518 section 2)");
            return null;
        }
        BigInteger number = new BigInteger(1, bytes);
        if (number.bitLength() > RsaKeys.MAX_BITS) {
            problems.add(where + "." + name, "longer than " + RsaKeys.MAX_BITS + " bits", "use a shorter RSA key");
            return null;
        }
        if (zerosFirst) {
            problems.warn(where + "." + name, ZEROS_FIRST, "they are left out (RFC 7518 section 2)");
        }
        return number;
    }

    private byte @Nullable [] bytes(Map<String, @Nullable Object> jwk, String name, String where, int length) {
        byte[] bytes = bytes(jwk, name, where);
        if (bytes != null && bytes.length != length) {
            problems.add(
                    where + "." + name,
                    bytes.length + " octets, where the curve has " + length,
                    "write it in full length, leading zeros included");
            return null;
        }
        return bytes;
    }

    private byte @Nullable [] bytes(Map<String, @Nullable Object> jwk, String name, String where) {
        if (!(jwk.get(name) instanceof String text) || text.isEmpty()) {
            problems.add(where + "." + name, "missing, empty or not a string", "add it in base64url");
            return null;
        }
        byte[] bytes = Base64Url.decode(text);
        if (bytes == null) {
            problems.add(
                    where + "." + name,
                    "not canonical base64url",
                    "use A-Z a-z 0-9 - _ without padding, and no bits that stand for nothing");
        }
        return bytes;
    }
}
