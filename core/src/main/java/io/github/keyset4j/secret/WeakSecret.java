package io.github.keyset4j.secret;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Secrets that somebody could guess: made of words that defaults are made of, published as samples, or repetitive. */
public final class WeakSecret {

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

    private static final int LONGEST_WORD = 12;
    private static final int MOST_DIGITS = 8;

    public static final String WELL_KNOWN_DEFAULT =
            "the secret is a well-known default, or made of words that defaults are made of";

    private WeakSecret() {}

    /** Why somebody could guess the secret, or nothing. */
    public static Optional<String> guessable(byte[] secret) {
        if (madeOfWellKnownWords(secret)) {
            return Optional.of(WELL_KNOWN_DEFAULT);
        }
        if (PublicSamples.isSecret(secret)) {
            return Optional.of(PublicSamples.KNOWN);
        }
        if (estimatedBits(secret) < LEAST_BITS || isSequence(secret)) {
            return Optional.of("the secret repeats itself too much to be random");
        }
        return Optional.empty();
    }

    /** The alphabet, digits that count, octets that do: half of the steps or more go one up, or one down. */
    private static boolean isSequence(byte[] secret) {
        int up = 0;
        int down = 0;
        for (int i = 1; i < secret.length; i++) {
            int step = (byte) (secret[i] - secret[i - 1]);
            up += step == 1 ? 1 : 0;
            down += step == -1 ? 1 : 0;
        }
        return 2 * Math.max(up, down) >= secret.length - 1;
    }

    /** Whether nothing is left of the secret but such words, in any case, with or without anything between them. */
    public static boolean madeOfWellKnownWords(byte[] secret) {
        String text = new String(secret, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        boolean any = false;
        for (String run : text.split("[^a-z0-9]+", -1)) {
            if (!run.isEmpty() && !WELL_KNOWN.contains(run) && !madeOfWords(run)) {
                return false;
            }
            any |= run.chars().anyMatch(Character::isLetter);
        }
        return any;
    }

    /** Words without anything between them, and digits that pad them. */
    private static boolean madeOfWords(String run) {
        boolean[] reached = new boolean[run.length() + 1];
        reached[0] = true;
        for (int i = 0; i < run.length(); i++) {
            if (reached[i]) {
                for (int end = i + 2; end <= Math.min(run.length(), i + LONGEST_WORD); end++) {
                    reached[end] |= WELL_KNOWN.contains(run.substring(i, end));
                }
                int digits = i;
                while (digits < run.length() && Character.isDigit(run.charAt(digits))) {
                    digits++;
                }
                reached[digits] |= padding(run.substring(i, digits));
            }
        }
        return reached[run.length()];
    }

    /** A year, a date, or digits in their order: 1234567890. */
    private static boolean padding(String digits) {
        if (digits.length() <= MOST_DIGITS) {
            return true;
        }
        int step = (digits.charAt(1) - digits.charAt(0) + 10) % 10;
        for (int i = 1; i < digits.length(); i++) {
            if ((digits.charAt(i) - digits.charAt(i - 1) + 10) % 10 != step) {
                return false;
            }
        }
        return true;
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
