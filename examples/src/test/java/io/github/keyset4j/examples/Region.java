package io.github.keyset4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands in a source file between {@code // tag::name[]} and {@code // end::name[]}. */
record Region(String text) {

    private static final Pattern LITERAL = Pattern.compile("\"(\\\\.|[^\"\\\\])*\"");
    private static final Pattern ARROW = Pattern.compile("->(?!\\s*\\{)");
    private static final Pattern CALL = Pattern.compile("\\bnew [A-Z][\\w.]*(<[^>]*>)?\\(|\\b[a-z]\\w*\\(");
    private static final Pattern NO_CALL = Pattern.compile("(if|for|while|switch|catch|try)\\(");

    static Optional<Region> of(Path file, String name) throws IOException {
        Matcher region = Pattern.compile("(?s)// tag::" + name + "\\[]\\R(.*?)\\R *// end::" + name + "\\[]")
                .matcher(Files.readString(file));
        return region.find() ? Optional.of(new Region(region.group(1).stripIndent())) : Optional.empty();
    }

    /**
     * How many statements: one for each semicolon outside of strings, and one for each lambda whose body is an expression,
     * which has none. So a chain of calls is one statement, and a {@code try} or a method's frame is none.
     */
    long statements() {
        return bare().chars().filter(c -> c == ';').count()
                + ARROW.matcher(bare()).results().count();
    }

    /** How many calls: of methods, also those that a class declares here, and of constructors. */
    long calls() {
        return CALL.matcher(bare())
                .results()
                .map(MatchResult::group)
                .filter(call -> !NO_CALL.matcher(call).matches())
                .count();
    }

    private String bare() {
        return LITERAL.matcher(text).replaceAll("\"\"").replaceAll("//.*", "");
    }
}
