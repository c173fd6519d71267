package io.github.keyset4j.cli.env;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Values as secrets have them, and worse: the same on every run but for the keys among them. */
final class SampleValues {

    static final int COUNT = 10_000;

    private static final String[] PIECES = {
        "'",
        "\"",
        "\\",
        "`",
        "$",
        "#",
        " ",
        " #",
        "=",
        ":",
        ";",
        "!",
        "!!",
        "%",
        "&",
        "|",
        "*",
        "~",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "$$",
        "${",
        "}",
        "$HOME",
        "${HOME}",
        "${HOME:-x}",
        "$(id)",
        "`id`",
        "\\n",
        "\\r",
        "\\t",
        "\\$",
        "\\\"",
        "\\\\",
        "\\0101",
        "\\x41",
        "''",
        "\"\"",
        "export A=1",
        "a",
        "B",
        "7",
        "_",
        "-",
        "/",
        "+",
        "é",
        "ß",
        "漢",
        "😀",
        "\u0001",
        "\u001b",
        "\u007f",
        "\u0085",
        "\u00a0",
        "\u2028",
        "\ufeff"
    };

    private SampleValues() {}

    /** Ten thousand values. */
    static List<String> all() {
        List<String> values = new ArrayList<>(List.of(
                "",
                " ",
                "\\",
                "a\\",
                "'",
                "\"",
                "#",
                "$",
                "a=b",
                " leading",
                "trailing ",
                "\n",
                "x\n",
                "\r\n",
                "p@ss w0rd!",
                "postgres://u:p%40ss@db:5432/app?sslmode=require#frag",
                "{\"a\":\"b\\\"c\",\"d\":\"$e\"}"));
        values.add(pem("EC", 256));
        values.add(pem("RSA", 2048));
        values.add(jwks());
        Random random = new Random(20_260_211);
        while (values.size() < COUNT) {
            StringBuilder value = new StringBuilder();
            int pieces = random.nextInt(24);
            boolean plain = random.nextInt(3) == 0;
            for (int i = 0; i < pieces; i++) {
                value.append(
                        plain || random.nextBoolean()
                                ? String.valueOf((char) (' ' + random.nextInt(95)))
                                : PIECES[random.nextInt(PIECES.length)]);
            }
            values.add(value.toString());
        }
        return values;
    }

    private static KeyPair pair(String algorithm, int size) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(size);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String algorithm, int size) {
        byte[] der = pair(algorithm, size).getPrivate().getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END PRIVATE KEY-----\n";
    }

    /** A JWKS as it would be pasted: JSON of several lines. */
    static String jwks() {
        ECPublicKey key = (ECPublicKey) pair("EC", 256).getPublic();
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        return "{\n  \"keys\": [{\"kty\": \"EC\", \"crv\": \"P-256\", \"kid\": \"k1\", \"x\": \""
                + encoder.encodeToString(key.getW().getAffineX().toByteArray()) + "\", \"y\": \""
                + encoder.encodeToString(key.getW().getAffineY().toByteArray()) + "\"}]\n}";
    }
}
