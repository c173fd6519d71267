package io.github.keyset4j.evidence;

import io.github.keyset4j.encoding.Thumbprint;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The digest of evidence, as {@code sha256sum} writes it. */
final class Sha256 {

    private Sha256() {}

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(Thumbprint.sha256(bytes));
    }

    static String hex(String text) {
        return hex(text.getBytes(StandardCharsets.UTF_8));
    }
}
