package io.github.keyset4j.encoding;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON text in UTF-8, within the limits of {@link JsonReader}: what is written here is read there.
 *
 * <p>Threads. For one thread, once.
 */
final class JsonWriter {

    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private final boolean indented;
    private byte[] out = new byte[512];
    private int length;
    private int values;

    JsonWriter(boolean indented) {
        this.indented = indented;
    }

    /** The octets of this object. */
    byte[] write(Map<String, ? extends @Nullable Object> object) {
        values = 1;
        object(object, 1);
        if (indented) {
            octet('\n');
        }
        if (length > JsonScanner.MAX_LENGTH) {
            throw tooLong();
        }
        return Arrays.copyOf(out, length);
    }

    private void object(Map<?, ? extends @Nullable Object> object, int depth) {
        octet('{');
        Set<String> names = hasEachNameOnce(object) ? null : new HashSet<>();
        boolean first = true;
        for (Map.Entry<?, ? extends @Nullable Object> member : object.entrySet()) {
            String name = String.valueOf(member.getKey());
            if (name.length() > JsonReader.MAX_NAME_LENGTH) {
                throw new IllegalArgumentException(
                        "a member's name is longer than " + JsonReader.MAX_NAME_LENGTH + " characters; shorten it");
            }
            if (names != null && !names.add(name)) {
                throw new IllegalArgumentException("member " + name + " is named twice in one object; name it once");
            }
            separate(first, depth);
            first = false;
            text(name);
            octet(':');
            if (indented) {
                octet(' ');
            }
            value(name, member.getValue(), depth);
        }
        close(first, '}', depth);
    }

    /** Keys that are no strings may be written alike, and only some maps tell strings apart as we do. */
    private static boolean hasEachNameOnce(Map<?, ?> object) {
        if (object.getClass() != LinkedHashMap.class && object.getClass() != HashMap.class) {
            return false;
        }
        for (Object name : object.keySet()) {
            if (!(name instanceof String)) {
                return false;
            }
        }
        return true;
    }

    private void array(String name, Collection<?> elements, int depth) {
        octet('[');
        boolean first = true;
        for (Object element : elements) {
            separate(first, depth);
            first = false;
            value(name, element, depth);
        }
        close(first, ']', depth);
    }

    private void separate(boolean first, int depth) {
        if (!first) {
            octet(',');
        }
        if (indented) {
            line(depth);
        }
    }

    private void close(boolean empty, char bracket, int depth) {
        if (indented) {
            if (empty) {
                octet(' ');
            } else {
                line(depth - 1);
            }
        }
        octet(bracket);
    }

    private void line(int depth) {
        octet('\n');
        for (int i = 0; i < 2 * depth; i++) {
            octet(' ');
        }
    }

    private void value(String name, @Nullable Object value, int depth) {
        if (++values > JsonReader.MAX_VALUES) {
            throw new IllegalArgumentException(
                    "more than " + JsonReader.MAX_VALUES + " members and elements; leave some out");
        }
        plain(name, value, depth);
    }

    private void plain(String name, @Nullable Object value, int depth) {
        if (value == null) {
            ascii("null");
        } else if (value instanceof String text) {
            text(text);
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            whole(((Number) value).longValue());
        } else if (value instanceof Boolean) {
            ascii(value.toString());
        } else if (value instanceof Map<?, ?> object) {
            object(object, deeper(name, depth));
        } else if (value instanceof Collection<?> elements) {
            array(name, elements, deeper(name, depth));
        } else if (value instanceof Number) {
            ascii(number(name, value));
        } else {
            Object plain = JavaValues.plain(name, value);
            if (plain == value) {
                throw noForm(name, value);
            }
            plain(name, plain, depth);
        }
    }

