package io.github.keyset4j;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Whose cryptography signs and verifies: the JDK's, or a provider's of your choice for RSA, EC and Ed25519.
 *
 * <p>The provider is used as the object it is and need not be registered, and the JVM's global order of providers is
 * never consulted while it has what is asked for. HMAC stays with the JDK, which is fastest at it.
 *
 * <p>Threads. Immutable.
 */
public final class CryptoProvider {

    private static final CryptoProvider JDK = new CryptoProvider(null);

    private final @Nullable Provider chosen;

    private CryptoProvider(@Nullable Provider chosen) {
        this.chosen = chosen;
    }

    /** The providers that come with the JDK. */
    public static CryptoProvider jdk() {
        return JDK;
    }

    /** This provider for everything it has, and the JDK's for the rest. */
    public static CryptoProvider of(Provider provider) {
        return new CryptoProvider(requireNonNull(provider, "provider"));
    }

    /** Whether this key works here, tried out; that the JDK can sign with it was proved when its halves were. */
    boolean takes(KeyMaterial material) {
        try {
            JwsKey key = new JwsKey(material, this);
            return chosen == null || !material.canSign() || key.halvesMatch();
        } catch (InvalidKeyException | RuntimeException e) {
            return false;
        }
    }

    Mac mac(JwsAlgorithm algorithm) throws NoSuchAlgorithmException {
        Provider jce = Security.getProvider("SunJCE");
        return jce == null ? Mac.getInstance(algorithm.jcaName()) : Mac.getInstance(algorithm.jcaName(), jce);
    }

    Signature signature(JwsAlgorithm algorithm) throws GeneralSecurityException {
        Provider provider = providerOf("Signature", algorithm.jcaName(), algorithm.family());
        Signature signature = provider == null
                ? Signature.getInstance(algorithm.jcaName())
                : Signature.getInstance(algorithm.jcaName(), provider);
        if (algorithm.family() == JwsAlgorithm.Family.RSA_PSS) {
            // RFC 7518 section 3.5: MGF1 with the same hash, and a salt as long as the hash.
            String hash = "SHA-" + algorithm.hashBytes() * 8;
            signature.setParameter(new PSSParameterSpec(
                    hash,
                    "MGF1",
                    new MGF1ParameterSpec(hash),
                    algorithm.hashBytes(),
                    PSSParameterSpec.TRAILER_FIELD_BC));
        }
        return signature;
    }

    /** The key as the provider that will use it likes it best: without this a foreign key is converted at each use. */
    Key translate(Key key, JwsAlgorithm.Family family) throws InvalidKeyException {
        if (chosen == null || chosen.getService("KeyFactory", keyAlgorithm(family)) == null) {
            return key;
        }
        try {
            return KeyFactory.getInstance(keyAlgorithm(family), chosen).translateKey(key);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a service that was there is gone", e);
        }
    }

    private @Nullable Provider providerOf(String type, String algorithm, JwsAlgorithm.Family family) {
        if (chosen != null
                && chosen.getService(type, algorithm) != null
                && chosen.getService("KeyFactory", keyAlgorithm(family)) != null) {
            return chosen;
        }
        Provider bundled = Security.getProvider(family.rsa() ? "SunRsaSign" : "SunEC");
        return bundled != null && bundled.getService(type, algorithm) != null ? bundled : null;
    }

    private static String keyAlgorithm(JwsAlgorithm.Family family) {
        return switch (family) {
            case RSA, RSA_PSS -> "RSA";
            case EC -> "EC";
            case ED25519 -> "Ed25519";
            case HMAC -> throw new IllegalArgumentException("HMAC keys need no key factory");
        };
    }

    @Override
    public String toString() {
        return "CryptoProvider[" + (chosen == null ? "JDK" : chosen.getName()) + "]";
    }
}
