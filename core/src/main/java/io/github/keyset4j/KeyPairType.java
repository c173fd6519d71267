package io.github.keyset4j;

import io.github.keyset4j.encoding.Der;
import io.github.keyset4j.secret.PublicSamples;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/** A type of key that has two halves: read from DER as well, derived, and proved to belong together. */
abstract class KeyPairType implements KeyType {

    static final String HALVES_DIFFER = "the private half does not belong to the public one";
    static final String USE_ONE_KEY = "use the two halves of one key, or leave the public one out";

    private static final String GENERATE_A_KEY = "generate a new key";

    private final String kty;
    private final String keyFactory;
    private final List<JwsAlgorithm> algorithms;

    /** @param keyFactory what the JDK's {@link KeyFactory} calls it */
    KeyPairType(String kty, String keyFactory, List<JwsAlgorithm> algorithms) {
        this.kty = kty;
        this.keyFactory = keyFactory;
        this.algorithms = algorithms;
    }

    @Override
    public final String kty() {
        return kty;
    }

    @Override
    public final List<JwsAlgorithm> algorithms() {
        return algorithms;
    }

    final KeyFactory keyFactory() throws GeneralSecurityException {
        return KeyFactory.getInstance(keyFactory);
    }

    /** What it is called when what else a key could be is told. */
    String title() {
        return keyFactory;
    }

    /** The object identifiers by which DER names it. */
    abstract List<String> oids();

    /** Whether a key so named is read here; false with the problem noted. */
    boolean reads(Der.Algorithm named, PemText.Block block, Problems problems, String where) {
        return true;
    }

    /** @param spki SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) */
    PublicKey publicKey(Der.Algorithm named, byte[] spki) throws GeneralSecurityException, Der.Malformed {
        return keyFactory().generatePublic(new X509EncodedKeySpec(spki));
    }

    /** @param pkcs8 PKCS#8 (RFC 5958 section 2) */
    final PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
        return keyFactory().generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** What a key is used with if nothing names an algorithm. */
    abstract JwsAlgorithm natural(PublicKey key);

    /** The public members but for {@code kty}: what the JWKS says of the key, written from its public half alone. */
    abstract Map<String, String> publicMembers(PublicKey key);

    /** Both halves, or the public one. */
    final KeyMaterial material(PublicKey publicKey, @Nullable PrivateKey privateKey, boolean proven) {
        Map<String, String> members = new TreeMap<>(publicMembers(publicKey));
        members.put("kty", kty);
        return KeyMaterial.of(natural(publicKey), publicKey, privateKey, members, proven);
    }

    final KeyMaterial material(PublicKey publicKey, @Nullable PrivateKey privateKey) {
        return material(publicKey, privateKey, false);
    }

    /** Tells the public keys that may be this private one's, if that is seen at a glance. */
    Optional<Predicate<PublicKey>> belonging(PrivateKey privateKey) {
        return Optional.empty();
    }

    /** The key of a private half that came alone. */
    abstract KeyMaterial derived(PrivateKey key) throws GeneralSecurityException;

    /** What a public key has wrong, or nothing. */
    abstract Optional<String> flaw(PublicKey key, boolean lenient);

    /** What a private key has wrong that belongs to its public one, or nothing. */
    Optional<String> flaw(PrivateKey key) {
        return Optional.empty();
    }

    /** Whether the parameters of both agree, so that a proof makes sense. */
    boolean consistent(PrivateKey privateKey, PublicKey publicKey) {
        return privateKey.getAlgorithm().equals(publicKey.getAlgorithm());
    }

    /** The private key as it is best worked with; nothing if it cannot belong to the public one. */
    Optional<PrivateKey> completed(PrivateKey privateKey, PublicKey publicKey, LongPredicate spend)
            throws GeneralSecurityException {
        return Optional.of(privateKey);
    }

    /** What a glance at a public key costs, in {@linkplain Problems.WorkBudget units}. */
    long costOfLooking(PublicKey key) {
        return 100;
    }

    /** What it costs to sign and to verify once. */
    abstract long costOfProving(PublicKey key);

    /** What it costs to find the public half of a private key. */
    abstract long costOfDeriving(PrivateKey key);

