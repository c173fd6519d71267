package io.github.keyset4j;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Secrets to look for in whatever must not show them: as text, in base64, base64url, hex and decimal. A part of one is
 * found too, since parsers like to quote the beginning of what they do not understand.
 */
final class Canaries {

    /** So many characters of a secret in a row are a leak, and never a coincidence. */
    static final int PART = 12;

    private static final List<String> PRIVATE_MEMBERS = List.of("d", "p", "q", "dp", "dq", "qi", "k");

    private final Set<String> texts = new LinkedHashSet<>();
    private final Set<String> forms = new LinkedHashSet<>();
    private final Set<String> parts = new HashSet<>();

    /** A secret that documents carry as it is, such as an HMAC secret. */
    Canaries text(String secret) {
        texts.add(secret);
        addForm(secret);
        octets(secret.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** The private members of a JWK. */
    Canaries jwk(Map<String, ?> jwk) {
        for (String member : PRIVATE_MEMBERS) {
            if (jwk.get(member) instanceof String value) {
                texts.add(value);
                addForm(value);
                octets(Base64.getUrlDecoder().decode(value));
            }
        }
        return this;
    }

    /** The lines of a private key's PEM, but for those that are of its public half alone. */
    Canaries pem(String pem, byte[] publicDer) {
        texts.add(pem);
        String publicHex = HexFormat.of().formatHex(publicDer);
        for (String line : pem.lines().filter(line -> !line.startsWith("-----")).toList()) {
            byte[] octets = Base64.getDecoder().decode(line);
            if (!publicHex.contains(HexFormat.of().formatHex(octets))) {
                addForm(line);
                octets(octets);
            }
        }
        return this;
    }

    Canaries all(Canaries others) {
        texts.addAll(others.texts);
        forms.addAll(others.forms);
        parts.addAll(others.parts);
        return this;
    }

    private void octets(byte[] secret) {
        addForm(Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
        addForm(Base64.getEncoder().encodeToString(secret));
        addForm(HexFormat.of().formatHex(secret));
        addForm(HexFormat.of().withUpperCase().formatHex(secret));
        addForm(new BigInteger(1, secret).toString());
    }

    private void addForm(String form) {
        forms.add(form);
        for (int i = 0; i + PART <= form.length(); i++) {
            parts.add(form.substring(i, i + PART));
        }
    }

    /** The secrets as documents carry them. */
    List<String> texts() {
        return List.copyOf(texts);
    }

    /** The secrets in every form that is looked for. */
    List<String> forms() {
        return List.copyOf(forms);
    }

    /** The lines of a text that show a secret, or a part of one. */
    List<String> in(String text) {
        List<String> found = new ArrayList<>();
        for (String line : text.lines().toList()) {
            for (int i = 0; i + PART <= line.length(); i++) {
                if (parts.contains(line.substring(i, i + PART))) {
                    found.add(line);
                    break;
                }
            }
        }
        return found;
    }
}
