package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules every key has to keep, whatever it was written in, and the proof that its halves belong together. */
final class MaterialCheck {

    static final String HALVES_DIFFER = "the private half does not belong to the public one";
    static final String USE_ONE_KEY = "use the two halves of one key, or leave the public one out";

    private static final String GENERATE_A_KEY = "generate a new key";
    private static final String GENERATE_ONE = "generate one: openssl rand -base64 48";

    private final Problems problems;

    MaterialCheck(Problems problems) {
        this.problems = problems;
    }

    /** The {@code alg} an entry names, or this one if it names none; null with the problem noted. */
    @Nullable
    JwsAlgorithm algorithm(Map<String, @Nullable Object> entry, String where, JwsAlgorithm otherwise) {
        if (!entry.containsKey("alg")) {
            return otherwise;
        }
        if (!(entry.get("alg") instanceof String name)) {
            problems.add(where + ".alg", "not a string", "name a signature algorithm, such as " + otherwise.joseName());
            return null;
        }
        Optional<JwsAlgorithm> algorithm = JwsAlgorithm.named(name);
        if (algorithm.isEmpty()) {
            problems.unsupported(where + ".alg", "not a signature algorithm this library has");
            return null;
        }
        if (!compatible(algorithm.get(), otherwise)) {
            problems.add(
                    where + ".alg",
                    "the algorithm does not go with the key's type or curve",
                    "use " + otherwise.joseName()
                            + (otherwise.family().rsa() ? ", or another RS or PS algorithm" : ""));
            return null;
        }
        return algorithm.get();
    }

    private static boolean compatible(JwsAlgorithm named, JwsAlgorithm natural) {
        return switch (natural.family()) {
            case RSA, RSA_PSS -> named.family().rsa();
            case EC -> named == natural;
            case HMAC, ED25519 -> named.family() == natural.family();
        };
    }

    /** The algorithm a public key is used with when nothing names one; null for a key that was refused already. */
    static @Nullable JwsAlgorithm naturalAlgorithm(PublicKey key) {
        if (key instanceof RSAPublicKey) {
            return JwsAlgorithm.RS256;
        }
        if (key instanceof ECPublicKey ec) {
            return EcCurve.of(ec.getParams()).map(EcCurve::algorithm).orElse(null);
        }
        return key instanceof EdECPublicKey ? JwsAlgorithm.EDDSA : null;
    }

    @Nullable
    KeyMaterial material(JwsAlgorithm algorithm, KeyHalves halves, String where) {
        KeyMaterial material = sound(algorithm, halves, where);
        // Whoever verifies by the public half of a sample takes everybody's tokens.
        if (material != null
                && !problems.policy().lenient()
                && material.thumbprint().filter(PublicSamples::isKey).isPresent()) {
            problems.refuseIf(
                    problems.policy().strict(), new KeysetProblem(where, PublicSamples.KNOWN, GENERATE_A_KEY));
        }
        return material;
    }

    private @Nullable KeyMaterial sound(JwsAlgorithm algorithm, KeyHalves halves, String where) {
        PublicKey publicKey = halves.publicKey();
        if (!problems.spend(WorkBudget.lookingAt(publicKey), where)) {
            return null;
        }
        Optional<String> flaw = flaw(publicKey);
        if (flaw.isPresent()) {
            problems.add(where, flaw.get(), GENERATE_A_KEY);
            return null;
        }
        if (halves.privateKey() == null || halves.proven()) {
            return KeyMaterial.of(algorithm, halves);
        }
        PrivateKey privateKey =
                withPrimes(halves.privateKey(), publicKey, where).orElse(null);
        if (privateKey == null || !problems.spend(WorkBudget.proving(publicKey), where)) {
            return null;
        }
        KeyMaterial material = KeyMaterial.of(algorithm, new KeyHalves(publicKey, privateKey));
        if (!halvesMatch(privateKey, publicKey, material)) {
            problems.add(where, HALVES_DIFFER, USE_ONE_KEY);
            return null;
        }
        Optional<String> primes = privateKey instanceof RSAPrivateCrtKey rsa ? RsaKeys.flaw(rsa) : Optional.empty();
        if (primes.isPresent()) {
            problems.add(where, primes.get(), GENERATE_A_KEY);
            return null;
        }
        return material;
    }

