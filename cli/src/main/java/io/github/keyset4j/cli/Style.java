package io.github.keyset4j.cli;

import io.github.keyset4j.encoding.Names;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How text is marked: in colours or not, with characters beyond ASCII or not.
 *
 * @param colour whether escape sequences may be used
 * @param unicode whether lines may be drawn with more than ASCII has
 */
record Style(boolean colour, boolean unicode) {

    private static final Pattern OWN = Pattern.compile("[\n\t]|\u001b\\[(?:0|1|2|31|32|33)m");

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

    /** Text from a document, a token or a server as a part of a line, which it can neither steer nor end. */
    static String safe(String text) {
        return Names.shown(text);
    }

    /** Whole lines, in which nothing but line ends, tabs and the marks of this class may steer the terminal. */
    static String screened(String lines) {
        StringBuilder screened = new StringBuilder(lines.length());
        Matcher mark = OWN.matcher(lines);
        int at = 0;
        while (mark.find()) {
            screened.append(safe(lines.substring(at, mark.start()))).append(mark.group());
            at = mark.end();
        }
        return screened.append(safe(lines.substring(at))).toString();
    }

    /** The same JSON, in which what would steer the terminal is written as an escape. */
    static String screenedJson(String json) {
        StringBuilder screened = new StringBuilder(json.length());
        json.codePoints().forEach(point -> {
            if (point != '\n' && Names.deceives(point)) {
                for (char unit : Character.toChars(point)) {
                    screened.append(String.format("\\u%04x", (int) unit));
                }
            } else {
                screened.appendCodePoint(point);
            }
        });
        return screened.toString();
    }
}
