package io.github.keyset4j.encoding;

/** Why a text is not JSON as read here, and where; nothing of the text itself. */
public final class MalformedJson extends Exception {

    private static final long serialVersionUID = 1L;

    private final String where;
    private final String rule;

    MalformedJson(String where, String rule) {
        super(where + ": " + rule, null, false, false);
        this.where = where;
        this.rule = rule;
    }

    /** The place in the text: {@code line 3, column 14}. */
    public String where() {
        return where;
    }

    /** The rule that is broken. */
    public String rule() {
        return rule;
    }
}
