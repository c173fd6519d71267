package io.github.keyset4j.cli;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Nimbus JOSE+JWT 10.10, and Spring Security with it, refuses a whole JWK set for, beyond what this library's parser
 * does: members that signatures need not know of.
 */
final class NimbusRules {

    private static final Set<String> TYPES = Set.of("RSA", "EC", "OKP", "oct");
    private static final List<String> TEXTS = List.of("use", "alg", "kid", "x5u", "x5t", "x5t#S256");
    private static final Map<String, Set<String>> CURVES =
            Map.of("EC", Set.of("P-256", "P-384", "P-521"), "OKP", Set.of("Ed25519", "Ed448", "X25519", "X448"));
    private static final Set<String> OPERATIONS =
            Set.of("sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits");

    private static final Map<String, Set<String>> USES =
            Map.of("sig", Set.of("sign", "verify"), "enc", Set.of("encrypt", "decrypt", "wrapKey", "unwrapKey"));

    private final Map<?, ?> key;
    private final List<String> broken = new ArrayList<>();

    private NimbusRules(Map<?, ?> key) {
        this.key = key;
    }

    /** The rules that a key breaks, each as {@code member: rule}; a type that is unknown to it, it passes over. */
    static List<String> broken(Map<?, ?> key) {
        NimbusRules rules = new NimbusRules(key);
        if (TYPES.contains(String.valueOf(key.get("kty")))) {
            rules.all();
        }
        return rules.broken;
    }

    private void all() {
        TEXTS.forEach(member -> refuseUnless(member, key.get(member) instanceof String, "not a string"));
        refuseUnless("use", !(key.get("use") instanceof String use && use.trim().isEmpty()), "blank");
        refuseUnless("x5u", !(key.get("x5u") instanceof String place) || isUri(place), "not a URI");
        Object operations = key.get("key_ops");
        refuseUnless(
                "key_ops",
                operations instanceof List<?> list
                        && list.stream().allMatch(each -> each instanceof String name && OPERATIONS.contains(name)),
                "not an array of operations that RFC 7517 names");
        Set<String> goingWithUse = USES.get(String.valueOf(key.get("use")));
        refuseUnless(
                "key_ops",
                goingWithUse == null
                        || (operations instanceof List<?> list
                                && list.stream().allMatch(each -> goingWithUse.contains(String.valueOf(each)))),
                "operations that do not go with use");
        refuseUnless(
                "revoked",
                key.get("revoked") instanceof Map<?, ?> revoked
                        && revoked.get("revoked_at") instanceof Number
                        && (revoked.get("reason") == null || revoked.get("reason") instanceof String),
                "not an object with revoked_at");
        Set<String> curves = CURVES.get(String.valueOf(key.get("kty")));
        refuseUnless(
                "crv", curves == null || curves.contains(String.valueOf(key.get("crv"))), "a curve it does not know");
        refuseUnless(
                "x5c", key.get("x5c") instanceof List<?> chain && certificates(chain), "no certificates of this key");
    }

    /** A member that is null counts as absent. */
    private void refuseUnless(String member, boolean holds, String rule) {
        if (key.get(member) != null && !holds) {
            broken.add(member + ": " + rule);
        }
    }

    private static boolean isUri(String text) {
        try {
            return !new URI(text).toString().isEmpty() || text.isEmpty();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Whether every number of a document is one that it reads. */
    static boolean finite(@Nullable Object value) {
        if (value instanceof Map<?, ?> object) {
            return object.values().stream().allMatch(NimbusRules::finite);
        } else if (value instanceof Collection<?> array) {
            return array.stream().allMatch(NimbusRules::finite);
        }
        return !(value instanceof Number number) || Double.isFinite(number.doubleValue());
    }

    /** Whether these are certificates, of which the first is of this key. */
    private boolean certificates(List<?> chain) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<PublicKey> keys = new ArrayList<>();
            for (Object each : chain) {
                byte[] der = Base64.getDecoder().decode(String.valueOf(each));
                keys.add(factory.generateCertificate(new ByteArrayInputStream(der))
                        .getPublicKey());
            }
            return !keys.isEmpty() && isOfThisKey(keys.get(0));
        } catch (CertificateException | IllegalArgumentException e) {
            return false;
        }
    }

    private boolean isOfThisKey(PublicKey certified) {
        if (certified instanceof RSAPublicKey rsa) {
            return has("n", rsa.getModulus()) && has("e", rsa.getPublicExponent());
        }
        return certified instanceof ECPublicKey ec
                && has("x", ec.getW().getAffineX())
                && has("y", ec.getW().getAffineY());
    }

    private boolean has(String member, BigInteger number) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(String.valueOf(key.get(member)))).equals(number);
    }
}
