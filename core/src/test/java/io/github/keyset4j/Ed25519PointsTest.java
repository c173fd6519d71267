package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static io.github.keyset4j.SampleKeys.jwkSet;
import static org.assertj.core.api.Assertions.assertThat;

/** Ed25519's points (RFC 8032 section 5.1), by an arithmetic of their own: the bad ones are found, not looked up. */
class Ed25519PointsTest {

    private static final BigInteger ONE = BigInteger.ONE;
    private static final BigInteger P = ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger ORDER =
            ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(P))
            .mod(P);
    private static final Point NEUTRAL = new Point(BigInteger.ZERO, ONE);

    private record Point(BigInteger x, BigInteger y) {

        Point plus(Point other) {
            BigInteger product = D.multiply(x).multiply(other.x).multiply(y).multiply(other.y);
            BigInteger newX = x.multiply(other.y)
                    .add(y.multiply(other.x))
                    .multiply(ONE.add(product).modInverse(P));
            BigInteger newY = y.multiply(other.y)
                    .add(x.multiply(other.x))
                    .multiply(ONE.subtract(product).modInverse(P));
            return new Point(newX.mod(P), newY.mod(P));
        }

        Point times(BigInteger factor) {
            Point sum = NEUTRAL;
            for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
                sum = sum.plus(sum);
                sum = factor.testBit(bit) ? sum.plus(this) : sum;
            }
            return sum;
        }

        int order() {
            int order = 1;
            for (Point sum = this; !sum.equals(NEUTRAL); sum = sum.plus(this)) {
                order++;
            }
            return order;
        }

        boolean onCurve() {
            BigInteger xx = x.multiply(x);
            BigInteger yy = y.multiply(y);
            return yy.subtract(xx)
                            .subtract(ONE)
                            .subtract(D.multiply(xx).multiply(yy))
                            .mod(P)
                            .signum()
                    == 0;
        }
    }

    /** The y whose points are on the curve have an x by this square root, as P is 5 modulo 8; the others have none. */
    private static List<Point> at(BigInteger y) {
        BigInteger xx = y.multiply(y)
                .subtract(ONE)
                .multiply(D.multiply(y).multiply(y).add(ONE).modInverse(P))
                .mod(P);
        BigInteger root = xx.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        BigInteger other = root.multiply(BigInteger.TWO.modPow(P.subtract(ONE).shiftRight(2), P))
                .mod(P);
        return Stream.of(root, other, P.subtract(root).mod(P), P.subtract(other).mod(P))
                .map(x -> new Point(x, y))
                .filter(Point::onCurve)
                .distinct()
                .toList();
    }

    /** All points whose order divides 8: what is left of points once their part of prime order is taken away. */
    static List<Point> smallOrder() {
        Random random = new Random(8032);
        List<Point> found = new ArrayList<>();
        while (found.size() < 8) {
            at(new BigInteger(254, random)).stream()
                    .map(point -> point.times(ORDER))
                    .filter(point -> !found.contains(point))
                    .forEach(found::add);
        }
        return found;
    }

    private static String encoded(BigInteger y, boolean xOdd) {
        byte[] bigEndian = Base64Url.unsigned(xOdd ? y.setBit(255) : y, 32);
        byte[] littleEndian = new byte[32];
        for (int i = 0; i < 32; i++) {
            littleEndian[i] = bigEndian[31 - i];
        }
        return Base64Url.encode(littleEndian);
    }

    private static void refused(BigInteger y, boolean xOdd, String rule) {
        Map<String, Object> jwk = Map.of("kty", "OKP", "crv", "Ed25519", "x", encoded(y, xOdd));
        Refusal.of(jwkSet(null, jwk), "keys[0]: " + rule)
                .by(KeysetPolicy.development())
                .check();
    }

    @Test
    void smallOrder_eightPoints_haveFiveY() {
        assertThat(smallOrder()).extracting(Point::order).containsExactlyInAnyOrder(1, 2, 4, 4, 8, 8, 8, 8);
        assertThat(smallOrder().stream().map(Point::y).distinct()).hasSize(5);
    }

    @ParameterizedTest
    @MethodSource("smallOrder")
    void parse_pointOfSmallOrder_isRefused(Point point) {
        refused(point.y(), point.x().testBit(0), "the point is of small order");
    }

    @Test
    void parse_yBeyondTheField_isRefused() {
        for (int y = 0; y < 19; y++) {
            for (boolean xOdd : new boolean[] {false, true}) {
                refused(P.add(BigInteger.valueOf(y)), xOdd, "the point is not on the curve, or not in canonical form");
            }
        }
    }

    @Test
    void parse_signOfZero_isRefused() {
        refused(ONE, true, "the point is not on the curve, or not in canonical form");
        refused(P.subtract(ONE), true, "the point is not on the curve, or not in canonical form");
    }

    @Test
    void parse_anyY_isAcceptedIfItsPointIsOnTheCurve() {
        Random random = new Random(25519);
        int onCurve = 0;
        for (int i = 0; i < 60; i++) {
            BigInteger y = new BigInteger(254, random);
            if (at(y).isEmpty()) {
                refused(y, i % 2 == 0, "the point is not on the curve, or not in canonical form");
            } else {
                onCurve++;
                Map<String, Object> jwk = Map.of("kty", "OKP", "crv", "Ed25519", "x", encoded(y, i % 2 == 0));
                ParsedKeyset parsed =
                        KeysetParser.of(KeysetPolicy.standard()).read(KeysetDocument.of(jwkSet(null, jwk)), "document");
                assertThat(Objects.requireNonNull(
                                parsed.keys().get(0).material().publicMembers().get("x")))
                        .isEqualTo(jwk.get("x"));
            }
        }
        assertThat(onCurve).isBetween(10, 50);
    }
}
