package io.github.keyset4j.config.variables;

import java.util.Locale;
import java.util.Optional;

/**
 * What configuration writes for yes and no.
 *
 * <p>Threads. Safe for use by any number.
 */
public final class Switches {

    private Switches() {}

    /** Which of both it is; none for any other text. */
    public static Optional<Boolean> parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "1" -> Optional.of(true);
            case "false", "no", "0" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
