package io.github.keyset4j.evidence;

import io.github.keyset4j.encoding.Names;
import java.util.List;

/** A page of HTML being written. Everything that is not written here in the code goes through {@link #escape}. */
final class Html {

    private final StringBuilder out = new StringBuilder(8192);

    /** Markup as it stands in the code; never anything that was read. */
    Html raw(String markup) {
        out.append(markup);
        return this;
    }

    Html text(String text) {
        out.append(escape(text));
        return this;
    }

    /** An element with a text in it. */
    Html element(String name, String attributes, String text) {
        return raw("<" + name + (attributes.isEmpty() ? "" : " " + attributes) + ">")
                .text(text)
                .raw("</" + name + ">\n");
    }

    /** A row of a table of names and values. */
    Html row(String name, String value) {
        return raw("<tr>")
                .element("th", "scope=\"row\"", name)
                .element("td", "", value)
                .raw("</tr>\n");
    }

    Html items(List<String> texts) {
        raw("<ul>\n");
        texts.forEach(text -> element("li", "", text));
        return raw("</ul>\n");
    }

    /** What can stand in a text or a quoted attribute; what would not show, or turn the line around, is replaced. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(Names.deceives(c) && c != '\n' ? 0xfffd : c);
            }
        });
        return escaped.toString();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
