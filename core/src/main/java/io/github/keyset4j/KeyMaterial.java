package io.github.keyset4j;

import io.github.keyset4j.encoding.Thumbprint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** What a key is made of: a public half with or without its private one, or a secret. */
final class KeyMaterial {

    private final JwsAlgorithm natural;
    private final JwsAlgorithm algorithm;
    private final @Nullable PublicKey publicKey;
    private final @Nullable PrivateKey privateKey;
    private final @Nullable SecretKey secret;
    private final boolean canSign;
    private final boolean proven;
    private final Map<String, String> publicMembers;

    private KeyMaterial(
            JwsAlgorithm natural,
            JwsAlgorithm algorithm,
            @Nullable PublicKey publicKey,
            @Nullable PrivateKey privateKey,
            @Nullable SecretKey secret,
            boolean canSign,
            boolean proven,
            Map<String, String> publicMembers) {
        this.natural = natural;
        this.algorithm = algorithm;
        this.publicKey = publicKey;
        this.privateKey = privateKey;
        this.secret = secret;
        this.canSign = canSign;
        this.proven = proven;
        this.publicMembers = publicMembers;
    }

    /**
     * @param natural what the key is used with if nothing names an algorithm
     * @param proven whether the one half was made from the other
     * @param publicMembers of a JWK, {@code kty} among them, in the order of RFC 7638
     */
    static KeyMaterial of(
            JwsAlgorithm natural,
            PublicKey publicKey,
            @Nullable PrivateKey privateKey,
            Map<String, String> publicMembers,
            boolean proven) {
        return new KeyMaterial(
                natural,
                natural,
                publicKey,
                privateKey,
                null,
                privateKey != null,
                proven,
                Collections.unmodifiableMap(publicMembers));
    }

    static KeyMaterial of(JwsAlgorithm algorithm, SecretKey secret) {
        return new KeyMaterial(algorithm, algorithm, null, null, secret, true, true, Map.of());
    }

    /** The same key, to verify with alone: without its private half, or a secret that does not sign. */
    KeyMaterial verifyOnly() {
        return new KeyMaterial(natural, algorithm, publicKey, null, secret, false, proven, publicMembers);
    }

    KeyMaterial withAlgorithm(JwsAlgorithm other) {
        return new KeyMaterial(natural, other, publicKey, privateKey, secret, canSign, proven, publicMembers);
    }

    /** The same key, whose private half is written another way. */
    KeyMaterial withPrivateKey(PrivateKey other) {
        return new KeyMaterial(natural, algorithm, publicKey, other, secret, canSign, proven, publicMembers);
    }

    /** Whether it is used with what it would be used with if nothing named an algorithm. */
    boolean isNatural() {
        return algorithm.equals(natural);
    }

    /** Whether it is known already that the halves belong together. */
    boolean proven() {
        return proven;
    }

    JwsAlgorithm algorithm() {
        return algorithm;
    }

    boolean symmetric() {
        return secret != null;
    }

    boolean canSign() {
        return canSign;
    }

    Optional<PublicKey> publicKey() {
        return Optional.ofNullable(publicKey);
    }

    @Nullable
    PrivateKey privateKey() {
        return privateKey;
    }

    @Nullable
    SecretKey secret() {
        return secret;
    }

    /** The whitelist of members a JWKS may show of this key, {@code kty} among them; empty for a secret. */
    Map<String, String> publicMembers() {
        return publicMembers;
    }

    /** RFC 7638; none for a secret, whose thumbprint would be a means to guess it. */
    Optional<String> thumbprint() {
        return symmetric() ? Optional.empty() : Optional.of(Thumbprint.of(publicMembers));
    }

    /** Whether this is the same key, whatever else is said of it. */
    boolean sameAs(KeyMaterial other) {
        return MessageDigest.isEqual(identity(), other.identity());
    }

    /** Equal for equal keys; to be kept in memory only. */
    byte[] identity() {
        return secret != null
                ? Thumbprint.sha256(secret.getEncoded())
                : Thumbprint.of(publicMembers).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return algorithm.joseName() + " key, redacted";
    }
}
