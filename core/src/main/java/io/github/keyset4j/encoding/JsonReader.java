package io.github.keyset4j.encoding;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * The tokens of a JSON text in UTF-8, one after the other: RFC 8259 without leniency, and RFC 7493 where that is stricter.
 *
 * <p>Strangers' tokens come through here. So no two readings share anything, nothing is recursive, time and memory are
 * linear in the text, and whatever could grow has a limit. Nothing is built before it is asked for.
 *
 * <p>A member named twice is refused by {@link #skipValue()} and by whoever collects the names, not by {@link #next()}: so
 * a text can be read as far as it goes. After a refusal there is nothing more to read.
 *
 * <p>Threads. For one thread.
 */
public final class JsonReader {

    /** What a text is made of. */
    public enum Token {
        OBJECT,
        END_OBJECT,
        ARRAY,
        END_ARRAY,
        NAME,
        STRING,
        NUMBER,
        TRUE,
        FALSE,
        NULL,
        /** There is nothing more, and what there was is a whole text. */
        END
    }

    static final int MAX_DEPTH = 32;

    /** Members and elements of a text, all together, and the text's value itself. */
    static final int MAX_VALUES = 1 << 16;

    static final int MAX_NAME_LENGTH = 4096;

    public static final String NAMED_TWICE = "a member is named twice in one object";

    private final JsonScanner scanner;
    private Token token = Token.END;
    private boolean begun;
    private int depth;

    /** A bit for each level: whether it is an object. */
    private long objects;

    private int values;

    public JsonReader(byte[] utf8) throws MalformedJson {
        if (utf8.length > JsonScanner.MAX_LENGTH) {
            throw new MalformedJson("document", "longer than " + JsonScanner.MAX_LENGTH + " octets");
        }
        this.scanner = new JsonScanner(utf8);
    }

    /** Whether the text begins as an object does. */
    public boolean beginsObject() {
        return !begun && scanner.significant() == '{';
    }

    /** Reads the next token. */
    public Token next() throws MalformedJson {
        int octet = scanner.significant();
        token = begun ? following(octet) : value(octet);
        begun = true;
        return token;
    }

    private Token following(int octet) throws MalformedJson {
        return switch (token) {
            case NAME -> {
                if (octet != ':') {
                    throw scanner.invalid();
                }
                scanner.mark();
                yield value(scanner.significant());
            }
            case OBJECT -> octet == '}' ? close(Token.END_OBJECT) : name(octet);
            case ARRAY -> octet == ']' ? close(Token.END_ARRAY) : value(octet);
            default -> depth == 0 ? end(octet) : afterValue(octet);
        };
    }

    private Token afterValue(int octet) throws MalformedJson {
        boolean inObject = (objects >> depth & 1) != 0;
        if (octet == ',') {
            scanner.mark();
            return inObject ? name(scanner.significant()) : value(scanner.significant());
        }
        if (octet != (inObject ? '}' : ']')) {
            throw scanner.invalid();
        }
        return close(inObject ? Token.END_OBJECT : Token.END_ARRAY);
    }

    private Token end(int octet) throws MalformedJson {
        if (octet != JsonScanner.END_OF_TEXT) {
            throw scanner.refused("there is text after the JSON object");
        }
        return Token.END;
    }

    private Token name(int octet) throws MalformedJson {
        if (octet != '"') {
            throw scanner.invalid();
        }
        if (scanner.string() > MAX_NAME_LENGTH) {
            throw scanner.refused(scanner.start() - 1, "a name is longer than " + MAX_NAME_LENGTH + " characters");
        }
        return Token.NAME;
    }

    private Token value(int octet) throws MalformedJson {
        if (++values > MAX_VALUES) {
            throw scanner.refused("more than " + MAX_VALUES + " members and elements");
        }
        switch (octet) {
            case '{' -> {
                return open(Token.OBJECT);
            }
            case '[' -> {
                return open(Token.ARRAY);
            }
            case '"' -> {
                scanner.string();
                return Token.STRING;
            }
            case 't' -> {
                scanner.literal("true");
                return Token.TRUE;
            }
            case 'f' -> {
                scanner.literal("false");
                return Token.FALSE;
            }
            case 'n' -> {
                scanner.literal("null");
                return Token.NULL;
            }
            default -> {
                if (octet != '-' && (octet < '0' || octet > '9')) {
                    throw scanner.invalid();
                }
                scanner.number();
                return Token.NUMBER;
            }
        }
    }

    private Token open(Token opened) throws MalformedJson {
        if (depth == MAX_DEPTH) {
            throw scanner.refused("nested deeper than " + MAX_DEPTH + " levels");
        }
        scanner.mark();
        depth++;
        long level = 1L << depth;
        objects = opened == Token.OBJECT ? objects | level : objects & ~level;
        return opened;
    }

    private Token close(Token closed) {
        scanner.mark();
        depth--;
        return closed;
    }

    /** The name or the string that the present token is. */
    public String text() throws MalformedJson {
        return token == Token.NAME ? scanner.name() : scanner.text();
    }

    /** Whether the name or the string that the present token is says this, which is ASCII. */
    boolean textIs(String other) throws MalformedJson {
        return scanner.textIs(other);
    }

    /** The exact value of the number that the present token is: a {@code Long}, {@code BigInteger} or {@code BigDecimal}. */
    Number number() {
        return scanner.value();
    }

    /** The present token. */
    public Token token() {
        return token;
    }

    /** How many objects and arrays are open. */
    public int depth() {
        return depth;
    }

    /** Reads on to the end of the value that begins with the present token, as strictly as if it were built. */
    public void skipValue() throws MalformedJson {
        if (token != Token.OBJECT && token != Token.ARRAY) {
            return;
        }
        int outside = depth - 1;
        Deque<Set<String>> named = new ArrayDeque<>();
        while (true) {
            switch (token) {
                case OBJECT -> named.push(new HashSet<>());
                case END_OBJECT -> named.pop();
                case NAME -> {
                    if (!named.element().add(text())) {
                        throw refused(NAMED_TWICE);
                    }
                }
                default -> {}
            }
            if (depth == outside) {
                return;
            }
            next();
        }
    }

    /** A refusal of the present token. */
    public MalformedJson refused(String rule) {
        boolean quoted = token == Token.NAME || token == Token.STRING;
        return scanner.refused(quoted ? scanner.start() - 1 : scanner.start(), rule);
    }
}
