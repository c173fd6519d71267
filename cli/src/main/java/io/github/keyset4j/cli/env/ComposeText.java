package io.github.keyset4j.cli.env;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads env files as docker compose does, but for what depends on the surroundings: a value that interpolates a
 * variable, and a bare name that inherits one, are refused with their line.
 */
final class ComposeText {

    /** {@code export NAME =} and whatever may stand around it; what follows it is the value. */
    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?:export[ \\t]+)?+([^\\s=:#'\"$]+)[ \\t\\f\\x0b\\r]*[=:][ \\t\\f\\x0b\\r\\x85\\xa0]*");

    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:([abfnrtv$\"\\\\])|0([0-3][0-7]{2}))");

    private final String where;
    private final String text;
    private int at;

    private ComposeText(String where, String text) {
        this.where = where;
        this.text = text;
    }

    /** The values by name; of a name that comes twice, the last. */
    static Map<String, String> parse(String where, String text) throws EnvRefusal {
        return new ComposeText(where, text.startsWith("\ufeff") ? text.substring(1) : text).entries();
    }

    private Map<String, String> entries() throws EnvRefusal {
        Map<String, String> entries = new LinkedHashMap<>();
        while (findEntry()) {
            Matcher assignment = ASSIGNMENT.matcher(text).region(at, text.length());
            if (!assignment.lookingAt()) {
                throw refusal("not of the form NAME=value", "write NAME=value; compose would inherit a bare NAME");
            }
            String name = assignment.group(1);
            if (!EnvEntries.isName(name)) {
                throw refusal(EnvEntries.NAME_RULE, EnvEntries.NAME_REMEDY);
            }
            int start = at;
            at = assignment.end();
            String value = value(start);
            entries.put(name, value);
        }
        return entries;
    }

    /** Goes to the next entry, past blank lines and comments. */
    private boolean findEntry() {
        while (at < text.length()) {
            if (text.charAt(at) == '#') {
                endOfLine();
            } else if (isSpace(text.charAt(at))) {
                at++;
            } else {
                return true;
            }
        }
        return false;
    }

    private String value(int start) throws EnvRefusal {
        char quote = at < text.length() ? text.charAt(at) : '\n';
        if (quote != '\'' && quote != '"') {
            int from = at;
            endOfLine();
            String line = text.substring(from, at);
            int comment = line.indexOf(" #");
            return interpolated(stripTrailing(comment < 0 ? line : line.substring(0, comment)), start);
        }
        String quoted = quoted(quote, start);
        endOfEntry();
        return quote == '\'' ? quoted : interpolated(unescaped(quoted), start);
    }

    /** What stands between quotes, which a backslash keeps from ending it; other backslashes are left alone. */
    private String quoted(char quote, int start) throws EnvRefusal {
        StringBuilder chars = new StringBuilder();
        for (at++; at < text.length() && text.charAt(at) != quote; at++) {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
                chars.append(text.charAt(at) == quote ? "" : "\\");
            }
            chars.append(text.charAt(at));
        }
        if (at >= text.length()) {
            at = start;
            throw refusal("the opening quote is never closed", "close it");
        }
        at++;
        return chars.toString();
    }

    /** Nothing but a comment may follow a quoted value: compose would take it for a name to inherit. */
    private void endOfEntry() throws EnvRefusal {
        int end = at;
        while (end < text.length() && text.charAt(end) != '\n') {
            char next = text.charAt(end);
            if (next == '#') {
                break;
            }
            if (!isSpace(next)) {
                throw refusal("text follows the closing quote", "quote all of the value");
            }
            end++;
        }
        endOfLine();
    }

    private static String unescaped(String quoted) {
        Matcher escape = ESCAPE.matcher(quoted);
        StringBuilder out = new StringBuilder();
        int copied = 0;
        while (escape.find()) {
            out.append(quoted, copied, escape.start());
            if (escape.group(2) != null) {
                out.append((char) Integer.parseInt(escape.group(2), 8));
            } else {
                out.append(meaning(escape.group(1).charAt(0)));
            }
            copied = escape.end();
        }
        return out.append(quoted, copied, quoted.length()).toString();
    }

    private static String meaning(char escaped) {
        return switch (escaped) {
            case 'a' -> "\u0007";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'v' -> "\u000b";
            case '$' -> "$$";
            default -> String.valueOf(escaped);
        };
    }

    private String interpolated(String value, int start) throws EnvRefusal {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char next = i + 1 < value.length() ? value.charAt(i + 1) : ' ';
            if (value.charAt(i) == '$') {
                if (next == '{' || next == '_' || Character.isLetter(next)) {
                    at = start;
                    throw refusal(
                            "it would interpolate a variable, and so differ from machine to machine",
                            "write the value itself, in single quotes if the $ is meant");
                }
                i += next == '$' ? 1 : 0;
            }
            out.append(value.charAt(i));
        }
        return out.toString();
    }

    private void endOfLine() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
    }

    private static String stripTrailing(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /** White space as Go has it. */
    private static boolean isSpace(char c) {
        return c == ' '
                || (c >= '\t' && c <= '\r')
                || c == '\u0085'
                || c == '\u00a0'
                || (c > '\u00ff' && Character.isSpaceChar(c));
    }

    private EnvRefusal refusal(String rule, String remedy) {
        long line = 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
        return new EnvRefusal(where + ", line " + line, rule, remedy);
    }
}
