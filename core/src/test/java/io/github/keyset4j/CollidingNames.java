package io.github.keyset4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Names that every hash in sight takes for one: each kind is as many different names as are asked for. */
final class CollidingNames {

    /** 33 times this is 1, modulo 2 to the power of 32. */
    private static final int INVERSE_OF_33 = 0x3e0f83e1;

    private CollidingNames() {}

    /** Alike to {@link String#hashCode()}. */
    static List<String> ofStrings(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 1; bit < count; bit <<= 1) {
                name.append((i & bit) == 0 ? "Aa" : "BB");
            }
            names.add(name.toString());
        }
        return names;
    }

    /**
     * Of 8 characters, and alike, with {@code scope}, to the table of names that Jackson's reader of octets keeps: it
     * mixes its seed in only after it has mixed the octets.
     */
    static List<String> ofJackson(int count) {
        int target = mixed(quad("scop")) + (0xffffff00 | 'e') * 33;
        List<String> names = new ArrayList<>();
        Random random = new Random(33);
        while (names.size() < count) {
            StringBuilder name = new StringBuilder();
            for (int i = 0; i < 4; i++) {
                name.append((char) ('a' + random.nextInt(26)));
            }
            int second = (target - mixed(quad(name.toString()))) * INVERSE_OF_33;
            for (int shift = 24; shift >= 0; shift -= 8) {
                name.append((char) (second >>> shift & 0xff));
            }
            if (name.chars().allMatch(c -> Character.isLetterOrDigit(c) && c < 0x80)) {
                names.add(name.toString());
            }
        }
        return names;
    }

    private static int quad(String four) {
        int quad = 0;
        for (int i = 0; i < 4; i++) {
            quad = quad << 8 | four.charAt(i);
        }
        return quad;
    }

    private static int mixed(int quad) {
        int hash = quad + (quad >>> 15);
        return hash ^ (hash >>> 9);
    }
}
