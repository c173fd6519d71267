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
import java.util.Arrays;
import java.util.List;
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

    /** The key at a point as SEC1 section 2.3.3 encodes it, with y or with y's lowest bit alone. */
    static PublicKey publicKey(EcCurve curve, byte[] point) throws GeneralSecurityException {
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
     * A private key with its public half.
     *
     * <p>Key agreement with the generator yields the point's x by the JDK's own constant-time arithmetic; of the two
     * points with that x, the right one is the one under which the key's own signature verifies.
     */
    static KeyHalves withPublicKey(ECPrivateKey key, EcCurve curve) throws GeneralSecurityException {
        ECPoint generator = curve.spec().getGenerator();
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(key);
        agreement.doPhase(publicKey(curve, generator.getAffineX(), generator.getAffineY()), true);
        ECPoint even = curve.evenPoint(new BigInteger(1, agreement.generateSecret()));
        for (ECPoint point : List.of(even, curve.negated(even))) {
            PublicKey candidate = publicKey(curve, point.getAffineX(), point.getAffineY());
            KeyMaterial material = KeyMaterial.of(curve.algorithm(), new KeyHalves(candidate, key));
            if (new JwsKey(material, CryptoProvider.jdk()).halvesMatch()) {
                return KeyHalves.proven(candidate, key);
            }
        }
        throw new InvalidKeyException("no point belongs to the private value");
    }
}
