package io.github.keyset4j;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.ProviderException;
import java.security.SignatureException;

/**
 * A key made ready to sign and verify: everything that depends on the key alone is done once, and the prepared objects
 * are lent out.
 *
 * <p>Threads. Any number at once, without a lock.
 */
final class JwsKey {

    private final KeyType type;
    private final KeyType.Signatures signatures;
    private final boolean canSign;
    private final int signatureBytes;

    JwsKey(KeyMaterial material, CryptoProvider crypto) throws InvalidKeyException {
        this.type = KeyTypes.of(material.algorithm());
        this.signatures = type.signatures(material, crypto);
        this.canSign = material.canSign();
        this.signatureBytes = type.signatureBytes(material);
    }

    /** Whether the provider takes this key, tried out; that the JDK can sign with it was proved when its halves were. */
    static boolean works(KeyMaterial material, CryptoProvider crypto) {
        try {
            JwsKey key = new JwsKey(material, crypto);
            return !crypto.foreign() || !material.canSign() || key.type.halvesMatch(material, crypto);
        } catch (InvalidKeyException | RuntimeException e) {
            return false;
        }
    }

    byte[] sign(byte[] input) throws GeneralSecurityException {
        if (!canSign) {
            throw new InvalidKeyException("the key does not sign");
        }
        try {
            byte[] signature = signatures.sign(input);
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
            return signatures.verify(text, length, signature);
        } catch (ProviderException | LinkageError e) {
            throw new GeneralSecurityException("the provider failed", e);
        } catch (SignatureException | RuntimeException e) {
            return false;
        }
    }

    private boolean plausible(byte[] signature) {
        return signature.length == signatureBytes && type.wellFormed(signature);
    }
}
