package io.github.keyset4j.encoding;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A PKCS#8 key under a password (RFC 5958 section 3): PBES2 with PBKDF2 and AES-CBC (RFC 8018). Other schemes are known
 * by name alone.
 *
 * <p>The JDK's PBKDF2 takes the password's UTF-8 octets, as OpenSSL does; its PBES2 takes ASCII only, up to JDK 17.
 */
public final class EncryptedKey {

    public static final String ENCRYPT_AGAIN =
            "encrypt it again: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out new.pem";

    private static final String PBES2 = "2a864886f70d01050d";
    private static final String PBKDF2 = "2a864886f70d01050c";
    private static final String HMAC_SHA1 = "2a864886f70d0207";

    private static final Map<String, String> MACS = Map.of(
            HMAC_SHA1,
            "HmacSHA1",
            "2a864886f70d0208",
            "HmacSHA224",
            "2a864886f70d0209",
            "HmacSHA256",
            "2a864886f70d020a",
            "HmacSHA384",
            "2a864886f70d020b",
            "HmacSHA512");

    /** Octets of the key of each AES-CBC. */
    private static final Map<String, Integer> AES =
            Map.of("608648016503040102", 16, "608648016503040116", 24, "60864801650304012a", 32);

    /** What is not read here, by the names that OpenSSL has for it. */
    private static final Map<String, String> FOREIGN = Map.ofEntries(
            Map.entry("2b06010401da47040b", "scrypt"),
            Map.entry("2a864886f70d0307", "des-ede3-cbc"),
            Map.entry("2b0e030207", "des-cbc"),
            Map.entry("2a864886f70d0302", "rc2-cbc"),
            Map.entry("2a864886f70d010501", "PBES1 (pbeWithMD2AndDES-CBC)"),
            Map.entry("2a864886f70d010503", "PBES1 (pbeWithMD5AndDES-CBC)"),
            Map.entry("2a864886f70d010504", "PBES1 (pbeWithMD2AndRC2-CBC)"),
            Map.entry("2a864886f70d010506", "PBES1 (pbeWithMD5AndRC2-CBC)"),
            Map.entry("2a864886f70d01050a", "PBES1 (pbeWithSHA1AndDES-CBC)"),
            Map.entry("2a864886f70d01050b", "PBES1 (pbeWithSHA1AndRC2-CBC)"),
            Map.entry("2a864886f70d010c0101", "PKCS#12's PBE (pbeWithSHA1And128BitRC4)"),
            Map.entry("2a864886f70d010c0102", "PKCS#12's PBE (pbeWithSHA1And40BitRC4)"),
            Map.entry("2a864886f70d010c0103", "PKCS#12's PBE (pbeWithSHA1And3-KeyTripleDES-CBC)"),
            Map.entry("2a864886f70d010c0104", "PKCS#12's PBE (pbeWithSHA1And2-KeyTripleDES-CBC)"),
            Map.entry("2a864886f70d010c0105", "PKCS#12's PBE (pbeWithSHA1And128BitRC2-CBC)"),
            Map.entry("2a864886f70d010c0106", "PKCS#12's PBE (pbeWithSHA1And40BitRC2-CBC)"));

    /** Encrypted with something that is not read here. */
    public static final class Unsupported extends Exception {

        private static final long serialVersionUID = 1L;

        private final String scheme;

        Unsupported(String scheme) {
            super("unsupported", null, false, false);
            this.scheme = scheme;
        }

        public String scheme() {
            return scheme;
        }
    }

    private final byte[] salt;
    private final BigInteger iterations;
    private final String mac;
    private final int keyBytes;
    private final byte[] iv;
    private final byte[] encrypted;

    private EncryptedKey(byte[] salt, BigInteger iterations, String mac, int keyBytes, byte[] iv, byte[] encrypted) {
        this.salt = salt;
        this.iterations = iterations;
        this.mac = mac;
        this.keyBytes = keyBytes;
        this.iv = iv;
        this.encrypted = encrypted;
    }

    public static EncryptedKey of(byte[] der) throws Der.Malformed, Unsupported {
        Der.Reader key = new Der.Reader(der).enter(Der.SEQUENCE);
        Der.Reader scheme = key.enter(Der.SEQUENCE);
        known(scheme.oid(), PBES2);
        Der.Reader parameters = scheme.enter(Der.SEQUENCE);

        Der.Reader derivation = parameters.enter(Der.SEQUENCE);
        known(derivation.oid(), PBKDF2);
        Der.Reader pbkdf2 = derivation.enter(Der.SEQUENCE);
        byte[] salt = pbkdf2.read(Der.OCTET_STRING);
        BigInteger iterations = pbkdf2.integer();
        BigInteger length = pbkdf2.nextIs(Der.INTEGER) ? pbkdf2.integer() : null;
        String mac = MACS.get(
                pbkdf2.nextIs(Der.SEQUENCE) ? pbkdf2.enter(Der.SEQUENCE).oid() : HMAC_SHA1);
        if (mac == null) {
            throw new Unsupported("PBKDF2 with an unknown function");
        }

        Der.Reader cipher = parameters.enter(Der.SEQUENCE);
        String name = cipher.oid();
        Integer keyBytes = AES.get(name);
        if (keyBytes == null) {
            throw new Unsupported(FOREIGN.getOrDefault(name, "an unknown cipher"));
        }
        byte[] iv = cipher.read(Der.OCTET_STRING);
        if (iterations.signum() <= 0
                || salt.length == 0
                || iv.length != 16
                || (length != null && !length.equals(BigInteger.valueOf(keyBytes)))) {
            throw new Der.Malformed();
        }
        return new EncryptedKey(salt, iterations, mac, keyBytes, iv, key.read(Der.OCTET_STRING));
    }

    private static void known(String oid, String expected) throws Unsupported {
        if (!oid.equals(expected)) {
            throw new Unsupported(FOREIGN.getOrDefault(oid, "an unknown scheme"));
        }
    }

    /** What decrypting costs in iterations of PBKDF2. */
    public long cost() {
        return iterations.bitLength() < Integer.SIZE ? iterations.longValue() * blocks() : Long.MAX_VALUE;
    }

    private int blocks() {
        int hashBytes = switch (mac) {
            case "HmacSHA1" -> 20;
            case "HmacSHA224" -> 28;
            default -> 32;
        };
        return (keyBytes + hashBytes - 1) / hashBytes;
    }

    /** The key as PKCS#8, to be wiped by the caller; nothing if the password is another one. */
    public Optional<byte[]> decrypted(char[] password) throws GeneralSecurityException {
        PBEKeySpec derivation = new PBEKeySpec(password, salt, iterations.intValueExact(), 8 * keyBytes);
        byte[] key = new byte[0];
        try {
            key = SecretKeyFactory.getInstance("PBKDF2With" + mac)
                    .generateSecret(derivation)
                    .getEncoded();
            Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
            byte[] pkcs8 = cipher.doFinal(encrypted);
            Der.algorithmOfPkcs8(pkcs8); // one wrong password in 256 leaves a padding that looks right
            return Optional.of(pkcs8);
        } catch (BadPaddingException | IllegalBlockSizeException | Der.Malformed e) {
            return Optional.empty();
        } finally {
            derivation.clearPassword();
            Arrays.fill(key, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "EncryptedKey, redacted";
    }
}
