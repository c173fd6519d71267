package io.github.keyset4j.encoding;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * A URI as configuration and command lines write it, in words that do not quote it: {@link URI#create} shows what it
 * cannot understand, and people put secrets into the strangest places.
 *
 * <p>Threads. Safe for use by any number.
 */
public final class UriText {

    private UriText() {}

    /**
     * The URI.
     *
     * @throws IllegalArgumentException if it is none; the message is the rule that is broken, by the position of the first
     *     character that breaks it, and what to do
     */
    public static URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) { // not kept as a cause, since it quotes the text
            throw new IllegalArgumentException("not a URI from character " + (Math.max(e.getIndex(), 0) + 1)
                    + " on; percent-encode what a URI does not allow there, as %20 for a space");
        }
    }
}
