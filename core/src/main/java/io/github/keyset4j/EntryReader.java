package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.Names;
import io.github.keyset4j.encoding.NumericDates;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads one entry of a document, whatever the document's shape: its key, its kid, its purpose and its times. */
final class EntryReader {

    private final Problems problems;
    private final PemReader pem;
    private final JwkReader jwks;
    private final Entries entries;
    private boolean secretsAreBase64;

    EntryReader(Problems problems, Supplier<char @Nullable []> pemPassword, Entries entries) {
        this.problems = problems;
        this.pem = new PemReader(pemPassword, problems);
        this.jwks = new JwkReader(problems);
        this.entries = entries;
    }

    /** From now on, secrets that are text are base64 of what is meant, or not. */
    void decodeSecrets(boolean base64) {
        secretsAreBase64 = base64;
    }

    /** A JWK, which may stand under its kid. */
    void jwk(Map<String, @Nullable Object> node, String where, @Nullable String kidOutside) {
        if (revoked(node, where, kidOutside)) {
            return;
        }
        Map<String, @Nullable Object> jwk = KeyMembers.present(node);
        KeyMembers.refuseLookalikes(jwk, where, problems);
        String kidInside = text(jwk, "kid", where, "name the key");
        if (kidInside != null
                && kidOutside != null
                && jwk.get("kid") instanceof String
                && !kidInside.equals(kidOutside)) {
            problems.add(where + ".kid", "not the name the entry stands under", "use one kid, or leave this one out");
        }
        String purpose = text(jwk, "purpose", where, "name a purpose, such as access");
        KeyMaterial material = jwks.read(jwk, where);
        if (material != null) {
            add(
                    kidInside == null ? kidOutside : kidInside,
                    purpose == null ? Names.DEFAULT_PURPOSE : purpose,
                    material,
                    node,
                    where);
        }
    }

    /** {@code {"kid":"..","privateKeyPem":"..","publicKeyPem":".."}}, standing under its purpose. */
    void pemPair(Map<String, @Nullable Object> node, String where, String purpose) {
        if (revoked(node, where, null)) {
            return;
        }
        Map<String, @Nullable Object> pair = KeyMembers.present(node);
        KeyMembers.refuseLookalikes(pair, where, problems);
        int before = problems.count();
        String kid = text(pair, "kid", where, "name the key");
        KeyMaterial privateHalf = half(pair, "privateKeyPem", where);
        if (privateHalf == null && pair.containsKey("privateKeyPem") && problems.count() == before) {
            return; // left out aloud, and so is its other half
        }
        KeyMaterial publicHalf = half(pair, "publicKeyPem", where);
        if (privateHalf != null && !privateHalf.canSign()) {
            problems.add(where + ".privateKeyPem", "a public key", "put the private key there, or leave it out");
        }
        if (publicHalf != null && publicHalf.canSign()) {
            problems.add(where + ".publicKeyPem", "a private key", "put the public key there, or leave it out");
        }
        KeyMaterial halves = privateHalf == null ? publicHalf : privateHalf;
        boolean leftOut = publicHalf == null && pair.containsKey("publicKeyPem");
        if (problems.count() > before || leftOut || halves == null) {
            return;
        }
        if (publicHalf != null && !publicHalf.publicMembers().equals(halves.publicMembers())) {
            problems.refuse(KeyPairType.unmatched(where));
            return;
        }
        material(halves, pair, where).ifPresent(material -> add(kid, purpose, material, node, where));
    }

    /** A key that says that it is revoked is no key any more: nothing else of it is looked at but its kid. */
    private boolean revoked(Map<String, @Nullable Object> entry, String where, @Nullable String kidOutside) {
        if (!Revocations.marks(entry)) {
            return false;
        }
        Object said = entry.get(Revocations.MEMBER);
        if (!(said instanceof Boolean) && !(said instanceof Map)) {
            problems.add(where + "." + Revocations.MEMBER, "neither true nor an object", "say \"revoked\": true");
        }
        if (Revocations.kid(entry, kidOutside).filter(Names::isKid).isEmpty()) {
            problems.refuse(KeysetProblem.of(
                            where, "a revoked key without a kid", "name it, or list its kid in the document's revoked")
                    .withCode("missing-kid"));
        }
        return true;
    }

    private @Nullable KeyMaterial half(Map<String, @Nullable Object> pair, String name, String where) {
        if (!pair.containsKey(name)) {
            return null;
        }
        if (pair.get(name) instanceof String text) {
            return pem.read(text, where + "." + name);
        }
        problems.add(where + "." + name, "not a string", "put a PEM there");
        return null;
    }

