package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** HMAC (RFC 7518 sections 3.2 and 6.4): secrets, how long they are, and how guessable. */
final class HmacKeyType implements KeyType {

    static final HmacKeyType INSTANCE = new HmacKeyType();

    static final int MAX_BYTES = 1024;

    private static final JwsAlgorithm HS256 = new JwsAlgorithm("HS256", "HmacSHA256", 32, true);
    private static final List<JwsAlgorithm> ALGORITHMS = List.of(
            HS256,
            new JwsAlgorithm("HS384", "HmacSHA384", 48, true),
            new JwsAlgorithm("HS512", "HmacSHA512", 64, true));

    private static final String GENERATE_ONE = "generate one: openssl rand -base64 48";

    /** An estimate of entropy under this many bits means a pattern, not a random secret. */
    private static final double LEAST_BITS = 80;

    /** Words that default configurations use for a secret. */
    private static final Set<String> WELL_KNOWN = Set.of(
            "secret",
            "changeme",
            "change",
            "me",
            "password",
            "default",
            "insecure",
            "dev",
            "development",
            "test",
            "testing",
            "example",
            "sample",
            "demo",
            "your",
            "my",
            "key",
            "jwt",
            "token",
            "signing",
            "super",
            "the",
            "this",
            "is",
            "a",
            "not",
            "please",
            "in",
            "production",
            "do",
            "use",
            "for",
            "local",
            "only",
            "old",
            "new",
            "shared",
            "hmac",
            "256",
            "bit",
            "passw0rd",
            "supersecret",
            "jwtsecret",
            "secretkey",
            "mysecret",
            "yoursecret",
            "insert",
            "here",
            "replace",
            "replaceme",
            "with",
            "random",
            "string",
            "value",
            "app",
            "prod",
            "long",
            "enough",
            "at",
            "least",
            "characters",
            "bytes",
            "32");

    private static final int LONGEST_WORD = 12;
    private static final int MOST_DIGITS = 8;

    static final String WELL_KNOWN_DEFAULT =
            "the secret is a well-known default, or made of words that defaults are made of";

    private HmacKeyType() {}

    @Override
    public String kty() {
        return "oct";
    }

    @Override
    public List<JwsAlgorithm> algorithms() {
        return ALGORITHMS;
    }

    /** None: a secret has no thumbprint, which would be a means to guess it. */
    @Override
    public List<String> publicMembers() {
        return List.of();
    }

    @Override
    public JwsAlgorithm natural(JwkMembers jwk) {
        return HS256;
    }

    @Override
    public @Nullable KeyMaterial read(JwkMembers jwk, JwsAlgorithm natural) {
        byte[] k = jwk.octets("k");
        return k == null ? null : secret(k, String.valueOf(jwk.get("k")), jwk.where(), jwk.problems());
    }

    /**
     * The octets as an HS256 secret; null, with the problem noted, if they are something else, or the text is in which they
     * were written: that one may be a key in an encoding of its own.
     */
    @Nullable
    KeyMaterial secret(byte[] secret, String written, String where, Problems problems) {
        Optional<String> disguised =
                DisguisedKey.of(secret).or(() -> DisguisedKey.of(written.getBytes(StandardCharsets.UTF_8)));
        if (disguised.isPresent()) {
            problems.add(
                    where,
                    "an HMAC secret that is " + disguised.get() + ", under whatever encodings",
                    "write a key as a PEM or a JWK; for a secret, " + GENERATE_ONE);
            return null;
        }
        if (secret.length == 0 || secret.length > MAX_BYTES) {
            problems.add(
                    where,
                    "an HMAC secret of " + secret.length + " octets",
                    "use " + HS256.hashBytes() + " to " + MAX_BYTES);
            return null;
        }
        boolean lenient = problems.policy().lenient();
        Optional<KeysetProblem> reference = SecretReference.in(secret, "an HMAC secret that is ", where)
                .or(() -> SecretReference.in(written, "an HMAC secret that is ", where));
        reference.ifPresent(problem -> problems.refuseIf(!lenient, problem));
        return reference.isPresent() && !lenient
                ? null
                : KeyMaterial.of(HS256, new SecretKeySpec(secret, HS256.jcaName()));
    }

    @Override
    public @Nullable KeyMaterial checked(KeyMaterial material, String where, Problems problems) {
        byte[] secret = requireNonNull(material.secret()).getEncoded();
        JwsAlgorithm algorithm = material.algorithm();
        KeysetPolicy policy = problems.policy();
        if (secret.length < algorithm.hashBytes()) {
            problems.refuseIf(
                    !policy.lenient(),
                    new KeysetProblem(
                            where,
                            "an HMAC secret of " + secret.length + " octets is too short for " + algorithm.joseName()
                                    + ", which needs " + algorithm.hashBytes() + " (RFC 7518 section 3.2)",
                            "generate one: openssl rand -base64 " + Math.max(48, algorithm.hashBytes())));
            if (policy.strict() && madeOfWellKnownWords(secret)) {
                problems.add(where, WELL_KNOWN_DEFAULT, GENERATE_ONE);
            }
            return policy.lenient() ? material : null;
        }
        if (!policy.lenient()) {
            guessable(secret)
                    .ifPresent(why -> problems.refuseIf(policy.strict(), new KeysetProblem(where, why, GENERATE_ONE)));
        }
        return material;
    }

