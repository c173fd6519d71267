package io.github.keyset4j;

import io.github.keyset4j.encoding.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * The durations that make a rotation safe, and the formulas between them.
 *
 * <pre>
 * L = R (1 + f) + R/10                       every replica has loaded a new document
 * publish lead    at least L + E + W + ε     (HMAC keys, which nobody has to fetch: L + ε)
 * removal delay   T + σ + ε                  from retirement on
 * stale budget    lead - (E + W + ε)         how long a replica may miss documents without risk to a rotation
 * </pre>
 *
 * <p>R is the refresh interval and R/10 its jitter, f the failed refreshes tolerated in a row, E the JWKS's max-age and
 * stale-while-revalidate (zero without a shared cache), W how long verifiers take to ask again for a kid they do not
 * know, ε how far the clocks of replicas differ, T the longest token lifetime, σ the verifiers' leeway.
 *
 * <p>Threads. Immutable; each method with an argument returns a new value.
 */
public final class RotationTimes {

    /** Longer than anybody waits, and far from where nanoseconds end. */
    private static final Duration LONGEST_REFRESH = Duration.ofDays(36_500);

    private static final Duration INTERNAL_LEAD = Duration.ofMinutes(15);
    private static final int MOST_FAILURES = 10_000;

    private final Duration refreshInterval;
    private final @Nullable Duration publishLead;
    private final Duration verifierWait;
    private final int toleratedFailures;
    private final boolean sharedCache;
    private final Duration jwksMaxAge;
    private final Duration staleWhileRevalidate;
    private final Duration clockSkew;
    private final Duration maxTokenLifetime;
    private final Map<String, Duration> maxTokenLifetimes;
    private final Duration verifierLeeway;
    private final @Nullable Duration retention;

    private RotationTimes(Builder from) {
        this.refreshInterval = from.refreshInterval;
        this.publishLead = from.publishLead;
        this.verifierWait = from.verifierWait;
        this.toleratedFailures = from.toleratedFailures;
        this.sharedCache = from.sharedCache;
        this.jwksMaxAge = from.jwksMaxAge;
        this.staleWhileRevalidate = from.staleWhileRevalidate;
        this.clockSkew = from.clockSkew;
        this.maxTokenLifetime = from.maxTokenLifetime;
        this.maxTokenLifetimes = Map.copyOf(from.maxTokenLifetimes);
        this.verifierLeeway = from.verifierLeeway;
        this.retention = from.retention;
    }

    /** The default: the lead of {@link #internal()}, or longer where the formula asks for it. */
    public static RotationTimes standard() {
        return builder().build();
    }

    /** For verifiers of your own on the usual JVM, Node.js and Go libraries: a lead of 15 minutes. */
    public static RotationTimes internal() {
        return builder().publishLead(INTERNAL_LEAD).build();
    }

    /** For Envoy, Istio, Kafka and cloud gateways too: a lead of two and a half hours. */
    public static RotationTimes gateways() {
        return builder()
                .publishLead(Duration.ofMinutes(150))
                .verifierWait(Duration.ofHours(2))
                .build();
    }

    /** For verifiers nobody here knows: a lead of 48 hours. */
    public static RotationTimes strangers() {
        return builder()
                .publishLead(Duration.ofHours(48))
                .verifierWait(Duration.ofHours(24))
                .build();
    }

    /** The defaults, each to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    /** These times, each to be changed. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.refreshInterval = refreshInterval;
        builder.publishLead = publishLead;
        builder.verifierWait = verifierWait;
        builder.toleratedFailures = toleratedFailures;
        builder.sharedCache = sharedCache;
        builder.jwksMaxAge = jwksMaxAge;
        builder.staleWhileRevalidate = staleWhileRevalidate;
        builder.clockSkew = clockSkew;
        builder.maxTokenLifetime = maxTokenLifetime;
        builder.maxTokenLifetimes.putAll(maxTokenLifetimes);
        builder.verifierLeeway = verifierLeeway;
        builder.retention = retention;
        return builder;
    }

    /** R: how often each replica asks its source. */
    public Duration refreshInterval() {
        return refreshInterval;
    }

    /** L: how long it takes until every replica has loaded a new document. */
    public Duration loadTime() {
        return refreshInterval.multipliedBy(1L + toleratedFailures).plus(jitter(refreshInterval));
    }

    /** The most by which a refresh comes later than its interval. */
    static Duration jitter(Duration refreshInterval) {
        return refreshInterval.dividedBy(10);
    }

    /** L + E + W + ε: the shortest publish lead that is safe. */
    public Duration leastPublishLead() {
        return loadTime().plus(propagation());
    }

    /** The publish lead in force. */
    public Duration publishLead() {
        if (publishLead != null) {
            return publishLead;
        }
        Duration least = leastPublishLead();
        return least.compareTo(INTERNAL_LEAD) > 0 ? least : INTERNAL_LEAD;
    }

