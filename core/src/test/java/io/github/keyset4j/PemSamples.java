package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Keys in the forms of PEM that the JDK does not write by itself. */
final class PemSamples {

    private static final byte[] SALT = "a salt of some octets".getBytes(StandardCharsets.US_ASCII);

    private static final String PBES2 = "2a864886f70d01050d";

    private PemSamples() {}

    /** PKCS#1 (RFC 8017 appendix A.1.2), as {@code openssl genrsa -traditional} writes it. */
    static String pkcs1(KeyPair rsa) {
        return SampleKeys.pem("RSA PRIVATE KEY", keyInside(rsa.getPrivate().getEncoded()));
    }

    /** PKCS#1 (RFC 8017 appendix A.1.1). */
    static String pkcs1Public(KeyPair rsa) {
        ByteBuffer spki = content(ByteBuffer.wrap(rsa.getPublic().getEncoded()));
        content(spki);
        ByteBuffer bits = content(spki);
        bits.get();
        return SampleKeys.pem("RSA PUBLIC KEY", rest(bits));
    }

    /** SEC1 (RFC 5915), as {@code openssl ecparam -genkey} writes it. */
    static String sec1(KeyPair ec) {
        byte[] curve = curve(ec);
        int length = EcCurve.of(((ECPrivateKey) ec.getPrivate()).getParams())
                .orElseThrow()
                .coordinateBytes();
        ByteBuffer spki = content(ByteBuffer.wrap(ec.getPublic().getEncoded()));
        content(spki);
        byte[] point = rest(content(spki));
        return SampleKeys.pem(
                "EC PRIVATE KEY",
                der(
                        0x30,
                        der(0x02, new byte[] {1}),
                        der(0x04, Base64Url.unsigned(((ECPrivateKey) ec.getPrivate()).getS(), length)),
                        der(0xa0, curve),
                        der(0xa1, der(0x03, point))));
    }

    /** SubjectPublicKeyInfo whose point says of y no more than its lowest bit. */
    static String compressed(KeyPair ec) {
        ECPublicKey key = (ECPublicKey) ec.getPublic();
        int length = EcCurve.of(key.getParams()).orElseThrow().coordinateBytes();
        int form = key.getW().getAffineY().testBit(0) ? 3 : 2;
        byte[] x = Base64Url.unsigned(key.getW().getAffineX(), length);
        byte[] algorithm = rest(content(content(ByteBuffer.wrap(key.getEncoded()))));
        byte[] point = ByteBuffer.allocate(2 + length)
                .put((byte) 0)
                .put((byte) form)
                .put(x)
                .array();
        return SampleKeys.pem("PUBLIC KEY", der(0x30, der(0x30, algorithm), der(0x03, point)));
    }

    /** As much of an X.509 certificate as there has to be around its key. */
    static String certificate(KeyPair pair) {
        byte[] empty = der(0x30);
        byte[] signed = der(
                0x30,
                der(0xa0, der(0x02, new byte[] {2})),
                der(0x02, new byte[] {1}),
                empty,
                empty,
                empty,
                empty,
                pair.getPublic().getEncoded());
        return SampleKeys.pem("CERTIFICATE", der(0x30, signed, empty, der(0x03, new byte[] {0})));
    }

    /** SEC1 that does not say on which curve it is. */
    static String sec1WithoutCurve(KeyPair ec) {
        return SampleKeys.pem("EC PRIVATE KEY", keyInside(ec.getPrivate().getEncoded()));
    }

    /** The block that older versions of OpenSSL put before an EC key. */
    static String ecParameters(KeyPair ec) {
        return SampleKeys.pem("EC PARAMETERS", curve(ec));
    }

    /** PKCS#8 under PBES2 (RFC 8018). */
    static String encrypted(KeyPair pair, String password, int iterations) {
        try {
            String scheme = "PBEWithHmacSHA256AndAES_256";
            Cipher cipher = Cipher.getInstance(scheme);
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(password.toCharArray())),
                    new PBEParameterSpec(SALT, iterations));
            byte[] encrypted = cipher.doFinal(pair.getPrivate().getEncoded());
            byte[] pbes2 = der(
                    0x30,
                    der(0x06, HexFormat.of().parseHex(PBES2)),
                    cipher.getParameters().getEncoded());
            return SampleKeys.pem("ENCRYPTED PRIVATE KEY", der(0x30, pbes2, der(0x04, encrypted)));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same under the password's UTF-8 octets, with PBKDF2 as RFC 8018 section 5.2 spells it out for one block. */
    static String encryptedUnderUtf8(KeyPair pair, String password, int iterations) {
        try {
            byte[] octets = password.getBytes(StandardCharsets.UTF_8);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(octets.length == 0 ? new byte[1] : octets, "HmacSHA256"));
            mac.update(SALT);
            byte[] link = mac.doFinal(new byte[] {0, 0, 0, 1});
            byte[] key = link.clone();
            for (int i = 1; i < iterations; i++) {
                link = mac.doFinal(link);
                for (int j = 0; j < key.length; j++) {
                    key[j] ^= link[j];
                }
            }
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
            return pbes2(
                    HexFormat.of().toHexDigits((short) iterations),
                    cipher.doFinal(pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An encrypted key whose PBKDF2 asks for this many iterations, in hexadecimal; it decrypts to nothing. */
    static String encryptedWithIterations(String hexIterations) {
        return pbes2(hexIterations, new byte[64]);
    }

    private static String pbes2(String hexIterations, byte[] encrypted) {
        HexFormat hex = HexFormat.of();
        byte[] pbkdf2 = der(
                0x30,
                der(0x06, hex.parseHex("2a864886f70d01050c")),
                der(
                        0x30,
                        der(0x04, SALT),
                        der(0x02, hex.parseHex(hexIterations)),
                        der(0x30, der(0x06, hex.parseHex("2a864886f70d0209")), der(0x05))));
        byte[] aes = der(0x30, der(0x06, hex.parseHex("60864801650304012a")), der(0x04, new byte[16]));
        byte[] pbes2 = der(0x30, der(0x06, hex.parseHex(PBES2)), der(0x30, pbkdf2, aes));
        return SampleKeys.pem("ENCRYPTED PRIVATE KEY", der(0x30, pbes2, der(0x04, encrypted)));
    }

    /** The whole PEM once more in base64, as secrets in environment variables often are. */
    static String wrapped(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.size() >= 0x100) {
            out.write(0x82);
            out.write(content.size() >> 8);
        } else if (content.size() >= 0x80) {
            out.write(0x81);
        }
        out.write(content.size());
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    /** The key in a PKCS#8's OCTET STRING. */
    private static byte[] keyInside(byte[] pkcs8) {
        ByteBuffer in = content(ByteBuffer.wrap(pkcs8));
        content(in);
        content(in);
        return rest(content(in));
    }

    /** The object identifier of the curve, with its tag. */
    private static byte[] curve(KeyPair ec) {
        ByteBuffer algorithm = content(content(ByteBuffer.wrap(ec.getPublic().getEncoded())));
        content(algorithm);
        return rest(algorithm);
    }

    /** What the next tag and length stand before. */
    private static ByteBuffer content(ByteBuffer in) {
        in.get();
        int length = in.get() & 0xff;
        if (length == 0x81) {
            length = in.get() & 0xff;
        } else if (length == 0x82) {
            length = in.getShort() & 0xffff;
        }
        ByteBuffer content = in.slice(in.position(), length);
        in.position(in.position() + length);
        return content;
    }

    private static byte[] rest(ByteBuffer in) {
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return rest;
    }
}
