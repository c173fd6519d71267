package io.github.keyset4j;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One key in PEM (RFC 7468), as people really hand it around: PKCS#8, encrypted PKCS#8, PKCS#1, SEC1,
 * SubjectPublicKeyInfo and X.509; a private key also with its certificate and what issued that.
 */
final class PemReader {

    private static final String WRITE_PRIVATE = "write it again: openssl pkey -in key.pem -out new.pem";
    private static final String WRITE_PUBLIC = "write it again: openssl pkey -pubin -in key.pem -out new.pem";
    private static final String WRITE_CERTIFICATE =
            "take the key out of it: openssl x509 -in certificate.pem -pubkey -noout > key.pem";

    private final Supplier<char @Nullable []> password;
    private final Problems problems;

    PemReader(Supplier<char @Nullable []> password, Problems problems) {
        this.password = password;
        this.problems = problems;
    }

    /** Whether a text is a PEM, or a PEM in base64, rather than anything else. */
    static boolean looksLikePem(String text) {
        return PemText.isOne(text);
    }

    /** The one key in the text, its public half derived where it is not given; null with the problems noted. */
    @Nullable
    KeyHalves read(String text, String where) {
        int before = problems.count();
        List<PemText.Block> privateKeys = new ArrayList<>();
        List<PemText.Block> publicKeys = new ArrayList<>();
        List<PemText.Block> certificates = new ArrayList<>();
        for (PemText.Block block : PemText.blocks(text, where, problems)) {
            (block.isPrivate() ? privateKeys : block.isCertificate() ? certificates : publicKeys).add(block);
        }
        if (problems.count() > before || !oneOfEach(privateKeys, publicKeys, certificates, where)) {
            return null;
        }
        int points = publicKeys.size() + certificates.size();
        if (points > 0 && !problems.spend(points * WorkBudget.POINT, where)) {
            return null;
        }
        PrivateKey privateKey = privateKeys.isEmpty() ? null : privateKey(privateKeys.get(0), where);
        if (privateKey != null && points > 1) {
            return withItsCertificate(privateKey, publicKeys, certificates, where);
        }
        publicKeys.addAll(certificates);
        PublicKey publicKey = publicKeys.isEmpty() ? null : publicKey(publicKeys.get(0), problems, where);
        boolean missing =
                (privateKey == null && !privateKeys.isEmpty()) || (publicKey == null && !publicKeys.isEmpty());
        if (missing || (privateKey == null && publicKey == null)) {
            return null;
        }
        return halves(privateKey, publicKey, where);
    }

    private boolean oneOfEach(
            List<PemText.Block> privateKeys,
            List<PemText.Block> publicKeys,
            List<PemText.Block> certificates,
            String where) {
        if (privateKeys.size() > 1) {
            problems.add(where, "more than one private key in one PEM", "keep one key, or make a JWK set of several");
        } else if (publicKeys.size() > 1
                || (privateKeys.isEmpty() && !publicKeys.isEmpty() && !certificates.isEmpty())) {
            problems.add(where, "more than one public key in one PEM", "keep one key, or make a JWK set of several");
        } else if (privateKeys.isEmpty() && certificates.size() > 1) {
            problems.add(
                    where,
                    "more than one public key in one PEM: several certificates without the private key of one",
                    "keep the one whose key signs; if it stands first: openssl x509 -in chain.pem -out leaf.pem");
        } else {
            return true;
        }
        return false;
    }

    /** A private key, the public half that belongs to it, and a chain of which the rest says nothing about keys here. */
    private @Nullable KeyHalves withItsCertificate(
            PrivateKey privateKey, List<PemText.Block> publicKeys, List<PemText.Block> certificates, String where) {
        KeyHalves halves = null;
        if (!(privateKey instanceof RSAPrivateKey)) {
            halves = halves(privateKey, null, where);
            if (halves == null) {
                return null;
            }
        }
        PublicKey belonging = null;
        for (List<PemText.Block> kind : List.of(publicKeys, certificates)) {
            if (!kind.isEmpty()) {
                KeyHalves derived = halves;
                belonging = kind.stream()
                        .map(block -> publicKey(block, new Problems(problems.policy(), new WorkBudget()), where))
                        .filter(key -> key != null && belongs(key, privateKey, derived))
                        .findFirst()
                        .orElse(null);
                if (belonging == null) {
                    problems.add(where, MaterialCheck.HALVES_DIFFER, MaterialCheck.USE_ONE_KEY);
                    return null;
                }
            }
        }
        return halves == null ? halves(privateKey, belonging, where) : halves;
    }

    private static boolean belongs(PublicKey key, PrivateKey privateKey, @Nullable KeyHalves derived) {
        if (derived == null) { // that the rest of it fits is proved with everything else
            return key instanceof RSAPublicKey rsa
                    && privateKey instanceof RSAPrivateKey own
                    && rsa.getModulus().equals(own.getModulus());
        }
        return PublicMembers.of(key).equals(PublicMembers.of(derived.publicKey()));
    }

