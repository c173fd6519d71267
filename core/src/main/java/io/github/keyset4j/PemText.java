package io.github.keyset4j;

import io.github.keyset4j.encoding.EncryptedKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The blocks of a PEM text (RFC 7468): with real or literal line ends, indented, with text around them, or the whole of
 * it in base64 once more.
 */
final class PemText {

    private static final String BEGIN = "-----BEGIN ";
    private static final String DASHES = "-----";

    private PemText() {}

    /** One block: its label and what it encodes. */
    static final class Block {

        private final String label;
        private final byte[] der;

        Block(String label, byte[] der) {
            this.label = label;
            this.der = der;
        }

        String label() {
            return label;
        }

        byte[] der() {
            return der;
        }

        boolean isPrivate() {
            return label.endsWith("PRIVATE KEY");
        }

        boolean isCertificate() {
            return label.equals("CERTIFICATE");
        }

        @Override
        public String toString() {
            return label + ", redacted";
        }
    }

    /** Whether a text is a PEM, or a PEM in base64, rather than anything else. */
    static boolean isOne(String text) {
        return text.contains(BEGIN) || unwrapped(text).isPresent();
    }

    /**
     * The PEM inside, where the whole of it, with the lines before its first block, was put into base64 once more. A block
     * that begins within a line is part of something else, such as a JSON document.
     */
    private static Optional<String> unwrapped(String text) {
        try {
            byte[] inner = Base64.getDecoder()
                    .decode(withoutBlanks(text.replace("\\r", "").replace("\\n", "")));
            String pem = new String(inner, StandardCharsets.ISO_8859_1);
            return pem.startsWith(BEGIN) || pem.contains("\n" + BEGIN) ? Optional.of(pem) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] withoutBlanks(String text) {
        StringBuilder base64 = new StringBuilder(text.length());
        text.chars().filter(c -> !Character.isWhitespace(c)).forEach(c -> base64.append((char) c));
        return base64.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** All blocks but those that only name a curve; fewer, with the problems noted, where some cannot be read. */
    static List<Block> blocks(String raw, String where, Problems problems) {
        String text = (raw.contains(BEGIN) ? raw : unwrapped(raw).orElse(raw))
                .replace("\\r", "")
                .replace("\\n", "\n");
        List<Block> blocks = new ArrayList<>();
        int at = text.indexOf(BEGIN);
        if (at < 0) {
            problems.add(
                    where,
                    "not a PEM: no line begins a block",
                    "write the key as PEM: openssl pkey -inform DER -in key.der -out key.pem");
        }
        while (at >= 0) {
            int labelEnd = text.indexOf(DASHES, at + BEGIN.length());
            String label = labelEnd < 0 ? "" : text.substring(at + BEGIN.length(), labelEnd);
            int body = labelEnd + DASHES.length();
            String endLine = "-----END " + label + DASHES;
            int end = label.isEmpty() ? -1 : text.indexOf(endLine, body);
            if (end < 0) {
                problems.add(where, "a PEM block has no end, or the end of another kind", "copy the whole block again");
                return List.of();
            }
            if (!label.equals("EC PARAMETERS")) {
                block(label, text.substring(body, end), where, problems).ifPresent(blocks::add);
            }
            at = text.indexOf(BEGIN, end + endLine.length());
        }
        return blocks;
    }

    private static Optional<Block> block(String label, String body, String where, Problems problems) {
        switch (label) {
            case "PRIVATE KEY",
                    "ENCRYPTED PRIVATE KEY",
                    "RSA PRIVATE KEY",
                    "EC PRIVATE KEY",
                    "PUBLIC KEY",
                    "RSA PUBLIC KEY",
                    "CERTIFICATE" -> {}
            default -> {
                problems.add(
                        where,
                        "a PEM block of a kind that is no key",
                        "use PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY, EC PRIVATE KEY, PUBLIC KEY or"
                                + " CERTIFICATE");
                return Optional.empty();
            }
        }
        if (body.contains("Proc-Type:")) {
            problems.add(where, "the private key is encrypted in OpenSSL's old way", EncryptedKey.ENCRYPT_AGAIN);
            return Optional.empty();
        }
        try {
            return Optional.of(new Block(label, Base64.getDecoder().decode(withoutBlanks(body))));
        } catch (IllegalArgumentException e) {
            problems.add(where, "the body of a PEM block is not base64", "copy the whole block again");
            return Optional.empty();
        }
    }
}
