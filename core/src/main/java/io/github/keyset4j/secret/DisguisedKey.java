package io.github.keyset4j.secret;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A key, a certificate, a key store or a token where an HMAC secret belongs, behind any chain of the usual encodings: what
 * everybody may know, or what is meant for something else.
 *
 * <p>Of what was chosen at random, nothing is recognised: each form is told by at least 37 bits that stand where they have
 * to, and only what decodes to text is decoded again.
 */
public final class DisguisedKey {

    /** Longer texts are no secrets by their length alone. */
    static final int MAX_BYTES = 1 << 14;

    private static final int MAX_LAYERS = 6;
    /** How much decoding one secret is worth; nobody's secret needs more than its own length. */
    private static final int MOST_DECODED = 1 << 18;

    private static final String LAYERS = "text in layer upon layer of encodings";

    private static final HexFormat HEX = HexFormat.of();
    private static final int BYTES_LOOKED_AT = 96;

    /** Binary forms by how they begin, in hexadecimal; L stands for a length as DER writes it. */
    private static final Map<String, Pattern> BINARY = binary(
            "a PKCS#12 key store", "30L02010330L06092a864886f70d0107",
            "a PKCS#7 bundle", "30L06092a864886f70d0107",
            "a private key (PKCS#8)", "30L02010[01]30L06(03|05|07|08|09|0a|0b)(2a|2b|60)",
            "an encrypted private key (PKCS#8)", "30L30L06(092a864886f70d0105|0a2a864886f70d010c01)",
            "a public key (SubjectPublicKeyInfo)", "30L30L06(03|05|07|08|09|0a|0b)(2a|2b|60)",
            "a private key (PKCS#1)", "30L02010[01]02(40|41|81..|82....)",
            "a public key (PKCS#1)", "30L02(4100|81..00|82....00)[89a-f]",
            "a private key (SEC1)", "30L02010104(14|1c|1d|20|28|30|40|42)",
            "a certificate",
                    "30L30L(a0030201|02010030|02(0[1-9a-f]|1[0-5]).{2,42}30(0[a-d])06(092a864886f70d0101|082a8648ce3d04|032b65))",
            "an SSH public key", "000000[0-3].(7373682d|65636473612d|736b2d|7273612d)",
            "an SSH private key", "6f70656e7373682d6b65792d763100",
            "a key store (JKS)", "(feedfeed|cececece)0000000[12]",
            "a key store (BKS)", "0000000[12]00000014",
            "an OpenPGP key",
                    "(9[59]....|9[48]..|c[56](..|....|ff........))04........"
                            + "((01|11)(04|08|0c|10)00|(12|13|16)(08|09|0a|05)(2a86|2b06|2b81|2b24))");

    /** Forms that are text. */
    private static final Map<String, Pattern> WRITTEN = written(
            "a PEM", "-----BEGIN ",
            "an SSH public key (RFC 4716)", "---- ?BEGIN SSH2",
            "an SSH public key", "(^|\\s)(ssh-(rsa|dss|ed25519|ed448)|ecdsa-sha2-\\S+|sk-(ssh|ecdsa)\\S+)\\s+AAAA",
            "an SSH private key (PuTTY)", "PuTTY-User-Key-File-",
            "a JWK or a keyset",
                    "^\\s*[\\[{].*\"(kty|keys|jwks)\"\\s*:|[\"'](keys|jwks)[\"']\\s*:\\s*[\\[{]"
                            + "|\\bkty(&#?\\w{2,6};|[^A-Za-z0-9&]){1,16}(RSA|EC|OKP|oct|AKP)\\b",
            "a key in XML", "<(\\w{1,16}:)?((RSA|DSA|EC)KeyValue|RSAParameters|Modulus|X509Certificate)\\b",
            "a key as OpenSSL describes it",
                    "\\b(Private|Public)-Key:|\\b(priv|pub|[Mm]odulus|privateExponent):\\s+([0-9a-f]{2}:){8}",
            "a public key (did:key)", "did:key:[A-Za-z0-9+/=_-]{32}",
            "an RSA modulus", "^\\s*Modulus=[0-9A-Fa-f]{64}",
            "a token (JWS or JWE)", "^\\s*(Bearer\\s+)?eyJ[\\w-]{8,}\\.[\\w-]*\\.[\\w-]*(\\.[\\w-]*\\.[\\w-]*)?\\s*$",
            "a key of age", "^\\s*(age1[0-9a-z]{58}|AGE-SECRET-KEY-1[0-9A-Z]+)\\s*$",
            "a key or a token of PASETO", "^\\s*[kv][1-4]\\.(public|secret|local)\\.");

