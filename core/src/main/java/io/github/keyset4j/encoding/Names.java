package io.github.keyset4j.encoding;

/** The rules for kids and purposes, which go into tokens, logs and JWKS and must look the same in all of them. */
public final class Names {

    /** What a key is for that names no purpose. */
    public static final String DEFAULT_PURPOSE = "default";

    public static final String BAD_KID =
            "a kid that is blank, longer than 1024 characters, or has control or invisible characters";
    public static final String BAD_PURPOSE =
            "a purpose that is blank, longer than 64 characters, or has control or invisible characters";

    private static final int MAX_KID_LENGTH = 1024;
    private static final int MAX_PURPOSE_LENGTH = 64;

    private Names() {}

    public static boolean isKid(String name) {
        return wellFormed(name, MAX_KID_LENGTH);
    }

    public static boolean isPurpose(String name) {
        return wellFormed(name, MAX_PURPOSE_LENGTH);
    }

    private static boolean wellFormed(String name, int maxLength) {
        return !name.isBlank()
                && name.length() <= maxLength
                && name.codePoints().noneMatch(Names::deceives);
    }

    /** The same text, in which nothing deceives whoever sees it. */
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(point -> shown.appendCodePoint(deceives(point) ? 0xfffd : point));
        return shown.toString();
    }

    /** Breaks a line, turns the direction of writing, is not to be seen, or is half of a pair. */
    public static boolean deceives(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
