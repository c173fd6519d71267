package io.github.keyset4j;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Optional;
import java.util.stream.Stream;

/** RSA keys: the rules for modulus and exponent, and the public half found from the private one. */
final class RsaKeys {

    static final int MIN_BITS = 2048;
    static final int MAX_BITS = 8192;
    private static final int MAX_EXPONENT_BITS = 64;
    private static final BigInteger F4 = BigInteger.valueOf(65537);
    private static final BigInteger THREE = BigInteger.valueOf(3);

    /** The product of the first thousand primes: no modulus worth the name has one of them in it. */
    private static final BigInteger SMALL_PRIMES = Stream.iterate(BigInteger.TWO, BigInteger::nextProbablePrime)
            .limit(1000)
            .reduce(BigInteger.ONE, BigInteger::multiply);

    private RsaKeys() {}

    /** What is wrong with modulus or exponent, or nothing. */
    static Optional<String> flaw(RSAPublicKey key, boolean smallExponentAllowed) {
        BigInteger n = key.getModulus();
        BigInteger e = key.getPublicExponent();
        if (n.bitLength() < MIN_BITS || n.bitLength() > MAX_BITS) {
            return Optional.of("the modulus has " + n.bitLength() + " bits, not " + MIN_BITS + " to " + MAX_BITS);
        }
        if (!n.testBit(0)) {
            return Optional.of("the modulus is even");
        }
        if (!n.gcd(SMALL_PRIMES).equals(BigInteger.ONE)) {
            return Optional.of("the modulus is divisible by a small prime");
        }
        if (!e.testBit(0)) {
            return Optional.of("the public exponent is even");
        }
        BigInteger least = smallExponentAllowed ? THREE : F4;
        if (e.compareTo(least) < 0 || e.bitLength() > MAX_EXPONENT_BITS) {
            return Optional.of(
                    "the public exponent is under " + least + ", or longer than " + MAX_EXPONENT_BITS + " bits");
        }
        return Optional.empty();
    }

    /** What is wrong with the primes of a private key that is {@linkplain #consistent consistent}, or nothing. */
    static Optional<String> flaw(RSAPrivateCrtKey key) {
        int least = key.getModulus().bitLength() / 4;
        BigInteger p = key.getPrimeP();
        BigInteger q = key.getPrimeQ();
        return p.equals(q) || p.bitLength() < least || q.bitLength() < least
                ? Optional.of("the modulus is not made of two primes of about the same length")
                : Optional.empty();
    }

    static PublicKey publicKey(BigInteger n, BigInteger e) throws GeneralSecurityException {
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(n, e));
    }

    /**
     * Whether the members of a private key belong together (RFC 8017 section 3.2). That its signatures verify shows it
     * only of those that this runtime signs with: another provider may use the others.
     */
    static boolean consistent(RSAPrivateCrtKey key) {
        BigInteger p = key.getPrimeP();
        BigInteger q = key.getPrimeQ();
        if (p.signum() <= 0 || q.signum() <= 0 || !p.multiply(q).equals(key.getModulus())) {
            return false;
        }
        BigInteger e = key.getPublicExponent();
        BigInteger d = key.getPrivateExponent();
        return inverse(e, d, p)
                && inverse(e, d, q)
                && inverse(e, key.getPrimeExponentP(), p)
                && inverse(e, key.getPrimeExponentQ(), q)
                && key.getCrtCoefficient().multiply(q).mod(p).equals(BigInteger.ONE);
    }

    private static boolean inverse(BigInteger e, BigInteger d, BigInteger prime) {
        return prime.compareTo(BigInteger.TWO) > 0
                && e.multiply(d).mod(prime.subtract(BigInteger.ONE)).equals(BigInteger.ONE);
    }

    /**
     * A private key that came without its primes, with them (NIST SP 800-56B revision 2, appendix C.2); nothing if it
     * has not exactly two, or does not belong to the public key. Signing with them takes a fourth of the time.
     */
    static Optional<PrivateKey> withPrimes(RSAPublicKey publicKey, BigInteger d) throws GeneralSecurityException {
        BigInteger n = publicKey.getModulus();
        BigInteger e = publicKey.getPublicExponent();
        if (d.signum() <= 0 || d.bitLength() > n.bitLength()) {
            return Optional.empty();
        }
        BigInteger multiple = d.multiply(e).subtract(BigInteger.ONE);
        BigInteger[] a =
                multiple.multiply(n.subtract(BigInteger.ONE).gcd(multiple)).divideAndRemainder(n);
        BigInteger[] sum = n.subtract(a[1]).divideAndRemainder(a[0].add(BigInteger.ONE));
        BigInteger b = sum[0].add(BigInteger.ONE);
        BigInteger square = b.multiply(b).subtract(n.shiftLeft(2));
        if (sum[1].signum() != 0 || square.signum() <= 0) {
            return Optional.empty();
        }
        BigInteger difference = square.sqrt();
        BigInteger p = b.add(difference).shiftRight(1);
        BigInteger q = b.subtract(difference).shiftRight(1);
        if (!p.multiply(q).equals(n) || q.compareTo(BigInteger.TWO) <= 0) {
            return Optional.empty();
        }
        return Optional.of(KeyFactory.getInstance("RSA")
                .generatePrivate(new RSAPrivateCrtKeySpec(
                        n,
                        e,
                        d,
                        p,
                        q,
                        d.mod(p.subtract(BigInteger.ONE)),
                        d.mod(q.subtract(BigInteger.ONE)),
                        q.modInverse(p))));
    }

    static PublicKey publicKeyOf(RSAPrivateCrtKey key) throws GeneralSecurityException {
        return publicKey(key.getModulus(), key.getPublicExponent());
    }
}
