package io.github.keyset4j.command;

import java.security.SecureRandom;
import java.util.Base64;

/** Documents with keys made on the spot. */
final class SampleDocuments {

    private SampleDocuments() {}

    static String keyset(String kid) {
        byte[] random = new byte[48];
        new SecureRandom().nextBytes(random);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        return "{\"active_kid\":\"" + kid + "\",\"keys\":{\"" + kid + "\":\"" + secret + "\"}}";
    }
}
