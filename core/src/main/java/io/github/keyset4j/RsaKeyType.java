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
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** RSA (RFC 7518 sections 3.3, 3.5 and 6.3), with and without PSS. */
final class RsaKeyType extends KeyPairType {

    private static final int MIN_BITS = 2048;
    private static final int MAX_BITS = 8192;
    /** New keys are at most so long: signing with longer ones takes tens of milliseconds. */
    static final int MAX_GENERATED_BITS = 4096;

    private static final JwsAlgorithm RS256 = new JwsAlgorithm("RS256", "SHA256withRSA", 32);
    private static final String PSS = "RSASSA-PSS";
    private static final List<String> CRT = List.of("p", "q", "dp", "dq", "qi");
    private static final int MAX_EXPONENT_BITS = 64;
    private static final BigInteger F4 = BigInteger.valueOf(65537);
    private static final BigInteger THREE = BigInteger.valueOf(3);

    /** The product of the first thousand primes: no modulus worth the name has one of them in it. */
    private static final BigInteger SMALL_PRIMES = Stream.iterate(BigInteger.TWO, BigInteger::nextProbablePrime)
            .limit(1000)
            .reduce(BigInteger.ONE, BigInteger::multiply);

    RsaKeyType() {
        super(
                "RSA",
                "RSA",
                List.of(
                        RS256,
                        new JwsAlgorithm("RS384", "SHA384withRSA", 48),
                        new JwsAlgorithm("RS512", "SHA512withRSA", 64),
                        new JwsAlgorithm("PS256", PSS, 32),
                        new JwsAlgorithm("PS384", PSS, 48),
                        new JwsAlgorithm("PS512", PSS, 64)));
    }

    @Override
    public List<String> publicMembers() {
        return List.of("kty", "n", "e");
    }

    @Override
    Map<String, String> publicMembers(PublicKey key) {
        RSAPublicKey rsa = (RSAPublicKey) key;
        return Map.of("n", Base64Url.encode(rsa.getModulus()), "e", Base64Url.encode(rsa.getPublicExponent()));
    }

    @Override
    public Map<String, String> privateMembers(KeyMaterial material) {
        RSAPrivateKey key = (RSAPrivateKey) requireNonNull(material.privateKey());
        Map<String, String> members = new LinkedHashMap<>();
        members.put("d", Base64Url.encode(key.getPrivateExponent()));
        if (key instanceof RSAPrivateCrtKey crt) {
            members.put("p", Base64Url.encode(crt.getPrimeP()));
            members.put("q", Base64Url.encode(crt.getPrimeQ()));
            members.put("dp", Base64Url.encode(crt.getPrimeExponentP()));
            members.put("dq", Base64Url.encode(crt.getPrimeExponentQ()));
            members.put("qi", Base64Url.encode(crt.getCrtCoefficient()));
        }
        return members;
    }

    @Override
    JwsAlgorithm natural(PublicKey key) {
        return RS256;
    }

    @Override
    public JwsAlgorithm natural(JwkMembers jwk) {
        return RS256;
    }

    @Override
    public @Nullable KeyMaterial read(JwkMembers jwk, JwsAlgorithm natural) throws GeneralSecurityException {
        boolean crt = CRT.stream().anyMatch(jwk::has);
        BigInteger n = number(jwk, "n", crt);
        BigInteger e = number(jwk, "e", crt);
        if (jwk.has("oth") && !List.of().equals(jwk.get("oth"))) { // an empty list says: no more primes
            jwk.unsupported("oth", "an RSA key of more than two primes");
            return null;
        }
        if (n == null || e == null) {
            return null;
        }
        if (!jwk.has("d")) {
            if (crt) {
                jwk.refuse("d", "missing, though other private members are there", "add it, or leave all out");
                return null;
            }
            return material(publicKey(n, e), null);
        }
        PrivateKey privateKey = crt ? crtKey(jwk, n, e) : bareKey(n, number(jwk, "d", false));
        return privateKey == null ? null : material(publicKey(n, e), privateKey);
    }

    private @Nullable PrivateKey bareKey(BigInteger n, @Nullable BigInteger d) throws GeneralSecurityException {
        return d == null ? null : keyFactory().generatePrivate(new RSAPrivateKeySpec(n, d));
    }

    private @Nullable PrivateKey crtKey(JwkMembers jwk, BigInteger n, BigInteger e) throws GeneralSecurityException {
        BigInteger d = number(jwk, "d", true);
        BigInteger p = number(jwk, "p", true);
        BigInteger q = number(jwk, "q", true);
        BigInteger dp = number(jwk, "dp", true);
        BigInteger dq = number(jwk, "dq", true);
        BigInteger qi = number(jwk, "qi", true);
        return d == null || p == null || q == null || dp == null || dq == null || qi == null
                ? null
                : keyFactory().generatePrivate(new RSAPrivateCrtKeySpec(n, e, d, p, q, dp, dq, qi));
    }

    private static @Nullable BigInteger number(JwkMembers jwk, String name, boolean crt) {
        return jwk.number(name, !crt && !jwk.has("d"), MAX_BITS);
    }

    @Override
    List<String> oids() {
        return List.of(Der.RSA_ENCRYPTION, Der.RSA_PSS);
    }

