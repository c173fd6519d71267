package io.github.keyset4j;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * The claims of one token, put together one by one and signed. {@code iat}, and {@code exp} where none is given, are the
 * signer's.
 *
 * <pre>{@code
 * String jwt = keys.signer().jwt().issuer("https://issuer.example").audience("api").subject("alice").sign();
 * }</pre>
 *
 * <p>Threads. For one thread. Signed again, it makes another token of the same claims.
 *
 * <p>Secrets. {@link #toString()} shows no claim.
 */
public final class JwtBuilder {

    private final Function<JwtClaims, String> signer;
    private final JwtClaims claims = new JwtClaims();

    JwtBuilder(Function<JwtClaims, String> signer) {
        this.signer = signer;
    }

    /** {@code iss}: who issues it. */
    public JwtBuilder issuer(String issuer) {
        return text("iss", issuer);
    }

    /** {@code sub}: whom it is about. */
    public JwtBuilder subject(String subject) {
        return text("sub", subject);
    }

    /** {@code aud}: whom it is meant for; one is written as a string, several as an array. */
    public JwtBuilder audience(String... audiences) {
        if (audiences.length == 0) {
            throw new IllegalArgumentException("audience: none given; name at least one, or leave the call out");
        }
        return set("aud", audiences.length == 1 ? requireNonNull(audiences[0], "audience") : List.of(audiences));
    }

    /** {@code jti}: its own name, which no other token has. */
    public JwtBuilder id(String id) {
        return text("jti", id);
    }

    /** {@code jti}: a random UUID. */
    public JwtBuilder randomId() {
        return id(UUID.randomUUID().toString());
    }

    /** {@code exp}, in whole seconds: from when it is worth nothing. Unless given, the signer's lifetime from now on. */
    public JwtBuilder expiresAt(Instant instant) {
        return set("exp", requireNonNull(instant, "expiresAt").getEpochSecond());
    }

    /** {@code nbf}, in whole seconds: from when it is valid. */
    public JwtBuilder notBefore(Instant instant) {
        return set("nbf", requireNonNull(instant, "notBefore").getEpochSecond());
    }

    /**
     * Any claim; null is JSON's. A value is a String, a Boolean, a number, a Map, a Collection or an array of values; an
     * {@link Instant} or {@link java.util.Date} (written as a NumericDate), a {@link UUID} or an enum's constant (as a
     * string, by its name), a record (as an object of its components). It is read when the token is signed.
     */
    public JwtBuilder claim(String name, @Nullable Object value) {
        return set(requireNonNull(name, "name"), value);
    }

    /** All of these claims, as {@link #claim} has it. */
    public JwtBuilder claims(Map<String, ? extends @Nullable Object> claims) {
        requireNonNull(claims, "claims").forEach(this::claim);
        return this;
    }

    private JwtBuilder text(String name, String value) {
        return set(name, requireNonNull(value, name));
    }

    private JwtBuilder set(String name, @Nullable Object value) {
        claims.setClaim(name, value);
        return this;
    }

    /**
     * The token.
     *
     * @throws KeysetUnavailableException if there is no key to sign with
     * @throws IllegalArgumentException if no verifier would take the token; see {@link KeysetSigner#sign(JwtClaims)}
     */
    public String sign() {
        return signer.apply(claims);
    }

    @Override
    public String toString() {
        return "JwtBuilder[" + claims.getClaimNames().size() + " claims]";
    }
}
