package io.github.keyset4j.cli.env;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Docker compose's grammar of env files (Compose V2, compose-go 2.13), with all that it interpolates and inherits. */
final class ComposeReader {

    private static final Pattern EXPORT = Pattern.compile("export[\\t\\n\\f\\r ]+");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:[abcfnrtv$\"\\\\]|0\\d{0,3})");
    private static final Pattern VARIABLE = Pattern.compile("[_A-Za-z][_A-Za-z0-9]*");

    private final Map<String, String> environment;
    private final Map<String, String> entries = new LinkedHashMap<>();
    private final String text;
    private int at;

    private ComposeReader(String text, Map<String, String> environment) {
        this.text = text;
        this.at = text.startsWith("\ufeff") ? 1 : 0;
        this.environment = environment;
    }

    /** The whole file is refused. */
    static final class Unreadable extends Exception {

        private static final long serialVersionUID = 1L;

        Unreadable(String rule) {
            super(rule);
        }
    }

    static Map<String, String> read(String text, Map<String, String> environment) throws Unreadable {
        ComposeReader reader = new ComposeReader(text, environment);
        while (reader.skipToEntry()) {
            reader.entry();
        }
        reader.entries.keySet().removeIf(name -> !name.isEmpty() && Character.isDigit(name.charAt(0)));
        return reader.entries;
    }

    private boolean skipToEntry() {
        while (at < text.length()) {
            if (text.charAt(at) == '#') {
                at = endOfLine();
            } else if (isAnySpace(text.charAt(at))) {
                at++;
            } else {
                return true;
            }
        }
        return false;
    }

    private int endOfLine() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private void skipLineSpace() {
        while (at < text.length() && isLineSpace(text.charAt(at))) {
            at++;
        }
    }

    private void entry() throws Unreadable {
        if (EXPORT.matcher(text).region(at, text.length()).lookingAt()) {
            at += "export".length();
            skipLineSpace();
        }
        int end = at;
        while (end < text.length() && "=:\n".indexOf(text.charAt(end)) < 0) {
            char c = text.charAt(end);
            if (!isLineSpace(c) && !Character.isLetter(c) && !isNumber(c) && "_.-[]".indexOf(c) < 0) {
                throw new Unreadable("unexpected character in a name");
            }
            end++;
        }
        if (end == text.length()) {
            entries.put("", value()); // a bare name that ends the file is taken for a value without a name
            return;
        }
        String name = stripTrailing(text.substring(at, end));
        if (name.contains(" ")) {
            throw new Unreadable("a name with a space");
        }
        boolean inherited = text.charAt(end) == '\n';
        at = end + 1;
        skipLineSpace();
        if (inherited) {
            Optional.ofNullable(environment.get(name)).ifPresent(value -> entries.put(name, value));
        } else {
            entries.put(name, value());
        }
    }

    private String value() throws Unreadable {
        char quote = at < text.length() ? text.charAt(at) : ' ';
        if (quote != '"' && quote != '\'') {
            String line = text.substring(at, endOfLine());
            at = endOfLine();
            int comment = line.indexOf(" #");
            return interpolated(stripTrailing(comment < 0 ? line : line.substring(0, comment)));
        }
        StringBuilder chars = new StringBuilder();
        boolean escaped = false;
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (escaped) {
                chars.append(c == quote ? "" : "\\").append(c);
                escaped = false;
            } else if (c == '\\') {
                escaped = true;
            } else if (c == quote) {
                at = i + 1;
                return quote == '"' ? interpolated(unescaped(chars.toString())) : chars.toString();
            } else {
                chars.append(c);
            }
        }
        throw new Unreadable("unterminated quoted value");
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(meaning(match.group())));
    }

    private static String meaning(String escape) {
        String escaped = escape.substring(1);
        return switch (escaped) {
            case "$" -> "$$";
            case "a" -> "\u0007";
            case "b" -> "\b";
            case "f" -> "\f";
            case "n" -> "\n";
            case "r" -> "\r";
            case "t" -> "\t";
            case "v" -> "\u000b";
            case "\\", "\"" -> escaped;
            default -> escaped.matches("0[0-3][0-7]{2}") ? "" + (char) Integer.parseInt(escaped, 8) : escape;
        };
    }

    private String interpolated(String text) throws Unreadable {
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (int dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', at)) {
            out.append(text, at, dollar);
            Matcher name = VARIABLE.matcher(text).region(dollar + 1, text.length());
            if (text.startsWith("$$", dollar)) {
                out.append('$');
                at = dollar + 2;
            } else if (text.startsWith("${", dollar)) {
                int end = closingBrace(text, dollar + 2);
                out.append(braced(text.substring(dollar + 2, end)));
                at = end + 1;
            } else if (name.lookingAt()) {
                out.append(variable(name.group()).orElse(""));
                at = name.end();
            } else {
                out.append('$');
                at = dollar + 1;
            }
        }
        return out.append(text.substring(at)).toString();
    }

    private static int closingBrace(String text, int from) throws Unreadable {
        int open = 1;
        for (int i = from; i < text.length(); i++) {
            open += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
            if (open == 0) {
                return i;
            }
        }
        throw new Unreadable("invalid template");
    }

    private String braced(String inside) throws Unreadable {
        Matcher name = VARIABLE.matcher(inside);
        if (!name.lookingAt()) {
            throw new Unreadable("invalid template");
        }
        Optional<String> value = variable(name.group());
        String operator = inside.substring(name.end());
        if (operator.isEmpty()) {
            return value.orElse("");
        }
        boolean present =
                value.isPresent() && (!operator.startsWith(":") || !value.get().isEmpty());
        String word = operator.startsWith(":") ? operator.substring(1) : operator;
        char kind = word.isEmpty() ? ' ' : word.charAt(0);
        if (kind == '-') {
            return present ? value.get() : interpolated(word.substring(1));
        }
        if (kind == '+') {
            return present ? interpolated(word.substring(1)) : "";
        }
        if (kind == '?' && present) {
            return value.get();
        }
        throw new Unreadable(kind == '?' ? "a required variable is missing" : "invalid template");
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.getOrDefault(name, entries.get(name)));
    }

    private static String stripTrailing(String text) {
        int end = text.length();
        while (end > 0 && isAnySpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    private static boolean isLineSpace(char c) {
        return "\t\u000b\f\r \u0085\u00a0".indexOf(c) >= 0;
    }

    private static boolean isAnySpace(char c) {
        return c == '\n' || isLineSpace(c) || (c > '\u00ff' && Character.isSpaceChar(c));
    }

    private static boolean isNumber(char c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }
}