    @Override
    boolean reads(Der.Algorithm named, PemText.Block block, Problems problems, String where) {
        boolean plain = named.is(Der.RSA_ENCRYPTION);
        if (!plain) {
            problems.unsupported(
                    where, "the key is restricted to RSASSA-PSS; a plain RSA key with a PS alg does the same");
        }
        return plain;
    }

    @Override
    Optional<Predicate<PublicKey>> belonging(PrivateKey privateKey) {
        BigInteger modulus =
                ((RSAPrivateKey) privateKey).getModulus(); // that the rest fits is proved with everything else
        return Optional.of(key -> ((RSAPublicKey) key).getModulus().equals(modulus));
    }

    @Override
    KeyMaterial derived(PrivateKey key) throws GeneralSecurityException {
        if (key instanceof RSAPrivateCrtKey rsa) {
            return material(publicKey(rsa.getModulus(), rsa.getPublicExponent()), rsa);
        }
        throw new InvalidKeyException("d alone does not tell e");
    }

    @Override
    Optional<String> flaw(PublicKey publicKey, boolean smallExponentAllowed) {
        RSAPublicKey key = (RSAPublicKey) publicKey;
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
    @Override
    Optional<String> flaw(PrivateKey privateKey) {
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) privateKey;
        int least = key.getModulus().bitLength() / 4;
        BigInteger p = key.getPrimeP();
        BigInteger q = key.getPrimeQ();
        return p.equals(q) || p.bitLength() < least || q.bitLength() < least
                ? Optional.of("the modulus is not made of two primes of about the same length")
                : Optional.empty();
    }

    private PublicKey publicKey(BigInteger n, BigInteger e) throws GeneralSecurityException {
        return keyFactory().generatePublic(new RSAPublicKeySpec(n, e));
    }

    /**
     * Whether the members of a private key belong together (RFC 8017 section 3.2). That its signatures verify shows it
     * only of those that this runtime signs with: another provider may use the others.
     */
    @Override
    boolean consistent(PrivateKey privateKey, PublicKey publicKey) {
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) privateKey;
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
    @Override
    Optional<PrivateKey> completed(PrivateKey privateKey, PublicKey publicKey, LongPredicate spend)
            throws GeneralSecurityException {
        if (privateKey instanceof RSAPrivateCrtKey) {
            return Optional.of(privateKey);
        }
        RSAPublicKey rsa = (RSAPublicKey) publicKey;
        if (!(privateKey instanceof RSAPrivateKey bare) || !spend.test(kilobits(rsa) * 600)) {
            return Optional.empty();
        }
        BigInteger n = rsa.getModulus();
        BigInteger e = rsa.getPublicExponent();
        BigInteger d = bare.getPrivateExponent();
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
        return Optional.of(keyFactory()
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

    @Override
    long costOfLooking(PublicKey key) {
        return kilobits(key) * 300;
    }

    /** A signature grows with the cube of the length. */
    @Override
    long costOfProving(PublicKey key) {
        return 200 * kilobits(key) * kilobits(key) * kilobits(key);
    }

    @Override
    long costOfDeriving(PrivateKey key) {
        return 0;
    }

    private static long kilobits(PublicKey key) {
        return (((RSAPublicKey) key).getModulus().bitLength() + 1023L) / 1024;
    }

    /** As long as a new key like this one has to be; nothing for keys of other types. */
    static Optional<Integer> bitsLike(KeyMaterial material) {
        return material.publicKey()
                .filter(RSAPublicKey.class::isInstance)
                .map(key -> Math.min(
                        MAX_GENERATED_BITS, ((RSAPublicKey) key).getModulus().bitLength()));
    }

    /** Whether a new key may have so many bits. */
    static boolean generates(int bits) {
        return bits >= MIN_BITS && bits <= MAX_GENERATED_BITS && bits % 8 == 0;
    }

    @Override
    public KeyMaterial generate(JwsAlgorithm algorithm, int rsaBits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(new RSAKeyGenParameterSpec(rsaBits, RSAKeyGenParameterSpec.F4));
        KeyPair pair = generator.generateKeyPair();
        return material(pair.getPublic(), pair.getPrivate()).withAlgorithm(algorithm);
    }

    @Override
    Signature signature(JwsAlgorithm algorithm, CryptoProvider crypto) throws GeneralSecurityException {
        Signature signature = super.signature(algorithm, crypto);
        if (algorithm.jcaName().equals(PSS)) {
            // RFC 7518 section 3.5: MGF1 with the same hash, and a salt as long as the hash.
            String hash = "SHA-" + algorithm.hashBytes() * 8;
            signature.setParameter(new PSSParameterSpec(
                    hash,
                    "MGF1",
                    new MGF1ParameterSpec(hash),
                    algorithm.hashBytes(),
                    PSSParameterSpec.TRAILER_FIELD_BC));
        }
        return signature;
    }

    /** RFC 8017 sections 8.1.1 and 8.2.1: as long as the modulus, whatever a provider takes besides. */
    @Override
    public int signatureBytes(KeyMaterial material) {
        return (((RSAPublicKey) material.publicKey().orElseThrow()).getModulus().bitLength() + 7) / 8;
    }
}
