package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** HMAC secrets: how long, and how guessable. */
final class HmacSecrets {

    static final int MAX_BYTES = 1024;

    /** An estimate of entropy under this many bits means a pattern, not a random secret. */
    private static final double LEAST_BITS = 80;

    /** Words that default configurations use for a secret. */
    private static final Set<String> WELL_KNOWN = Set.of(
            "secret",
            "changeme",
            "change",
            "me",
            "password",
            "default",
            "insecure",
            "dev",
            "development",
            "test",
            "testing",
            "example",
            "sample",
            "demo",
            "your",
            "my",
            "key",
            "jwt",
            "token",
            "signing",
            "super",
            "the",
            "this",
            "is",
            "a",
            "not",
            "please",
            "in",
            "production",
            "do",
            "use",
            "for",
            "local",
            "only",
            "old",
            "new",
            "shared",
            "hmac",
            "256",
            "bit",
            "passw0rd",
            "supersecret",
            "jwtsecret",
            "secretkey",
            "mysecret",
            "yoursecret",
            "insert",
            "here",
            "replace",
            "replaceme",
            "with",
            "random",
            "string",
            "value",
            "app",
            "prod",
            "long",
            "enough",
            "at",
            "least",
            "characters",
            "bytes",
            "32");

    private HmacSecrets() {}

    static SecretKey key(JwsAlgorithm algorithm, byte[] secret) {
        return new SecretKeySpec(secret, algorithm.jcaName());
    }

    /** Why somebody could guess the secret, or nothing. */
    static Optional<String> guessable(byte[] secret) {
        if (madeOfWellKnownWords(secret)) {
            return Optional.of("the secret is a well-known default, or made of words that defaults are made of");
        }
        if (estimatedBits(secret) < LEAST_BITS) {
            return Optional.of("the secret repeats itself too much to be random");
        }
        return Optional.empty();
    }

    private static boolean madeOfWellKnownWords(byte[] secret) {
        String text = new String(secret, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        String[] words = text.split("[^a-z0-9]+", -1);
        boolean any = false;
        for (String word : words) {
            if (word.isEmpty()) {
                continue;
            }
            any = true;
            if (!WELL_KNOWN.contains(word) && !word.matches("\\d{1,4}")) {
                return false;
            }
        }
        return any;
    }

    /** Shannon's estimate over single bytes, times the shortest period the secret is a repetition of. */
    private static double estimatedBits(byte[] secret) {
        int period = period(secret);
        int[] counts = new int[256];
        for (int i = 0; i < period; i++) {
            counts[secret[i] & 0xff]++;
        }
        double bits = 0;
        for (int count : counts) {
            if (count > 0) {
                bits -= count * (Math.log((double) count / period) / Math.log(2));
            }
        }
        return bits;
    }

    private static int period(byte[] secret) {
        for (int period = 1; period <= secret.length / 2; period++) {
            boolean repeats = true;
            for (int i = period; i < secret.length && repeats; i++) {
                repeats = secret[i] == secret[i - period];
            }
            if (repeats) {
                return period;
            }
        }
        return secret.length;
    }
}
