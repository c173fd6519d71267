package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

/** Tokens no signer of ours would make, under signatures that are the key's all the same. */
final class Forge {

    private final KeyManager keys;
    private final String kid;

    private Forge(KeyManager keys, String kid) {
        this.keys = keys;
        this.kid = kid;
    }

    /** Signs with this key of the manager. */
    static Forge with(KeyManager keys, String kid) {
        return new Forge(keys, kid);
    }

    /** A token of these two JSON texts, or of whatever else they are. */
    String token(String header, String payload) {
        return token(header.getBytes(StandardCharsets.UTF_8), payload.getBytes(StandardCharsets.UTF_8));
    }

    String token(byte[] header, byte[] payload) {
        return encoded(Base64Url.encode(header), Base64Url.encode(payload));
    }

    /** A token of two parts that are encoded already, well or not. */
    String encoded(String header, String payload) {
        String input = header + '.' + payload;
        return input + '.' + Base64Url.encode(signature(input));
    }

    byte[] signature(String input) {
        try {
            return keys.keyset().key(kid).orElseThrow().jws().sign(input.getBytes(StandardCharsets.ISO_8859_1));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
