package io.github.keyset4j.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A command line as configuration writes it, taken apart as a POSIX shell would: white space separates, single quotes,
 * double quotes and backslashes hold together. Whatever else a shell would do to it (pipes, variables, wildcards, ...)
 * needs a shell, and is told by the place of the first character that does.
 *
 * <p>Secrets. Arguments may be secrets: none is shown.
 */
final class CommandWords {

    private static final String ALWAYS_SPECIAL = "|&;<>()$`*?[\n\r";
    private static final String SPECIAL_AT_START = "~#{}!";

    private final String text;
    private final List<String> words = new ArrayList<>();
    private @Nullable StringBuilder word;
    private int firstSpecial = -1;

    /** @throws IllegalArgumentException if a quote is not closed; its message is the rule that is broken */
    CommandWords(String text) {
        this.text = text;
        int i = 0;
        while (i < text.length()) {
            i = step(i);
        }
        endWord();
    }

    /** The program and its arguments. */
    List<String> words() {
        return List.copyOf(words);
    }

    /** Where a shell would do more than take words apart, if anywhere. */
    Optional<String> needsShell() {
        return firstSpecial < 0
                ? Optional.empty()
                : Optional.of("character " + (firstSpecial + 1) + " means something to a shell");
    }

    private int step(int i) {
        char c = text.charAt(i);
        if (c == '\'') {
            int end = text.indexOf('\'', i + 1);
            if (end < 0) {
                throw unclosed(i);
            }
            word().append(text, i + 1, end);
            return end + 1;
        }
        if (c == '"') {
            return doubleQuoted(i);
        }
        if (c == '\\') {
            if (i + 1 == text.length()) {
                throw new IllegalArgumentException("ends with a backslash that nothing follows");
            }
            word().append(text.charAt(i + 1));
            return i + 2;
        }
        if (c == ' ' || c == '\t') {
            endWord();
            return i + 1;
        }
        boolean starts = word == null;
        boolean assigns = c == '=' && words.isEmpty();
        if (ALWAYS_SPECIAL.indexOf(c) >= 0 || (starts && SPECIAL_AT_START.indexOf(c) >= 0) || assigns) {
            special(i);
        }
        word().append(c);
        return i + 1;
    }

    private int doubleQuoted(int open) {
        StringBuilder into = word();
        int i = open + 1;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '"') {
                return i + 1;
            }
            if (c == '\\' && i + 1 < text.length() && "\"\\$`".indexOf(text.charAt(i + 1)) >= 0) {
                i++;
                c = text.charAt(i);
            } else if (c == '$' || c == '`') {
                special(i);
            }
            into.append(c);
            i++;
        }
        throw unclosed(open);
    }

    private static IllegalArgumentException unclosed(int at) {
        return new IllegalArgumentException("the quote at character " + (at + 1) + " is not closed");
    }

    private void special(int at) {
        if (firstSpecial < 0) {
            firstSpecial = at;
        }
    }

    private StringBuilder word() {
        if (word == null) {
            word = new StringBuilder();
        }
        return word;
    }

    private void endWord() {
        if (word != null) {
            words.add(word.toString());
            word = null;
        }
    }

    @Override
    public String toString() {
        return "CommandWords[" + words.size() + " words, redacted]";
    }
}
