package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.encoding.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Verifies JWTs (RFC 7519). A manager's, which is made by {@link KeyManager#verifier()}, does so for one purpose: signature,
 * algorithm, times and claims, by the rules of RFC 8725.
 *
 * <p>A token's {@code alg} must be its key's. {@code none}, {@code jku}, {@code jwk}, {@code x5u} and every {@code crit}
 * are refused. {@code exp} is required. A token with an {@code aud} is only accepted by a verifier that was told its
 * audience.
 *
 * <p>Threads. Safe for use by any number; made once and kept. Waits for the source only where a kid is unknown, and then
 * as briefly as the manager was told.
 */
@FunctionalInterface
public interface JwtVerifier {

    /**
     * The token's claims, if it is to be trusted. Whatever text this gets, and none, ends in one of these three ways.
     *
     * @throws JwtRejectedException if it is not
     * @throws KeysetUnavailableException if there is no keyset to verify with, or the cryptography provider fails
     */
    VerifiedJwt verify(@Nullable String token);

    /**
     * Collects what is asked of tokens.
     *
     * <p>Threads. For one thread; may be built from more than once.
     */
    final class Builder {

        final Keyring keyring;
        final String purpose;
        final Set<String> issuers = new LinkedHashSet<>();
        final Set<String> audiences = new LinkedHashSet<>();
        final Set<String> required = new LinkedHashSet<>(Set.of("exp"));
        final Set<String> algorithms = new LinkedHashSet<>();
        final Set<String> types = new LinkedHashSet<>();
        final List<ClaimRules.Check> checks = new ArrayList<>();
        boolean anyAudience;

        @Nullable
        String kidOfThoseWithout;

        Instant standsInUntil = Instant.MIN;
        Duration leeway = Duration.ofMinutes(1);

        private final Function<Builder, JwtVerifier> verifier;

        /** @param verifier what makes one of these settings */
        Builder(Keyring keyring, String purpose, Function<Builder, JwtVerifier> verifier) {
            this.keyring = keyring;
            this.purpose = purpose;
            this.verifier = verifier;
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
        public Builder leeway(Duration leeway) {
            if (requireNonNull(leeway, "leeway").isNegative()) {
                throw new IllegalArgumentException("leeway: negative; give zero or more");
            }
            this.leeway = leeway;
            return this;
        }

        /**
         * A rule of your own, asked of tokens that keep all others: {@code check("tenant: not ours", token ->
         * token.string("tenant").filter(ours::equals).isPresent())}. One that does not hold, or whose check throws, is {@link
         * Reason#CLAIM_INVALID} with the rule as its message, which must not quote the token.
         */
        public Builder check(String rule, Predicate<VerifiedJwt> holds) {
            checks.add(new ClaimRules.Check(requireNonNull(rule, "rule"), requireNonNull(holds, "holds")));
            return this;
        }

        /** {@code typ} must be one of these, instead of {@code JWT} or absent (RFC 8725 section 3.11). */
        public Builder type(String... types) {
            for (String type : notEmpty(types, "type")) {
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
         * @throws IllegalArgumentException if the leeway is more than the rotation times' verifier leeway, since keys
         *     might then be gone before their last token is
         */
        public JwtVerifier build() {
            Duration most = keyring.times().verifierLeeway();
            if (leeway.compareTo(most) > 0) {
                throw new IllegalArgumentException("leeway: " + leeway + " is more than the verifier leeway of " + most
                        + "; lower it, or raise RotationTimes' verifierLeeway");
            }
            return verifier.apply(this);
        }
    }
}
