package io.github.keyset4j.encoding;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** base64url without padding (RFC 7515 section 2), canonical or not at all. */
public final class Base64Url {

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
    private static final byte[] VALUES = values();

    private Base64Url() {}

    private static byte[] values() {
        byte[] values = new byte[128];
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (int i = 0; i < alphabet.length(); i++) {
            values[alphabet.charAt(i)] = (byte) i;
        }
        return values;
    }

    public static String encode(byte[] bytes) {
        return ENCODER.encodeToString(bytes);
    }

    /** Base64urlUInt (RFC 7518 section 2). */
    public static String encode(BigInteger number) {
        return encode(number, (number.bitLength() + 7) / 8);
    }

    /** A number in so many octets, leading zeros included. */
    public static String encode(BigInteger number, int length) {
        return encode(unsigned(number, length));
    }

    /** Big-endian, exactly this long. */
    public static byte[] unsigned(BigInteger number, int length) {
        byte[] signed = number.toByteArray();
        byte[] bytes = new byte[length];
        int copied = Math.min(signed.length, length);
        System.arraycopy(signed, signed.length - copied, bytes, length - copied, copied);
        return bytes;
    }

    /** The bytes of base64 or of base64url, padded to the end or not at all; null for anything that is not canonical. */
    public static byte @Nullable [] decodeAny(String text) {
        int end = text.length();
        if (text.endsWith("=")) {
            if (text.length() % 4 != 0) {
                return null;
            }
            end -= text.endsWith("==") ? 2 : 1;
        }
        boolean url = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
        boolean plain = text.indexOf('+') >= 0 || text.indexOf('/') >= 0;
        return url && plain
                ? null
                : decode(text.substring(0, end).replace('+', '-').replace('/', '_'));
    }

    /** The bytes, or null if the text has padding, other characters, or bits that stand for nothing. */
    public static byte @Nullable [] decode(String text) {
        return decode(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The bytes that this text in ASCII stands for, or null as above. */
    public static byte @Nullable [] decode(byte[] text) {
        int tail = text.length % 4;
        if (tail == 1 || (text.length > 0 && text[text.length - 1] == '=')) {
            return null;
        }
        byte[] bytes;
        try {
            bytes = DECODER.decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (tail != 0) {
            int unused = tail == 2 ? 0x0f : 0x03;
            if ((VALUES[text[text.length - 1]] & unused) != 0) {
                return null;
            }
        }
        return bytes;
    }

    /** As {@link #encode}, in ASCII. */
    public static byte[] encodeToBytes(byte[] bytes) {
        return ENCODER.encode(bytes);
    }
}