    /** Digit by digit from the last one on: most tokens have two or three of these. */
    private void whole(long number) {
        if (number == Long.MIN_VALUE) {
            ascii(Long.toString(number));
            return;
        }
        if (number < 0) {
            octet('-');
        }
        long rest = Math.abs(number);
        int places = 1;
        for (long left = rest / 10; left > 0; left /= 10) {
            places++;
        }
        ensure(places);
        length += places;
        for (int i = length - 1; i >= length - places; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** A value that contains itself has no end, and so is refused here too. */
    private static int deeper(String name, int depth) {
        if (depth == JsonReader.MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "member " + name + " is nested deeper than " + JsonReader.MAX_DEPTH + " levels; flatten it");
        }
        return depth + 1;
    }

    private static String number(String name, Object value) {
        // How many digits there are is asked last: to count them, the JDK may have to write them.
        if (value instanceof BigInteger number && digits(number) <= JsonScanner.MAX_DIGITS) {
            return number.toString();
        }
        if (value instanceof BigDecimal number && JsonScanner.inRange(digits(number.unscaledValue()), number.scale())) {
            return number.toString();
        }
        if ((value instanceof Double || value instanceof Float) && Double.isFinite(((Number) value).doubleValue())) {
            return Double.toString(((Number) value).doubleValue());
        }
        throw noForm(name, value);
    }

    private static IllegalArgumentException noForm(String name, Object value) {
        return new IllegalArgumentException("member " + name + " is a "
                + value.getClass().getName()
                + ", which JSON has no form for, or out of range; use String, Number, Boolean, Map or List");
    }

    /** How many digits this number has, or more than are read of one that has many more. */
    private static int digits(BigInteger number) {
        return number.bitLength() > 4 * JsonScanner.MAX_DIGITS
                ? JsonScanner.MAX_DIGITS + 1
                : new BigDecimal(number).precision();
    }

    private void text(String text) {
        octet('"');
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                octet('\\');
                octet(c);
            } else if (c < ' ') {
                control(c);
            } else if (c < 0x80) {
                octet(c);
            } else {
                i += beyondAscii(text.codePointAt(i));
                continue;
            }
            i++;
        }
        octet('"');
    }

    private void control(char c) {
        octet('\\');
        switch (c) {
            case '\b' -> octet('b');
            case '\f' -> octet('f');
            case '\n' -> octet('n');
            case '\r' -> octet('r');
            case '\t' -> octet('t');
            default -> {
                ascii("u00");
                octet(HEX[c >> 4]);
                octet(HEX[c & 15]);
            }
        }
    }

    /** Writes a character, and tells of how many {@code char}s it is. */
    private int beyondAscii(int codePoint) {
        if (JsonScanner.isSurrogate(codePoint)) {
            throw new IllegalArgumentException("a text or a name has half a character; give whole ones");
        }
        if (JsonScanner.isNoncharacter(codePoint)) {
            throw new IllegalArgumentException("a text or a name has a code point that is no character; leave it out");
        }
        if (codePoint < 0x800) {
            octet(0xc0 | codePoint >> 6);
        } else if (codePoint < 0x10000) {
            octet(0xe0 | codePoint >> 12);
            octet(0x80 | (codePoint >> 6 & 0x3f));
        } else {
            octet(0xf0 | codePoint >> 18);
            octet(0x80 | (codePoint >> 12 & 0x3f));
            octet(0x80 | (codePoint >> 6 & 0x3f));
        }
        octet(0x80 | (codePoint & 0x3f));
        return Character.charCount(codePoint);
    }

    private void ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            octet(text.charAt(i));
        }
    }

    private void octet(int octet) {
        ensure(1);
        out[length++] = (byte) octet;
    }

    /** Makes room for a few octets more. */
    private void ensure(int octets) {
        if (length + octets > out.length) {
            if (length > JsonScanner.MAX_LENGTH) {
                throw tooLong();
            }
            out = Arrays.copyOf(out, 2 * out.length);
        }
    }

    private static IllegalArgumentException tooLong() {
        return new IllegalArgumentException(
                "a text of more than " + JsonScanner.MAX_LENGTH + " octets; leave something out");
    }
}
