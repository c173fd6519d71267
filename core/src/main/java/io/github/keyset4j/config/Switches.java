package io.github.keyset4j.config;

import java.util.Locale;
import java.util.Optional;

/** What configuration writes for yes and no. */
final class Switches {

    private Switches() {}

    static Optional<Boolean> parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "1" -> Optional.of(true);
            case "false", "no", "0" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