    /** An RSA key of which nothing but d is given is worked with as one with its primes: to prove it costs a fourth. */
    private Optional<PrivateKey> withPrimes(PrivateKey key, PublicKey publicKey, String where) {
        if (key instanceof RSAPrivateCrtKey
                || !(key instanceof RSAPrivateKey bare)
                || !(publicKey instanceof RSAPublicKey rsa)) {
            return Optional.of(key);
        }
        if (!problems.spend(WorkBudget.findingPrimes(rsa), where)) {
            return Optional.empty();
        }
        try {
            Optional<PrivateKey> found = RsaKeys.withPrimes(rsa, bare.getPrivateExponent());
            if (found.isPresent()) {
                return found;
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            // Told below: the exception's own words may quote the key.
        }
        problems.add(where, HALVES_DIFFER, USE_ONE_KEY);
        return Optional.empty();
    }

    private Optional<String> flaw(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return RsaKeys.flaw(rsa, problems.policy().lenient());
        }
        if (key instanceof ECPublicKey ec) {
            return EcCurve.of(ec.getParams())
                    .map(curve -> EcKeys.flaw(ec, curve))
                    .orElseGet(() -> Optional.of("an unknown curve"));
        }
        if (key instanceof EdECPublicKey ed) {
            return Ed25519Keys.flaw(ed);
        }
        return Optional.of("an unknown type of key");
    }

    private static boolean halvesMatch(PrivateKey privateKey, PublicKey publicKey, KeyMaterial material) {
        if (!PemReader.sameFamily(privateKey, publicKey)
                || (privateKey instanceof RSAPrivateCrtKey rsa && !RsaKeys.consistent(rsa))) {
            return false;
        }
        try {
            return new JwsKey(material, CryptoProvider.jdk()).halvesMatch();
        } catch (InvalidKeyException | RuntimeException e) {
            return false;
        }
    }

    /** Of the octets, and of the text they were decoded from: that one may be a key in an encoding of its own. */
    @Nullable
    KeyMaterial secret(JwsAlgorithm algorithm, byte[] secret, String written, String where) {
        Optional<String> disguised =
                DisguisedKey.of(secret).or(() -> DisguisedKey.of(written.getBytes(StandardCharsets.UTF_8)));
        if (disguised.isPresent()) {
            problems.add(
                    where,
                    "an HMAC secret that is " + disguised.get() + ", under whatever encodings",
                    "write a key as a PEM or a JWK; for a secret, " + GENERATE_ONE);
            return null;
        }
        if (secret.length == 0 || secret.length > HmacSecrets.MAX_BYTES) {
            problems.add(
                    where,
                    "an HMAC secret of " + secret.length + " octets",
                    "use " + algorithm.hashBytes() + " to " + HmacSecrets.MAX_BYTES);
            return null;
        }
        KeysetPolicy policy = problems.policy();
        Optional<KeysetProblem> reference = SecretReference.in(secret, "an HMAC secret that is ", where)
                .or(() -> SecretReference.in(written, "an HMAC secret that is ", where));
        if (reference.isPresent()) {
            problems.refuseIf(!policy.lenient(), reference.get());
            if (!policy.lenient()) {
                return null;
            }
        }
        if (secret.length < algorithm.hashBytes()) {
            problems.refuseIf(
                    !policy.lenient(),
                    new KeysetProblem(
                            where,
                            "an HMAC secret of " + secret.length + " octets is too short for " + algorithm.joseName()
                                    + ", which needs " + algorithm.hashBytes() + " (RFC 7518 section 3.2)",
                            "generate one: openssl rand -base64 " + Math.max(48, algorithm.hashBytes())));
            if (policy.strict() && HmacSecrets.madeOfWellKnownWords(secret)) {
                problems.add(where, HmacSecrets.WELL_KNOWN_DEFAULT, GENERATE_ONE);
            }
            if (!policy.lenient()) {
                return null;
            }
        } else if (!policy.lenient()) {
            HmacSecrets.guessable(secret)
                    .ifPresent(why -> problems.refuseIf(policy.strict(), new KeysetProblem(where, why, GENERATE_ONE)));
        }
        return KeyMaterial.of(algorithm, HmacSecrets.key(algorithm, secret));
    }
}
