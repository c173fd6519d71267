package io.github.keyset4j;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;

/**
 * How much computing one document may ask for: a hostile or careless one must not hold a core for long.
 *
 * <p>It is counted, not timed, so that every replica refuses the same documents. The unit is one round of PBKDF2, about a
 * microsecond; what keys cost in it was measured on JDK 17 and 25, and rounded up. A signature of an RSA key grows with the cube
 * of its length.
 */
final class WorkBudget {

    /** About two seconds of a core. */
    static final long UNITS = 2_000_000;

    /** To read a point that may be compressed. */
    static final long POINT = 500;

    private static final long ED25519_PROOF = 1_800;

    private long left = UNITS;

    /** Takes so much; false if there is not so much left, and then nothing is left for anybody. */
    boolean spend(long units) {
        left = units > left ? 0 : left - units;
        return left > 0;
    }

    /** To look at a public key. */
    static long lookingAt(PublicKey key) {
        return key instanceof RSAKey rsa ? kilobits(rsa) * 300 : 100;
    }

    /** To find the primes of an RSA key. */
    static long findingPrimes(PublicKey key) {
        return key instanceof RSAKey rsa ? kilobits(rsa) * 600 : 0;
    }

    /** To sign and to verify once. */
    static long proving(PublicKey key) {
        if (key instanceof RSAKey rsa) {
            return 200 * kilobits(rsa) * kilobits(rsa) * kilobits(rsa);
        }
        return key instanceof ECKey ec ? proving(ec) : ED25519_PROOF;
    }

    private static long proving(ECKey key) {
        int bits = key.getParams().getOrder().bitLength();
        return bits <= 256 ? 1_800 : bits <= 384 ? 3_600 : 13_000;
    }

    /** To find the public half of a private key; on elliptic curves that proves it, too. */
    static long deriving(PrivateKey key) {
        return key instanceof ECKey ec ? 2 * proving(ec) : key instanceof RSAKey ? 0 : ED25519_PROOF;
    }

    private static long kilobits(RSAKey key) {
        return (key.getModulus().bitLength() + 1023L) / 1024;
    }
}
