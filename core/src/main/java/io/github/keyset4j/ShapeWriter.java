package io.github.keyset4j;

import io.github.keyset4j.EditedDocument.EditedKey;
import io.github.keyset4j.RotationRefusedException.Gate;
import io.github.keyset4j.encoding.Names;
import io.github.keyset4j.encoding.StrictJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a changed document in its shape. A key that was read in the same shape and not touched is written as it stood. */
final class ShapeWriter {

    private static final String CONVERT =
            "convert it to a JWK set, which can: rotate --convert, or keyset4j convert --to jwk-set";

    private final EditedDocument edit;
    private final KeysetShape shape;
    private final boolean sameShape;

    private ShapeWriter(EditedDocument edit) {
        this.edit = edit;
        this.shape = edit.shape;
        this.sameShape = edit.shape == edit.readIn;
    }

    static byte[] write(EditedDocument edit) {
        return new ShapeWriter(edit).write();
    }

    private byte[] write() {
        if (edit.keys.isEmpty()) {
            throw refused("no key is left to write", "generate one first");
        }
        if (sameShape && edit.namedBeside()) {
            throw refused("its active kid is given beside it", "write it into the document as active_kid");
        }
        if (!sameShape && !edit.leftOut.isEmpty()) {
            throw refused("it lists keys that are left out here", "remove them first");
        }
        return switch (shape) {
            case JWK_SET -> StrictJson.write(around(jwkSet()));
            case KEYSET -> StrictJson.write(around(keyset()));
            case JWK_MAP -> StrictJson.write(ourMembers(jwkMap()));
            case PEM_PAIRS -> StrictJson.write(ourMembers(pemPairs()));
            case LIST -> list().getBytes(StandardCharsets.UTF_8);
            case PEM -> pem().getBytes(StandardCharsets.US_ASCII);
        };
    }

