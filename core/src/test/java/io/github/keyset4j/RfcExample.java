package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import static java.util.Objects.requireNonNull;

/** A signed example of an RFC: its key, and its compact serialization. */
final class RfcExample {

    private final KeysetKey key;
    private final byte[] input;
    private final byte[] signature;

    /** The example with this key, as the RFC prints it, and this JWS. */
    RfcExample(String jwk, String jws) {
        this.key = key(jwk);
        int end = jws.lastIndexOf('.');
        this.input = jws.substring(0, end).getBytes(StandardCharsets.US_ASCII);
        this.signature = requireNonNull(Base64Url.decode(jws.substring(end + 1)), "signature");
    }

    /** The one key of this JWK, under a kid that an HMAC key cannot do without. */
    static KeysetKey key(String jwk) {
        KeysetDocument document = KeysetDocument.of("{\"example\":" + jwk + "}");
        Keyset keyset = KeysetParser.of(KeysetPolicy.standard()).parse(document, Instant.EPOCH);
        return keyset.key("example").orElseThrow();
    }

    KeysetKey key() {
        return key;
    }

    /** What is signed: header, dot, payload. */
    byte[] input() {
        return input.clone();
    }

    byte[] signature() {
        return signature.clone();
    }

    boolean verifies(byte[] input, byte[] signature) {
        try {
            return key.jws().verify(input, input.length, signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** These bytes, each time with one bit of another byte turned over. */
    static List<byte[]> flipped(byte[] bytes) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < bytes.length; i++) {
            byte[] copy = bytes.clone();
            copy[i] ^= (byte) (1 << (i % 8));
            all.add(copy);
        }
        return all;
    }
}
