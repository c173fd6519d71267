package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.Der;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** ECDSA (RFC 7518 sections 3.4 and 6.2). */
final class EcKeyType extends KeyPairType {

    private static final String NO_CURVE = "a curve other than P-256, P-384 and P-521";

    EcKeyType() {
        super(
                "EC",
                "EC",
                Arrays.stream(EcCurve.values()).map(EcCurve::algorithm).toList());
    }

    @Override
    String title() {
        return "EC on P-256, P-384 or P-521";
    }

    @Override
    public List<JwsAlgorithm> algorithmsLike(JwsAlgorithm natural) {
        return List.of(natural);
    }

    @Override
    public List<String> publicMembers() {
        return List.of("kty", "crv", "x", "y");
    }

    @Override
    Map<String, String> publicMembers(PublicKey key) {
        ECPublicKey ec = (ECPublicKey) key;
        EcCurve curve = curve(ec);
        return Map.of(
                "crv", curve.joseName(),
                "x", Base64Url.encode(ec.getW().getAffineX(), curve.coordinateBytes()),
                "y", Base64Url.encode(ec.getW().getAffineY(), curve.coordinateBytes()));
    }

    @Override
    public Map<String, String> privateMembers(KeyMaterial material) {
        ECPrivateKey key = (ECPrivateKey) requireNonNull(material.privateKey());
        return Map.of("d", Base64Url.encode(key.getS(), curve(key).coordinateBytes()));
    }

    @Override
    JwsAlgorithm natural(PublicKey key) {
        return curve((ECPublicKey) key).algorithm();
    }

    @Override
    public @Nullable JwsAlgorithm natural(JwkMembers jwk) {
        return curve(jwk).map(EcCurve::algorithm).orElse(null);
    }

    private static Optional<EcCurve> curve(JwkMembers jwk) {
        Optional<String> named = jwk.curve();
        Optional<EcCurve> curve = named.flatMap(EcCurve::named);
        if (named.isPresent() && curve.isEmpty()) {
            jwk.unsupported("crv", NO_CURVE);
        }
        return curve;
    }

    private static EcCurve curve(ECKey key) {
        return EcCurve.of(key.getParams()).orElseThrow();
    }

    @Override
    public @Nullable KeyMaterial read(JwkMembers jwk, JwsAlgorithm natural) throws GeneralSecurityException {
        EcCurve curve = curve(jwk).orElseThrow();
        byte[] x = jwk.octets("x", curve.coordinateBytes());
        byte[] y = jwk.octets("y", curve.coordinateBytes());
        byte[] d = jwk.has("d") ? jwk.octets("d", curve.coordinateBytes()) : null;
        if (x == null || y == null || (d == null && jwk.has("d"))) {
            return null;
        }
        return material(
                publicKey(curve, new BigInteger(1, x), new BigInteger(1, y)),
                d == null ? null : privateKey(curve, new BigInteger(1, d)));
    }

