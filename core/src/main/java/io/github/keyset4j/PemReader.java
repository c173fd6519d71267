package io.github.keyset4j;

import io.github.keyset4j.Problems.WorkBudget;
import io.github.keyset4j.encoding.Der;
import io.github.keyset4j.encoding.EncryptedKey;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

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
    KeyMaterial read(String text, String where) {
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
        PrivateHalf privateHalf = privateKeys.isEmpty() ? null : privateKey(privateKeys.get(0), where);
        if (privateHalf != null && points > 1) {
            return withItsCertificate(privateHalf, publicKeys, certificates, where);
        }
        publicKeys.addAll(certificates);
        KeyMaterial publicHalf = publicKeys.isEmpty() ? null : publicKey(publicKeys.get(0), problems, where);
        if (privateHalf == null) {
            return privateKeys.isEmpty() ? publicHalf : null;
        }
        if (publicKeys.isEmpty()) {
            return derived(privateHalf, where);
        }
        return publicHalf == null ? null : whole(privateHalf, publicHalf, where);
    }

    /** Whether the halves match is proved elsewhere; that they could, if they are of one type. */
    private @Nullable KeyMaterial whole(PrivateHalf privateHalf, KeyMaterial publicHalf, String where) {
        if (privateHalf.type() != KeyTypes.of(publicHalf.algorithm())) {
            problems.refuse(KeyPairType.unmatched(where));
            return null;
        }
        return privateHalf.type().material(publicHalf.publicKey().orElseThrow(), privateHalf.key());
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
    private @Nullable KeyMaterial withItsCertificate(
            PrivateHalf privateHalf, List<PemText.Block> publicKeys, List<PemText.Block> certificates, String where) {
        Optional<Predicate<PublicKey>> atAGlance = privateHalf.type().belonging(privateHalf.key());
        KeyMaterial derived = atAGlance.isPresent() ? null : derived(privateHalf, where);
        if (atAGlance.isEmpty() && derived == null) {
            return null;
        }
        Predicate<KeyMaterial> belongs = key -> derived == null
                ? atAGlance.orElseThrow().test(key.publicKey().orElseThrow())
                : key.publicMembers().equals(derived.publicMembers());
        KeyMaterial belonging = null;
        for (List<PemText.Block> kind : List.of(publicKeys, certificates)) {
            if (!kind.isEmpty()) {
                belonging = kind.stream()
                        .map(block -> publicKey(block, new Problems(problems.policy(), new WorkBudget()), where))
                        .filter(key -> key != null && KeyTypes.of(key.algorithm()) == privateHalf.type())
                        .filter(belongs)
                        .findFirst()
                        .orElse(null);
                if (belonging == null) {
                    problems.refuse(KeyPairType.unmatched(where));
                    return null;
                }
            }
        }
        return derived != null ? derived : whole(privateHalf, requireNonNull(belonging), where);
    }

    /** A private key that came alone, with its public half. */
    private @Nullable KeyMaterial derived(PrivateHalf privateHalf, String where) {
        if (!problems.spend(privateHalf.type().costOfDeriving(privateHalf.key()), where)) {
            return null;
        }
        try {
            return privateHalf.type().derived(privateHalf.key());
        } catch (GeneralSecurityException | RuntimeException e) { // the exception's own words may quote the key
            problems.add(
                    where, "no public key can be derived from the private one", "check the key, or add the public key");
            return null;
        }
    }

    private @Nullable PrivateHalf privateKey(PemText.Block block, String where) {
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
            KeyPairType type = type(Der.algorithmOfPkcs8(pkcs8), block, problems, where);
            return type == null ? null : new PrivateHalf(type, type.privateKey(pkcs8));
        } catch (Der.Malformed | GeneralSecurityException | RuntimeException e) {
            problems.add(where, "the private key cannot be read", WRITE_PRIVATE);
            return null;
        } finally {
            if (pkcs8 != null) {
                Arrays.fill(pkcs8, (byte) 0);
            }
        }
    }

    private static @Nullable KeyMaterial publicKey(PemText.Block block, Problems problems, String where) {
        try {
            byte[] spki = switch (block.label()) {
                case "CERTIFICATE" -> Der.spkiOfCertificate(block.der());
                case "RSA PUBLIC KEY" -> Der.spkiOfPkcs1(block.der());
                default -> block.der();
            };
            Der.Algorithm named = Der.algorithmOfSpki(spki);
            KeyPairType type = type(named, block, problems, where);
            return type == null ? null : type.material(type.publicKey(named, spki), null);
        } catch (Der.Malformed | GeneralSecurityException | RuntimeException e) {
            problems.add(
                    where, "the public key cannot be read", block.isCertificate() ? WRITE_CERTIFICATE : WRITE_PUBLIC);
            return null;
        }
    }

    private static @Nullable KeyPairType type(
            Der.Algorithm named, PemText.Block block, Problems problems, String where) {
        Optional<KeyPairType> type = KeyTypes.ofDer(named);
        if (type.isEmpty()) {
            problems.unsupported(where, KeyTypes.NO_PAIR);
        }
        return type.filter(found -> found.reads(named, block, problems, where)).orElse(null);
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

    private record PrivateHalf(KeyPairType type, PrivateKey key) {

        @Override
        public String toString() {
            return type.kty() + " key, redacted";
        }
    }
}
