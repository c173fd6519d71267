package io.github.keyset4j;

/** The signature algorithms as the tests know them, whatever the library lists. */
enum SampleAlgorithm {
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

    private final Family family;
    private final String jcaName;
    private final int hashBits;

    SampleAlgorithm(Family family, String jcaName, int hashBits) {
        this.family = family;
        this.jcaName = jcaName;
        this.hashBits = hashBits;
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

    String joseName() {
        return this == EDDSA ? "EdDSA" : this == ED25519 ? "Ed25519" : name();
    }

    /** What the library calls it. */
    JwsAlgorithm known() {
        return KeyTypes.algorithm(joseName()).orElseThrow();
    }

    @Override
    public String toString() {
        return joseName();
    }
}
