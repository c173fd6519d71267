package io.github.keyset4j;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Keys in PEM (RFC 7468), as people really hand them around: PKCS#8, encrypted PKCS#8, PKCS#1, SEC1,
 * SubjectPublicKeyInfo and X.509, with real or literal line ends, indented, with text around, or in base64 once more.
 */
final class PemReader {

    private static final String BEGIN = "-----BEGIN ";
    private static final String DASHES = "-----";
    private static final int MAX_ITERATIONS = 2_000_000;
    private static final String SEE_PEM =
            "write the key as PEM: openssl pkey -in key.pem, or openssl pkey -in key.pem -pubout";

    private final Supplier<char @Nullable []> password;
    private final Problems problems;

    PemReader(Supplier<char @Nullable []> password, Problems problems) {
        this.password = password;
        this.problems = problems;
    }

    /** One block: its label and what it encodes. */
    private static final class Block {

        private final String label;
        private final byte[] der;

        Block(String label, byte[] der) {
            this.label = label;
            this.der = der;
        }
    }

    /** Whether a text is a PEM, or a PEM in base64, rather than anything else. */
    static boolean looksLikePem(String text) {
        return text.contains(BEGIN) || unwrapped(text).isPresent();
    }

    /** The PEM inside, where the whole of it was put into base64 once more. */
    private static Optional<String> unwrapped(String text) {
        String compact = text.strip();
        // "LS0tLS" is how base64 of five dashes begins.
        if (!compact.startsWith("LS0tLS")) {
            return Optional.empty();
        }
        try {
            byte[] inner = Base64.getMimeDecoder().decode(compact.replace("\\n", "\n"));
            String pem = new String(inner, StandardCharsets.ISO_8859_1);
            return pem.startsWith(BEGIN) ? Optional.of(pem) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The one key in the text, its public half derived where it is not given; null with the problems noted. */
    @Nullable
    KeyHalves read(String text, String where) {
        int before = problems.count();
        List<Block> blocks = blocks(unwrapped(text).orElse(text), where);
        PrivateKey privateKey = null;
        PublicKey publicKey = null;
        for (Block block : blocks) {
            boolean isPrivate = block.label.endsWith("PRIVATE KEY");
            if (isPrivate ? privateKey != null : publicKey != null) {
                problems.add(
                        where,
                        "more than one " + (isPrivate ? "private" : "public") + " key in one PEM",
                        "keep one key, or make a JWK set of several");
                return null;
            }
            if (isPrivate) {
                privateKey = privateKey(block, where);
            } else {
                publicKey = publicKey(block, where);
            }
        }
        if (problems.count() > before || (privateKey == null && publicKey == null)) {
            return null;
        }
        return halves(privateKey, publicKey, where);
    }

    /** Both halves from what is given: a missing public one is derived. Whether they match is proved elsewhere. */
    @Nullable
    KeyHalves halves(@Nullable PrivateKey privateKey, @Nullable PublicKey publicKey, String where) {
        if (publicKey != null) {
            return new KeyHalves(publicKey, privateKey);
        }
        try {
            if (privateKey instanceof RSAPrivateCrtKey rsa) {
                return new KeyHalves(RsaKeys.publicKeyOf(rsa), rsa);
            }
            if (privateKey instanceof ECPrivateKey ec) {
                return new KeyHalves(
                        EcKeys.publicKeyOf(ec, EcCurve.of(ec.getParams()).orElseThrow()), ec);
            }
            if (privateKey instanceof EdECPrivateKey ed) {
                return new KeyHalves(Ed25519Keys.publicKeyOf(ed), ed);
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            // Told below: the exception's own words may quote the key.
        }
        problems.add(
                where, "no public key can be derived from the private one", "check the key, or add the public key");
        return null;
    }

    private List<Block> blocks(String raw, String where) {
        String text = raw.replace("\\r", "").replace("\\n", "\n");
        List<Block> blocks = new ArrayList<>();
        int at = text.indexOf(BEGIN);
        if (at < 0) {
            problems.add(where, "not a PEM: no line begins a block", SEE_PEM);
        }
        while (at >= 0) {
            int labelEnd = text.indexOf(DASHES, at + BEGIN.length());
            String label = labelEnd < 0 ? "" : text.substring(at + BEGIN.length(), labelEnd);
            String endLine = "-----END " + label + DASHES;
            int end = label.isEmpty() ? -1 : text.indexOf(endLine, labelEnd);
            if (end < 0) {
                problems.add(where, "a PEM block has no end, or the end of another kind", "copy the whole block again");
                return List.of();
            }
            if (!label.equals("EC PARAMETERS")) {
                block(label, text.substring(labelEnd + DASHES.length(), end), where)
                        .ifPresent(blocks::add);
            }
            at = text.indexOf(BEGIN, end + endLine.length());
        }
        return blocks;
    }

    private Optional<Block> block(String label, String body, String where) {
        switch (label) {
            case "PRIVATE KEY",
                    "ENCRYPTED PRIVATE KEY",
                    "RSA PRIVATE KEY",
                    "EC PRIVATE KEY",
                    "PUBLIC KEY",
                    "RSA PUBLIC KEY",
                    "CERTIFICATE" -> {}
            default -> {
                problems.add(
                        where,
                        "a PEM block of a kind that is no key",
                        "use PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY, EC PRIVATE KEY, PUBLIC KEY or"
                                + " CERTIFICATE");
                return Optional.empty();
            }
        }
        if (body.contains("Proc-Type:")) {
            problems.add(
                    where,
                    "the private key is encrypted in OpenSSL's old way",
                    "convert it: openssl pkcs8 -topk8 -in key.pem -out key.pk8.pem");
            return Optional.empty();
        }
        StringBuilder base64 = new StringBuilder(body.length());
        body.chars().filter(c -> !Character.isWhitespace(c)).forEach(c -> base64.append((char) c));
        try {
            byte[] der = Base64.getDecoder().decode(base64.toString().getBytes(StandardCharsets.UTF_8));
            return Optional.of(new Block(label, der));
        } catch (IllegalArgumentException e) {
            problems.add(where, "the body of a PEM block is not base64", "copy the whole block again");
            return Optional.empty();
        }
    }

    private @Nullable PrivateKey privateKey(Block block, String where) {
        try {
            byte[] pkcs8 = switch (block.label) {
                case "RSA PRIVATE KEY" -> Der.pkcs8OfPkcs1(block.der);
                case "EC PRIVATE KEY" -> Der.pkcs8OfSec1(block.der);
                case "ENCRYPTED PRIVATE KEY" -> decrypted(block.der, where);
                default -> block.der;
            };
            if (pkcs8 == null) {
                return null;
            }
            String algorithm = keyFactory(Der.algorithmOfPkcs8(pkcs8), where);
            return algorithm == null
                    ? null
                    : KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (Der.Malformed | GeneralSecurityException | RuntimeException e) {
            problems.add(where, "the private key cannot be read", SEE_PEM);
            return null;
        }
    }

    private @Nullable PublicKey publicKey(Block block, String where) {
        try {
            byte[] spki = switch (block.label) {
                case "CERTIFICATE" ->
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.der))
                            .getPublicKey()
                            .getEncoded();
                case "RSA PUBLIC KEY" -> Der.spkiOfPkcs1(block.der);
                default -> block.der;
            };
            String algorithm = keyFactory(Der.algorithmOfSpki(spki), where);
            return algorithm == null
                    ? null
                    : KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(spki));
        } catch (Der.Malformed | GeneralSecurityException | RuntimeException e) {
            problems.add(where, "the public key cannot be read", SEE_PEM);
            return null;
        }
    }

    private @Nullable String keyFactory(Der.Algorithm algorithm, String where) {
        if (algorithm.is(Der.RSA_ENCRYPTION)) {
            return "RSA";
        }
        if (algorithm.is(Der.EC_PUBLIC_KEY) && algorithm.hasSupportedCurve()) {
            return "EC";
        }
        if (algorithm.is(Der.ED25519)) {
            return "Ed25519";
        }
        if (algorithm.is(Der.RSA_PSS)) {
            problems.unsupported(
                    where, "the key is restricted to RSASSA-PSS; a plain RSA key with a PS alg does the same");
        } else {
            problems.unsupported(where, "the key is not RSA, EC on P-256, P-384 or P-521, or Ed25519");
        }
        return null;
    }

    private byte @Nullable [] decrypted(byte[] der, String where) throws GeneralSecurityException {
        char[] secret = password.get();
        if (secret == null) {
            problems.add(
                    where, "the private key is encrypted", "give its password: KeyManager.builder(..).pemPassword(..)");
            return null;
        }
        PBEKeySpec spec = new PBEKeySpec(secret);
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
            AlgorithmParameters parameters = info.getAlgParameters();
            // For PBES2 the JDK names the scheme only here: getAlgName() gives the bare OID.
            String scheme = parameters == null ? "" : parameters.toString();
            if (parameters == null || !scheme.startsWith("PBEWithHmacSHA")) {
                problems.add(
                        where,
                        "the private key is encrypted with something else than PBES2 and PBKDF2",
                        "convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem");
                return null;
            }
            if (parameters.getParameterSpec(PBEParameterSpec.class).getIterationCount() > MAX_ITERATIONS) {
                problems.add(
                        where,
                        "the private key's encryption asks for more than " + MAX_ITERATIONS + " iterations",
                        "encrypt it again with fewer");
                return null;
            }
            SecretKey key = SecretKeyFactory.getInstance(scheme).generateSecret(spec);
            Cipher cipher = Cipher.getInstance(scheme);
            cipher.init(Cipher.DECRYPT_MODE, key, parameters);
            return info.getKeySpec(cipher).getEncoded();
        } catch (IOException e) {
            problems.add(where, "the encrypted private key cannot be read", SEE_PEM);
            return null;
        } catch (GeneralSecurityException e) {
            problems.add(where, "the private key does not decrypt", "check the password");
            return null;
        } finally {
            spec.clearPassword();
            Arrays.fill(secret, '\0');
        }
    }

    /** Whether the two are of one family, so that proving that they match makes sense. */
    static boolean sameFamily(PrivateKey privateKey, PublicKey publicKey) {
        if (privateKey instanceof ECKey ec && publicKey instanceof ECKey other) {
            return EcCurve.of(ec.getParams()).equals(EcCurve.of(other.getParams()));
        }
        return privateKey.getAlgorithm().equals(publicKey.getAlgorithm());
    }
}
