package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.Names;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Verifies JWTs (RFC 7519) of one purpose: signature, algorithm, times and claims, by the rules of RFC 8725.
 *
 * <p>A token's {@code alg} must be its key's. {@code none}, {@code jku}, {@code jwk}, {@code x5u} and every {@code crit}
 * are refused. {@code exp} is required. A token with an {@code aud} is only accepted by a verifier that was told its
 * audience.
 *
 * <p>Threads. Safe for use by any number; made once and kept. Waits for the source only where a kid is unknown, and then
 * as briefly as the manager was told.
 */
public final class JwtVerifier {

    /** Longer than any token that fits into a request's headers. */
    static final int MAX_TOKEN_LENGTH = 1 << 16;

    private final Keyring keyring;
    private final String purpose;
    private final Set<String> algorithms;
    private final Set<String> types;
    private final ClaimRules claims;
    private final @Nullable String kidOfThoseWithout;
    private final Instant standsInUntil;

    private JwtVerifier(Builder from) {
        this.keyring = from.keyring;
        this.purpose = from.purpose;
        this.algorithms = Set.copyOf(from.algorithms);
        this.types = Set.copyOf(from.types);
        this.claims = new ClaimRules(from.issuers, from.audiences, from.anyAudience, from.required, from.clockSkew);
        this.kidOfThoseWithout = from.kidOfThoseWithout;
        this.standsInUntil = from.standsInUntil;
    }

    /**
     * The token's claims, if it is to be trusted. Whatever text this gets, and none, ends in one of these three ways.
     *
     * @throws JwtRejectedException if it is not
     * @throws KeysetUnavailableException if there is no keyset to verify with, or the cryptography provider fails
     */
    public VerifiedJwt verify(@Nullable String token) {
        try {
            return check(token);
        } catch (JwtRejectedException e) {
            keyring.counters().rejected(e.reason());
            throw e;
        }
    }

    private VerifiedJwt check(@Nullable String token) {
        if (token == null) {
            throw rejected(Reason.MALFORMED, "there is no token");
        }
        int headerEnd = token.indexOf('.');
        int payloadEnd = token.indexOf('.', headerEnd + 1);
        if (token.length() > MAX_TOKEN_LENGTH
                || headerEnd < 1
                || headerEnd > JwsHeader.MAX_LENGTH
                || payloadEnd < 0
                || token.indexOf('.', payloadEnd + 1) >= 0) {
            throw rejected(Reason.MALFORMED, "not three parts with dots between, or too long");
        }
        String encodedHeader = token.substring(0, headerEnd);
        Instant now = keyring.now();
        Snapshot held = keyring.forVerification(now);
        JwsHeader known = held.header(encodedHeader);
        JwsHeader header = known == null ? JwsHeader.parse(encodedHeader) : known;
        refuseAlgorithm(header);
        String kid = header.kid().isPresent() ? header.kid().get() : kidOfThoseWithout(now);
        KeysetKey key = find(held.keyset(), kid);
        if (key == null) {
            // Looked for again whatever became of the reload: somebody else's may have brought the key meanwhile.
            keyring.reloadForUnknownKid();
            now = keyring.now();
            held = keyring.forVerification(now);
            key = find(held.keyset(), kid);
            if (key == null) {
                throw rejected(Reason.KID_UNKNOWN, "no key has this kid");
            }
        }
        if (key.status(held.at(now)) == KeyStatus.REMOVED) {
            throw rejected(Reason.KEY_REMOVED, "the key's time is over");
        }
        if (!header.algorithm().equals(key.algorithm())) {
            throw rejected(Reason.ALG_REFUSED, "the header's alg is not the key's");
        }
        byte[] octets = token.getBytes(StandardCharsets.ISO_8859_1);
        byte[] signature = decoded(octets, payloadEnd + 1, octets.length, "signature");
        if (!verify(key, octets, payloadEnd, signature, held)) {
            throw rejected(Reason.SIGNATURE_INVALID, "the signature is not the key's");
        }
        if (known == null) {
            held.verified(encodedHeader, header);
        }
        refuseType(header);
        byte[] payload = decoded(octets, headerEnd + 1, payloadEnd, "payload");
        VerifiedJwt verified =
                new VerifiedJwt(claims.check(payload, now), key.kid(), key.algorithm(), key.purpose(), header.type());
        keyring.counters().verified(header.kid().isEmpty());
        return verified;
    }

    private boolean verify(KeysetKey key, byte[] token, int length, byte[] signature, Snapshot held) {
        try {
            return key.jws().verify(token, length, signature);
        } catch (GeneralSecurityException e) { // not the token's fault: whoever sent it is not to be logged out
            throw new KeysetUnavailableException(
                    held.source() + ": key " + key.kid() + " failed to verify with "
                            + e.getClass().getName() + "; check the cryptography provider",
                    keyring.lastFailure());
        }
    }

    private String kidOfThoseWithout(Instant now) {
        if (kidOfThoseWithout == null || !now.isBefore(standsInUntil)) {
            throw rejected(Reason.KID_MISSING, "the header names no kid");
        }
        return kidOfThoseWithout;
    }

    private void refuseAlgorithm(JwsHeader header) {
        String algorithm = header.algorithm();
        if (KeyTypes.algorithm(algorithm).isEmpty() || (!algorithms.isEmpty() && !algorithms.contains(algorithm))) {
            throw rejected(Reason.ALG_REFUSED, "the header's alg is none, unknown or not accepted here");
        }
    }