    /** Both halves from what is given: a missing public one is derived. Whether they match is proved elsewhere. */
    private @Nullable KeyHalves halves(@Nullable PrivateKey privateKey, @Nullable PublicKey publicKey, String where) {
        if (publicKey != null) {
            return new KeyHalves(publicKey, privateKey);
        }
        if (privateKey == null || !problems.spend(WorkBudget.deriving(privateKey), where)) {
            return null;
        }
        try {
            if (privateKey instanceof RSAPrivateCrtKey rsa) {
                return new KeyHalves(RsaKeys.publicKeyOf(rsa), rsa);
            }
            if (privateKey instanceof ECPrivateKey ec) {
                return EcKeys.withPublicKey(ec, EcCurve.of(ec.getParams()).orElseThrow());
            }
            if (privateKey instanceof EdECPrivateKey ed) {
                return Ed25519Keys.withPublicKey(ed);
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            // Told below: the exception's own words may quote the key.
        }
        problems.add(
                where, "no public key can be derived from the private one", "check the key, or add the public key");
        return null;
    }

    private @Nullable PrivateKey privateKey(PemText.Block block, String where) {
        byte[] pkcs8 = null;
        try {
            pkcs8 = switch (block.label()) {
                case "RSA PRIVATE KEY" -> Der.pkcs8OfPkcs1(block.der());
                case "EC PRIVATE KEY" -> Der.pkcs8OfSec1(block.der());
                case "ENCRYPTED PRIVATE KEY" -> decrypted(block.der(), where);
                default -> block.der();
            };
            if (pkcs8 == null) {
                return null;
            }
            String algorithm = keyFactory(Der.algorithmOfPkcs8(pkcs8), block, problems, where);
            return algorithm == null
                    ? null
                    : KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (Der.Malformed | GeneralSecurityException | RuntimeException e) {
            problems.add(where, "the private key cannot be read", WRITE_PRIVATE);
            return null;
        } finally {
            if (pkcs8 != null) {
                Arrays.fill(pkcs8, (byte) 0);
            }
        }
    }

    private static @Nullable PublicKey publicKey(PemText.Block block, Problems problems, String where) {
        try {
            byte[] spki = switch (block.label()) {
                case "CERTIFICATE" -> Der.spkiOfCertificate(block.der());
                case "RSA PUBLIC KEY" -> Der.spkiOfPkcs1(block.der());
                default -> block.der();
            };
            Der.Algorithm named = Der.algorithmOfSpki(spki);
            String algorithm = keyFactory(named, block, problems, where);
            if (algorithm == null) {
                return null;
            }
            return algorithm.equals("EC")
                    ? EcKeys.publicKey(EcCurve.ofOid(named.curve()).orElseThrow(), Der.pointOfSpki(spki))
                    : KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(spki));
        } catch (Der.Malformed | GeneralSecurityException | RuntimeException e) {
            problems.add(
                    where, "the public key cannot be read", block.isCertificate() ? WRITE_CERTIFICATE : WRITE_PUBLIC);
            return null;
        }
    }

    private static @Nullable String keyFactory(
            Der.Algorithm algorithm, PemText.Block block, Problems problems, String where) {
        if (algorithm.is(Der.RSA_ENCRYPTION)) {
            return "RSA";
        }
        if (algorithm.is(Der.EC_PUBLIC_KEY) && EcCurve.ofOid(algorithm.curve()).isPresent()) {
            return "EC";
        }
        if (algorithm.is(Der.ED25519)) {
            return "Ed25519";
        }
        if (algorithm.explicitCurve()) {
            problems.add(
                    where,
                    "the EC key writes its curve out, which RFC 5480 section 2.1.1 forbids",
                    block.isCertificate()
                            ? "have the certificate issued again for a key that names its curve"
                            : "name it: openssl ec " + (block.isPrivate() ? "" : "-pubin ")
                                    + "-in key.pem -param_enc named_curve -out new.pem");
        } else if (algorithm.is(Der.RSA_PSS)) {
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
        try {
            EncryptedKey key = EncryptedKey.of(der);
            if (!problems.spend(key.cost(), where)) {
                return null;
            }
            Optional<byte[]> pkcs8 = key.decrypted(secret);
            if (pkcs8.isEmpty()) {
                problems.add(where, "the private key does not decrypt", "check the password");
            }
            return pkcs8.orElse(null);
        } catch (EncryptedKey.Unsupported e) {
            problems.add(
                    where,
                    "the private key is encrypted with " + e.scheme() + ", not with PBES2, PBKDF2 and AES-CBC",
                    EncryptedKey.ENCRYPT_AGAIN);
            return null;
        } catch (Der.Malformed e) {
            problems.add(where, "the encrypted private key cannot be read", WRITE_PRIVATE);
            return null;
        } finally {
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
