package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static io.github.keyset4j.SampleKeys.json;
import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.with;
import static org.assertj.core.api.Assertions.assertThat;

/** What a document may ask for in computing: counted for all of its keys together, and less than it once was. */
class WorkBudgetTest {

    private static final RsaKeyType RSA = new RsaKeyType();

    private static final String EXCEEDED = "up to here, the keys take more computing than a document may ask for";
    private static final BigInteger E = BigInteger.valueOf(65537);
    private static final BigInteger ONE = BigInteger.ONE;

    /** The problems of a document, without those that its keys are no good. */
    private static List<KeysetProblem> exceeded(KeysetDocument document) {
        try {
            KeysetParser.of(KeysetPolicy.standard())
                    .withPemPassword("password"::toCharArray)
                    .read(document, "test");
            return List.of();
        } catch (InvalidKeysetException e) {
            return e.problems().stream()
                    .filter(problem -> problem.rule().startsWith(EXCEEDED))
                    .toList();
        }
    }

    /** A number of this length without small factors; that it is no prime is found out by signing alone. */
    private static BigInteger factor(int bits, Random random) {
        BigInteger number;
        do {
            number = new BigInteger(bits, random)
                    .setBit(bits - 1)
                    .setBit(bits - 2)
                    .setBit(0);
        } while (hasSmallFactor(number) || !number.subtract(ONE).gcd(E).equals(ONE));
        return number;
    }

    private static boolean hasSmallFactor(BigInteger number) {
        for (int factor = 3; factor <= 7919; factor += 2) {
            if (number.mod(BigInteger.valueOf(factor)).signum() == 0) {
                return true;
            }
        }
        return false;
    }

    /** Costs as much to prove as a real key, and takes no time to make. */
    private static Map<String, Object> rsa(int bits, boolean withPrimes, int seed) {
        Random random = new Random(seed);
        BigInteger p = factor(bits / 2, random);
        BigInteger q = factor(bits / 2, random);
        BigInteger d = E.modInverse(p.subtract(ONE).multiply(q.subtract(ONE)));
        Map<String, Object> jwk = new LinkedHashMap<>();
        jwk.put("kty", "RSA");
        jwk.put("kid", "k" + seed);
        jwk.put("n", number(p.multiply(q)));
        jwk.put("e", number(E));
        jwk.put("d", number(d));
        if (withPrimes) {
            jwk.put("p", number(p));
            jwk.put("q", number(q));
            jwk.put("dp", number(d.mod(p.subtract(ONE))));
            jwk.put("dq", number(d.mod(q.subtract(ONE))));
            jwk.put("qi", number(q.modInverse(p)));
        }
        return jwk;
    }

    private static String number(BigInteger value) {
        return Base64Url.encode(value);
    }

