package io.github.keyset4j;

import io.github.keyset4j.encoding.Names;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

/**
 * What kind of key to generate, for what, and under which name.
 *
 * <p>Unless a kid is given, a key pair is named by its RFC 7638 thumbprint, which can never stand for another key. An HMAC
 * key, whose thumbprint would be a means to guess it, is named {@code {purpose}-{date}}.
 *
 * <p>Threads. Immutable; each method that changes something returns a new template.
 */
@CheckReturnValue
public final class KeyTemplate {

    private static final int DEFAULT_RSA_BITS = 3072;
    private static final String HMAC_KID = "{purpose}-{date}";

    private final JwsAlgorithm algorithm;
    private final int rsaBits;
    private final String purpose;
    private final @Nullable String kid;

    private KeyTemplate(JwsAlgorithm algorithm, int rsaBits, String purpose, @Nullable String kid) {
        this.algorithm = algorithm;
        this.rsaBits = rsaBits;
        this.purpose = purpose;
        this.kid = kid;
    }

    /**
     * A key for this algorithm, by its JOSE name: {@code ES256}, {@code EdDSA}, {@code RS256} (of 3072 bits), {@code
     * HS256}, and their like.
     *
     * @throws IllegalArgumentException if it is none that this library signs with
     */
    public static KeyTemplate of(String algorithm) {
        JwsAlgorithm named = KeyTypes.algorithm(requireNonNull(algorithm, "algorithm"))
                .orElseThrow(() -> new IllegalArgumentException("algorithm: none that keys are made for; use one of "
                        + KeyTypes.algorithms().stream()
                                .map(JwsAlgorithm::joseName)
                                .collect(joining(", "))));
        return new KeyTemplate(named, DEFAULT_RSA_BITS, Names.DEFAULT_PURPOSE, null);
    }

    /** A key like this one, for its successor: its algorithm, its purpose and, if it is RSA, its size. */
    public static KeyTemplate like(KeysetKey key) {
        int bits = RsaKeyType.bitsLike(key.material()).orElse(DEFAULT_RSA_BITS);
        return new KeyTemplate(key.material().algorithm(), bits, key.purpose(), null);
    }

    /** With an RSA modulus of this many bits: 2048 to 4096, in steps of 8. Of no meaning for other types. */
    public KeyTemplate withRsaBits(int bits) {
        if (!RsaKeyType.generates(bits)) {
            throw new IllegalArgumentException("rsaBits: " + bits + "; give 2048 to 4096, in steps of 8");
        }
        return new KeyTemplate(algorithm, bits, purpose, kid);
    }

    /** For the tokens of this purpose, such as {@code access}. */
    public KeyTemplate withPurpose(String name) {
        if (!Names.isPurpose(requireNonNull(name, "name"))) {
            throw new IllegalArgumentException("purpose: " + Names.BAD_PURPOSE + "; name one such as access");
        }
        return new KeyTemplate(algorithm, rsaBits, name, kid);
    }

    /**
     * Under this kid, in which {@code {purpose}}, {@code {alg}}, {@code {date}} (2025-09-11) and {@code {time}}
     * (20250911T140200Z, both UTC) are filled in. Where the kid is taken already, {@code -2} and so on is added.
     */
    public KeyTemplate withKid(String template) {
        if (!Names.isKid(requireNonNull(template, "template"))) {
            throw new IllegalArgumentException("kid: " + Names.BAD_KID + "; give a short, printable one");
        }
        if (fill(template, Instant.EPOCH).indexOf('{') >= 0) {
            throw new IllegalArgumentException(
                    "kid: has a brace that is not one of {purpose}, {alg}, {date} and {time}; write one of these");
        }
        return new KeyTemplate(algorithm, rsaBits, purpose, template);
    }

    /** What the key is for. */
    public String purpose() {
        return purpose;
    }

    /** The algorithm it is for, by its JOSE name. */
    public String algorithm() {
        return algorithm.joseName();
    }

    KeyMaterial generate() {
        try {
            return KeyTypes.of(algorithm).generate(algorithm, rsaBits);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime makes no keys for " + algorithm.joseName(), e);
        }
    }

    /** The kid given, if there is one without anything to fill in: asked for twice, the same key is meant. */
    Optional<String> fixedKid() {
        return Optional.ofNullable(kid).filter(name -> name.indexOf('{') < 0);
    }

    /** The name of a key made from this template, other than those taken. */
    String kid(KeyMaterial material, Instant now, Predicate<String> taken) {
        String template = kid == null && material.symmetric() ? HMAC_KID : kid;
        String name = template == null ? material.thumbprint().orElseThrow() : fill(template, now);
        String free = name;
        for (int i = 2; taken.test(free); i++) {
            free = name + "-" + i;
        }
        return free;
    }

    private String fill(String template, Instant now) {
        String time =
                now.truncatedTo(ChronoUnit.SECONDS).toString().replace("-", "").replace(":", "");
        return template.replace("{purpose}", purpose)
                .replace("{alg}", algorithm.joseName().toLowerCase(Locale.ROOT))
                .replace("{date}", now.atOffset(ZoneOffset.UTC).toLocalDate().toString())
                .replace("{time}", time);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyTemplate template
                && algorithm.equals(template.algorithm)
                && rsaBits == template.rsaBits
                && purpose.equals(template.purpose)
                && Objects.equals(kid, template.kid);
    }

    @Override
    public int hashCode() {
        return Objects.hash(algorithm, rsaBits, purpose, kid);
    }

    @Override
    public String toString() {
        return "KeyTemplate[" + algorithm.joseName() + ", " + purpose + (kid == null ? "" : ", " + kid) + "]";
    }
}
