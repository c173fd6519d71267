package io.github.keyset4j;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Optional;
import javax.crypto.KeyAgreement;

/** EC keys: built, checked, and the public half found from the private one. */
final class EcKeys {

    private EcKeys() {}

    /** What is wrong with the point, or nothing. */
    static Optional<String> flaw(ECPublicKey key, EcCurve curve) {
        return curve.contains(key.getW())
                ? Optional.empty()
                : Optional.of("the point is not on the curve " + curve.joseName());
    }

    static PublicKey publicKey(EcCurve curve, BigInteger x, BigInteger y) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve.spec()));
    }

    static PrivateKey privateKey(EcCurve curve, BigInteger s) throws GeneralSecurityException {
        if (s.signum() <= 0 || s.compareTo(curve.spec().getOrder()) >= 0) {
            throw new InvalidKeyException("private value out of range");
        }
        return KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(s, curve.spec()));
    }

    /**
     * The public half of a private key.
     *
     * <p>Key agreement with the generator yields the point's x by the JDK's own constant-time arithmetic; of the two
     * points with that x, the right one is the one under which the key's own signature verifies.
     */
    static PublicKey publicKeyOf(ECPrivateKey key, EcCurve curve) throws GeneralSecurityException {
        ECPoint generator = curve.spec().getGenerator();
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(key);
        agreement.doPhase(publicKey(curve, generator.getAffineX(), generator.getAffineY()), true);
        BigInteger x = new BigInteger(1, agreement.generateSecret());

        // Every supported prime is 3 modulo 4, so this power is a square root.
        BigInteger prime = curve.prime();
        BigInteger y = curve.rightHandSide(x).modPow(prime.add(BigInteger.ONE).shiftRight(2), prime);
        PublicKey candidate = publicKey(curve, x, y);
        KeyMaterial material = KeyMaterial.of(curve.algorithm(), new KeyHalves(candidate, key));
        return new JwsKey(material, CryptoProvider.jdk()).halvesMatch()
                ? candidate
                : publicKey(curve, x, prime.subtract(y));
    }
}
