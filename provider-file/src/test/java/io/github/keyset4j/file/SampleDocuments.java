package io.github.keyset4j.file;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;

/** Documents with keys made on the spot. */
final class SampleDocuments {

    private SampleDocuments() {}

    static String keyset(String kid) {
        byte[] random = new byte[48];
        new SecureRandom().nextBytes(random);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        return "{\"active_kid\":\"" + kid + "\",\"keys\":{\"" + kid + "\":\"" + secret + "\"}}";
    }

    /** A JWK set of one public key. */
    static String publicKey(String kid) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        byte[] modulus = ((RSAPublicKey) generator.generateKeyPair().getPublic())
                .getModulus()
                .toByteArray();
        String n = Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOfRange(modulus, 1, 257));
        return "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"" + kid + "\",\"alg\":\"RS256\",\"e\":\"AQAB\",\"n\":\"" + n
                + "\"}]}";
    }
}
