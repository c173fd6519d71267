package io.github.keyset4j.cli;

import java.util.ArrayList;
import java.util.List;

/** Breaks text at spaces. */
final class Wrap {

    private Wrap() {}

    /** Lines of at most this width, but for words that are longer; at least one. */
    static List<String> at(int width, String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split("\\s+", -1)) {
            if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
