package io.github.keyset4j.file;

import io.github.keyset4j.KeysetDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A file has no version of its own, so its content stands for it: by a digest under a key that every process makes for
 * itself. Revisions are logged and reported, and a plain digest of a document whose secrets are weak would let whoever
 * reads them try guesses.
 */
final class DocumentRevision {

    private static final String HMAC = "HmacSHA256";
    private static final int BYTES = 16;
    private static final SecretKeySpec KEY = key();

    private DocumentRevision() {}

    private static SecretKeySpec key() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return new SecretKeySpec(random, HMAC);
    }

    static String of(byte[] content) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(KEY);
            return HexFormat.of().formatHex(Arrays.copyOf(mac.doFinal(content), BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }

    static byte[] content(KeysetDocument document) {
        ByteArrayOutputStream content = new ByteArrayOutputStream(document.size());
        try {
            document.writeTo(content);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        return content.toByteArray();
    }
}