    /** The keys, and beside them the members the document has: ours as they are now, the others as they were. */
    private Map<String, @Nullable Object> around(Object keys) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        if (sameShape) {
            document.putAll(edit.tree);
        }
        document.put("keys", keys);
        return ourMembers(document);
    }

    private Map<String, @Nullable Object> ourMembers(Map<String, @Nullable Object> document) {
        boolean byPurpose = edit.names.size() > 1
                || (edit.purposes().size() > 1 && !(edit.tree.get("active_kid") instanceof String));
        if (edit.names.isEmpty() || shape == KeysetShape.PEM_PAIRS) {
            document.remove("active_kid");
        } else {
            document.put(
                    "active_kid",
                    byPurpose
                            ? new LinkedHashMap<>(edit.names)
                            : edit.names.values().iterator().next());
        }
        if (edit.revoked.isEmpty()) {
            document.remove("revoked");
        } else {
            document.put("revoked", List.copyOf(edit.revoked));
        }
        return document;
    }

    private List<Object> jwkSet() {
        List<Object> jwks = new ArrayList<>();
        edit.keys.values().forEach(key -> jwks.add(jwk(key, true)));
        jwks.addAll(edit.leftOut.values());
        return jwks;
    }

    private Map<String, @Nullable Object> keyset() {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        for (EditedKey key : edit.keys.values()) {
            if (sameShape && key.untouched() && key.node == null && edit.readsAlike(key)) {
                keys.put(key.kid, edit.text(key.kid));
            } else {
                Optional<String> secret = secretText(key).filter(text -> !key.timed());
                keys.put(key.kid, secret.isPresent() ? secret.get() : jwk(key, false));
            }
        }
        keys.putAll(edit.leftOut);
        return keys;
    }

    private Map<String, @Nullable Object> jwkMap() {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        for (EditedKey key : edit.keys.values()) {
            if (key.kid.equals("keys")) {
                throw refused("a key of the kid keys cannot be told from a JWK set in it", CONVERT);
            }
            document.put(key.kid, jwk(key, false));
        }
        document.putAll(edit.leftOut);
        return document;
    }

    private Map<String, @Nullable Object> pemPairs() {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        for (EditedKey key : edit.keys.values()) {
            if (document.put(key.purpose, pemPair(key)) != null) {
                throw refused("it has room for one key of each purpose", CONVERT);
            }
        }
        document.putAll(edit.leftOut);
        return document;
    }

    private Map<String, @Nullable Object> pemPair(EditedKey key) {
        if (sameShape && key.node != null) {
            return asItStood(key.node, key);
        }
        if (key.material.symmetric()) {
            throw refused("an HMAC key has no PEM", CONVERT);
        }
        Map<String, @Nullable Object> pair = new LinkedHashMap<>();
        pair.put("kid", key.kid);
        if (!key.material.isNatural()) {
            pair.put("alg", key.material.algorithm().joseName());
        }
        if (key.material.privateKey() != null) {
            pair.put("privateKeyPem", privatePem(key.material.privateKey()));
        }
        key.material.publicKey().ifPresent(publicKey -> pair.put("publicKeyPem", publicPem(publicKey)));
        return times(pair, key);
    }

    /** The JWK as it stood, with its times as they are now; or one made from the key. */
    private Map<String, @Nullable Object> jwk(EditedKey key, boolean kidInside) {
        if (sameShape && key.node != null) {
            return asItStood(key.node, key);
        }
        if (sameShape && key.read != null && encrypted(edit.text(key.kid))) {
            throw refused("a key's private half is encrypted, and times have no place beside it", CONVERT);
        }
        Map<String, @Nullable Object> jwk = new LinkedHashMap<>();
        Map<String, @Nullable Object> members =
                KeyTypes.of(key.material.algorithm()).jwk(key.material);
        jwk.put("kty", members.remove("kty"));
        if (kidInside) {
            jwk.put("kid", key.kid);
        }
        jwk.put("use", "sig");
        if (!key.purpose.equals(Names.DEFAULT_PURPOSE)) {
            jwk.put("purpose", key.purpose);
        }
        jwk.putAll(members);
        return times(jwk, key);
    }

    private static boolean encrypted(String text) {
        return text.contains("ENCRYPTED");
    }

    private static Map<String, @Nullable Object> times(Map<String, @Nullable Object> entry, EditedKey key) {
        time(entry, "iat", key.publishedAt);
        time(entry, "nbf", key.activateAt);
        time(entry, "exp", key.removeAt);
        return entry;
    }

    /** The entry as it stood, with its times as they are now. */
    private static Map<String, @Nullable Object> asItStood(Map<String, @Nullable Object> entry, EditedKey key) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(entry);
        return key.untouched() ? copy : times(copy, key);
    }

    private static void time(Map<String, @Nullable Object> entry, String name, @Nullable Instant instant) {
        if (instant == null) {
            entry.remove(name);
        } else if (instant.getNano() == 0) {
            entry.put(name, instant.getEpochSecond());
        } else {
            entry.put(name, instant.toEpochMilli() / 1000.0);
        }
    }

    private String list() {
        if (!edit.revoked.isEmpty()) {
            throw refused("it cannot list revoked kids", CONVERT);
        }
        List<String> items = new ArrayList<>();
        for (EditedKey key : edit.keys.values()) {
            String secret = secretText(key)
                    .filter(text -> text.equals(text.strip()) && text.indexOf(',') < 0)
                    .orElseThrow(() -> refused("it carries HS256 secrets in text without a comma alone", CONVERT));
            if (key.timed() || key.kid.indexOf(':') >= 0 || key.kid.indexOf(',') >= 0) {
                throw refused("it carries neither times nor kids with a colon or a comma", CONVERT);
            }
            items.add(key.kid + ":" + secret);
        }
        return String.join(",", items);
    }

    private String pem() {
        EditedKey key = edit.keys.values().iterator().next();
        Set<String> purposes = new HashSet<>(edit.purposes());
        purposes.remove(Names.DEFAULT_PURPOSE);
        boolean alone = edit.keys.size() == 1 && edit.revoked.isEmpty() && purposes.isEmpty();
        if (!alone || key.timed() || key.material.symmetric() || !key.material.isNatural()) {
            throw refused("it carries one key pair, and neither times nor an algorithm of its own", CONVERT);
        }
        return key.material.privateKey() != null
                ? privatePem(key.material.privateKey())
                : publicPem(key.material.publicKey().orElseThrow());
    }

    /** The secret as the text it is, where it is one that reads back as an HS256 secret. */
    private static Optional<String> secretText(EditedKey key) {
        if (key.material.secret() == null
                || !key.material.canSign()
                || !key.material.isNatural()
                || !key.purpose.equals(Names.DEFAULT_PURPOSE)) {
            return Optional.empty();
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key.material.secret().getEncoded()))
                    .toString();
            return PemReader.looksLikePem(text) ? Optional.empty() : Optional.of(text);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String privatePem(Key key) {
        return pem("PRIVATE KEY", key);
    }

    private static String publicPem(Key key) {
        return pem("PUBLIC KEY", key);
    }

    private static String pem(String label, Key key) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded()) + "\n-----END " + label
                + "-----\n";
    }

    private RotationRefusedException refused(String rule, String remedy) {
        return new RotationRefusedException(
                Gate.SHAPE, "a document of the shape " + shape.label() + ": " + rule + "; " + remedy);
    }
}