    private static String set(int count, IntFunction<Object> key) {
        List<Object> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(key.apply(i));
        }
        return json(Map.of("keys", keys));
    }

    private static String keyset(int count, IntFunction<Object> key) {
        Map<String, Object> keys = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            keys.put("k" + i, key.apply(i));
        }
        return json(Map.of("keys", keys));
    }

    static Stream<Arguments> costly() {
        Map<String, Object> bare = rsa(8192, false, 1);
        Map<String, Object> whole = rsa(8192, true, 2);
        Map<String, Object> ec = jwk(SampleKeys.shared(SampleAlgorithm.ES512));
        String ecPem = SampleKeys.privatePem(SampleKeys.shared(SampleAlgorithm.ES512));
        String encrypted = PemSamples.encryptedWithIterations("0f4240"); // a million
        return Stream.of(
                Arguments.argumentSet("RSA-8192 without primes", set(40, i -> with(bare, "kid", "k" + i)), "keys[18]"),
                Arguments.argumentSet("RSA-8192", set(40, i -> with(whole, "kid", "k" + i)), "keys[19]"),
                Arguments.argumentSet("P-521", set(1024, i -> with(ec, "kid", "k" + i)), "keys[152]"),
                Arguments.argumentSet("P-521 as PEM", keyset(1024, i -> ecPem), "keys, entry 77"),
                Arguments.argumentSet("PBKDF2", keyset(3, i -> encrypted), "keys, entry 2"));
    }

    @ParameterizedTest
    @MethodSource("costly")
    void parse_keysThatTakeTooMuchTogether_areRefusedAtTheOneThatIsTooMuch(String document, String where) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();

        List<KeysetProblem> problems = exceeded(KeysetDocument.of(document));

        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo(where);
            assertThat(problem.remedy()).startsWith("list fewer private keys");
        });
        long millis = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1_000_000;
        assertThat(millis)
                .as("milliseconds of CPU; two seconds on a machine of today")
                .isLessThan(20_000);
    }

    @Test
    void parse_asManyKeysAsADocumentMayHave_areWithinTheBudget() {
        Map<String, Object> ec = jwk(SampleKeys.shared(SampleAlgorithm.ES256));
        Map<String, Object> ed = jwk(SampleKeys.shared(SampleAlgorithm.EDDSA));
        Map<String, Object> long8192 = SampleKeys.publicOnly(rsa(8192, false, 1));
        assertThat(exceeded(KeysetDocument.of(set(1024, i -> with(ec, "kid", "k" + i)))))
                .isEmpty();
        assertThat(exceeded(KeysetDocument.of(set(1024, i -> with(ed, "kid", "k" + i)))))
                .isEmpty();
        assertThat(exceeded(KeysetDocument.of(set(700, i -> with(long8192, "kid", "k" + i)))))
                .isEmpty();
        assertThat(exceeded(KeysetDocument.of(set(10, i -> rsa(8192, false, i)))))
                .isEmpty();
    }

    @Test
    void parse_earlierVersion_takesFromTheSameBudget() {
        Map<String, Object> whole = rsa(8192, true, 2);
        KeysetDocument earlier = KeysetDocument.of(set(40, i -> with(whole, "kid", "k" + i)));
        KeysetDocument document = KeysetDocument.of(
                        SampleKeys.jwkSet(null, SampleKeys.jwk("now", SampleAlgorithm.ES256)))
                .withPrevious(earlier)
                .withPending(KeysetDocument.of(SampleKeys.jwkSet(null, SampleKeys.jwk("next", SampleAlgorithm.ES256))));

        ParsedKeyset parsed = KeysetParser.of(KeysetPolicy.standard()).read(document, "test");

        assertThat(parsed.previous().orElseThrow().keys()).isEmpty();
        assertThat(parsed.pending().orElseThrow().keys()).isEmpty();
        assertThat(parsed.warnings())
                .filteredOn(warning -> warning.rule().startsWith(EXCEEDED))
                .extracting(KeysetProblem::where)
                .containsExactly("pending version: keys[0]");
    }

    /** With the d of RFC 8017, which the least common multiple makes, and with the older, which the product makes. */
    @Property(tries = 40)
    void withPrimes_anyKeyOfTwoPrimes_findsThem(
            @ForAll @IntRange(min = 1, max = 1_000_000) int seed, @ForAll boolean least) throws Exception {
        Random random = new Random(seed);
        BigInteger p = prime(random);
        BigInteger q = prime(random);
        BigInteger product = p.subtract(ONE).multiply(q.subtract(ONE));
        BigInteger divisor = least ? p.subtract(ONE).gcd(q.subtract(ONE)) : ONE;
        BigInteger d = E.modInverse(product.divide(divisor));
        BigInteger n = p.multiply(q);
        PublicKey publicKey = RSA.keyFactory().generatePublic(new RSAPublicKeySpec(n, E));

        RSAPrivateCrtKey found = (RSAPrivateCrtKey) completed(n, d, publicKey).orElseThrow();

        assertThat(List.of(found.getPrimeP(), found.getPrimeQ())).containsExactlyInAnyOrder(p, q);
        assertThat(RSA.consistent(found, publicKey)).isTrue();
        assertThat(completed(n, d.add(BigInteger.TWO), publicKey)).isEqualTo(Optional.empty());
    }

    private static Optional<PrivateKey> completed(BigInteger n, BigInteger d, PublicKey publicKey) throws Exception {
        PrivateKey bare = RSA.keyFactory().generatePrivate(new RSAPrivateKeySpec(n, d));
        return RSA.completed(bare, publicKey, units -> true);
    }

    private static BigInteger prime(Random random) {
        BigInteger prime;
        do {
            prime = BigInteger.probablePrime(512, random);
        } while (prime.subtract(ONE).mod(E).signum() == 0);
        return prime;
    }
}
