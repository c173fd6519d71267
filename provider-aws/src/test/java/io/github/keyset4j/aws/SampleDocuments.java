package io.github.keyset4j.aws;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Base64;

/** Documents with keys made on the spot. */
final class SampleDocuments {

    private SampleDocuments() {}

    static String secret() {
        byte[] random = new byte[48];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    static String keyset(String kid) {
        return keyset(kid, secret());
    }

    static String keyset(String kid, String secret) {
        return "{\"active_kid\":\"" + kid + "\",\"keys\":{\"" + kid + "\":\"" + secret + "\"}}";
    }

    /** A pair of PEMs for each of the purposes access and refresh. */
    static String pemPairs(String version) throws GeneralSecurityException {
        return pemPairs(version, "Ed25519");
    }

    /** The same of keys of this kind, as {@link KeyPairGenerator} names it. */
    static String pemPairs(String version, String kind) throws GeneralSecurityException {
        return "{\"access\":" + pemPair("access-" + version, kind) + ",\"refresh\":"
                + pemPair("refresh-" + version, kind) + "}";
    }

    private static String pemPair(String kid, String kind) throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance(kind).generateKeyPair();
        return "{\"kid\":\"" + kid + "\",\"privateKeyPem\":\""
                + pem("PRIVATE KEY", pair.getPrivate().getEncoded()) + "\",\"publicKeyPem\":\""
                + pem("PUBLIC KEY", pair.getPublic().getEncoded()) + "\"}";
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\\n" + Base64.getEncoder().encodeToString(der) + "\\n-----END " + label
                + "-----";
    }

    /** A private JWK without its kid. */
    static String jwk() throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] pkcs8 = pair.getPrivate().getEncoded();
        byte[] spki = pair.getPublic().getEncoded();
        return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"" + last32(pkcs8) + "\",\"x\":\"" + last32(spki) + "\"}";
    }

    /** A JWK set of one public key. */
    static String publicKey(String kid) throws GeneralSecurityException {
        byte[] spki = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
        return "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" + kid + "\",\"x\":\"" + last32(spki)
                + "\"}]}";
    }

    /** A public key as a PEM. */
    static String publicPem() throws GeneralSecurityException {
        return pem(
                        "PUBLIC KEY",
                        KeyPairGenerator.getInstance("Ed25519")
                                .generateKeyPair()
                                .getPublic()
                                .getEncoded())
                .replace("\\n", "\n");
    }

    private static String last32(byte[] der) {
        byte[] raw = java.util.Arrays.copyOfRange(der, der.length - 32, der.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
    }
}
