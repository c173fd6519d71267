package io.github.keyset4j;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The signature algorithms of RFC 7518 section 3.1 and RFC 8037 section 3.1, and RFC 9864's name for the latter. */
enum JwsAlgorithm {
    HS256(Family.HMAC, "HmacSHA256", 256),
    HS384(Family.HMAC, "HmacSHA384", 384),
    HS512(Family.HMAC, "HmacSHA512", 512),
    RS256(Family.RSA, "SHA256withRSA", 256),
    RS384(Family.RSA, "SHA384withRSA", 384),
    RS512(Family.RSA, "SHA512withRSA", 512),
    PS256(Family.RSA_PSS, "RSASSA-PSS", 256),
    PS384(Family.RSA_PSS, "RSASSA-PSS", 384),
    PS512(Family.RSA_PSS, "RSASSA-PSS", 512),
    ES256(Family.EC, "SHA256withECDSAinP1363Format", 256),
    ES384(Family.EC, "SHA384withECDSAinP1363Format", 384),
    ES512(Family.EC, "SHA512withECDSAinP1363Format", 512),
    EDDSA(Family.ED25519, "Ed25519", 512),
    ED25519(Family.ED25519, "Ed25519", 512);

    enum Family {
        HMAC,
        RSA,
        RSA_PSS,
        EC,
        ED25519;

        boolean symmetric() {
            return this == HMAC;
        }

        boolean rsa() {
            return this == RSA || this == RSA_PSS;
        }
    }

    private static final Map<String, JwsAlgorithm> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(JwsAlgorithm::joseName, Function.identity()));

    private final Family family;
    private final String jcaName;
    private final int hashBits;
    private final String joseName;

    JwsAlgorithm(Family family, String jcaName, int hashBits) {
        this.family = family;
        this.jcaName = jcaName;
        this.hashBits = hashBits;
        this.joseName = switch (name()) {
            case "EDDSA" -> "EdDSA";
            case "ED25519" -> "Ed25519";
            default -> name();
        };
    }

    static Optional<JwsAlgorithm> named(String joseName) {
        return Optional.ofNullable(BY_NAME.get(joseName));
    }

    Family family() {
        return family;
    }

    String jcaName() {
        return jcaName;
    }

    int hashBytes() {
        return hashBits / 8;
    }

    /** The {@code alg} of the header. */
    String joseName() {
        return joseName;
    }
}
