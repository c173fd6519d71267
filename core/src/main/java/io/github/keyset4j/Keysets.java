package io.github.keyset4j;

import io.github.keyset4j.edit.KeysetEdit;
import java.time.Instant;
import java.util.Arrays;

/**
 * New keysets, for a test or a first look: {@code KeysetSource.of(Keysets.generate("ES256"))}. One that a service is to work
 * with is written to a store by {@code KeysetRotator.create(..)}.
 *
 * <p>Threads. Safe for use by any number.
 *
 * <p>Secrets. The document holds private keys.
 */
public final class Keysets {

    private Keysets() {}

    /**
     * A JWK Set of new keys of the purpose {@code default}, one for each of these algorithms by its JOSE name; the first
     * signs.
     *
     * @throws IllegalArgumentException if none is given, or one that keys are not made for
     */
    public static KeysetDocument generate(String... algorithms) {
        return generate(Arrays.stream(algorithms).map(KeyTemplate::of).toArray(KeyTemplate[]::new));
    }

    /**
     * A JWK Set of new keys, one of each of these kinds; the first of a purpose signs.
     *
     * @throws IllegalArgumentException if none is given
     */
    public static KeysetDocument generate(KeyTemplate... templates) {
        if (templates.length == 0) {
            throw new IllegalArgumentException("none given; name at least one algorithm, such as ES256");
        }
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        Instant now = Instant.now();
        for (KeyTemplate template : templates) {
            String kid = edit.generate(template, now);
            if (edit.named(template.purpose()).isEmpty()) {
                edit.name(kid);
            }
        }
        return edit.document();
    }
}