    /** L + ε: the lead of keys that nobody has to fetch. */
    public Duration symmetricLead() {
        return loadTime().plus(clockSkew);
    }

    /** T + σ + ε: how long after its retirement a key still has tokens to verify. */
    public Duration removalDelay(String purpose) {
        return maxTokenLifetime(purpose).plus(verifierLeeway).plus(clockSkew);
    }

    /** lead − (E + W + ε): how old a keyset may be without risk to a rotation that goes on meanwhile. */
    public Duration staleBudget() {
        return publishLead().minus(propagation());
    }

    /** E + W + ε. */
    private Duration propagation() {
        Duration shared = sharedCache ? jwksMaxAge.plus(staleWhileRevalidate) : Duration.ZERO;
        return shared.plus(verifierWait).plus(clockSkew);
    }

    /** T: the longest lifetime a token of this purpose is signed with. */
    public Duration maxTokenLifetime(String purpose) {
        return maxTokenLifetimes.getOrDefault(purpose, maxTokenLifetime);
    }

    /** σ: by how much verifiers let a token outlive its {@code exp}. */
    public Duration verifierLeeway() {
        return verifierLeeway;
    }

    /** ε: how far the clocks of replicas differ at most. */
    public Duration clockSkew() {
        return clockSkew;
    }

    /** The JWKS's {@code max-age}, before it is cut to the next change. */
    public Duration jwksMaxAge() {
        return jwksMaxAge;
    }

    /** The JWKS's {@code stale-while-revalidate}. */
    public Duration staleWhileRevalidate() {
        return staleWhileRevalidate;
    }

    /**
     * These times, if they keep what they promise.
     *
     * @throws IllegalArgumentException if the lead is shorter than the formula allows, or the retention than the lead
     */
    public RotationTimes checked() {
        Duration least = leastPublishLead();
        Duration lead = publishLead();
        if (lead.compareTo(least) < 0) {
            throw new IllegalArgumentException("rotation: publish lead " + lead + " is shorter than L + E + W + ε = "
                    + least + " (refresh every " + refreshInterval + ", " + toleratedFailures
                    + " failures tolerated, shared cache " + (sharedCache ? "assumed" : "excluded")
                    + ", verifiers wait "
                    + verifierWait + ", clock skew " + clockSkew
                    + "); lengthen the lead, refresh more often, or say what holds for your verifiers");
        }
        if (retention != null && retention.compareTo(lead) < 0) {
            throw new IllegalArgumentException("rotation: retention " + retention + " is shorter than the publish lead "
                    + lead + ", for which a key goes on signing after it was replaced; lengthen it, or leave it out");
        }
        return this;
    }

    /** How long a key waits between its publication and its activation; an HMAC key is not published at all. */
    Duration lead(boolean symmetric) {
        return symmetric ? symmetricLead() : publishLead();
    }

    /** How long a key goes on verifying after it disappeared from a document. */
    Duration retention(KeyMaterial material, String purpose, boolean oneKeyPerPurpose) {
        if (retention != null) {
            return retention;
        }
        // Replicas that date a document by their own first sight of it switch up to L after one another.
        return oneKeyPerPurpose
                ? lead(material.symmetric()).plus(loadTime()).plus(removalDelay(purpose))
                : Duration.ZERO;
    }

    /** f: how many refreshes in a row may fail on a replica without risk. */
    public int toleratedFailures() {
        return toleratedFailures;
    }

    /** Whether a CDN or proxy may cache the JWKS; E is zero otherwise. */
    public boolean sharedCache() {
        return sharedCache;
    }

    /** W: how long the slowest verifier takes to ask again for a kid it does not know. */
    public Duration verifierWait() {
        return verifierWait;
    }

