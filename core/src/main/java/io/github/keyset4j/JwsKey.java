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
import java.security.interfaces.RSAPublicKey;
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
        boolean verify(byte[] text, int length, byte[] signature) throws GeneralSecurityException;
    }

    private final JwsAlgorithm algorithm;
    private final Signer signer;
    private final Verifier verifier;
    private final int signatureBytes;

    JwsKey(KeyMaterial material, CryptoProvider crypto) throws InvalidKeyException {
        this.algorithm = material.algorithm();
        this.signatureBytes = signatureBytes(material);
        SecretKey secret = material.secret();
        if (secret != null) {
            Pool<Mac> macs = new Pool<>(() -> {
                Mac mac = crypto.mac(algorithm);
                mac.init(secret);
                return mac;
            });
            makeOne(macs);
            this.signer = material.canSign() ? input -> mac(macs, input, input.length) : JwsKey::cannotSign;
            this.verifier = (text, length, signature) -> MessageDigest.isEqual(mac(macs, text, length), signature);
        } else {
            PublicKey publicKey =
                    (PublicKey) crypto.translate(material.publicKey().orElseThrow(), algorithm.family());
            Pool<Signature> verifiers = new Pool<>(() -> {
                Signature signature = crypto.signature(algorithm);
                signature.initVerify(publicKey);
                return signature;
            });
            makeOne(verifiers);
            this.verifier = (text, length, signature) -> verify(verifiers, text, length, signature);
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
        makeOne(signers);
        return input -> {
            Signature signature = signers.borrow();
            signature.update(input);
            byte[] signed = signature.sign();
            signers.giveBack(signature);
            return signed;
        };
    }

    /** What the provider does not take it refuses now, not token by token. */
    private static <T> void makeOne(Pool<T> pool) throws InvalidKeyException {
        try {
            pool.giveBack(pool.borrow());
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new InvalidKeyException("the provider does not begin with the key", e);
        }
    }

    private static byte[] cannotSign(byte[] input) throws InvalidKeyException {
        throw new InvalidKeyException("the key does not sign");
    }

    byte[] sign(byte[] input) throws GeneralSecurityException {
        try {
            byte[] signature = signer.sign(input);
            if (!plausible(signature)) {
                throw new SignatureException("the provider made a signature of the wrong form");
            }
            return signature;
        } catch (RuntimeException | LinkageError e) { // what a token or a module throws when it is gone, and worse
            throw new SignatureException("the provider failed", e);
        }
    }

    /**
     * Whether this is the signature of so many octets of a text. Never throws for one of the wrong length or shape: such a
     * signature is a wrong one.
     *
     * @throws GeneralSecurityException if the provider fails, whatever the signature is
     */
    boolean verify(byte[] text, int length, byte[] signature) throws GeneralSecurityException {
        if (!plausible(signature)) {
            return false;
        }
        try {
            return verifier.verify(text, length, signature);
        } catch (ProviderException | LinkageError e) {
            throw new GeneralSecurityException("the provider failed", e);
        } catch (SignatureException | RuntimeException e) {
            return false;
        }
    }

    boolean verify(byte[] input, byte[] signature) throws GeneralSecurityException {
        return verify(input, input.length, signature);
    }

    /** Of the exact length, and for ECDSA with both numbers above zero (RFC 7518 section 3.4). */
    private boolean plausible(byte[] signature) {
        int half = signature.length / 2;
        return signature.length == signatureBytes
                && (algorithm.family() != JwsAlgorithm.Family.EC
                        || (!zero(signature, 0, half) && !zero(signature, half, signature.length)));
    }

    private static int signatureBytes(KeyMaterial material) {
        return switch (material.algorithm().family()) {
            case HMAC -> material.algorithm().hashBytes();
            case ED25519 -> 2 * Ed25519Keys.BYTES;
            case EC -> 2 * EcCurve.of(material.algorithm()).coordinateBytes();
            // RFC 8017 sections 8.1.1 and 8.2.1: as long as the modulus, whatever a provider takes besides.
            case RSA, RSA_PSS ->
                (((RSAPublicKey) material.publicKey().orElseThrow())
                                        .getModulus()
                                        .bitLength()
                                + 7)
                        / 8;
        };
    }

    private static boolean zero(byte[] bytes, int from, int to) {
        return Arrays.equals(bytes, from, to, new byte[to - from], 0, to - from);
    }

    private static byte[] mac(Pool<Mac> macs, byte[] text, int length) throws GeneralSecurityException {
        Mac mac = macs.borrow();
        mac.update(text, 0, length);
        byte[] signed = mac.doFinal();
        macs.giveBack(mac);
        return signed;
    }

    private static boolean verify(Pool<Signature> verifiers, byte[] text, int length, byte[] signature)
            throws GeneralSecurityException {
        Signature borrowed = verifiers.borrow();
        borrowed.update(text, 0, length);
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
