package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

/** The rules of RFC 7519 section 4.1 and of one verifier, each looked at once. */
final class ClaimsCheck {

    private static final List<String> TEXTS = List.of("iss", "sub", "jti");

    private final Set<String> issuers;
    private final Set<String> audiences;
    private final boolean anyAudience;
    private final Set<String> required;
    private final double skewSeconds;

    ClaimsCheck(JwtVerifier.Builder from) {
        this.issuers = Set.copyOf(from.issuers);
        this.audiences = Set.copyOf(from.audiences);
        this.anyAudience = from.anyAudience;
        this.required = Set.copyOf(from.required);
        this.skewSeconds = from.clockSkew.toMillis() / 1000.0;
    }

    JwtClaims check(byte[] payload, Instant now) {
        Map<String, @Nullable Object> claims;
        try {
            claims = StrictJson.object(payload);
        } catch (StrictJson.Refused e) {
            throw JwtVerifier.rejected(Reason.MALFORMED, "the claims are not a JSON object, or name a member twice");
        }
        for (String name : required) {
            if (claims.get(name) == null) {
                throw invalid(name, "missing");
            }
        }
        for (String name : TEXTS) {
            if (claims.containsKey(name) && !(claims.get(name) instanceof String)) {
                throw invalid(name, "not a string");
            }
        }
        times(claims, now.getEpochSecond() + now.getNano() / 1e9);
        if (!issuers.isEmpty() && !(claims.get("iss") instanceof String issuer && issuers.contains(issuer))) {
            throw invalid("iss", claims.containsKey("iss") ? "not an issuer accepted here" : "missing");
        }
        audience(claims);
        JwtClaims result = new JwtClaims();
        claims.forEach(result::setClaim);
        return result;
    }

    private void times(Map<String, @Nullable Object> claims, double now) {
        double expires = numericDate(claims, "exp", Double.MAX_VALUE);
        double notBefore = numericDate(claims, "nbf", -Double.MAX_VALUE);
        numericDate(claims, "iat", 0);
        if (now >= expires + skewSeconds) {
            throw JwtVerifier.rejected(Reason.EXPIRED, "exp has passed");
        }
        if (now < notBefore - skewSeconds) {
            throw JwtVerifier.rejected(Reason.NOT_YET_VALID, "nbf has not come yet");
        }
    }

    private static double numericDate(Map<String, @Nullable Object> claims, String name, double otherwise) {
        if (!claims.containsKey(name)) {
            return otherwise;
        }
        if (claims.get(name) instanceof Number number) {
            return number.doubleValue();
        }
        throw invalid(name, "not a NumericDate");
    }

    private void audience(Map<String, @Nullable Object> claims) {
        boolean named = false;
        if (claims.containsKey("aud")) {
            Object audience = claims.get("aud");
            List<?> all = audience instanceof List<?> list ? list : audience == null ? List.of() : List.of(audience);
            if (all.isEmpty() || !all.stream().allMatch(String.class::isInstance)) {
                throw invalid("aud", "not a string or an array of strings");
            }
            named = all.stream().anyMatch(audiences::contains);
        }
        boolean matters = !audiences.isEmpty() || claims.containsKey("aud");
        if (matters && !named && !anyAudience) {
            throw invalid(
                    "aud",
                    audiences.isEmpty()
                            ? "there is one, and this verifier was told none: use audience(..) or anyAudience()"
                            : "does not name an audience accepted here");
        }
    }

    private static JwtRejectedException invalid(String claim, String rule) {
        return JwtVerifier.rejected(Reason.CLAIM_INVALID, claim + ": " + rule);
    }
}
