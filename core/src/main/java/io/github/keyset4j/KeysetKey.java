package io.github.keyset4j;

import java.security.PublicKey;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One key of a keyset and its four instants.
 *
 * <pre>
 * publishedAt ------- activateAt ------- retireAt ------- removeAt
 *    PENDING             ACTIVE        VERIFICATION_ONLY     (gone)
 * </pre>
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. There is no accessor to private material, and {@link #toString()} shows none.
 */
public final class KeysetKey {

    private final String kid;
    private final String purpose;
    private final KeyMaterial material;
    private final JwsKey jws;
    private final Instant publishedAt;
    private final @Nullable Instant activateAt;
    private final @Nullable Instant retireAt;
    private final @Nullable Instant removeAt;
    private final boolean standby;
    private final boolean prepared;
    private final boolean retained;

    KeysetKey(Timeline.Draft draft, JwsKey jws, @Nullable Instant retireAt, boolean prepared) {
        this.kid = draft.kid;
        this.purpose = draft.purpose;
        this.material = draft.material;
        this.jws = jws;
        this.publishedAt = draft.publishedAt;
        this.activateAt = draft.activateAt;
        this.retireAt = retireAt;
        this.removeAt = draft.removeAt;
        this.standby = draft.standby;
        this.prepared = prepared;
        this.retained = draft.retained;
    }

    /** The key's name, as tokens and the JWKS carry it. */
    public String kid() {
        return kid;
    }

    /** The one algorithm the key is used with, by its JOSE name: {@code ES256}. */
    public String algorithm() {
        return material.algorithm().joseName();
    }

    /** What the key's tokens are for, such as {@code access}; {@code default} where nothing is said. */
    public String purpose() {
        return purpose;
    }

    /** The first instant at which the JWKS shows the key. */
    public Instant publishedAt() {
        return publishedAt;
    }

    /** The first instant at which the key signs; none for a key that only verifies. */
    public Optional<Instant> activateAt() {
        return Optional.ofNullable(activateAt);
    }

    /** The instant at which another key takes over signing, where one is in sight. */
    public Optional<Instant> retireAt() {
        return Optional.ofNullable(retireAt);
    }

    /** The first instant at which the key does nothing any more, where one is set. */
    public Optional<Instant> removeAt() {
        return Optional.ofNullable(removeAt);
    }

    /** Where the key stands at an instant. */
    public KeyStatus status(Instant instant) {
        if (removeAt != null && !instant.isBefore(removeAt)) {
            return KeyStatus.REMOVED;
        }
        if (activateAt == null) {
            return standby || prepared ? KeyStatus.PENDING : KeyStatus.VERIFICATION_ONLY;
        }
        if (instant.isBefore(activateAt)) {
            return KeyStatus.PENDING;
        }
        boolean retired = retireAt != null && !instant.isBefore(retireAt);
        return retired || !canSign() ? KeyStatus.VERIFICATION_ONLY : KeyStatus.ACTIVE;
    }

    /** The RFC 7638 thumbprint; none for an HMAC key, whose thumbprint would be a means to guess the secret. */
    public Optional<String> thumbprint() {
        return material.thumbprint();
    }

    /** The public half; none for an HMAC key. */
    public Optional<PublicKey> publicKey() {
        return material.publicKey();
    }

    /**
     * What a JWKS says of this key (RFC 7517 section 4): {@code kty}, {@code kid}, {@code use}, {@code alg} and the public
     * members; none for an HMAC key, which has no public half.
     */
    public Map<String, String> publicJwk() {
        if (material.symmetric()) {
            return Map.of();
        }
        Map<String, String> publicMembers = new LinkedHashMap<>(material.publicMembers());
        Map<String, String> members = new LinkedHashMap<>();
        members.put("kty", String.valueOf(publicMembers.remove("kty")));
        members.put("kid", kid);
        members.put("use", "sig");
        members.put("alg", algorithm());
        members.putAll(publicMembers);
        return Collections.unmodifiableMap(members);
    }

    /** Whether the private half, or the HMAC secret, is known here. */
    public boolean canSign() {
        return material.canSign();
    }

    /** Whether the JWKS shows the key at an instant; never an HMAC key. */
    public boolean published(Instant instant) {
        return !material.symmetric() && !instant.isBefore(publishedAt) && status(instant) != KeyStatus.REMOVED;
    }

    /** In a version to come, whose times wait for its promotion. */
    boolean standby() {
        return standby;
    }

    /** Kept although its document does not list it any more. */
    boolean retained() {
        return retained;
    }

    KeyMaterial material() {
        return material;
    }

    JwsKey jws() {
        return jws;
    }

    @Override
    public String toString() {
        return "KeysetKey[" + kid + ", " + algorithm() + ", " + purpose + ", published " + publishedAt
                + (activateAt == null ? "" : ", activated " + activateAt)
                + (retireAt == null ? "" : ", retired " + retireAt) + (removeAt == null ? "" : ", removed " + removeAt)
                + "]";
    }
}
