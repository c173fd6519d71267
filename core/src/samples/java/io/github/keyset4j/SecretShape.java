package io.github.keyset4j;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.jspecify.annotations.Nullable;

/** A document of one of the shapes, and the secrets that are in it. */
final class SecretShape {

    /** Of the shape with an encrypted key; a secret too. */
    private static final String PASSWORD = SampleKeys.secret(24);

    private static final String LIST = "list of kid:secret";

    private final String name;
    private final String text;
    private final @Nullable String activeKid;
    private final Canaries canaries;

    private SecretShape(String name, String text, @Nullable String activeKid, Canaries canaries) {
        this.name = name;
        this.text = text;
        this.activeKid = activeKid;
        this.canaries = canaries;
    }

    static Stream<SecretShape> all() {
        return Stream.of(hmacKeyset(), mixedKeyset(), pemPairs(), jwkMap(), jwkSet(), list(), pem(), encryptedPem());
    }

    private static SecretShape hmacKeyset() {
        String first = SampleKeys.secret(48);
        String second = SampleKeys.secret(48);
        return new SecretShape(
                "keyset of HMAC secrets",
                SampleKeys.json(Map.of("active_kid", "k2", "keys", Map.of("k1", first, "k2", second))),
                null,
                new Canaries().text(first).text(second));
    }

    private static SecretShape mixedKeyset() {
        KeyPair pair = SampleKeys.pair(SampleAlgorithm.ES384);
        Map<String, Object> jwk = SampleKeys.jwk("k2", SampleAlgorithm.HS512);
        return new SecretShape(
                "keyset of PEMs and JWKs",
                SampleKeys.json(
                        Map.of("active_kid", "k1", "keys", Map.of("k1", SampleKeys.privatePem(pair), "k2", jwk))),
                null,
                pemCanaries(pair).jwk(jwk));
    }

    private static SecretShape pemPairs() {
        KeyPair access = SampleKeys.pair(SampleAlgorithm.RS256);
        KeyPair refresh = SampleKeys.pair(SampleAlgorithm.ES256);
        return new SecretShape(
                "PEM pairs",
                SampleKeys.json(Map.of("access", pemPair("a1", access), "refresh", pemPair("r1", refresh))),
                null,
                pemCanaries(access).all(pemCanaries(refresh)));
    }

    private static Map<String, Object> pemPair(String kid, KeyPair pair) {
        return Map.of(
                "kid", kid, "privateKeyPem", SampleKeys.privatePem(pair), "publicKeyPem", SampleKeys.publicPem(pair));
    }

    private static SecretShape jwkMap() {
        Map<String, Object> document = new LinkedHashMap<>();
        Canaries canaries = new Canaries();
        for (SampleAlgorithm algorithm : List.of(SampleAlgorithm.RS256, SampleAlgorithm.ES512, SampleAlgorithm.EDDSA)) {
            Map<String, Object> jwk = SampleKeys.jwk("k-" + algorithm, algorithm);
            document.put("k-" + algorithm, jwk);
            canaries.jwk(jwk);
        }
        return new SecretShape("JWK map", SampleKeys.json(document), "k-RS256", canaries);
    }

    private static SecretShape jwkSet() {
        Map<String, Object> rsa = SampleKeys.jwk("k1", SampleAlgorithm.PS256);
        Map<String, Object> ec = SampleKeys.jwk("k2", SampleAlgorithm.ES256);
        Map<String, Object> ed = SampleKeys.jwk("k3", SampleAlgorithm.ED25519);
        Map<String, Object> oct = SampleKeys.jwk("k4", SampleAlgorithm.HS256);
        ec.put("purpose", "refresh");
        oct.put("purpose", "session");
        return new SecretShape(
                "private JWK set",
                SampleKeys.jwkSet("k1", rsa, ec, ed, oct),
                null,
                new Canaries().jwk(rsa).jwk(ec).jwk(ed).jwk(oct));
    }

    private static SecretShape list() {
        String first = SampleKeys.secret(48);
        String second = SampleKeys.secret(48);
        return new SecretShape(
                LIST,
                "k1:" + first + ",k2:" + second,
                "k2",
                new Canaries().text(first).text(second));
    }

    private static SecretShape pem() {
        KeyPair pair = SampleKeys.pair(SampleAlgorithm.RS256);
        return new SecretShape("PEM alone", SampleKeys.privatePem(pair), null, pemCanaries(pair));
    }

    private static SecretShape encryptedPem() {
        KeyPair pair = SampleKeys.pair(SampleAlgorithm.ES256);
        return new SecretShape(
                "encrypted PEM",
                SampleKeys.pem("ENCRYPTED PRIVATE KEY", encrypted(pair)),
                "k1",
                pemCanaries(pair).text(PASSWORD));
    }

    private static byte[] encrypted(KeyPair pair) {
        try {
            byte[] salt = new byte[16];
            byte[] iv = new byte[16];
            new SecureRandom().nextBytes(salt);
            new SecureRandom().nextBytes(iv);
            String scheme = "PBEWithHmacSHA256AndAES_256";
            Cipher cipher = Cipher.getInstance(scheme);
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(PASSWORD.toCharArray())),
                    new PBEParameterSpec(salt, 10_000, new IvParameterSpec(iv)));
            byte[] sealed = cipher.doFinal(pair.getPrivate().getEncoded());
            // The JDK's own parameters know no OID before Java 18; under the name of the scheme they do.
            AlgorithmParameters pbes2 = AlgorithmParameters.getInstance("PBES2");
            pbes2.init(cipher.getParameters().getEncoded());
            return new EncryptedPrivateKeyInfo(pbes2, sealed).getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Canaries pemCanaries(KeyPair pair) {
        return new Canaries()
                .pem(SampleKeys.privatePem(pair), pair.getPublic().getEncoded())
                .jwk(SampleKeys.jwk(pair));
    }

    Canaries canaries() {
        return canaries;
    }

    String text() {
        return text;
    }

    KeysetDocument document() {
        return document(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Other content, as this shape's source would deliver it. */
    KeysetDocument document(byte[] content) {
        KeysetDocument document = KeysetDocument.of(content);
        if (name.equals(LIST)) {
            document = document.withFormat(DocumentFormat.standard().asList());
        }
        return activeKid == null ? document : document.withActiveKid(activeKid);
    }

    /** A manager's builder that can read this shape. */
    KeyManager.Builder manager(KeysetSource source) {
        return KeyManager.builder(source).pemPassword(PASSWORD::toCharArray);
    }

    KeysetParser parser() {
        return KeysetParser.of(KeysetPolicy.standard()).withPemPassword(PASSWORD::toCharArray);
    }

    @Override
    public String toString() {
        return name;
    }
}