    /** A PEM and nothing else. */
    void pem(String text, Optional<String> kid, String where) {
        KeyMaterial halves = pem.read(text, where);
        if (halves != null) {
            material(halves, Map.of(), where)
                    .ifPresent(material -> add(kid.orElse(null), Names.DEFAULT_PURPOSE, material, Map.of(), where));
        }
    }

    /** What stands beside a kid: an HMAC secret, unless it is a PEM. */
    void secretOrPem(String value, String kid, String where) {
        if (PemReader.looksLikePem(value)) {
            pem(value, Optional.of(kid), where);
            return;
        }
        if (value.codePoints().anyMatch(EntryReader::surrogate)) {
            problems.add(where, "an HMAC secret with half a character", "write it in ASCII");
            return;
        }
        byte[] secret = secretsAreBase64 ? Base64Url.decodeAny(value.strip()) : value.getBytes(StandardCharsets.UTF_8);
        if (secret == null) {
            problems.add(
                    where,
                    "a secret that is not base64, which it is said to be",
                    "encode it in base64 or base64url, or drop secretEncoding");
            return;
        }
        KeyMaterial read = HmacKeyType.INSTANCE.secret(secret, value, where, problems);
        KeyMaterial material = read == null ? null : HmacKeyType.INSTANCE.checked(read, where, problems);
        if (material != null) {
            add(kid, Names.DEFAULT_PURPOSE, material, Map.of(), where);
        }
    }

    private Optional<KeyMaterial> material(KeyMaterial read, Map<String, @Nullable Object> members, String where) {
        JwsAlgorithm natural = read.algorithm();
        JwsAlgorithm algorithm = KeyTypes.algorithm(members, where, natural, problems);
        return algorithm == null
                ? Optional.empty()
                : Optional.ofNullable(KeyTypes.of(natural).checked(read.withAlgorithm(algorithm), where, problems));
    }

    /**
     * A member that is a string, or null where there is none. In place of anything else stands a word that lets the
     * rest of the entry be looked at: its document is refused anyway.
     */
    private @Nullable String text(Map<String, @Nullable Object> entry, String name, String where, String remedy) {
        if (!entry.containsKey(name)) {
            return null;
        }
        if (entry.get(name) instanceof String text) {
            return text;
        }
        problems.add(where + "." + name, "not a string", remedy);
        return "refused";
    }

    private void add(
            @Nullable String kid,
            String purpose,
            KeyMaterial material,
            Map<String, @Nullable Object> node,
            String where) {
        Map<String, @Nullable Object> members = KeyMembers.present(node);
        int before = problems.count();
        String name = kid == null ? material.thumbprint().orElse("") : kid;
        if (kid == null && name.isEmpty()) {
            problems.refuse(KeysetProblem.of(where + ".kid", "missing", "an HMAC key must name its kid")
                    .withCode("missing-kid"));
        } else if (!Names.isKid(name)) {
            problems.add(where, Names.BAD_KID, "name the key with a short, printable kid");
        }
        if (!Names.isPurpose(purpose)) {
            problems.add(where, Names.BAD_PURPOSE, "name a purpose, such as access");
        }
        Instant publishedAt = numericDate(members, "iat", where);
        Instant activateAt = numericDate(members, "nbf", where);
        Instant removeAt = numericDate(members, "exp", where);
        if (activateAt != null && removeAt != null && !activateAt.isBefore(removeAt)) {
            problems.add(where + ".exp", "not after nbf", "a key is removed after it was activated");
        }
        if (problems.count() == before) {
            entries.add(
                    new ParsedKeyset.Entry(name, purpose, material, publishedAt, activateAt, removeAt), where, node);
        }
    }

    /** Half of a pair that JSON's escapes can write and UTF-8 cannot. */
    private static boolean surrogate(int codePoint) {
        return Character.getType(codePoint) == Character.SURROGATE;
    }

    private @Nullable Instant numericDate(Map<String, @Nullable Object> members, String name, String where) {
        if (!members.containsKey(name)) {
            return null;
        }
        Instant instant = NumericDates.instant(members.get(name));
        if (instant != null) {
            return instant.plusNanos(500_000).truncatedTo(ChronoUnit.MILLIS); // as exactly as it is written again
        }
        problems.add(where + "." + name, "not a NumericDate", "write seconds since 1970-01-01T00:00:00Z as a number");
        return null;
    }
}
