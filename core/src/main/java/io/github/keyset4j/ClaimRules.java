package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.NumericDates;
import io.github.keyset4j.encoding.StrictJson;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the registered claims of any token must be (RFC 7519 section 4.1): the signer and the verifier ask here, so that
 * the one makes what the other takes. And the rules of one verifier on top of them; each is looked at once.
 */
final class ClaimRules {

    /** A rule of the application's own. */
    record Check(String rule, Predicate<VerifiedJwt> holds) {}

    static final List<String> DATES = List.of("exp", "nbf", "iat");

    private static final List<String> TEXTS = List.of("iss", "sub", "jti");

    private final Set<String> issuers;
    private final Set<String> audiences;
    private final boolean anyAudience;
    private final Set<String> required;
    private final Duration skew;

    ClaimRules(Set<String> issuers, Set<String> audiences, boolean anyAudience, Set<String> required, Duration skew) {
        this.issuers = Set.copyOf(issuers);
        this.audiences = Set.copyOf(audiences);
        this.anyAudience = anyAudience;
        this.required = Set.copyOf(required);
        this.skew = skew;
    }

    Map<String, @Nullable Object> check(byte[] payload, Instant now) {
        Map<String, @Nullable Object> claims;
        try {
            claims = StrictJson.object(payload);
        } catch (MalformedJson e) {
            throw new JwtRejectedException(
                    Reason.MALFORMED, "the claims are not a JSON object, or name a member twice");
        }
        for (String name : required) {
            if (claims.get(name) == null) {
                throw invalid(name, "missing");
            }
        }
        String fault = fault(claims);
        if (fault != null) {
            throw new JwtRejectedException(Reason.CLAIM_INVALID, fault);
        }
        times(claims, now);
        if (!issuers.isEmpty() && !(claims.get("iss") instanceof String issuer && issuers.contains(issuer))) {
            throw invalid("iss", claims.containsKey("iss") ? "not an issuer accepted here" : "missing");
        }
        audience(claims);
        return claims;
    }

    /** The skew is added to what is within the year 9999, never to a clock that may be at the end of time. */
    private void times(Map<String, @Nullable Object> claims, Instant now) {
        Instant expires = NumericDates.instant(claims.get("exp"));
        if (expires != null && !now.isBefore(expires.plus(skew))) {
            throw new JwtRejectedException(Reason.EXPIRED, "exp has passed");
        }
        Instant begins = NumericDates.instant(claims.get("nbf"));
        if (begins != null && now.isBefore(begins.minus(skew))) {
            throw new JwtRejectedException(Reason.NOT_YET_VALID, "nbf has not come yet");
        }
    }

    private void audience(Map<String, @Nullable Object> claims) {
        Object audience = claims.get("aud");
        if (anyAudience || (audience == null && audiences.isEmpty())) {
            return;
        }
        boolean named = audience instanceof List<?> all
                ? all.stream().anyMatch(audiences::contains)
                : audience != null && audiences.contains(audience);
        if (!named) {
            throw invalid(
                    "aud",
                    audiences.isEmpty()
                            ? "there is one, and this verifier was told none: use audience(..) or anyAudience()"
                            : "does not name an audience accepted here");
        }
    }

    private static JwtRejectedException invalid(String claim, String rule) {
        return new JwtRejectedException(Reason.CLAIM_INVALID, claim + ": " + rule);
    }

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
