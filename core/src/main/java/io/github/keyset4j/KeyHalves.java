package io.github.keyset4j;

import java.security.PrivateKey;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/** A public key and, where it is known, its private one. */
final class KeyHalves {

    private final PublicKey publicKey;
    private final @Nullable PrivateKey privateKey;
    private final boolean proven;

    KeyHalves(PublicKey publicKey, @Nullable PrivateKey privateKey) {
        this(publicKey, privateKey, false);
    }

    private KeyHalves(PublicKey publicKey, @Nullable PrivateKey privateKey, boolean proven) {
        this.publicKey = publicKey;
        this.privateKey = privateKey;
        this.proven = proven;
    }

    /** Halves of which the one was made from the other. */
    static KeyHalves proven(PublicKey publicKey, PrivateKey privateKey) {
        return new KeyHalves(publicKey, privateKey, true);
    }

    /** Whether it is known already that they belong together. */
    boolean proven() {
        return proven;
    }

    PublicKey publicKey() {
        return publicKey;
    }

    @Nullable
    PrivateKey privateKey() {
        return privateKey;
    }

    @Override
    public String toString() {
        return publicKey.getAlgorithm() + " key, redacted";
    }
}
