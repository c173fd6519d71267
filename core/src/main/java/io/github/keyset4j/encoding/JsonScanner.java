package io.github.keyset4j.encoding;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of a JSON text for a reader: strings, numbers and literals, of which nothing is built before it is
 * asked for.
 *
 * <p>Threads. For one thread.
 */
final class JsonScanner {

    /** Octets of a text. */
    static final int MAX_LENGTH = 1 << 21;

    /** Digits of a number, and its power of ten either way: any use of such a number costs next to nothing. */
    static final int MAX_DIGITS = 1000;

    static final int END_OF_TEXT = -1;

    private static final int MOST_DIGITS_OF_A_LONG = 18;

    /** The names that nothing is built for, each in its slot; filled once and for all. */
    private static final @Nullable String[] USUAL = new String[128];

    static {
        for (String name : List.of(
                "iss",
                "sub",
                "aud",
                "exp",
                "nbf",
                "iat",
                "jti",
                "scope",
                "azp",
                "client_id",
                "sid",
                "name",
                "email",
                "roles",
                "alg",
                "kid",
                "typ",
                "kty",
                "use",
                "crv",
                "x",
                "y",
                "n",
                "e",
                "d",
                "keys",
                "purpose")) {
            USUAL[slot(name.length(), name.charAt(0), name.charAt(name.length() - 1))] = name;
        }
    }

    private final byte[] text;

    /** The next octet to look at. */
    private int at;

    /** Where the present word begins and ends; of a string, what stands between the quotes. */
    private int start;

    private int end;

    private boolean ascii;
    private boolean escaped;

    private int digits;
    private int scale;
    private long unscaled;

    JsonScanner(byte[] utf8) {
        this.text = utf8;
    }

    /** The next octet that is not blank, or {@link #END_OF_TEXT}. */
    int significant() {
        while (at < text.length) {
            int octet = text[at];
            if (octet != ' ' && octet != '\n' && octet != '\r' && octet != '\t') {
                return octet & 0xff;
            }
            at++;
        }
        return END_OF_TEXT;
    }

    /** Reads the octet that {@link #significant()} told of. */
    void mark() {
        start = at++;
    }

    /** Reads this word, and no other. */
    void literal(String word) throws MalformedJson {
        start = at;
        for (int i = 0; i < word.length(); i++, at++) {
            if (octet(at) != word.charAt(i)) {
                throw invalid(at);
            }
        }
    }

    private int octet(int index) {
        return index < text.length ? text[index] & 0xff : END_OF_TEXT;
    }

    /** Reads a string from quote to quote, and tells how many characters it has. */
    int string() throws MalformedJson {
        start = at + 1;
        ascii = true;
        escaped = false;
        int surplus = 0;
        int i = start;
        while (true) {
            int octet = octet(i);
            if (octet == '"') {
                end = i;
                at = i + 1;
                return end - start - surplus;
            } else if (octet == '\\') {
                escaped = true;
                int length = escape(i);
                surplus += length == 12 ? 10 : length - 1;
                i += length;
            } else if (octet >= 0x80) {
                ascii = false;
                int length = sequence(i);
                surplus += length == 4 ? 2 : length - 1;
                i += length;
            } else if (octet >= ' ') {
                i++;
            } else {
                throw invalid(i);
            }
        }
    }

    /** The octets of the escape that begins here: 2, 6, or 12 for a pair. */
    private int escape(int i) throws MalformedJson {
        int kind = octet(i + 1);
        if (kind != 'u') {
            if (kind == END_OF_TEXT || "\"\\/bfnrt".indexOf(kind) < 0) {
                throw invalid(i + 1);
            }
            return 2;
        }
        int unit = unit(i + 2);
        if (Character.isHighSurrogate((char) unit) && octet(i + 6) == '\\' && octet(i + 7) == 'u') {
            int second = unit(i + 8);
            if (Character.isLowSurrogate((char) second)) {
                refuseNoncharacter(i, Character.toCodePoint((char) unit, (char) second));
                return 12;
            }
        }
        if (Character.isSurrogate((char) unit)) {
            throw refused(i, "half a character");
        }
        refuseNoncharacter(i, unit);
        return 6;
    }

