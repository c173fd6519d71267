package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The members of one JWK, read as what they should be; null, with the problem noted, where they are not. */
final class JwkMembers {

    private static final String ZEROS_FIRST = "a number with leading zero octets";

    private final Map<String, @Nullable Object> jwk;
    private final String where;
    private final Problems problems;

    JwkMembers(Map<String, @Nullable Object> jwk, String where, Problems problems) {
        this.jwk = jwk;
        this.where = where;
        this.problems = problems;
    }

    boolean has(String name) {
        return jwk.containsKey(name);
    }

    @Nullable
    Object get(String name) {
        return jwk.get(name);
    }

    void refuse(String name, String rule, String remedy) {
        problems.add(where + "." + name, rule, remedy);
    }

    void unsupported(String name, String rule) {
        problems.unsupported(where + "." + name, rule);
    }

    String where() {
        return where;
    }

    Problems problems() {
        return problems;
    }

    Optional<String> curve() {
        if (jwk.get("crv") instanceof String crv) {
            return Optional.of(crv);
        }
        refuse("crv", "missing or not a string", "name the curve");
        return Optional.empty();
    }

    /**
     * Base64urlUInt (RFC 7518 section 2): no leading zero octets, unless in a key whose private half is elsewhere. Those of
     * others have them, and are published here without.
     */
    @Nullable
    BigInteger number(String name, boolean publicOnly, int mostBits) {
        byte[] bytes = octets(name);
        if (bytes == null) {
            return null;
        }
        boolean zerosFirst = bytes[0] == 0;
        if (zerosFirst && !publicOnly) {
            refuse(name, ZEROS_FIRST, "leave them out (RFC 7518 section 2)");
            return null;
        }
        BigInteger number = new BigInteger(1, bytes);
        if (number.bitLength() > mostBits) {
            refuse(name, "longer than " + mostBits + " bits", "use a shorter key");
            return null;
        }
        if (zerosFirst) {
            problems.warn(where + "." + name, ZEROS_FIRST, "they are left out (RFC 7518 section 2)");
        }
        return number;
    }

    byte @Nullable [] octets(String name, int length) {
        byte[] bytes = octets(name);
        if (bytes != null && bytes.length != length) {
            refuse(
                    name,
                    bytes.length + " octets, where the curve has " + length,
                    "write it in full length, leading zeros included");
            return null;
        }
        return bytes;
    }

    byte @Nullable [] octets(String name) {
        if (!(jwk.get(name) instanceof String text) || text.isEmpty()) {
            refuse(name, "missing, empty or not a string", "add it in base64url");
            return null;
        }
        byte[] bytes = Base64Url.decode(text);
        if (bytes == null) {
            refuse(
                    name,
                    "not canonical base64url",
                    "use A-Z a-z 0-9 - _ without padding, and no bits that stand for nothing");
        }
        return bytes;
    }
}
