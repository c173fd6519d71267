package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.secret.DisguisedKey;
import io.github.keyset4j.secret.SecretReference;
import io.github.keyset4j.secret.WeakSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        Optional<String> disguised = DisguisedKey.of(secret, EcCurve::isPoint)
                .or(() -> DisguisedKey.of(written.getBytes(StandardCharsets.UTF_8), EcCurve::isPoint));
        if (disguised.isPresent()) {
            problems.refuse(KeysetProblem.of(
                            where,
                            "an HMAC secret that is " + disguised.get() + ", under whatever encodings",
                            "write a key as a PEM or a JWK; for a secret, " + GENERATE_ONE)
                    .withCode("key-as-secret"));
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
        Optional<SecretReference> reference = SecretReference.in(secret).or(() -> SecretReference.in(written));
        reference.ifPresent(
                found -> problems.refuseIf(!lenient, KeysetProblem.of(where, "an HMAC secret that is ", found)));
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
                    KeysetProblem.of(
                                    where,
                                    "an HMAC secret of " + secret.length + " octets is too short for "
                                            + algorithm.joseName() + ", which needs " + algorithm.hashBytes()
                                            + " (RFC 7518 section 3.2)",
                                    "generate one: openssl rand -base64 " + Math.max(48, algorithm.hashBytes()))
                            .withCode("weak-secret"));
            if (policy.strict() && WeakSecret.madeOfWellKnownWords(secret)) {
                problems.refuse(KeysetProblem.of(where, WeakSecret.WELL_KNOWN_DEFAULT, GENERATE_ONE)
                        .withCode("weak-secret"));
            }
            return policy.lenient() ? material : null;
        }
        if (!policy.lenient()) {
            WeakSecret.guessable(secret)
                    .ifPresent(why -> problems.refuseIf(
                            policy.strict(),
                            KeysetProblem.of(where, why, GENERATE_ONE).withCode("weak-secret")));
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
}