    @Override
    public @Nullable KeyMaterial checked(KeyMaterial material, String where, Problems problems) {
        KeyMaterial sound = sound(material, where, problems);
        // Whoever verifies by the public half of a sample takes everybody's tokens.
        if (sound != null
                && !problems.policy().lenient()
                && sound.thumbprint().filter(PublicSamples::isKey).isPresent()) {
            problems.refuseIf(
                    problems.policy().strict(),
                    KeysetProblem.of(where, PublicSamples.KNOWN, GENERATE_A_KEY).withCode("public-sample"));
        }
        return sound;
    }

    static KeysetProblem unmatched(String where) {
        return KeysetProblem.of(where, HALVES_DIFFER, USE_ONE_KEY).withCode("unmatched-halves");
    }

    private @Nullable KeyMaterial sound(KeyMaterial material, String where, Problems problems) {
        PublicKey publicKey = material.publicKey().orElseThrow();
        if (!problems.spend(costOfLooking(publicKey), where)) {
            return null;
        }
        Optional<String> flaw = flaw(publicKey, problems.policy().lenient());
        if (flaw.isPresent()) {
            problems.refuse(KeysetProblem.of(where, flaw.get(), GENERATE_A_KEY).withCode("weak-key"));
            return null;
        }
        if (!material.canSign() || material.proven()) {
            return material;
        }
        KeyMaterial proved = proved(material, publicKey, units -> problems.spend(units, where));
        if (proved == null) {
            if (problems.spend(0, where)) {
                problems.refuse(unmatched(where));
            }
            return null;
        }
        Optional<String> privateFlaw = flaw(requireNonNull(proved.privateKey()));
        if (privateFlaw.isPresent()) {
            problems.refuse(
                    KeysetProblem.of(where, privateFlaw.get(), GENERATE_A_KEY).withCode("weak-key"));
            return null;
        }
        return proved;
    }

    private @Nullable KeyMaterial proved(KeyMaterial material, PublicKey publicKey, LongPredicate spend) {
        try {
            PrivateKey privateKey = completed(requireNonNull(material.privateKey()), publicKey, spend)
                    .orElse(null);
            if (privateKey == null || !spend.test(costOfProving(publicKey)) || !consistent(privateKey, publicKey)) {
                return null;
            }
            KeyMaterial whole = material.withPrivateKey(privateKey);
            return halvesMatch(whole, CryptoProvider.jdk()) ? whole : null;
        } catch (GeneralSecurityException | RuntimeException e) {
            return null; // the exception's own words may quote the key
        }
    }

    @Override
    public final Signatures signatures(KeyMaterial material, CryptoProvider crypto) throws InvalidKeyException {
        JwsAlgorithm algorithm = material.algorithm();
        PublicKey publicKey = (PublicKey) crypto.translate(material.publicKey().orElseThrow(), keyFactory);
        Pool<Signature> verifiers = Pool.withOne(() -> {
            Signature signature = signature(algorithm, crypto);
            signature.initVerify(publicKey);
            return signature;
        });
        Pool<Signature> signers = material.privateKey() == null ? null : signers(material, crypto);
        return new Signatures() {
            @Override
            public byte[] sign(byte[] input) throws GeneralSecurityException {
                Signature borrowed = requireNonNull(signers).borrow();
                borrowed.update(input);
                byte[] signature = borrowed.sign();
                signers.giveBack(borrowed);
                return signature;
            }

            @Override
            public boolean verify(byte[] text, int length, byte[] signature) throws GeneralSecurityException {
                Signature borrowed = verifiers.borrow();
                borrowed.update(text, 0, length);
                boolean good = borrowed.verify(signature);
                verifiers.giveBack(borrowed);
                return good;
            }
        };
    }

    private Pool<Signature> signers(KeyMaterial material, CryptoProvider crypto) throws InvalidKeyException {
        PrivateKey privateKey = (PrivateKey) crypto.translate(requireNonNull(material.privateKey()), keyFactory);
        return Pool.withOne(() -> {
            Signature signature = signature(material.algorithm(), crypto);
            signature.initSign(privateKey);
            return signature;
        });
    }

    /** Of the provider that has it for such keys, with the parameters that the algorithm asks for. */
    Signature signature(JwsAlgorithm algorithm, CryptoProvider crypto) throws GeneralSecurityException {
        return crypto.signature(algorithm.jcaName(), keyFactory);
    }
}