    /** What four hexadecimal digits stand for. */
    private int unit(int from) throws MalformedJson {
        int unit = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(octet(i), 16);
            if (digit < 0) {
                throw invalid(i);
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    /** The octets of the character that begins here (RFC 3629 section 4). */
    private int sequence(int i) throws MalformedJson {
        int first = octet(i);
        int length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        int codePoint = first & (0x7f >> length);
        for (int k = i + 1; k < i + length; k++) {
            int octet = octet(k);
            if (octet >> 6 != 2) {
                throw refused(i, "not UTF-8");
            }
            codePoint = codePoint << 6 | (octet & 0x3f);
        }
        int least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
        if (first < 0xc0
                || first > 0xf4
                || codePoint < least
                || codePoint > Character.MAX_CODE_POINT
                || isSurrogate(codePoint)) {
            throw refused(i, "not UTF-8");
        }
        refuseNoncharacter(i, codePoint);
        return length;
    }

    private void refuseNoncharacter(int i, int codePoint) throws MalformedJson {
        if (isNoncharacter(codePoint)) {
            throw refused(i, "a code point that is no character");
        }
    }

    static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** Those that Unicode keeps from interchange, and RFC 7493 section 2.1 from JSON. */
    static boolean isNoncharacter(int codePoint) {
        return (codePoint & 0xfffe) == 0xfffe || (codePoint >= 0xfdd0 && codePoint <= 0xfdef);
    }

    /** Reads a number. */
    void number() throws MalformedJson {
        start = at;
        digits = 0;
        unscaled = 0;
        if (octet(at) == '-') {
            at++;
        }
        if (octet(at) == '0') {
            at++;
        } else {
            digits();
        }
        int fraction = 0;
        if (octet(at) == '.') {
            at++;
            fraction = digits();
        }
        int exponent = 0;
        if (octet(at) == 'e' || octet(at) == 'E') {
            at++;
            exponent = exponent();
        }
        end = at;
        digits = Math.max(digits, 1);
        scale = fraction - exponent;
        if (!inRange(digits, scale)) {
            throw refused(start, "a number of more than " + MAX_DIGITS + " digits, or out of range");
        }
    }

    /** Whether a number of so many digits is read here, the last of which stands so many places behind the point. */
    static boolean inRange(long digits, long scale) {
        return digits <= MAX_DIGITS && Math.abs(digits - 1 - scale) <= MAX_DIGITS;
    }

    /** Reads one digit or more, and tells how many; zeros before the first that counts are none of the number's. */
    private int digits() throws MalformedJson {
        int from = at;
        for (int octet = octet(at); octet >= '0' && octet <= '9'; octet = octet(++at)) {
            if (digits > 0 || octet != '0') {
                digits++;
                if (digits <= MOST_DIGITS_OF_A_LONG) {
                    unscaled = unscaled * 10 + (octet - '0');
                }
            }
        }
        if (at == from) {
            throw invalid(at);
        }
        return at - from;
    }

    private int exponent() throws MalformedJson {
        boolean negative = octet(at) == '-';
        if (negative || octet(at) == '+') {
            at++;
        }
        int from = at;
        int exponent = 0;
        for (int octet = octet(at); octet >= '0' && octet <= '9'; octet = octet(++at)) {
            // No text is long enough to bring a larger one back into range.
            exponent = Math.min(exponent * 10 + (octet - '0'), 2 * MAX_LENGTH);
        }
        if (at == from) {
            throw invalid(at);
        }
        return negative ? -exponent : exponent;
    }

    /** What the present string says, which is a member's name: most of those in tokens and keysets are a few. */
    String name() throws MalformedJson {
        if (!escaped && end > start) {
            String usual = USUAL[slot(end - start, text[start], text[end - 1])];
            if (usual != null && textIs(usual)) {
                return usual;
            }
        }
        return text();
    }

    private static int slot(int length, int first, int last) {
        return (length * 7 + first * 3 + last) & (USUAL.length - 1);
    }

    /** What the present string says. */
    String text() throws MalformedJson {
        if (escaped) {
            return unescaped();
        }
        return new String(text, start, end - start, ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    /** Whether the present string says this, which is ASCII. */
    boolean textIs(String other) throws MalformedJson {
        if (escaped) {
            return other.equals(unescaped());
        }
        if (other.length() != end - start) {
            return false;
        }
        for (int i = 0; i < other.length(); i++) {
            if (text[start + i] != other.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** No escape is shorter than the UTF-8 of what it stands for. */
    private String unescaped() throws MalformedJson {
        byte[] plain = new byte[end - start];
        int length = 0;
        int i = start;
        while (i < end) {
            byte octet = text[i];
            if (octet != '\\') {
                plain[length++] = octet;
                i++;
            } else if (text[i + 1] == 'u') {
                int escape = escape(i);
                String character = escape == 6
                        ? Character.toString(unit(i + 2))
                        : new String(new char[] {(char) unit(i + 2), (char) unit(i + 8)});
                byte[] sequence = character.getBytes(StandardCharsets.UTF_8);
                System.arraycopy(sequence, 0, plain, length, sequence.length);
                length += sequence.length;
                i += escape;
            } else {
                byte escape = text[i + 1];
                plain[length++] = switch (escape) {
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    default -> escape;
                };
                i += 2;
            }
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }

    /** The exact value of the present number: a {@code Long} or a {@code BigInteger} if it has no decimals, else a {@code
     * BigDecimal}.
     */
    Number value() {
        if (digits <= MOST_DIGITS_OF_A_LONG) {
            long value = text[start] == '-' ? -unscaled : unscaled;
            return scale == 0 ? (Number) value : BigDecimal.valueOf(value, scale);
        }
        String literal = new String(text, start, end - start, StandardCharsets.ISO_8859_1);
        BigDecimal decimal = new BigDecimal(literal);
        if (scale != 0) {
            return decimal;
        }
        BigInteger whole = decimal.unscaledValue();
        return whole.bitLength() < Long.SIZE ? (Number) whole.longValue() : whole;
    }

    /** Where the present word begins; a string's, within its quotes. */
    int start() {
        return start;
    }

    /** A refusal of the next octet. */
    MalformedJson invalid() {
        return invalid(at);
    }

    /** A refusal of what comes next. */
    MalformedJson refused(String rule) {
        return refused(at, rule);
    }

    private MalformedJson invalid(int index) {
        return refused(index, "not valid JSON");
    }

    MalformedJson refused(int index, String rule) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < index && i < text.length; i++) {
            if (text[i] == '\n' || (text[i] == '\r' && octet(i + 1) != '\n')) {
                line++;
                column = 1;
            } else if (octet(i) >> 6 != 2) { // what continues a character is not counted
                column++;
            }
        }
        return new MalformedJson("line " + line + ", column " + column, rule);
    }
}
