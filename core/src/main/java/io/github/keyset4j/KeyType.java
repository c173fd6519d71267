package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A type of key, which is the {@code kty} of a JWK, and everything that depends on it. {@link KeyTypes} lists them: a new
 * one is another of these, and a line there.
 *
 * <p>Threads. Stateless.
 */
interface KeyType {

    byte[] PROBE = "keyset4j: do these halves match?".getBytes(StandardCharsets.US_ASCII);

    /** Signs and verifies with one key. What either throws is the provider's failure, except for a wrong signature. */
    interface Signatures {

        byte[] sign(byte[] input) throws GeneralSecurityException;

        /** Of so many octets of a text. */
        boolean verify(byte[] text, int length, byte[] signature) throws GeneralSecurityException;
    }

    /** The {@code kty}. */
    String kty();

    /** All it signs with. */
    List<JwsAlgorithm> algorithms();

    /** Of these, the ones for a key that is used with this one if nothing names any. */
    default List<JwsAlgorithm> algorithmsLike(JwsAlgorithm natural) {
        return algorithms();
    }

    /** The members a JWK shows of such a key, {@code kty} among them: those of its RFC 7638 thumbprint. */
    List<String> publicMembers();

    /** What a JWK is used with if it does not say so; null with the problem noted. */
    @Nullable
    JwsAlgorithm natural(JwkMembers jwk);

    /** The key of a JWK, not checked yet; null with the problems noted. */
    @Nullable
    KeyMaterial read(JwkMembers jwk, JwsAlgorithm natural) throws GeneralSecurityException;

    /** The key if it keeps the rules and its halves belong together, or as one that is worked with better; else null. */
    @Nullable
    KeyMaterial checked(KeyMaterial material, String where, Problems problems);

    /** A new key; how many bits it has is RSA's to ask for. */
    KeyMaterial generate(JwsAlgorithm algorithm, int rsaBits) throws GeneralSecurityException;

    /** What a JWK holds of the private half, or of the secret, of a key that has one. */
    Map<String, String> privateMembers(KeyMaterial material);

    /** The whole key as a JWK, for documents alone. */
    default Map<String, @Nullable Object> jwk(KeyMaterial material) {
        Map<String, @Nullable Object> jwk = new LinkedHashMap<>();
        jwk.put("kty", kty());
        jwk.put("alg", material.algorithm().joseName());
        jwk.putAll(material.publicMembers());
        if (material.symmetric() && !material.canSign()) {
            jwk.put("key_ops", List.of("verify"));
        }
        if (material.symmetric() || material.canSign()) {
            jwk.putAll(privateMembers(material));
        }
        return jwk;
    }

    /**
     * The prepared key.
     *
     * @throws InvalidKeyException if the provider does not take the key
     */
    Signatures signatures(KeyMaterial material, CryptoProvider crypto) throws InvalidKeyException;

    int signatureBytes(KeyMaterial material);

    /** Whether it could be a signature, but for its length. */
    default boolean wellFormed(byte[] signature) {
        return true;
    }

    /** Whether what the private half signs verifies under the public one; a proof, not a comparison of numbers. */
    default boolean halvesMatch(KeyMaterial material, CryptoProvider crypto) {
        try {
            Signatures signatures = signatures(material, crypto);
            byte[] signature = signatures.sign(PROBE);
            return signature.length == signatureBytes(material)
                    && wellFormed(signature)
                    && signatures.verify(PROBE, PROBE.length, signature);
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            return false;
        }
    }
}
