package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** What a key is made of, already checked: a public half with or without its private one, or a secret. */
final class KeyMaterial {

    private final JwsAlgorithm algorithm;
    private final @Nullable PublicKey publicKey;
    private final @Nullable PrivateKey privateKey;
    private final @Nullable SecretKey secret;
    private final boolean canSign;
    /** kty and the public members in the order of RFC 7638; empty for a secret. */
    private final Map<String, String> publicMembers;

    private KeyMaterial(
            JwsAlgorithm algorithm,
            @Nullable PublicKey publicKey,
            @Nullable PrivateKey privateKey,
            @Nullable SecretKey secret,
            boolean canSign,
            Map<String, String> publicMembers) {
        this.algorithm = algorithm;
        this.publicKey = publicKey;
        this.privateKey = privateKey;
        this.secret = secret;
        this.canSign = canSign;
        this.publicMembers = publicMembers;
    }

    static KeyMaterial of(JwsAlgorithm algorithm, KeyHalves halves) {
        return new KeyMaterial(
                algorithm,
                halves.publicKey(),
                halves.privateKey(),
                null,
                halves.privateKey() != null,
                PublicMembers.of(halves.publicKey()));
    }

    static KeyMaterial of(JwsAlgorithm algorithm, SecretKey secret) {
        return new KeyMaterial(algorithm, null, null, secret, true, Map.of());
    }

    /** The same key, to verify with alone: without its private half, or a secret that does not sign. */
    KeyMaterial verifyOnly() {
        return publicKey == null
                ? new KeyMaterial(algorithm, null, null, secret, false, publicMembers)
                : of(algorithm, new KeyHalves(publicKey, null));
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
        return symmetric() ? Optional.empty() : Optional.of(thumbprint(publicMembers));
    }

    static String thumbprint(Map<String, String> requiredMembers) {
        byte[] json = StrictJson.write(new LinkedHashMap<>(requiredMembers));
        return Base64Url.encode(sha256(json));
    }

    /** Whether this is the same key, whatever else is said of it. */
    boolean sameAs(KeyMaterial other) {
        return MessageDigest.isEqual(identity(), other.identity());
    }

    /** Equal for equal keys; to be kept in memory only. */
    byte[] identity() {
        return secret != null
                ? sha256(secret.getEncoded())
                : thumbprint(publicMembers).getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return algorithm.joseName() + " key, redacted";
    }
}