    /** Text, so that every shape can carry it: as much randomness as the hash has, in base64url. */
    @Override
    public KeyMaterial generate(JwsAlgorithm algorithm, int rsaBits) {
        byte[] random = new byte[algorithm.hashBytes()];
        new SecureRandom().nextBytes(random);
        return KeyMaterial.of(algorithm, new SecretKeySpec(Base64Url.encodeToBytes(random), algorithm.jcaName()));
    }

    @Override
    public Map<String, String> privateMembers(KeyMaterial material) {
        return Map.of("k", Base64Url.encode(requireNonNull(material.secret()).getEncoded()));
    }

    @Override
    public Signatures signatures(KeyMaterial material, CryptoProvider crypto) throws InvalidKeyException {
        SecretKey secret = requireNonNull(material.secret());
        Pool<Mac> macs = Pool.withOne(() -> {
            Mac mac = crypto.mac(material.algorithm().jcaName());
            mac.init(secret);
            return mac;
        });
        return new Signatures() {
            @Override
            public byte[] sign(byte[] input) throws GeneralSecurityException {
                return mac(macs, input, input.length);
            }

            @Override
            public boolean verify(byte[] text, int length, byte[] signature) throws GeneralSecurityException {
                return MessageDigest.isEqual(mac(macs, text, length), signature);
            }
        };
    }

    private static byte[] mac(Pool<Mac> macs, byte[] text, int length) throws GeneralSecurityException {
        Mac mac = macs.borrow();
        mac.update(text, 0, length);
        byte[] signed = mac.doFinal();
        macs.giveBack(mac);
        return signed;
    }

    @Override
    public int signatureBytes(KeyMaterial material) {
        return material.algorithm().hashBytes();
    }

    /** Why somebody could guess the secret, or nothing. */
    static Optional<String> guessable(byte[] secret) {
        if (madeOfWellKnownWords(secret)) {
            return Optional.of(WELL_KNOWN_DEFAULT);
        }
        if (PublicSamples.isSecret(secret)) {
            return Optional.of(PublicSamples.KNOWN);
        }
        if (estimatedBits(secret) < LEAST_BITS || isSequence(secret)) {
            return Optional.of("the secret repeats itself too much to be random");
        }
        return Optional.empty();
    }

    /** The alphabet, digits that count, octets that do: half of the steps or more go one up, or one down. */
    private static boolean isSequence(byte[] secret) {
        int up = 0;
        int down = 0;
        for (int i = 1; i < secret.length; i++) {
            int step = (byte) (secret[i] - secret[i - 1]);
            up += step == 1 ? 1 : 0;
            down += step == -1 ? 1 : 0;
        }
        return 2 * Math.max(up, down) >= secret.length - 1;
    }

    /** Whether nothing is left of the secret but such words, in any case, with or without anything between them. */
    static boolean madeOfWellKnownWords(byte[] secret) {
        String text = new String(secret, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        boolean any = false;
        for (String run : text.split("[^a-z0-9]+", -1)) {
            if (!run.isEmpty() && !WELL_KNOWN.contains(run) && !madeOfWords(run)) {
                return false;
            }
            any |= run.chars().anyMatch(Character::isLetter);
        }
        return any;
    }

    /** Words without anything between them, and digits that pad them. */
    private static boolean madeOfWords(String run) {
        boolean[] reached = new boolean[run.length() + 1];
        reached[0] = true;
        for (int i = 0; i < run.length(); i++) {
            if (reached[i]) {
                for (int end = i + 2; end <= Math.min(run.length(), i + LONGEST_WORD); end++) {
                    reached[end] |= WELL_KNOWN.contains(run.substring(i, end));
                }
                int digits = i;
                while (digits < run.length() && Character.isDigit(run.charAt(digits))) {
                    digits++;
                }
                reached[digits] |= padding(run.substring(i, digits));
            }
        }
        return reached[run.length()];
    }

    /** A year, a date, or digits in their order: 1234567890. */
    private static boolean padding(String digits) {
        if (digits.length() <= MOST_DIGITS) {
            return true;
        }
        int step = (digits.charAt(1) - digits.charAt(0) + 10) % 10;
        for (int i = 1; i < digits.length(); i++) {
            if ((digits.charAt(i) - digits.charAt(i - 1) + 10) % 10 != step) {
                return false;
            }
        }
        return true;
    }

    /** Shannon's estimate over single bytes, times the shortest period the secret is a repetition of. */
    private static double estimatedBits(byte[] secret) {
        int period = period(secret);
        int[] counts = new int[256];
        for (int i = 0; i < period; i++) {
            counts[secret[i] & 0xff]++;
        }
        double bits = 0;
        for (int count : counts) {
            if (count > 0) {
                bits -= count * (Math.log((double) count / period) / Math.log(2));
            }
        }
        return bits;
    }

    private static int period(byte[] secret) {
        for (int period = 1; period <= secret.length / 2; period++) {
            boolean repeats = true;
            for (int i = period; i < secret.length && repeats; i++) {
                repeats = secret[i] == secret[i - period];
            }
            if (repeats) {
                return period;
            }
        }
        return secret.length;
    }
}
