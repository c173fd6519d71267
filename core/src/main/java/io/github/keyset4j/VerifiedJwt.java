package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.NumericDates;
import io.github.keyset4j.encoding.StrictJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * A token that was verified: its claims, its header, and the key it was signed with.
 *
 * <p>An accessor gives nothing for a claim that is not there or null, and throws a {@link JwtRejectedException} of {@link
 * Reason#CLAIM_INVALID} for one of another type: such a token is a bad one, and the answer is the one that others get.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. {@link #toString()} shows no claim.
 */
public final class VerifiedJwt {

    private final Map<String, @Nullable Object> claims;
    private final String header;
    private final Optional<String> type;
    private final String kid;
    private final String algorithm;
    private final String purpose;

    /** @param claims which are kept, and were looked at by {@link ClaimRules} */
    VerifiedJwt(Map<String, @Nullable Object> claims, String encodedHeader, Optional<String> type, KeysetKey key) {
        this.claims = claims;
        this.header = encodedHeader;
        this.type = type;
        this.kid = key.kid();
        this.algorithm = key.algorithm();
        this.purpose = key.purpose();
    }

    /** {@code iss}: who issued it. */
    public Optional<String> issuer() {
        return string("iss");
    }

    /** {@code sub}: whom it is about. */
    public Optional<String> subject() {
        return string("sub");
    }

    /** {@code aud}: whom it is meant for; one or several, or none. */
    public List<String> audience() {
        return claims.get("aud") instanceof String one ? List.of(one) : strings("aud");
    }

    /** {@code jti}: its own name. */
    public Optional<String> id() {
        return string("jti");
    }

    /** {@code exp}: from when it is worth nothing. */
    public Instant expiresAt() {
        return requireNonNull(NumericDates.instant(claims.get("exp")));
    }

    /** {@code iat}: when it was issued. */
    public Optional<Instant> issuedAt() {
        return instant("iat");
    }

    /** {@code nbf}: from when it is valid. */
    public Optional<Instant> notBefore() {
        return instant("nbf");
    }

    /** A claim that is a string. */
    public Optional<String> string(String claim) {
        return Optional.ofNullable(value(claim, String.class, "a string"));
    }

    /**
     * A claim that is an array of strings, or one string of words with spaces between, as {@code scope} is (RFC 8693
     * section 4.2); none if it is not there.
     */
    public List<String> strings(String claim) {
        Object value = claims.get(requireNonNull(claim, "claim"));
        if (value instanceof String words) {
            return words.isBlank() ? List.of() : List.of(words.strip().split(" +"));
        }
        List<?> elements = value(claim, List.class, "a string or an array of strings");
        if (elements == null) {
            return List.of();
        }
        List<String> strings = new ArrayList<>();
        for (Object element : elements) {
            if (!(element instanceof String string)) {
                throw invalid(claim, "a string or an array of strings");
            }
            strings.add(string);
        }
        return List.copyOf(strings);
    }

    /** A claim that is a whole number, of 64 bits. */
    public Optional<Long> number(String claim) {
        Number value = value(claim, Number.class, "a whole number");
        if (value == null || value instanceof Long) {
            return Optional.ofNullable((Long) value);
        }
        try {
            return Optional.of(
                    value instanceof BigInteger whole ? whole.longValueExact() : ((BigDecimal) value).longValueExact());
        } catch (ArithmeticException e) {
            throw invalid(claim, "a whole number of 64 bits");
        }
    }

    /** A claim that is true or false. */
    public Optional<Boolean> flag(String claim) {
        return Optional.ofNullable(value(claim, Boolean.class, "true or false"));
    }

    /** A claim that is a NumericDate, such as {@code auth_time}. */
    public Optional<Instant> instant(String claim) {
        Object value = claims.get(requireNonNull(claim, "claim"));
        Instant instant = NumericDates.instant(value);
        if (instant == null && value != null) {
            throw invalid(claim, "a NumericDate");
        }
        return Optional.ofNullable(instant);
    }

    private <T> @Nullable T value(String claim, Class<T> type, String expected) {
        Object value = claims.get(requireNonNull(claim, "claim"));
        if (value != null && !type.isInstance(value)) {
            throw invalid(claim, expected);
        }
        return type.cast(value);
    }

    private static JwtRejectedException invalid(String claim, String expected) {
        return new JwtRejectedException(Reason.CLAIM_INVALID, claim + ": not " + expected);
    }

    /**
     * All claims, in the order of the token, unmodifiable: a value is a {@code Map}, a {@code List}, a {@code String}, a
     * {@code Long}, {@code BigInteger} or {@code BigDecimal}, a {@code Boolean}, or null.
     */
    public Map<String, @Nullable Object> asMap() {
        return unmodifiable(claims);
    }

    /** All claims, for whoever works with jose4j; a copy. */
    public JwtClaims claims() {
        JwtClaims copy = new JwtClaims();
        claims.forEach((name, value) -> copy.setClaim(name, copied(value)));
        return copy;
    }

    /** All members of the header (RFC 7515 section 4.1), unmodifiable; values are as in {@link #asMap()}. */
    public Map<String, @Nullable Object> headers() {
        try {
            return unmodifiable(StrictJson.object(requireNonNull(Base64Url.decode(header))));
        } catch (MalformedJson e) {
            throw new JwtRejectedException(Reason.MALFORMED, "the header names a member twice");
        }
    }

    /** The kid of the key that it was signed with. */
    public String kid() {
        return kid;
    }

    /** That key's algorithm, by its JOSE name. */
    public String algorithm() {
        return algorithm;
    }

    /** That key's purpose. */
    public String purpose() {
        return purpose;
    }

    /** The header's {@code typ}, without {@code application/}. */
    public Optional<String> type() {
        return type;
    }

    private static Map<String, @Nullable Object> unmodifiable(Map<String, @Nullable Object> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((name, value) -> copy.put(name, unmodifiable(value)));
        return Collections.unmodifiableMap(copy);
    }

    @SuppressWarnings("unchecked") // read by StrictJson, which makes no others
    private static @Nullable Object unmodifiable(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return unmodifiable((Map<String, @Nullable Object>) map);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(unmodifiable(element)));
            return Collections.unmodifiableList(copy);
        }
        return value;
    }

    private static @Nullable Object copied(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, member) -> copy.put(name, copied(member)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(copied(element)));
            return copy;
        }
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VerifiedJwt that
                && header.equals(that.header)
                && kid.equals(that.kid)
                && algorithm.equals(that.algorithm)
                && purpose.equals(that.purpose)
                && claims.equals(that.claims);
    }

    @Override
    public int hashCode() {
        return Objects.hash(claims, header, kid);
    }

    @Override
    public String toString() {
        return "VerifiedJwt[" + kid + ", " + algorithm + ", " + purpose + "]";
    }
}