    private PublicKey publicKey(EcCurve curve, BigInteger x, BigInteger y) throws GeneralSecurityException {
        return keyFactory().generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve.spec()));
    }

    private PrivateKey privateKey(EcCurve curve, BigInteger s) throws GeneralSecurityException {
        if (s.signum() <= 0 || s.compareTo(curve.spec().getOrder()) >= 0) {
            throw new InvalidKeyException("private value out of range");
        }
        return keyFactory().generatePrivate(new ECPrivateKeySpec(s, curve.spec()));
    }

    @Override
    List<String> oids() {
        return List.of(Der.EC_PUBLIC_KEY);
    }

    @Override
    boolean reads(Der.Algorithm named, PemText.Block block, Problems problems, String where) {
        if (EcCurve.ofOid(named.curve()).isPresent()) {
            return true;
        }
        if (named.explicitCurve()) {
            problems.add(
                    where,
                    "the EC key writes its curve out, which RFC 5480 section 2.1.1 forbids",
                    block.isCertificate()
                            ? "have the certificate issued again for a key that names its curve"
                            : "name it: openssl ec " + (block.isPrivate() ? "" : "-pubin ")
                                    + "-in key.pem -param_enc named_curve -out new.pem");
        } else {
            problems.unsupported(where, NO_CURVE);
        }
        return false;
    }

    @Override
    PublicKey publicKey(Der.Algorithm named, byte[] spki) throws GeneralSecurityException, Der.Malformed {
        return publicKey(EcCurve.ofOid(named.curve()).orElseThrow(), Der.pointOfSpki(spki));
    }

    /** The key at a point as SEC1 section 2.3.3 encodes it, with y or with y's lowest bit alone. */
    private PublicKey publicKey(EcCurve curve, byte[] point) throws GeneralSecurityException {
        int length = curve.coordinateBytes();
        int form = point.length == 0 ? 0 : point[0];
        if (form == 4 && point.length == 1 + 2 * length) {
            return publicKey(curve, coordinate(point, 1, length), coordinate(point, 1 + length, length));
        }
        if ((form == 2 || form == 3) && point.length == 1 + length) {
            ECPoint even = curve.evenPoint(coordinate(point, 1, length));
            ECPoint meant = form == 2 ? even : curve.negated(even);
            if (curve.contains(meant)) {
                return publicKey(curve, meant.getAffineX(), meant.getAffineY());
            }
        }
        throw new InvalidKeyException("no point of the curve");
    }

    private static BigInteger coordinate(byte[] point, int from, int length) {
        return new BigInteger(1, Arrays.copyOfRange(point, from, from + length));
    }

    /**
     * Key agreement with the generator yields the point's x by the JDK's own constant-time arithmetic; of the two points
     * with that x, the right one is the one under which the key's own signature verifies.
     */
    @Override
    KeyMaterial derived(PrivateKey privateKey) throws GeneralSecurityException {
        ECPrivateKey key = (ECPrivateKey) privateKey;
        EcCurve curve = curve(key);
        ECPoint generator = curve.spec().getGenerator();
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(key);
        agreement.doPhase(publicKey(curve, generator.getAffineX(), generator.getAffineY()), true);
        ECPoint even = curve.evenPoint(new BigInteger(1, agreement.generateSecret()));
        for (ECPoint point : List.of(even, curve.negated(even))) {
            KeyMaterial candidate = material(publicKey(curve, point.getAffineX(), point.getAffineY()), key, true);
            if (halvesMatch(candidate, CryptoProvider.jdk())) {
                return candidate;
            }
        }
        throw new InvalidKeyException("no point belongs to the private value");
    }

    @Override
    Optional<String> flaw(PublicKey key, boolean lenient) {
        ECPublicKey ec = (ECPublicKey) key;
        EcCurve curve = curve(ec);
        return curve.contains(ec.getW())
                ? Optional.empty()
                : Optional.of("the point is not on the curve " + curve.joseName());
    }

    @Override
    boolean consistent(PrivateKey privateKey, PublicKey publicKey) {
        return privateKey instanceof ECKey key && curve(key) == curve((ECKey) publicKey);
    }

    @Override
    long costOfProving(PublicKey key) {
        return costOfProving((ECKey) key);
    }

    @Override
    long costOfDeriving(PrivateKey key) {
        return 2 * costOfProving((ECKey) key);
    }

    private static long costOfProving(ECKey key) {
        int bits = key.getParams().getOrder().bitLength();
        return bits <= 256 ? 1_800 : bits <= 384 ? 3_600 : 13_000;
    }

    @Override
    public KeyMaterial generate(JwsAlgorithm algorithm, int rsaBits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(EcCurve.of(algorithm).jcaName()));
        KeyPair pair = generator.generateKeyPair();
        return material(pair.getPublic(), pair.getPrivate());
    }

    @Override
    public int signatureBytes(KeyMaterial material) {
        return 2 * EcCurve.of(material.algorithm()).coordinateBytes();
    }

    /** Both numbers are above zero (RFC 7518 section 3.4). */
    @Override
    public boolean wellFormed(byte[] signature) {
        int half = signature.length / 2;
        return !zero(signature, 0, half) && !zero(signature, half, signature.length);
    }

    private static boolean zero(byte[] bytes, int from, int to) {
        return Arrays.equals(bytes, from, to, new byte[to - from], 0, to - from);
    }
}
