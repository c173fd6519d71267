package io.github.keyset4j.cli;

/**
 * How text is marked: in colours or not, with characters beyond ASCII or not.
 *
 * @param colour whether escape sequences may be used
 * @param unicode whether lines may be drawn with more than ASCII has
 */
record Style(boolean colour, boolean unicode) {

    String good(String text) {
        return marked("32", text);
    }

    String warning(String text) {
        return marked("33", text);
    }

    String bad(String text) {
        return marked("31", text);
    }

    String strong(String text) {
        return marked("1", text);
    }

    String faint(String text) {
        return marked("2", text);
    }

    private String marked(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    /** Text from a document, a token or a server, in which nothing may steer the terminal. */
    static String safe(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            int type = Character.getType(point);
            boolean steers = type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE;
            safe.appendCodePoint(steers ? '\uFFFD' : point);
        });
        return safe.toString();
    }
}
