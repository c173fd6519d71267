package io.github.keyset4j;

import io.github.keyset4j.KeysetUnavailableException.Reason;
import io.github.keyset4j.Succession.Chair;
import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.Durations;
import io.github.keyset4j.encoding.JavaValues;
import io.github.keyset4j.encoding.NumericDates;
import io.github.keyset4j.encoding.StrictJson;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * A manager's signer of JWTs (RFC 7519) of one purpose, with the key that is active at that moment. Kid, algorithm and
 * key of a token always come from one key, whatever is rotated meanwhile.
 *
 * <p>Threads. Immutable, and safe for use by any number; each {@code with} method returns another signer. Does not block.
 */
public final class KeysetSigner implements JwtSigner {

    static final String DEFAULT_TYPE = "JWT";

    /** Set here, or something else's than a JWS's; the verifier refuses more. */
    private static final Set<String> REFUSED_HEADERS = Set.of("alg", "kid", "zip", "enc");

    private final Keyring keyring;
    private final Chair chair;
    private final Duration lifetime;
    private final String type;
    private volatile @Nullable PreparedHeader prepared;

    /** The encoded header of one key's tokens. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    private record PreparedHeader(KeysetKey key, byte[] encoded) {}

    KeysetSigner(Keyring keyring, Chair chair, Duration lifetime, String type) {
        this.keyring = keyring;
        this.chair = chair;
        this.lifetime = lifetime;
        this.type = type;
    }

    /**
     * This signer, with another lifetime for tokens whose claims have no {@code exp}.
     *
     * @throws IllegalArgumentException if it is less than a second, or longer than keys are kept for
     */
    @CheckReturnValue
    public KeysetSigner withLifetime(Duration lifetime) {
        refuseLongerThanKeysAreKept("lifetime", Durations.lifetime(lifetime, "lifetime"));
        return new KeysetSigner(keyring, chair, lifetime, type);
    }

    /** This signer, with another {@code typ} in the header: {@code at+jwt} for access tokens (RFC 9068). */
    @CheckReturnValue
    public KeysetSigner withType(String type) {
        if (requireNonNull(type, "type").isBlank()) {
            throw new IllegalArgumentException("type: blank; give one such as at+jwt");
        }
        return new KeysetSigner(keyring, chair, lifetime, type);
    }

    /**
     * This signer, with the purpose's keys of one algorithm alone, by its JOSE name: for a client that takes {@code
     * RS256} while others take {@code ES256}.
     *
     * @throws IllegalArgumentException if it is none that this library signs with
     */
    @CheckReturnValue
    public KeysetSigner withAlgorithm(String algorithm) {
        JwsAlgorithm named = KeyTypes.algorithm(requireNonNull(algorithm, "algorithm"))
                .orElseThrow(() -> new IllegalArgumentException(
                        "algorithm: none that is signed with here; use one such as ES256 or RS256"));
        return new KeysetSigner(keyring, new Chair(chair.purpose(), named), lifetime, type);
    }