    private static final Set<Integer> FIRST_OCTETS =
            Set.of(0x30, 0, 0x6f, 0xfe, 0xce, 0x94, 0x95, 0x98, 0x99, 0xc5, 0xc6);

    private static final Pattern WHITE = Pattern.compile("\\s+");
    private static final Pattern BETWEEN_OCTETS = Pattern.compile("\\(byte\\)|[0\\\\]x|[^A-Za-z0-9+/=]+");
    private static final Pattern BRACKETS = Pattern.compile("^[^\\[{(]*[\\[{(]|[\\]})]+;?\\s*$");
    private static final Pattern COMMA = Pattern.compile("[\\s,;]+");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,3}");
    private static final String MULTIBASE = "muUMfFbB";
    private static final Pattern LINE = Pattern.compile("[A-Za-z0-9+/_=-]+");
    private static final Pattern PADDING = Pattern.compile("=+$");
    private static final Pattern HEXADECIMAL = Pattern.compile("([0-9A-Fa-f]{2}){8,}");
    private static final Pattern BASE32 = Pattern.compile("([A-Z2-7]{16,}|[a-z2-7]{16,})=*");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{16,}=*");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(u[0-9A-Fa-f]{4}|.)", Pattern.DOTALL);
    private static final Pattern PERCENT = Pattern.compile("%[0-9A-Fa-f]{2}");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^A-Za-z0-9+/_=-]+|(?<!=)=++(?=\\S)");

    private static final int SHORTEST_LINE = 40;
    private static final int MOST_WORDS = 8;

    private final Predicate<byte[]> isPoint;
    private int decoded;

    private DisguisedKey(Predicate<byte[]> isPoint) {
        this.isPoint = isPoint;
    }

    private static Map<String, Pattern> binary(String... namesAndForms) {
        Map<String, Pattern> patterns = new LinkedHashMap<>();
        for (int i = 0; i < namesAndForms.length; i += 2) {
            String form = namesAndForms[i + 1].replace("L", "([0-7].|80|81..|82....|83......)");
            patterns.merge(
                    namesAndForms[i],
                    Pattern.compile(form),
                    (one, other) -> Pattern.compile("(" + one.pattern() + ")|(" + other.pattern() + ")"));
        }
        return patterns;
    }

    private static Map<String, Pattern> written(String... namesAndForms) {
        Map<String, Pattern> patterns = new LinkedHashMap<>();
        for (int i = 0; i < namesAndForms.length; i += 2) {
            patterns.put(namesAndForms[i], Pattern.compile(namesAndForms[i + 1], Pattern.DOTALL));
        }
        return patterns;
    }

    /** What the secret is instead of being one, in words that follow "is"; nothing if it is none of these. */
    public static Optional<String> of(byte[] secret, Predicate<byte[]> isPoint) {
        return secret.length > MAX_BYTES
                ? Optional.empty()
                : Optional.ofNullable(new DisguisedKey(isPoint).look(secret, MAX_LAYERS));
    }

    private @Nullable String look(byte[] bytes, int layers) {
        String what = binary(bytes);
        String text = what == null ? text(bytes) : null;
        if (text == null) {
            return what;
        }
        for (Map.Entry<String, Pattern> form : WRITTEN.entrySet()) {
            if (form.getValue().matcher(text).find()) {
                return form.getKey();
            }
        }
        if (layers == 0) {
            return null;
        }
        for (byte[] inner : decoded(text)) {
            decoded += inner.length;
            if (decoded > MOST_DECODED) {
                return LAYERS;
            }
            what = look(inner, layers - 1);
            if (what != null) {
                return what;
            }
        }
        return null;
    }

    private @Nullable String binary(byte[] bytes) {
        if (isPoint.test(bytes)) {
            return "a public key (a point on a curve)";
        }
        if (bytes.length == 0 || !FIRST_OCTETS.contains(bytes[0] & 0xff)) {
            return null;
        }
        String beginning = HEX.formatHex(bytes, 0, Math.min(bytes.length, BYTES_LOOKED_AT));
        for (Map.Entry<String, Pattern> form : BINARY.entrySet()) {
            if (form.getValue().matcher(beginning).lookingAt()) {
                return form.getKey();
            }
        }
        return null;
    }

    /** The text that these bytes are, or null for anything that nobody wrote. */
    private static @Nullable String text(byte[] bytes) {
        if (bytes.length < 16) {
            return null;
        }
        Charset charset = StandardCharsets.UTF_8;
        if ((bytes[1] == 0 && bytes[3] == 0) || (bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe)) {
            charset = StandardCharsets.UTF_16LE;
        } else if ((bytes[0] == 0 && bytes[2] == 0) || (bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff)) {
            charset = StandardCharsets.UTF_16BE;
        }
        try {
            String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            String whole = SecretReference.visible(text);
            return whole.chars().anyMatch(c -> Character.isISOControl(c) && !Character.isWhitespace(c)) ? null : whole;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Everything the text may be an encoding of. */
    private static List<byte[]> decoded(String text) {
        List<byte[]> inner = new ArrayList<>();
        String plain = unquoted(text.strip());
        if (!plain.equals(text)) {
            inner.add(plain.getBytes(StandardCharsets.UTF_8));
        }
        if (PERCENT.matcher(text).find()) {
            inner.add(percentDecoded(text));
        }
        for (String body : bodies(text)) {
            decode(body, inner);
        }
        decimals(text).ifPresent(inner::add);
        return inner;
    }

    /** Octets as programs print them: in decimal, signed or not. */
    private static Optional<byte[]> decimals(String text) {
        String[] numbers = COMMA.split(BRACKETS.matcher(text).replaceAll(" ").strip());
        return numbers.length < 16
                        || !Arrays.stream(numbers)
                                .allMatch(number -> DECIMAL.matcher(number).matches())
                ? Optional.empty()
                : Optional.of(Arrays.stream(numbers)
                        .collect(
                                ByteArrayOutputStream::new,
                                (out, number) -> out.write(Integer.parseInt(number)),
                                (out, more) -> out.writeBytes(more.toByteArray()))
                        .toByteArray());
    }

    /** Without quotes around it, and with escapes as JSON, properties and shells write them. */
    private static String unquoted(String text) {
        boolean quoted = text.length() > 1
                && "\"'`".indexOf(text.charAt(0)) >= 0
                && text.charAt(text.length() - 1) == text.charAt(0);
        Matcher escape = ESCAPE.matcher(quoted ? text.substring(1, text.length() - 1) : text);
        return escape.replaceAll(found -> {
            String what = found.group(1);
            return Matcher.quoteReplacement(
                    switch (what.charAt(0)) {
                        case 'n' -> "\n";
                        case 'r' -> "\r";
                        case 't' -> "\t";
                        case 'u' ->
                            what.length() < 5 ? what : String.valueOf((char) Integer.parseInt(what.substring(1), 16));
                        default -> what;
                    });
        });
    }

    private static byte[] percentDecoded(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
            if (bytes[i] == '%' && high >= 0 && low >= 0) {
                out.write(16 * high + low);
                i += 2;
            } else {
                out.write(bytes[i]);
            }
        }
        return out.toByteArray();
    }

    /** The whole of it; without the lines that are no encoding, and from the first long line on; single words. */
    private static Set<String> bodies(String text) {
        Set<String> bodies = new LinkedHashSet<>();
        String whole = WHITE.matcher(text).replaceAll("");
        bodies.add(whole);
        if (!whole.isEmpty() && MULTIBASE.indexOf(whole.charAt(0)) >= 0) {
            bodies.add(whole.substring(1));
        }
        bodies.add(BETWEEN_OCTETS.matcher(text).replaceAll("")); // octets with something between them
        List<String> lines = text.lines()
                .map(String::strip)
                .filter(line -> LINE.matcher(line).matches())
                .toList();
        bodies.add(String.join("", lines));
        bodies.add(String.join(
                "",
                lines.stream().dropWhile(line -> line.length() < SHORTEST_LINE).toList()));
        BETWEEN_WORDS
                .splitAsStream(text)
                .filter(word -> word.length() >= 24)
                .limit(MOST_WORDS)
                .forEach(bodies::add);
        return bodies;
    }

    private static void decode(String body, List<byte[]> inner) {
        if (HEXADECIMAL.matcher(body).matches()) {
            inner.add(HEX.parseHex(body));
        }
        if (BASE32.matcher(body).matches()) {
            inner.add(base32(body));
        }
        if (BASE64.matcher(body).matches()) {
            String text = PADDING.matcher(body).replaceAll("").replace('-', '+').replace('_', '/');
            // One character too many is a cut; what stands before it tells enough.
            inner.add(Base64.getDecoder().decode(text.substring(0, text.length() - (text.length() % 4 == 1 ? 1 : 0))));
        }
    }

    private static byte[] base32(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int buffer = 0;
        int bits = 0;
        for (int i = 0; i < text.length() && text.charAt(i) != '='; i++) {
            char c = Character.toUpperCase(text.charAt(i));
            buffer = (buffer << 5 | (c <= '7' ? c - '2' + 26 : c - 'A')) & 0xfff;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                out.write(buffer >> bits);
            }
        }
        return out.toByteArray();
    }
}
