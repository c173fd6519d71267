package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.StrictJson;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.PublicKey;
import java.security.interfaces.EdECPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keys for tests, generated at run time. */
final class SampleKeys {

    private static final Map<String, KeyPair> SHARED = new ConcurrentHashMap<>();

    private SampleKeys() {}

    /** The same pair at each call, since RSA keys take a while to make. */
    static KeyPair shared(SampleAlgorithm algorithm) {
        return SHARED.computeIfAbsent("one " + algorithm.joseName(), name -> pair(algorithm));
    }

    /** Another pair than the shared one, and the same at each call. */
    static KeyPair other(SampleAlgorithm algorithm) {
        return SHARED.computeIfAbsent("other " + algorithm.joseName(), name -> pair(algorithm));
    }

    /** A JWK with other members, of which null takes one away. */
    static Map<String, Object> with(Map<String, Object> jwk, String member, @Nullable Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(jwk);
        copy.remove(member);
        if (value != null) {
            copy.put(member, value);
        }
        return copy;
    }

    /** A key pair that goes with this algorithm. */
    static KeyPair pair(SampleAlgorithm algorithm) {
        try {
            switch (algorithm.family()) {
                case RSA, RSA_PSS -> {
                    return rsa(2048);
                }
                case EC -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                    String curve = switch (algorithm) {
                        case ES256 -> "secp256r1";
                        case ES384 -> "secp384r1";
                        default -> "secp521r1";
                    };
                    generator.initialize(new ECGenParameterSpec(curve));
                    return generator.generateKeyPair();
                }
                case ED25519 -> {
                    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                }
                default -> throw new IllegalArgumentException("no pair for " + algorithm);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An HMAC secret of this many random characters. */
    static String secret(int length) {
        byte[] random = new byte[length];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random).substring(0, length);
    }

    /** A private JWK of this algorithm; oct for HMAC. */
    static Map<String, Object> jwk(String kid, SampleAlgorithm algorithm) {
        Map<String, Object> jwk = new LinkedHashMap<>();
        if (algorithm.family().symmetric()) {
            jwk.put("kty", "oct");
            jwk.put("k", Base64Url.encode(secret(64).getBytes(StandardCharsets.US_ASCII)));
        } else {
            jwk.putAll(jwk(pair(algorithm)));
        }
        jwk.put("kid", kid);
        jwk.put("alg", algorithm.joseName());
        return jwk;
    }

    /** The private JWK of a key pair, without kid and alg. */
    static Map<String, Object> jwk(KeyPair pair) {
        Map<String, Object> jwk = new LinkedHashMap<>(publicMembers(pair.getPublic()));
        if (pair.getPrivate() instanceof RSAPrivateCrtKey rsa) {
            jwk.put("d", unsigned(rsa.getPrivateExponent()));
            jwk.put("p", unsigned(rsa.getPrimeP()));
            jwk.put("q", unsigned(rsa.getPrimeQ()));
            jwk.put("dp", unsigned(rsa.getPrimeExponentP()));
            jwk.put("dq", unsigned(rsa.getPrimeExponentQ()));
            jwk.put("qi", unsigned(rsa.getCrtCoefficient()));
        } else if (pair.getPrivate() instanceof ECPrivateKey ec) {
            int length = EcCurve.of(ec.getParams()).orElseThrow().coordinateBytes();
            jwk.put("d", Base64Url.encode(Base64Url.unsigned(ec.getS(), length)));
        } else if (pair.getPrivate() instanceof EdECPrivateKey ed) {
            jwk.put("d", Base64Url.encode(ed.getBytes().orElseThrow()));
        }
        return jwk;
    }

    /** The public members of a JWK, sorted by name. */
    static Map<String, String> publicMembers(PublicKey key) {
        String type = key instanceof EdECPublicKey ? "OKP" : key.getAlgorithm();
        KeyPairType known = (KeyPairType) KeyTypes.ofKty(type).orElseThrow();
        return known.material(key, null).publicMembers();
    }

    private static String unsigned(BigInteger number) {
        return Base64Url.encode(Base64Url.unsigned(number, (number.bitLength() + 7) / 8));
    }

    /** A JWK set document with these keys and, unless null, this active kid. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    static String jwkSet(@Nullable String activeKid, Map<String, Object>... keys) {
        Map<String, Object> document = new LinkedHashMap<>();
        if (activeKid != null) {
            document.put("active_kid", activeKid);
        }
        document.put("keys", Arrays.asList(keys));
        return json(document);
    }

    static String json(Map<String, ?> document) {
        return new String(StrictJson.write(document), StandardCharsets.UTF_8);
    }

    /** The public members of a JWK alone. */
    static Map<String, Object> publicOnly(Map<String, Object> jwk) {
        Map<String, Object> copy = new LinkedHashMap<>(jwk);
        List.of("d", "p", "q", "dp", "dq", "qi").forEach(copy::remove);
        return copy;
    }

    static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    static String privatePem(KeyPair pair) {
        return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    static String publicPem(KeyPair pair) {
        return pem("PUBLIC KEY", pair.getPublic().getEncoded());
    }
}
