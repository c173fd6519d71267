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
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** Ed25519 (RFC 8032 section 5.1, RFC 8037 sections 2 and 3.1), and RFC 9864's name for it. */
final class Ed25519KeyType extends KeyPairType {

    private static final int BYTES = 32;
    private static final JwsAlgorithm EDDSA = new JwsAlgorithm("EdDSA", "Ed25519", 64);
    private static final long COST_OF_PROVING = 1_800;

    private static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    /** −121665/121666, the curve's d. */
    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(P))
            .mod(P);

    private static final BigInteger Y_OF_ORDER_8 =
            new BigInteger("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", 16);

    /** The y of every point whose order divides 8: with such a key, one signature fits many messages. */
    private static final Set<BigInteger> SMALL_ORDER_Y =
            Set.of(BigInteger.ZERO, BigInteger.ONE, P.subtract(BigInteger.ONE), Y_OF_ORDER_8, P.subtract(Y_OF_ORDER_8));

    Ed25519KeyType() {
        super("OKP", "Ed25519", List.of(EDDSA, new JwsAlgorithm("Ed25519", "Ed25519", 64)));
    }

    @Override
    public List<String> publicMembers() {
        return List.of("kty", "crv", "x");
    }

    @Override
    Map<String, String> publicMembers(PublicKey key) {
        return Map.of("crv", "Ed25519", "x", Base64Url.encode(encode(((EdECPublicKey) key).getPoint())));
    }

    @Override
    public Map<String, String> privateMembers(KeyMaterial material) {
        EdECPrivateKey key = (EdECPrivateKey) requireNonNull(material.privateKey());
        return Map.of("d", Base64Url.encode(key.getBytes().orElseThrow()));
    }

    @Override
    JwsAlgorithm natural(PublicKey key) {
        return EDDSA;
    }

    @Override
    public @Nullable JwsAlgorithm natural(JwkMembers jwk) {
        Optional<String> curve = jwk.curve();
        if (curve.isPresent() && !curve.get().equals("Ed25519")) {
            jwk.unsupported("crv", "a curve other than Ed25519");
            return null;
        }
        return curve.isPresent() ? EDDSA : null;
    }

    @Override
    public @Nullable KeyMaterial read(JwkMembers jwk, JwsAlgorithm natural) throws GeneralSecurityException {
        byte[] x = jwk.octets("x", BYTES);
        byte[] d = jwk.has("d") ? jwk.octets("d", BYTES) : null;
        return x == null || (d == null && jwk.has("d"))
                ? null
                : material(publicKey(x), d == null ? null : privateKeyOf(d));
    }

    @Override
    List<String> oids() {
        return List.of(Der.ED25519);
    }

    @Override
    Optional<String> flaw(PublicKey key, boolean lenient) {
        EdECPoint point = ((EdECPublicKey) key).getPoint();
        BigInteger y = point.getY();
        if (y.compareTo(P) >= 0 || !onCurve(y, point.isXOdd())) {
            return Optional.of("the point is not on the curve, or not in canonical form");
        }
        if (SMALL_ORDER_Y.contains(y)) {
            return Optional.of("the point is of small order");
        }
        return Optional.empty();
    }

    /** −x² + y² = 1 + dx²y² has a solution for x. */
    private static boolean onCurve(BigInteger y, boolean xOdd) {
        BigInteger ySquared = y.multiply(y);
        BigInteger xSquared = ySquared.subtract(BigInteger.ONE)
                .multiply(D.multiply(ySquared).add(BigInteger.ONE).modInverse(P))
                .mod(P);
        if (xSquared.signum() == 0) {
            return !xOdd;
        }
        BigInteger eulersCriterion = xSquared.modPow(P.subtract(BigInteger.ONE).shiftRight(1), P);
        return eulersCriterion.equals(BigInteger.ONE);
    }

    /** y in 32 bytes, little-endian, and the lowest bit of x on top. */
    private static byte[] encode(EdECPoint point) {
        byte[] bytes = reversed(Base64Url.unsigned(point.getY(), BYTES));
        if (point.isXOdd()) {
            bytes[BYTES - 1] |= (byte) 0x80;
        }
        return bytes;
    }

    private PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
        byte[] bytes = encoded.clone();
        boolean xOdd = (bytes[BYTES - 1] & 0x80) != 0;
        bytes[BYTES - 1] &= 0x7f;
        return keyFactory()
                .generatePublic(new EdECPublicKeySpec(
                        NamedParameterSpec.ED25519, new EdECPoint(xOdd, new BigInteger(1, reversed(bytes)))));
    }

    private PrivateKey privateKeyOf(byte[] seed) throws GeneralSecurityException {
        return keyFactory().generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    }

    /**
     * A key pair generated from the private key's bytes as if they were the random ones, which is how RFC 8032 section
     * 5.1.5 defines a key pair.
     */
    @Override
    KeyMaterial derived(PrivateKey key) throws GeneralSecurityException {
        byte[] seed = ((EdECPrivateKey) key)
                .getBytes()
                .orElseThrow(() -> new InvalidKeyException("the private key has no bytes"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new FixedRandom(seed));
        KeyPair pair = generator.generateKeyPair();
        byte[] used = ((EdECPrivateKey) pair.getPrivate())
                .getBytes()
                .orElseThrow(() -> new InvalidKeyException("the private key has no bytes"));
        if (!Arrays.equals(seed, used)) {
            throw new InvalidKeyException("this Java runtime derives no public key; add the public key");
        }
        return material(pair.getPublic(), key, true);
    }

    @Override
    long costOfProving(PublicKey key) {
        return COST_OF_PROVING;
    }

    @Override
    long costOfDeriving(PrivateKey key) {
        return COST_OF_PROVING;
    }

    @Override
    public KeyMaterial generate(JwsAlgorithm algorithm, int rsaBits) throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        return material(pair.getPublic(), pair.getPrivate()).withAlgorithm(algorithm);
    }

    @Override
    public int signatureBytes(KeyMaterial material) {
        return 2 * BYTES;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    /** Yields the bytes it was given. */
    private static final class FixedRandom extends SecureRandom {

        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        FixedRandom(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(bytes, 0, target, 0, Math.min(bytes.length, target.length));
        }
    }
}