    /** How long a key is kept after it disappeared from its document, where it was said; see {@link Builder}. */
    public Optional<Duration> retention() {
        return Optional.ofNullable(retention);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RotationTimes times
                && refreshInterval.equals(times.refreshInterval)
                && Objects.equals(publishLead, times.publishLead)
                && verifierWait.equals(times.verifierWait)
                && toleratedFailures == times.toleratedFailures
                && sharedCache == times.sharedCache
                && jwksMaxAge.equals(times.jwksMaxAge)
                && staleWhileRevalidate.equals(times.staleWhileRevalidate)
                && clockSkew.equals(times.clockSkew)
                && maxTokenLifetime.equals(times.maxTokenLifetime)
                && maxTokenLifetimes.equals(times.maxTokenLifetimes)
                && verifierLeeway.equals(times.verifierLeeway)
                && Objects.equals(retention, times.retention);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                refreshInterval,
                publishLead,
                verifierWait,
                toleratedFailures,
                sharedCache,
                jwksMaxAge,
                staleWhileRevalidate,
                clockSkew,
                maxTokenLifetime,
                maxTokenLifetimes,
                verifierLeeway,
                retention);
    }

    @Override
    public String toString() {
        return "RotationTimes[refresh " + refreshInterval + ", lead " + (publishLead == null ? "standard" : publishLead)
                + ", verifiers wait "
                + verifierWait + ", tokens live " + maxTokenLifetime
                + (maxTokenLifetimes.isEmpty() ? "" : " " + maxTokenLifetimes) + "]";
    }

    /** Collects the durations; where they contradict one another, {@link RotationTimes#checked()} says so. */
    public static final class Builder {

        private Duration refreshInterval = Duration.ofMinutes(1);
        private @Nullable Duration publishLead;
        private Duration verifierWait = Duration.ofMinutes(1);
        private int toleratedFailures = 3;
        private boolean sharedCache = true;
        private Duration jwksMaxAge = Duration.ofMinutes(5);
        private Duration staleWhileRevalidate = Duration.ofMinutes(1);
        private Duration clockSkew = Duration.ofMinutes(1);
        private Duration maxTokenLifetime = Duration.ofHours(24);
        private final Map<String, Duration> maxTokenLifetimes = new HashMap<>();
        private Duration verifierLeeway = Duration.ofMinutes(5);
        private @Nullable Duration retention;

        private Builder() {}

        /** R: how often each replica asks its source. One minute. */
        public Builder refreshEvery(Duration interval) {
            this.refreshInterval = Durations.positive(interval, "refreshEvery", LONGEST_REFRESH);
            return this;
        }

        /** How long a key is public before it signs. */
        public Builder publishLead(Duration lead) {
            this.publishLead = notNegative(lead, "publishLead");
            return this;
        }

        /** W: how long the slowest verifier takes to ask again for a kid it does not know. One minute. */
        public Builder verifierWait(Duration wait) {
            this.verifierWait = notNegative(wait, "verifierWait");
            return this;
        }

        /** f: how many refreshes in a row may fail on a replica without risk. Three. */
        public Builder toleratedFailures(int failures) {
            if (failures < 0 || failures > MOST_FAILURES) {
                throw new IllegalArgumentException(
                        "toleratedFailures: negative, or more than " + MOST_FAILURES + "; give a smaller number");
            }
            this.toleratedFailures = failures;
            return this;
        }

        /** No CDN or proxy caches the JWKS between here and its verifiers. Assumed is that one does. */
        public Builder noSharedCache() {
            this.sharedCache = false;
            return this;
        }

        /** The JWKS's {@code max-age}: five minutes, or what verifiers that obey it need. At least one second. */
        public Builder jwksMaxAge(Duration maxAge) {
            if (notNegative(maxAge, "jwksMaxAge").compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("jwksMaxAge: under a second; clients take that for an hour");
            }
            this.jwksMaxAge = maxAge;
            return this;
        }

        /** The JWKS's {@code stale-while-revalidate} (RFC 5861 section 3). One minute. */
        public Builder staleWhileRevalidate(Duration duration) {
            this.staleWhileRevalidate = notNegative(duration, "staleWhileRevalidate");
            return this;
        }

        /** ε: how far the clocks of replicas differ at most. One minute. */
        public Builder clockSkew(Duration skew) {
            this.clockSkew = notNegative(skew, "clockSkew");
            return this;
        }

        /** T: the longest lifetime of any token; signing refuses longer ones. One day. */
        public Builder maxTokenLifetime(Duration lifetime) {
            this.maxTokenLifetime = Durations.lifetime(lifetime, "maxTokenLifetime");
            return this;
        }

        /** T for the tokens of one purpose, such as refresh tokens that live for weeks. */
        public Builder maxTokenLifetime(String purpose, Duration lifetime) {
            this.maxTokenLifetimes.put(
                    requireNonNull(purpose, "purpose"), Durations.lifetime(lifetime, "maxTokenLifetime"));
            return this;
        }

        /** σ: by how much verifiers let a token outlive its {@code exp}. Five minutes. */
        public Builder verifierLeeway(Duration leeway) {
            this.verifierLeeway = notNegative(leeway, "verifierLeeway");
            return this;
        }

        /**
         * How long a key that disappears from its document goes on verifying. Unless given: not at all, where the
         * document's shape can list older keys; lead + L + T + σ + ε for pairs of PEMs and for a PEM or a JWK alone,
         * which can only ever name one key of a purpose.
         */
        public Builder retention(Duration duration) {
            this.retention = notNegative(duration, "retention");
            return this;
        }

        /** The times, with contradictions that {@link RotationTimes#checked()} and whoever uses them refuse. */
        public RotationTimes build() {
            return new RotationTimes(this);
        }

        private static Duration notNegative(Duration duration, String name) {
            return Durations.notNegative(duration, name, Durations.LONGEST_SETTING);
        }
    }
}
