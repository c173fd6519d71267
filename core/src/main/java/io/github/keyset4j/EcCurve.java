package io.github.keyset4j;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The curves of RFC 7518 section 6.2.1.1, each with the one algorithm that goes with it. */
@SuppressWarnings("ImmutableEnumChecker") // neither an algorithm nor a specification changes
enum EcCurve {
    P256("P-256", "secp256r1", "2a8648ce3d030107", 32, new JwsAlgorithm("ES256", "SHA256withECDSAinP1363Format", 32)),
    P384("P-384", "secp384r1", "2b81040022", 48, new JwsAlgorithm("ES384", "SHA384withECDSAinP1363Format", 48)),
    P521("P-521", "secp521r1", "2b81040023", 66, new JwsAlgorithm("ES512", "SHA512withECDSAinP1363Format", 64));

    private final String joseName;
    private final String jcaName;
    private final String oid;
    private final int coordinateBytes;
    private final JwsAlgorithm algorithm;

    private final ECParameterSpec spec;

    EcCurve(String joseName, String jcaName, String oid, int coordinateBytes, JwsAlgorithm algorithm) {
        this.joseName = joseName;
        this.jcaName = jcaName;
        this.oid = oid;
        this.coordinateBytes = coordinateBytes;
        this.algorithm = algorithm;
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec(jcaName));
            this.spec = parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks the curve " + joseName, e);
        }
    }

    static Optional<EcCurve> named(String joseName) {
        return Arrays.stream(values())
                .filter(curve -> curve.joseName.equals(joseName))
                .findFirst();
    }

    /** The curve of this object identifier, as DER writes it, in hexadecimal. */
    static Optional<EcCurve> ofOid(@Nullable String oid) {
        return Arrays.stream(values()).filter(curve -> curve.oid.equals(oid)).findFirst();
    }

    static Optional<EcCurve> of(ECParameterSpec parameters) {
        return Arrays.stream(values())
                .filter(curve -> curve.spec.getCurve().equals(parameters.getCurve())
                        && curve.spec.getGenerator().equals(parameters.getGenerator())
                        && curve.spec.getOrder().equals(parameters.getOrder()))
                .findFirst();
    }

    /** The curve that goes with this algorithm. */
    static EcCurve of(JwsAlgorithm algorithm) {
        return Arrays.stream(values())
                .filter(curve -> curve.algorithm.equals(algorithm))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no curve goes with " + algorithm.joseName()));
    }

    String jcaName() {
        return jcaName;
    }

    String joseName() {
        return joseName;
    }

    int coordinateBytes() {
        return coordinateBytes;
    }

    JwsAlgorithm algorithm() {
        return algorithm;
    }

    ECParameterSpec spec() {
        return spec;
    }

    BigInteger prime() {
        return ((ECFieldFp) spec.getCurve().getField()).getP();
    }

    boolean contains(ECPoint point) {
        if (point.equals(ECPoint.POINT_INFINITY)) {
            return false;
        }
        BigInteger x = point.getAffineX();
        BigInteger y = point.getAffineY();
        return inField(x) && inField(y) && y.multiply(y).mod(prime()).equals(rightHandSide(x));
    }

    private boolean inField(BigInteger coordinate) {
        return coordinate.signum() >= 0 && coordinate.compareTo(prime()) < 0;
    }

    /** The point with this x that has an even y; not on the curve if no point has this x. */
    ECPoint evenPoint(BigInteger x) {
        // Every supported prime is 3 modulo 4, so this power is a square root, if there is one.
        BigInteger root = rightHandSide(x).modPow(prime().add(BigInteger.ONE).shiftRight(2), prime());
        return new ECPoint(x, root.testBit(0) ? prime().subtract(root) : root);
    }

    /** The other point with the same x. */
    ECPoint negated(ECPoint point) {
        return new ECPoint(point.getAffineX(), prime().subtract(point.getAffineY()));
    }

    /** Whether these are both coordinates of a point, with the octet before them or without it; by chance, none are. */
    static boolean isPoint(byte[] bytes) {
        int start = bytes.length % 2;
        int half = bytes.length / 2;
        return (start == 0 || bytes[0] == 4)
                && Arrays.stream(values())
                        .filter(curve -> curve.coordinateBytes == half)
                        .anyMatch(curve -> curve.contains(new ECPoint(
                                new BigInteger(1, Arrays.copyOfRange(bytes, start, start + half)),
                                new BigInteger(1, Arrays.copyOfRange(bytes, start + half, bytes.length)))));
    }

    /** x³ + ax + b. */
    private BigInteger rightHandSide(BigInteger x) {
        BigInteger a = spec.getCurve().getA();
        BigInteger b = spec.getCurve().getB();
        return x.multiply(x).add(a).multiply(x).add(b).mod(prime());
    }
}
