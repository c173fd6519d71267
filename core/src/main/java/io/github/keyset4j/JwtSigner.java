package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Signs JWTs (RFC 7519) of one purpose with the key that is active at that moment. Kid, algorithm and key of a token
 * always come from one key, whatever is rotated meanwhile.
 *
 * <p>Threads. Safe for use by any number. Does not block.
 */
public final class JwtSigner {

    static final String DEFAULT_TYPE = "JWT";

    /** Set here, or refused by our own verifier. */
    private static final Set<String> REFUSED_HEADERS =
            Set.of("alg", "kid", "crit", "b64", "jku", "jwk", "x5u", "zip", "enc");

    private static final long MAX_NUMERIC_DATE =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    private final KeyManager manager;
    private final String purpose;
    private final Duration lifetime;
    private final String type;
    private volatile @Nullable PreparedHeader prepared;

    /** The encoded header of one key's tokens. */
    private record PreparedHeader(KeysetKey key, String encoded) {}

    JwtSigner(KeyManager manager, String purpose, Duration lifetime, String type) {
        this.manager = manager;
        this.purpose = purpose;
        this.lifetime = lifetime;
        this.type = type;
    }

    /** This signer, with another lifetime for tokens whose claims have no {@code exp}. */
    public JwtSigner withLifetime(Duration lifetime) {
        if (requireNonNull(lifetime, "lifetime").isNegative() || lifetime.isZero()) {
            throw new IllegalArgumentException("lifetime: not positive; give a positive duration");
        }
        return new JwtSigner(manager, purpose, lifetime, type);
    }

    /** This signer, with another {@code typ} in the header: {@code at+jwt} for access tokens (RFC 9068). */
    public JwtSigner withType(String type) {
        return new JwtSigner(manager, purpose, lifetime, requireNonNull(type, "type"));
    }

    /**
     * Signs these claims, which are not changed; {@code iat} and {@code exp} are filled in where they are missing.
     *
     * @throws KeysetUnavailableException if there is no active key, if the keyset is older than it may be, or if the
     *     token would outlive its key
     * @throws IllegalArgumentException if the token would live longer than the rotation times allow for, or if a claim
     *     has no form in JSON
     */
    public String sign(JwtClaims claims) {
        return sign(claims, Map.of());
    }

    /**
     * Signs these claims with more members in the header.
     *
     * @throws IllegalArgumentException also if a header is one that is set here ({@code alg}, {@code kid}), or that
     *     verifiers are right to refuse ({@code crit}, {@code b64}, {@code jku}, {@code jwk}, {@code x5u})
     */
    public String sign(JwtClaims claims, Map<String, ?> headers) {
        requireNonNull(claims, "claims");
        requireNonNull(headers, "headers");
        Instant now = manager.now();
        Snapshot held = manager.forSigning(now);
        KeysetKey key = held.keyset().active(purpose, now);
        if (key == null) {
            throw new KeysetUnavailableException(
                    held.source() + ": no key of the purpose " + purpose + " is active; add one to the keyset",
                    manager.lastFailure());
        }
        byte[] payload = StrictJson.write(withTimes(claims, key, now));
        String input = header(key, headers) + '.' + Base64Url.encode(payload);
        try {
            byte[] signature = key.jws().sign(input.getBytes(StandardCharsets.US_ASCII));
            manager.recorder().signed();
            return input + '.' + Base64Url.encode(signature);
        } catch (GeneralSecurityException e) {
            throw new KeysetUnavailableException(
                    held.source() + ": key " + key.kid() + " failed to sign with "
                            + e.getClass().getName() + "; check the cryptography provider",
                    manager.lastFailure());
        }
    }

    private String header(KeysetKey key, Map<String, ?> headers) {
        if (!headers.isEmpty()) {
            return encode(key, headers);
        }
        PreparedHeader known = prepared;
        if (known == null || known.key() != key) {
            known = new PreparedHeader(key, encode(key, Map.of()));
            prepared = known;
        }
        return known.encoded();
    }

    private String encode(KeysetKey key, Map<String, ?> headers) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("alg", key.algorithm());
        members.put("kid", key.kid());
        members.put("typ", type);
        headers.forEach((name, value) -> {
            if (REFUSED_HEADERS.contains(name)) {
                throw new IllegalArgumentException("header " + name + ": set by the signer or refused; leave it out");
            }
            members.put(name, value);
        });
        return Base64Url.encode(StrictJson.write(members));
    }

    private Map<String, @Nullable Object> withTimes(JwtClaims claims, KeysetKey key, Instant now) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(claims.getClaimsMap());
        long issued = seconds(all, "iat", now.getEpochSecond());
        long expires = seconds(all, "exp", issued + lifetime.toSeconds());
        Duration longest = manager.rotation().maxTokenLifetime(purpose);
        if (expires <= issued) {
            throw new IllegalArgumentException("exp: not after iat; give the token a lifetime");
        }
        // The key is kept for the longest lifetime from when it last signed: an iat ahead of the clock gains nothing.
        long lives = expires - Math.min(issued, now.getEpochSecond());
        if (lives > longest.toSeconds()) {
            throw new IllegalArgumentException("exp: a lifetime of " + Duration.ofSeconds(lives)
                    + " is longer than the " + longest
                    + " that keys are kept for; shorten it, or raise RotationTimes' maxTokenLifetime");
        }
        Instant leaves = key.removeAt().orElse(Instant.MAX);
        if (leaves.isBefore(Instant.MAX)
                && Instant.ofEpochSecond(expires)
                        .isAfter(leaves.minus(manager.rotation().verifierLeeway()))) {
            throw new KeysetUnavailableException(
                    "key " + key.kid() + " is removed at " + leaves
                            + ", before this token would end; activate a successor, or shorten the token's lifetime",
                    manager.lastFailure());
        }
        all.put("iat", issued);
        all.put("exp", expires);
        return all;
    }

    private static long seconds(Map<String, @Nullable Object> claims, String name, long otherwise) {
        if (!claims.containsKey(name)) {
            return otherwise;
        }
        if (claims.get(name) instanceof Number number
                && number.doubleValue() >= 0
                && number.doubleValue() <= MAX_NUMERIC_DATE) {
            return number.longValue();
        }
        throw new IllegalArgumentException(
                name + ": not a NumericDate; give seconds since 1970, up to the year 9999, as a number");
    }

    @Override
    public String toString() {
        return "JwtSigner[" + purpose + "]";
    }
}
