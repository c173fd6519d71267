package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * A key made ready to sign and verify: everything that depends on the key alone is done once, and the prepared objects
 * are lent out.
 *
 * <p>Threads. Any number at once, without a lock.
 */
final class JwsKey {

    private static final byte[] PROBE = "keyset4j: do these halves match?".getBytes(StandardCharsets.US_ASCII);

    /** What makes signatures; a key whose private half lives elsewhere would be another of these. */
    private interface Signer {
        byte[] sign(byte[] input) throws GeneralSecurityException;
    }

    private interface Verifier {
        boolean verify(byte[] input, byte[] signature) throws GeneralSecurityException;
    }

    private final JwsAlgorithm algorithm;
    private final Signer signer;
    private final Verifier verifier;

    JwsKey(KeyMaterial material, CryptoProvider crypto) throws InvalidKeyException {
        this.algorithm = material.algorithm();
        SecretKey secret = material.secret();
        if (secret != null) {
            Pool<Mac> macs = new Pool<>(() -> {
                Mac mac = crypto.mac(algorithm);
                mac.init(secret);
                return mac;
            });
            this.signer = material.canSign() ? input -> mac(macs, input) : JwsKey::cannotSign;
            this.verifier = (input, signature) -> MessageDigest.isEqual(mac(macs, input), signature);
        } else {
            PublicKey publicKey =
                    (PublicKey) crypto.translate(material.publicKey().orElseThrow(), algorithm.family());
            Pool<Signature> verifiers = new Pool<>(() -> {
                Signature signature = crypto.signature(algorithm);
                signature.initVerify(publicKey);
                return signature;
            });
            this.verifier = (input, signature) -> verify(verifiers, input, signature);
            PrivateKey privateKey = material.privateKey();
            this.signer = privateKey == null ? JwsKey::cannotSign : signer(privateKey, crypto);
        }
    }

    private Signer signer(PrivateKey privateKey, CryptoProvider crypto) throws InvalidKeyException {
        PrivateKey translated = (PrivateKey) crypto.translate(privateKey, algorithm.family());
        Pool<Signature> signers = new Pool<>(() -> {
            Signature signature = crypto.signature(algorithm);
            signature.initSign(translated);
            return signature;
        });
        return input -> {
            Signature signature = signers.borrow();
            signature.update(input);
            byte[] signed = signature.sign();
            signers.giveBack(signature);
            return signed;
        };
    }

    private static byte[] cannotSign(byte[] input) throws InvalidKeyException {
        throw new InvalidKeyException("the key does not sign");
    }

    byte[] sign(byte[] input) throws GeneralSecurityException {
        try {
            return signer.sign(input);
        } catch (ProviderException e) { // what a token or a module throws when it is gone
            throw new SignatureException("the provider failed", e);
        }
    }

    /** Never throws for a signature of the wrong length or shape: such a signature is a wrong one. */
    boolean verify(byte[] input, byte[] signature) {
        if (!plausible(signature)) {
            return false;
        }
        try {
            return verifier.verify(input, signature);
        } catch (GeneralSecurityException | ProviderException e) {
            return false;
        }
    }

    /** Of the exact length, and for ECDSA with both numbers above zero (RFC 7518 section 3.4). */
    private boolean plausible(byte[] signature) {
        return switch (algorithm.family()) {
            case HMAC -> signature.length == algorithm.hashBytes();
            case ED25519 -> signature.length == 2 * Ed25519Keys.BYTES;
            case EC ->
                signature.length == ecSignatureBytes()
                        && !zero(signature, 0, signature.length / 2)
                        && !zero(signature, signature.length / 2, signature.length);
            case RSA, RSA_PSS -> true; // the JDK compares with the modulus
        };
    }

    private int ecSignatureBytes() {
        for (EcCurve curve : EcCurve.values()) {
            if (curve.algorithm() == algorithm) {
                return 2 * curve.coordinateBytes();
            }
        }
        throw new IllegalStateException("an EC algorithm without a curve");
    }

    private static boolean zero(byte[] bytes, int from, int to) {
        return Arrays.equals(bytes, from, to, new byte[to - from], 0, to - from);
    }

    private static byte[] mac(Pool<Mac> macs, byte[] input) throws GeneralSecurityException {
        Mac mac = macs.borrow();
        byte[] signed = mac.doFinal(input);
        macs.giveBack(mac);
        return signed;
    }

    private static boolean verify(Pool<Signature> verifiers, byte[] input, byte[] signature)
            throws GeneralSecurityException {
        Signature borrowed = verifiers.borrow();
        borrowed.update(input);
        boolean good = borrowed.verify(signature);
        verifiers.giveBack(borrowed);
        return good;
    }

    /** Whether what the private half signs verifies under the public one; a proof, not a comparison of numbers. */
    boolean halvesMatch() {
        try {
            return verify(PROBE, sign(PROBE));
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }
}
