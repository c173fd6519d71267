package io.github.keyset4j;

import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules every key has to keep, whatever it was written in, and the proof that its halves belong together. */
final class MaterialCheck {

    static final String HALVES_DIFFER = "the private half does not belong to the public one";
    static final String USE_ONE_KEY = "use the two halves of one key, or leave the public one out";

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
        Optional<String> flaw = flaw(halves.publicKey());
        if (flaw.isPresent()) {
            problems.add(where, flaw.get(), "generate a new key");
            return null;
        }
        KeyMaterial material = KeyMaterial.of(algorithm, halves);
        // Whoever verifies by the public half of such a key takes everybody's tokens.
        if (!problems.policy().lenient()
                && material.thumbprint().filter(PublicSamples::isKey).isPresent()) {
            problems.refuseIf(
                    problems.policy().strict(), new KeysetProblem(where, PublicSamples.KNOWN, "generate a new key"));
        }
        if (halves.privateKey() != null && !halvesMatch(halves, material)) {
            problems.add(where, HALVES_DIFFER, USE_ONE_KEY);
            return null;
        }
        Optional<String> primes =
                halves.privateKey() instanceof RSAPrivateCrtKey rsa ? RsaKeys.flaw(rsa) : Optional.empty();
        if (primes.isPresent()) {
            problems.add(where, primes.get(), "generate a new key");
            return null;
        }
        return material;
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

    private static boolean halvesMatch(KeyHalves halves, KeyMaterial material) {
        if (halves.privateKey() == null || !PemReader.sameFamily(halves.privateKey(), halves.publicKey())) {
            return false;
        }
        if (halves.privateKey() instanceof RSAPrivateCrtKey rsa && !RsaKeys.consistent(rsa)) {
            return false;
        }
        try {
            return new JwsKey(material, CryptoProvider.jdk()).halvesMatch();
        } catch (InvalidKeyException e) {
            return false;
        }
    }

    @Nullable
    KeyMaterial secret(JwsAlgorithm algorithm, byte[] secret, String where) {
        Optional<String> disguised = DisguisedKey.of(secret);
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
        Optional<KeysetProblem> reference = SecretReference.in(secret, "an HMAC secret that is ", where);
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
