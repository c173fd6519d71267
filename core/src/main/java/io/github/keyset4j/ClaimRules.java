package io.github.keyset4j;

import io.github.keyset4j.encoding.NumericDates;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the registered claims of any token must be (RFC 7519 section 4.1): the signer and the verifier ask here, so that
 * the one makes what the other takes.
 */
final class ClaimRules {

    static final List<String> DATES = List.of("exp", "nbf", "iat");

    private static final List<String> TEXTS = List.of("iss", "sub", "jti");

    private ClaimRules() {}

    /** What is wrong with these claims, by the claim's name, or null. */
    static @Nullable String fault(Map<String, ? extends @Nullable Object> claims) {
        for (String name : TEXTS) {
            if (!(claims.get(name) instanceof String) && claims.containsKey(name)) {
                return name + ": not a string";
            }
        }
        for (String name : DATES) {
            Object value = claims.get(name);
            if (NumericDates.instant(value) == null && (value != null || claims.containsKey(name))) {
                return name + ": not a NumericDate, which is a number of seconds since 1970, up to the year 9999";
            }
        }
        if (!isAudience(claims.get("aud")) && claims.containsKey("aud")) {
            return "aud: not a string or an array of strings";
        }
        return null;
    }

    private static boolean isAudience(@Nullable Object value) {
        if (value instanceof Collection<?> audiences) {
            return !audiences.isEmpty() && audiences.stream().allMatch(String.class::isInstance);
        }
        return value instanceof String;
    }
}
