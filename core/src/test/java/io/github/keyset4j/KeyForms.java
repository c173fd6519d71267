package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Keys, certificates and key stores in every form people have them, and the encodings they wrap around them. */
final class KeyForms {

    private static final HexFormat HEX = HexFormat.of();

    private KeyForms() {}

    /** What wraps bytes into text, by name. */
    static final Map<String, Function<byte[], byte[]>> ENCODINGS = encodings();

    private static Map<String, Function<byte[], byte[]>> encodings() {
        Map<String, Function<byte[], byte[]>> all = new LinkedHashMap<>();
        all.put("base64", bytes -> Base64.getEncoder().encode(bytes));
        all.put("base64 in lines", bytes -> Base64.getMimeEncoder().encode(bytes));
        all.put("base64url", bytes -> Base64.getUrlEncoder().withoutPadding().encode(bytes));
        all.put("hex", bytes -> ascii(HEX.formatHex(bytes)));
        all.put(
                "HEX with colons",
                bytes -> ascii(HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes)));
        all.put("\\x before all", bytes -> ascii("\\x" + HEX.formatHex(bytes)));
        all.put(
                "\\x before each",
                bytes -> ascii("\\x" + HexFormat.ofDelimiter("\\x").formatHex(bytes)));
        all.put("hex with dashes", bytes -> ascii(HexFormat.ofDelimiter("-").formatHex(bytes)));
        all.put("hex with dots", bytes -> ascii(HexFormat.ofDelimiter(".").formatHex(bytes)));
        all.put(
                "an array of C",
                bytes ->
                        ascii("{" + HexFormat.ofDelimiter(", ").withPrefix("0x").formatHex(bytes) + "}"));
        all.put("an array of Java", bytes -> ascii(Arrays.toString(bytes)));
        all.put(
                "multibase m",
                bytes -> join(ascii("m"), Base64.getEncoder().withoutPadding().encode(bytes)));
        all.put(
                "multibase u",
                bytes ->
                        join(ascii("u"), Base64.getUrlEncoder().withoutPadding().encode(bytes)));
        all.put("multibase f", bytes -> ascii("f" + HEX.formatHex(bytes)));
        all.put("zero width", bytes -> join("\u200B\uFEFF".getBytes(StandardCharsets.UTF_8), base64InLines(bytes)));
        all.put("base32", KeyForms::base32);
        all.put("BOM", bytes -> join("\uFEFF".getBytes(StandardCharsets.UTF_8), base64(bytes)));
        all.put("comment", bytes -> join(ascii("# the key of production\n"), base64(bytes)));
        all.put("blank lines", bytes -> join(ascii("\n \t\r\n"), base64(bytes), ascii("\n\n")));
        all.put("assignment", bytes -> join(ascii("PUBLIC_KEY="), base64(bytes)));
        all.put("data URI", bytes -> join(ascii("data:application/octet-stream;base64,"), base64(bytes)));
        all.put("JSON string", bytes -> join(ascii("\""), escaped(base64InLines(bytes)), ascii("\"")));
        all.put("literal line ends", bytes -> escaped(base64InLines(bytes)));
        all.put(
                "UTF-16",
                bytes -> base64(
                        new String(base64(bytes), StandardCharsets.US_ASCII).getBytes(StandardCharsets.UTF_16LE)));
        all.put(
                "percent",
                bytes -> ascii(new String(base64(bytes), StandardCharsets.US_ASCII)
                        .replace("+", "%2B")
                        .replace("/", "%2F")
                        .replace("=", "%3D")));
        return all;
    }

    /** Every form of this pair, as the octets of a file, by name. */
    static Map<String, byte[]> of(KeyPair pair) {
        Map<String, byte[]> forms = new LinkedHashMap<>();
        forms.put("SubjectPublicKeyInfo", pair.getPublic().getEncoded());
        forms.put("PKCS#8", pair.getPrivate().getEncoded());
        forms.put("encrypted PKCS#8", body(PemSamples.encrypted(pair, "password", 1000)));
        forms.put("certificate", certificate(pair));
        forms.put("JWK", ascii(SampleKeys.json(SampleKeys.jwk(pair))));
        String jwk = SampleKeys.json(SampleKeys.jwk(pair));
        for (String before :
                List.of("# of production\n", "// of production\n", "/* of production */ ", "jwk=", "\u200B")) {
            forms.put("JWK behind " + before, (before + jwk).getBytes(StandardCharsets.UTF_8));
        }
        forms.put("JWK in HTML", ascii(jwk.replace("\"", "&quot;")));
        forms.put("JWK in single quotes", ascii(jwk.replace('"', '\'')));
        forms.put(
                "JWK in YAML",
                ascii(jwk.replace("\"", "")
                        .replace(",", "\n")
                        .replace(":", ": ")
                        .replaceAll("[{}]", "")));
        byte[] spki = pair.getPublic().getEncoded();
        forms.put(
                "OpenSSL's description",
                ascii("Public-Key: (256 bit)\npub:\n    "
                        + HexFormat.ofDelimiter(":").formatHex(spki)));
        forms.put(
                "OpenSSL's description, cut",
                ascii("pub:\n    " + HexFormat.ofDelimiter(":").formatHex(spki)));
        forms.put("XML", ascii("<RSAKeyValue xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Exponent>AQAB</Exponent>"));
        forms.put("XML of .NET", ascii("<RSAParameters><Exponent>AQAB</Exponent></RSAParameters>"));
        forms.put("SSH certificate", join(string(ascii(sshType(pair) + "-cert-v01@openssh.com")), string(spki)));
        forms.put("did:key", ascii("did:key:z6Mk" + SampleKeys.secret(44)));
        forms.put("JWK set", ascii(SampleKeys.jwkSet(null, SampleKeys.publicOnly(SampleKeys.jwk(pair)))));
        forms.put("PEM of the public key", ascii(SampleKeys.publicPem(pair)));
        forms.put("PEM of the private key", ascii(SampleKeys.privatePem(pair)));
        if (pair.getPublic() instanceof RSAPublicKey rsa) {
            forms.put(
                    "OpenPGP", join(HEX.parseHex("99010d0465000000010800"), Base64Url.unsigned(rsa.getModulus(), 256)));
            forms.put("PKCS#1 private", body(PemSamples.pkcs1(pair)));
            forms.put("PKCS#1 public", body(PemSamples.pkcs1Public(pair)));
        } else if (pair.getPublic() instanceof ECPublicKey ec) {
            forms.put("SEC1", body(PemSamples.sec1(pair)));
            int size = EcCurve.of(ec.getParams()).orElseThrow().coordinateBytes();
            forms.put(
                    "point",
                    join(
                            new byte[] {4},
                            Base64Url.unsigned(ec.getW().getAffineX(), size),
                            Base64Url.unsigned(ec.getW().getAffineY(), size)));
            forms.put(
                    "coordinates",
                    join(
                            Base64Url.unsigned(ec.getW().getAffineX(), size),
                            Base64Url.unsigned(ec.getW().getAffineY(), size)));
        }
        byte[] ssh = ssh(pair);
        String type = sshType(pair);
        forms.put("SSH, binary", ssh);
        forms.put("SSH, a line", join(ascii(type + " "), base64(ssh), ascii(" deploy@ci")));
        forms.put("SSH, with options", join(ascii("no-pty,command=\"x\" " + type + " "), base64(ssh)));
        forms.put(
                "SSH, RFC 4716",
                join(
                        ascii("---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"256-bit\"\n"),
                        base64(ssh),
                        ascii("\n---- END SSH2 PUBLIC KEY ----")));
        forms.put("SSH, private", join(ascii("openssh-key-v1\0"), string(ascii("none")), string(ssh)));
        return forms;
    }

    /** Key stores, and what tokens there are. */
    static Map<String, byte[]> stores() {
        Map<String, byte[]> forms = new LinkedHashMap<>();
        forms.put("PKCS#12", keyStore("PKCS12"));
        forms.put("JKS", keyStore("JKS"));
        forms.put("JCEKS", keyStore("JCEKS"));
        forms.put(
                "token",
                ascii(Base64Url.encode(ascii("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")) + "."
                        + Base64Url.encode(ascii("{\"sub\":\"somebody\"}")) + "." + SampleKeys.secret(43)));
        return forms;
    }

    private static byte[] keyStore(String type) {
        try {
            KeyStore store = KeyStore.getInstance(type);
            store.load(null, null);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            store.store(out, "password".toCharArray());
            return out.toByteArray();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As far as it goes before the validity: nobody verifies it here. */
    private static byte[] certificate(KeyPair pair) {
        byte[] algorithm = PemSamples.der(0x30, PemSamples.der(0x06, HEX.parseHex("2a8648ce3d040302")));
        byte[] name = PemSamples.der(0x30);
        byte[] serial = PemSamples.der(0x02, new BigInteger(64, new SecureRandom()).toByteArray());
        byte[] signed = PemSamples.der(
                0x30,
                PemSamples.der(0xa0, PemSamples.der(0x02, new byte[] {2})),
                serial,
                algorithm,
                name,
                name,
                name,
                pair.getPublic().getEncoded());
        return PemSamples.der(0x30, signed, algorithm, PemSamples.der(0x03, new byte[70]));
    }

    private static String sshType(KeyPair pair) {
        if (pair.getPublic() instanceof RSAPublicKey) {
            return "ssh-rsa";
        }
        return pair.getPublic() instanceof ECPublicKey ec
                ? "ecdsa-sha2-nistp" + ec.getParams().getCurve().getField().getFieldSize()
                : "ssh-ed25519";
    }

    private static byte[] ssh(KeyPair pair) {
        byte[] type = string(ascii(sshType(pair)));
        if (pair.getPublic() instanceof RSAPublicKey rsa) {
            return join(
                    type,
                    string(rsa.getPublicExponent().toByteArray()),
                    string(rsa.getModulus().toByteArray()));
        }
        byte[] spki = pair.getPublic().getEncoded();
        if (pair.getPublic() instanceof EdECPublicKey) {
            byte[] key = new byte[32];
            System.arraycopy(spki, spki.length - 32, key, 0, 32);
            return join(type, string(key));
        }
        int size = 2
                        * EcCurve.of(((ECPublicKey) pair.getPublic()).getParams())
                                .orElseThrow()
                                .coordinateBytes()
                + 1;
        byte[] point = new byte[size];
        System.arraycopy(spki, spki.length - size, point, 0, size);
        return join(type, string(ascii(sshType(pair).substring(11))), string(point));
    }

    private static byte[] string(byte[] content) {
        return join(ByteBuffer.allocate(4).putInt(content.length).array(), content);
    }

    private static byte[] body(String pem) {
        return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z0-9 ]+-----", ""));
    }

    private static byte[] escaped(byte[] text) {
        return ascii(new String(text, StandardCharsets.US_ASCII)
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("/", "\\/"));
    }

    private static byte[] base64(byte[] bytes) {
        return Base64.getEncoder().encode(bytes);
    }

    private static byte[] base64InLines(byte[] bytes) {
        return Base64.getMimeEncoder().encode(bytes);
    }

    private static byte[] base32(byte[] bytes) {
        StringBuilder bits = new StringBuilder();
        for (byte octet : bytes) {
            bits.append(Integer.toBinaryString((octet & 0xff) | 0x100).substring(1));
        }
        while (bits.length() % 5 != 0) {
            bits.append('0');
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bits.length(); i += 5) {
            text.append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(Integer.parseInt(bits.substring(i, i + 5), 2)));
        }
        return ascii(text.toString());
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List.of(parts).forEach(out::writeBytes);
        return out.toByteArray();
    }
}
