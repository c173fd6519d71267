package io.github.keyset4j;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Ed25519 keys (RFC 8032 section 5.1): encoded, checked, and the public half found from the private one. */
final class Ed25519Keys {

    static final int BYTES = 32;

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

    private Ed25519Keys() {}

    /** What is wrong with the point, or nothing. */
    static Optional<String> flaw(EdECPublicKey key) {
        BigInteger y = key.getPoint().getY();
        if (y.compareTo(P) >= 0 || !onCurve(y, key.getPoint().isXOdd())) {
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
    static byte[] encode(EdECPoint point) {
        byte[] bytes = reversed(PublicMembers.unsigned(point.getY(), BYTES));
        if (point.isXOdd()) {
            bytes[BYTES - 1] |= (byte) 0x80;
        }
        return bytes;
    }

    static EdECPublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
        if (encoded.length != BYTES) {
            throw new InvalidKeyException("public key of the wrong length");
        }
        byte[] bytes = encoded.clone();
        boolean xOdd = (bytes[BYTES - 1] & 0x80) != 0;
        bytes[BYTES - 1] &= 0x7f;
        return (EdECPublicKey) KeyFactory.getInstance("Ed25519")
                .generatePublic(new EdECPublicKeySpec(
                        NamedParameterSpec.ED25519, new EdECPoint(xOdd, new BigInteger(1, reversed(bytes)))));
    }

    static PrivateKey privateKey(byte[] seed) throws GeneralSecurityException {
        if (seed.length != BYTES) {
            throw new InvalidKeyException("private key of the wrong length");
        }
        return KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    }

    /**
     * A private key with its public half: a key pair generated from the private key's bytes as if they were the random
     * ones, which is how RFC 8032 section 5.1.5 defines a key pair.
     */
    static KeyHalves withPublicKey(EdECPrivateKey key) throws GeneralSecurityException {
        byte[] seed = key.getBytes().orElseThrow(() -> new InvalidKeyException("the private key has no bytes"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new FixedRandom(seed));
        KeyPair pair = generator.generateKeyPair();
        byte[] used = ((EdECPrivateKey) pair.getPrivate())
                .getBytes()
                .orElseThrow(() -> new InvalidKeyException("the private key has no bytes"));
        if (!Arrays.equals(seed, used)) {
            throw new InvalidKeyException("this Java runtime derives no public key; add the public key");
        }
        return KeyHalves.proven(pair.getPublic(), key);
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
