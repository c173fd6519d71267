package io.github.keyset4j;

import java.security.PrivateKey;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/** A public key and, where it is known, its private one. */
final class KeyHalves {

    private final PublicKey publicKey;
    private final @Nullable PrivateKey privateKey;

    KeyHalves(PublicKey publicKey, @Nullable PrivateKey privateKey) {
        this.publicKey = publicKey;
        this.privateKey = privateKey;
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