    private @Nullable KeysetKey find(Keyset keyset, String kid) {
        KeysetKey key = keyset.find(kid);
        if (key == null) {
            if (keyset.revokedKids().contains(kid)) {
                throw rejected(Reason.KID_REVOKED, "the key was revoked");
            }
            return null;
        }
        if (!key.purpose().equals(purpose)) {
            throw rejected(Reason.KID_UNKNOWN, "the kid is a key's of another purpose");
        }
        return key;
    }

    private void refuseType(JwsHeader header) {
        boolean accepted = header.type()
                .map(type -> types.contains(type.toLowerCase(Locale.ROOT)))
                .orElse(types.contains("jwt"));
        if (!accepted) {
            throw rejected(Reason.CLAIM_INVALID, "the header's typ is not accepted here");
        }
    }

    private static byte[] decoded(byte[] token, int from, int to, String part) {
        byte[] bytes = Base64Url.decode(Arrays.copyOfRange(token, from, to));
        if (bytes == null) {
            throw rejected(Reason.MALFORMED, "the " + part + " is not canonical base64url");
        }
        return bytes;
    }

    static JwtRejectedException rejected(Reason reason, String message) {
        return new JwtRejectedException(reason, message);
    }

    @Override
    public String toString() {
        return "JwtVerifier[" + purpose + "]";
    }

    /**
     * Collects what is asked of tokens.
     *
     * <p>Threads. For one thread; may be built from more than once.
     */
    public static final class Builder {

        private final Keyring keyring;
        private final String purpose;
        private final Set<String> issuers = new LinkedHashSet<>();
        private final Set<String> audiences = new LinkedHashSet<>();
        private final Set<String> required = new LinkedHashSet<>(Set.of("exp"));
        private final Set<String> algorithms = new LinkedHashSet<>();
        private final Set<String> types = new LinkedHashSet<>(Set.of("jwt"));
        private boolean anyAudience;
        private @Nullable String kidOfThoseWithout;
        private Instant standsInUntil = Instant.MIN;
        private Duration clockSkew = Duration.ofMinutes(1);

        Builder(Keyring keyring, String purpose) {
            this.keyring = keyring;
            this.purpose = purpose;
        }

        /** {@code iss} must be one of these, to the letter. */
        public Builder issuer(String... issuers) {
            this.issuers.addAll(notEmpty(issuers, "issuer"));
            return this;
        }

        /** {@code aud} must name one of these. */
        public Builder audience(String... audiences) {
            this.audiences.addAll(notEmpty(audiences, "audience"));
            return this;
        }

        /** Whom a token is meant for does not matter here; otherwise one with an unexpected {@code aud} is refused. */
        public Builder anyAudience() {
            this.anyAudience = true;
            return this;
        }

        /** These claims must be there, besides {@code exp}. */
        public Builder require(String... claims) {
            this.required.addAll(notEmpty(claims, "require"));
            return this;
        }

        /**
         * Lets this key stand for tokens whose header names no kid, until an instant: for a service that begins to name its
         * keys while older tokens are out. Everything else is asked of them as of any token; {@link Stats} counts them.
         */
        public Builder tokensWithoutKid(String kid, Instant until) {
            if (!Names.isKid(requireNonNull(kid, "kid"))) {
                throw new IllegalArgumentException("kid: " + Names.BAD_KID + "; name a key of the keyset");
            }
            this.kidOfThoseWithout = kid;
            this.standsInUntil = requireNonNull(until, "until");
            return this;
        }

        /** How far other clocks may be off when {@code exp} and {@code nbf} are looked at. One minute. */
        public Builder clockSkew(Duration skew) {
            if (requireNonNull(skew, "clockSkew").isNegative()) {
                throw new IllegalArgumentException("clockSkew: negative; give zero or more");
            }
            this.clockSkew = skew;
            return this;
        }

        /** {@code typ} must be one of these, instead of {@code JWT} or absent (RFC 8725 section 3.11). */
        public Builder type(String... types) {
            List<String> given = notEmpty(types, "type");
            this.types.clear();
            for (String type : given) {
                this.types.add(JwsHeader.withoutPrefix(type).toLowerCase(Locale.ROOT));
            }
            return this;
        }

        /** Only these algorithms, by their JOSE names, of those that the keys have. */
        public Builder algorithm(String... algorithms) {
            for (String algorithm : notEmpty(algorithms, "algorithm")) {
                Optional<JwsAlgorithm> known = KeyTypes.algorithm(algorithm);
                this.algorithms.add(known.orElseThrow(() -> new IllegalArgumentException(
                                "algorithm: not a signature algorithm this library has; use names like ES256"))
                        .joseName());
            }
            return this;
        }

        /** An empty list out of some configuration must not switch a check off. */
        private static List<String> notEmpty(String[] values, String name) {
            if (values.length == 0) {
                throw new IllegalArgumentException(name + ": none given; name at least one, or leave the call out");
            }
            return List.of(values);
        }

        /**
         * The verifier.
         *
         * @throws IllegalArgumentException if the clock skew is more than the rotation times' verifier leeway, since keys
         *     might then be gone before their last token is
         */
        public JwtVerifier build() {
            Duration leeway = keyring.times().verifierLeeway();
            if (clockSkew.compareTo(leeway) > 0) {
                throw new IllegalArgumentException("clockSkew: " + clockSkew + " is more than the verifier leeway of "
                        + leeway + "; lower it, or raise RotationTimes' verifierLeeway");
            }
            return new JwtVerifier(this);
        }
    }
}