    /**
     * Signs these claims, which are not changed; {@code iat} and {@code exp} are filled in where they are missing. What
     * values a claim may have is told by {@link JwtBuilder#claim}.
     *
     * @throws KeysetUnavailableException if there is no active key, if the keyset is older than it may be, or if the
     *     token would outlive its key
     * @throws IllegalArgumentException if a verifier of this library would refuse the token whatever it was told: a
     *     registered claim is not what RFC 7519 section 4.1 has it be, {@code exp} has passed or comes before {@code
     *     nbf}, or a claim has no form in JSON or one that is not read here. Also if the token would live longer than
     *     the rotation times allow for, or if {@code iat} is ahead by more than their verifier leeway
     */
    @Override
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
        Instant now = keyring.now();
        Snapshot held = keyring.forSigning(now);
        KeysetKey key = held.keyset().active(chair, held.at(now));
        if (key == null) {
            throw new KeysetUnavailableException(
                    Reason.NO_ACTIVE_KEY,
                    held.source() + ": no key of the " + chair + " is active; add one to the keyset",
                    keyring.lastFailure());
        }
        byte[] payload = StrictJson.write(withTimes(claims, key, now));
        byte[] input = joined(header(key, headers), Base64Url.encodeToBytes(payload));
        try {
            byte[] token = joined(input, Base64Url.encodeToBytes(key.jws().sign(input)));
            if (token.length > KeysetVerifier.MAX_TOKEN_LENGTH) {
                throw new IllegalArgumentException("claims: a token of " + token.length + " characters, more than the "
                        + KeysetVerifier.MAX_TOKEN_LENGTH + " that are verified; leave some out");
            }
            keyring.counters().signed();
            return new String(token, StandardCharsets.ISO_8859_1);
        } catch (GeneralSecurityException e) {
            throw new KeysetUnavailableException(
                    Reason.CRYPTO,
                    held.source() + ": key " + key.kid() + " failed to sign with "
                            + e.getClass().getName() + "; check the cryptography provider",
                    keyring.lastFailure());
        }
    }

    private static byte[] joined(byte[] before, byte[] after) {
        byte[] joined = Arrays.copyOf(before, before.length + 1 + after.length);
        joined[before.length] = '.';
        System.arraycopy(after, 0, joined, before.length + 1, after.length);
        return joined;
    }

    private byte[] header(KeysetKey key, Map<String, ?> headers) {
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

    private byte[] encode(KeysetKey key, Map<String, ?> headers) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("alg", key.algorithm());
        members.put("kid", key.kid());
        members.put("typ", type);
        headers.forEach((name, value) -> {
            if (REFUSED_HEADERS.contains(name) || JwsHeader.REFUSED.contains(name)) {
                throw new IllegalArgumentException("header " + name + ": set by the signer or refused; leave it out");
            }
            members.put(name, value);
        });
        String encoded = Base64Url.encode(StrictJson.write(members));
        try {
            JwsHeader.parse(encoded);
        } catch (JwtRejectedException e) {
            throw new IllegalArgumentException(
                    "headers: verifiers refuse them as " + e.getMessage() + "; leave some out");
        }
        return encoded.getBytes(StandardCharsets.ISO_8859_1);
    }

    private Map<String, @Nullable Object> withTimes(JwtClaims claims, KeysetKey key, Instant now) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(claims.getClaimsMap());
        all.replaceAll(JavaValues::plain);
        Instant current = now.truncatedTo(ChronoUnit.SECONDS);
        if (!all.containsKey("iat")) {
            all.put("iat", current.getEpochSecond());
        }
        String fault = ClaimRules.fault(all);
        if (fault != null) {
            throw new IllegalArgumentException(fault + "; give one, or leave the claim out");
        }
        for (String name : ClaimRules.DATES) {
            if (all.containsKey(name)) {
                all.put(name, NumericDates.plain(all.get(name)));
            }
        }
        Instant issued = requireNonNull(NumericDates.instant(all.get("iat")));
        if (Duration.between(current, issued).compareTo(keyring.times().verifierLeeway()) > 0) {
            throw new IllegalArgumentException("iat: further ahead than verifiers' clocks may be; leave it out");
        }
        // A token lives from now on, even if it says that it was issued later.
        Instant begins = issued.isBefore(current) ? issued : current;
        if (!all.containsKey("exp")) {
            all.put("exp", begins.getEpochSecond() + lifetime.toSeconds());
        }
        Instant expires = NumericDates.instant(all.get("exp"));
        if (expires == null) {
            throw new IllegalArgumentException("exp: beyond the year 9999; set the clock");
        }
        if (!expires.isAfter(issued)) {
            throw new IllegalArgumentException("exp: not after iat; give the token a lifetime");
        }
        if (!expires.isAfter(now)) {
            throw new IllegalArgumentException("exp: has passed; give the token a lifetime from now on");
        }
        Instant notBefore = NumericDates.instant(all.get("nbf"));
        if (notBefore != null && !notBefore.isBefore(expires)) {
            throw new IllegalArgumentException("nbf: not before exp; give the token a time in which it is valid");
        }
        refuseLongerThanKeysAreKept("exp", Duration.between(begins, expires));
        // A clock may be ahead of iat, or iat of the clock: what counts is until when the key has to be there.
        Instant leaves = key.removeAt().orElse(Instant.MAX);
        if (leaves.isBefore(Instant.MAX)
                && expires.isAfter(leaves.minus(keyring.times().verifierLeeway()))) {
            throw new KeysetUnavailableException(
                    Reason.KEY_ENDS_TOO_SOON,
                    "key " + key.kid() + " is removed at " + leaves
                            + ", before this token would end; activate a successor, or shorten the token's lifetime",
                    keyring.lastFailure());
        }
        return all;
    }

    private void refuseLongerThanKeysAreKept(String what, Duration lifetime) {
        Duration longest = keyring.times().maxTokenLifetime(chair.purpose());
        if (lifetime.compareTo(longest) > 0) {
            throw new IllegalArgumentException(what + ": a lifetime of " + lifetime + " is longer than the " + longest
                    + " that keys are kept for; shorten it, or raise RotationTimes' maxTokenLifetime");
        }
    }

    @Override
    public String toString() {
        return "KeysetSigner[" + chair.purpose()
                + (chair.algorithm() == null ? "" : ", " + chair.algorithm().joseName()) + "]";
    }
}
