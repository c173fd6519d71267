package io.github.keyset4j;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One JWK (RFC 7517) read into material: what is the same for every type of key. */
final class JwkReader {

    private final Problems problems;

    JwkReader(Problems problems) {
        this.problems = problems;
    }

    /** The material, or null with the problems noted, or with the entry noted as left out. */
    @Nullable
    KeyMaterial read(Map<String, @Nullable Object> jwk, String where) {
        if (!(jwk.get("kty") instanceof String kty)) {
            problems.add(where + ".kty", "missing or not a string", "say one of " + KeyTypes.NAMES);
            return null;
        }
        if (!forSignatures(jwk, where)) {
            return null;
        }
        KeyType type = KeyTypes.ofKty(kty).orElse(null);
        if (type == null) {
            problems.unsupported(where + ".kty", "a key type other than " + KeyTypes.NAMES);
            return null;
        }
        KeyMaterial material = ofType(type, jwk, where);
        return material == null || !(jwk.get("key_ops") instanceof List<?> operations)
                ? material
                : forOperations(material, operations, where + ".key_ops");
    }

    private @Nullable KeyMaterial ofType(KeyType type, Map<String, @Nullable Object> jwk, String where) {
        JwkMembers members = new JwkMembers(jwk, where, problems);
        JwsAlgorithm natural = type.natural(members);
        if (natural == null) {
            return null;
        }
        JwsAlgorithm algorithm = KeyTypes.algorithm(jwk, where, natural, problems);
        try {
            KeyMaterial material = type.read(members, natural);
            return algorithm == null || material == null
                    ? null
                    : type.checked(material.withAlgorithm(algorithm), where, problems);
        } catch (GeneralSecurityException | RuntimeException e) {
            problems.add(where, "the members do not make a key of this type", "export the key again");
            return null;
        }
    }

    /** The material, as far as its {@code key_ops} (RFC 7517 section 4.3) let it be used. */
    private @Nullable KeyMaterial forOperations(KeyMaterial material, List<?> operations, String where) {
        boolean signs = operations.contains("sign");
        boolean verifies = operations.contains("verify");
        if (material.symmetric() && !verifies) {
            problems.add(where, "a secret that may not verify what it signs", "say [\"sign\", \"verify\"]");
            return null;
        }
        if (!material.canSign() && !verifies) {
            problems.unsupported(where, "a public key that may not verify");
            return null;
        }
        if (!material.canSign() || signs) {
            return material;
        }
        if (material.symmetric()) {
            problems.warn(KeysetProblem.of(where, "without sign", "the secret verifies only; add sign if it is to sign")
                    .withCode("verifies-only"));
        } else {
            problems.warn(
                    KeysetProblem.of(where, "without sign, beside a private half", "the key verifies only; leave d out")
                            .withCode("verifies-only"));
        }
        return material.verifyOnly();
    }

    private boolean forSignatures(Map<String, @Nullable Object> jwk, String where) {
        Object use = jwk.get("use");
        if (jwk.containsKey("use") && !(use instanceof String)) {
            problems.add(where + ".use", "not a string", "say sig");
            return false;
        }
        if (use != null && !use.equals("sig")) {
            problems.unsupported(where + ".use", "the key is not for signatures");
            return false;
        }
        if (jwk.containsKey("key_ops")) {
            if (!(jwk.get("key_ops") instanceof List<?> operations)
                    || !operations.stream().allMatch(String.class::isInstance)
                    || operations.stream().distinct().count() != operations.size()) {
                problems.add(where + ".key_ops", "not an array of different strings", "say [\"sign\", \"verify\"]");
                return false;
            }
            if (!operations.contains("sign") && !operations.contains("verify")) {
                problems.unsupported(where + ".key_ops", "the key is not for signatures");
                return false;
            }
        }
        return true;
    }
}
