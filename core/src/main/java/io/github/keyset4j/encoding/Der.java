package io.github.keyset4j.encoding;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * As much of DER as it takes to see what kind of key a block holds, and to put the older forms (PKCS#1, SEC1) into the
 * PKCS#8 that the JDK reads. The JDK does the real parsing.
 */
public final class Der {

    private static final HexFormat HEX = HexFormat.of();

    /** Object identifiers as DER writes them, in hexadecimal. */
    public static final String RSA_ENCRYPTION = "2a864886f70d010101";

    public static final String RSA_PSS = "2a864886f70d01010a";
    public static final String EC_PUBLIC_KEY = "2a8648ce3d0201";
    public static final String ED25519 = "2b6570";

    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int SEQUENCE = 0x30;
    private static final int BIT_STRING = 0x03;
    private static final int NULL = 0x05;
    private static final int OID = 0x06;
    /** The first optional element: a SEC1 key's curve, a certificate's version. */
    private static final int FIRST = 0xa0;

    private Der() {}

    /**
     * What names a key's algorithm.
     *
     * @param curve for EC the object identifier of the curve; null where there is none
     * @param explicitCurve whether the curve is written out, equation and all, instead of named
     */
    public record Algorithm(String oid, @Nullable String curve, boolean explicitCurve) {

        public boolean is(String expected) {
            return oid.equals(expected);
        }
    }

    /** Not DER, or not of the form expected. */
    public static final class Malformed extends Exception {

        private static final long serialVersionUID = 1L;

        Malformed() {
            super("malformed", null, false, false);
        }
    }

    /** PKCS#8 (RFC 5958): SEQUENCE { version, AlgorithmIdentifier, OCTET STRING }. */
    public static Algorithm algorithmOfPkcs8(byte[] der) throws Malformed {
        Reader key = new Reader(der).enter(SEQUENCE);
        key.skip(INTEGER);
        return algorithm(key);
    }

    /** SubjectPublicKeyInfo (RFC 5280): SEQUENCE { AlgorithmIdentifier, BIT STRING }. */
    public static Algorithm algorithmOfSpki(byte[] der) throws Malformed {
        return algorithm(new Reader(der).enter(SEQUENCE));
    }

    private static Algorithm algorithm(Reader in) throws Malformed {
        Reader identifier = in.enter(SEQUENCE);
        String oid = identifier.oid();
        boolean explicit = oid.equals(EC_PUBLIC_KEY) && identifier.nextIs(SEQUENCE);
        return new Algorithm(oid, identifier.nextIs(OID) ? identifier.oid() : null, explicit);
    }

    /** The point of an EC key in SubjectPublicKeyInfo, as SEC1 section 2.3.3 encodes it. */
    public static byte[] pointOfSpki(byte[] der) throws Malformed {
        Reader key = new Reader(der).enter(SEQUENCE);
        key.skip(SEQUENCE);
        byte[] bits = key.read(BIT_STRING);
        if (bits.length == 0 || bits[0] != 0) {
            throw new Malformed();
        }
        return Arrays.copyOfRange(bits, 1, bits.length);
    }

    /** The SubjectPublicKeyInfo of an X.509 certificate (RFC 5280 section 4.1). */
    public static byte[] spkiOfCertificate(byte[] der) throws Malformed {
        Reader certificate = new Reader(der).enter(SEQUENCE);
        Reader signed = certificate.enter(SEQUENCE);
        certificate.skip(SEQUENCE);
        certificate.skip(BIT_STRING);
        if (signed.nextIs(FIRST)) {
            signed.skip(FIRST);
        }
        signed.skip(INTEGER);
        for (int i = 0; i < 4; i++) { // signature algorithm, issuer, validity, subject
            signed.skip(SEQUENCE);
        }
        return signed.element(SEQUENCE);
    }

    /** PKCS#1 RSAPrivateKey (RFC 8017 appendix A.1.2) as PKCS#8. */
    public static byte[] pkcs8OfPkcs1(byte[] pkcs1) throws Malformed {
        new Reader(pkcs1).enter(SEQUENCE).skip(INTEGER);
        return pkcs8(join(tlv(OID, HEX.parseHex(RSA_ENCRYPTION)), tlv(NULL)), pkcs1);
    }

    /** PKCS#1 RSAPublicKey (RFC 8017 appendix A.1.1) as SubjectPublicKeyInfo. */
    public static byte[] spkiOfPkcs1(byte[] pkcs1) throws Malformed {
        new Reader(pkcs1).enter(SEQUENCE).skip(INTEGER);
        byte[] bits = join(new byte[] {0}, pkcs1);
        return tlv(SEQUENCE, tlv(SEQUENCE, tlv(OID, HEX.parseHex(RSA_ENCRYPTION)), tlv(NULL)), tlv(BIT_STRING, bits));
    }

    /** SEC1 ECPrivateKey (RFC 5915) as PKCS#8; it must say on which curve it is. */
    public static byte[] pkcs8OfSec1(byte[] sec1) throws Malformed {
        Reader key = new Reader(sec1).enter(SEQUENCE);
        key.skip(INTEGER);
        key.skip(OCTET_STRING);
        byte[] curve = key.read(FIRST);
        return pkcs8(join(tlv(OID, HEX.parseHex(EC_PUBLIC_KEY)), curve), sec1);
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return tlv(SEQUENCE, tlv(INTEGER, new byte[] {0}), tlv(SEQUENCE, algorithm), tlv(OCTET_STRING, key));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] tlv(int tag, byte[]... parts) {
        byte[] content = join(parts);
        int length = content.length;
        byte[] head;
        if (length < 0x80) {
            head = new byte[] {(byte) tag, (byte) length};
        } else if (length < 0x100) {
            head = new byte[] {(byte) tag, (byte) 0x81, (byte) length};
        } else if (length < 0x10000) {
            head = new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
        } else {
            head = new byte[] {(byte) tag, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length};
        }
        return join(head, content);
    }

    /** Goes from one element to the next. */
    static final class Reader {

        private final byte[] bytes;
        private final int end;
        private int at;

        Reader(byte[] bytes) {
            this(bytes, 0, bytes.length);
        }

        private Reader(byte[] bytes, int from, int end) {
            this.bytes = bytes;
            this.at = from;
            this.end = end;
        }

        boolean nextIs(int tag) {
            return at < end && (bytes[at] & 0xff) == tag;
        }

        Reader enter(int tag) throws Malformed {
            int length = head(tag);
            Reader inner = new Reader(bytes, at, at + length);
            at += length;
            return inner;
        }

        byte[] read(int tag) throws Malformed {
            Reader inner = enter(tag);
            return Arrays.copyOfRange(bytes, inner.at, inner.end);
        }

        /** The next element with its tag and length. */
        byte[] element(int tag) throws Malformed {
            int from = at;
            skip(tag);
            return Arrays.copyOfRange(bytes, from, at);
        }

        String oid() throws Malformed {
            return HEX.formatHex(read(OID));
        }

        BigInteger integer() throws Malformed {
            byte[] octets = read(INTEGER);
            if (octets.length == 0) {
                throw new Malformed();
            }
            return new BigInteger(octets);
        }

        void skip(int tag) throws Malformed {
            enter(tag);
        }

        private int head(int tag) throws Malformed {
            if (!nextIs(tag) || end - at < 2) {
                throw new Malformed();
            }
            at++;
            int length = bytes[at++] & 0xff;
            if (length >= 0x80) {
                int lengthBytes = length & 0x7f;
                if (lengthBytes == 0 || lengthBytes > 3 || end - at < lengthBytes) {
                    throw new Malformed();
                }
                length = 0;
                for (int i = 0; i < lengthBytes; i++) {
                    length = (length << 8) | (bytes[at++] & 0xff);
                }
            }
            if (length > end - at) {
                throw new Malformed();
            }
            return length;
        }
    }
}
