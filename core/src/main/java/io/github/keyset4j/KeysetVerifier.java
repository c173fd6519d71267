package io.github.keyset4j;

import io.github.keyset4j.ClaimRules.Check;
import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.encoding.Base64Url;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A manager's verifier of tokens of one purpose. Threads: any number. */
final class KeysetVerifier implements JwtVerifier {

    /** Longer than any token that fits into a request's headers. */
    static final int MAX_TOKEN_LENGTH = 1 << 16;

    private final Keyring keyring;
    private final String purpose;
    private final Set<String> algorithms;
    private final Set<String> types;
    private final ClaimRules claims;
    private final List<Check> checks;
    private final @Nullable String kidOfThoseWithout;
    private final Instant standsInUntil;

    KeysetVerifier(Builder from) {
        this.keyring = from.keyring;
        this.purpose = from.purpose;
        this.algorithms = Set.copyOf(from.algorithms);
        this.types = from.types.isEmpty() ? Set.of("jwt") : Set.copyOf(from.types);
        this.claims = new ClaimRules(from.issuers, from.audiences, from.anyAudience, from.required, from.leeway);
        this.checks = List.copyOf(from.checks);
        this.kidOfThoseWithout = from.kidOfThoseWithout;
        this.standsInUntil = from.standsInUntil;
    }

    @Override
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
        VerifiedJwt verified = new VerifiedJwt(claims.check(payload, now), encodedHeader, header.type(), key);
        for (Check check : checks) {
            ask(check, verified);
        }
        keyring.counters().verified(header.kid().isEmpty());
        return verified;
    }

    /** A check that throws has not found the token good, whatever it is that it stumbled upon. */
    private static void ask(Check check, VerifiedJwt token) {
        boolean holds;
        try {
            holds = check.holds().test(token);
        } catch (JwtRejectedException | KeysetUnavailableException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            throw rejected(
                    Reason.CLAIM_INVALID,
                    check.rule() + ": its check failed with " + e.getClass().getName());
        }
        if (!holds) {
            throw rejected(Reason.CLAIM_INVALID, check.rule());
        }
    }

    private boolean verify(KeysetKey key, byte[] token, int length, byte[] signature, Snapshot held) {
        try {
            return key.jws().verify(token, length, signature);
        } catch (GeneralSecurityException e) { // not the token's fault: whoever sent it is not to be logged out
            throw new KeysetUnavailableException(
                    KeysetUnavailableException.Reason.CRYPTO,
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
}
