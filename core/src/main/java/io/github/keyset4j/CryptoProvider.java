package io.github.keyset4j;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.List;
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
    private static final List<String> BUNDLED = List.of("SunRsaSign", "SunEC", "SUN");

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

    /** Whether a provider was chosen, whose limits are not known. */
    boolean foreign() {
        return chosen != null;
    }

    Mac mac(String algorithm) throws NoSuchAlgorithmException {
        Provider jce = Security.getProvider("SunJCE");
        return jce == null ? Mac.getInstance(algorithm) : Mac.getInstance(algorithm, jce);
    }

    Signature signature(String algorithm, String keyFactory) throws GeneralSecurityException {
        Provider provider = providerOf(algorithm, keyFactory);
        return provider == null ? Signature.getInstance(algorithm) : Signature.getInstance(algorithm, provider);
    }

    /** The key as the provider that will use it likes it best: without this a foreign key is converted at each use. */
    Key translate(Key key, String keyFactory) throws InvalidKeyException {
        if (chosen == null || chosen.getService("KeyFactory", keyFactory) == null) {
            return key;
        }
        try {
            return KeyFactory.getInstance(keyFactory, chosen).translateKey(key);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a service that was there is gone", e);
        }
    }

    private @Nullable Provider providerOf(String signature, String keyFactory) {
        if (chosen != null
                && chosen.getService("Signature", signature) != null
                && chosen.getService("KeyFactory", keyFactory) != null) {
            return chosen;
        }
        return BUNDLED.stream()
                .map(Security::getProvider)
                .filter(bundled -> bundled != null && bundled.getService("Signature", signature) != null)
                .findFirst()
                .orElse(null);
    }

    @Override
    public String toString() {
        return "CryptoProvider[" + (chosen == null ? "JDK" : chosen.getName()) + "]";
    }
}
