package io.github.keyset4j;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.SampleKeys.other;
import static io.github.keyset4j.SampleKeys.privatePem;
import static io.github.keyset4j.SampleKeys.publicPem;
import static io.github.keyset4j.SampleKeys.shared;
import static org.assertj.core.api.Assertions.assertThat;

/** One key as PEM (RFC 7468), in every form people hand it around in. */
class PemReaderTest {

    private static final List<SampleAlgorithm> KINDS = List.of(
            SampleAlgorithm.RS256,
            SampleAlgorithm.ES256,
            SampleAlgorithm.ES384,
            SampleAlgorithm.ES512,
            SampleAlgorithm.EDDSA);

    private static ParsedKeyset.Entry read(String text) {
        ParsedKeyset parsed = KeysetParser.of(KeysetPolicy.strictProduction())
                .withPemPassword("correct horse"::toCharArray)
                .read(KeysetDocument.of(text), "PEM");
        assertThat(parsed.warnings()).isEmpty();
        assertThat(parsed.keys()).hasSize(1);
        return parsed.keys().get(0);
    }

    private static void assertIs(
            ParsedKeyset.Entry key, SampleAlgorithm algorithm, PublicKey expected, boolean canSign) {
        assertThat(key.material().publicKey()).contains(expected);
        assertThat(key.material().canSign()).isEqualTo(canSign);
        assertThat(key.material().algorithm()).isEqualTo(algorithm.known());
        assertThat(key.kid()).isEqualTo(key.material().thumbprint().orElseThrow());
        assertThat(key.purpose()).isEqualTo("default");
    }

    static Stream<Arguments> kinds() {
        List<Arguments> rows = new ArrayList<>();
        for (SampleAlgorithm algorithm : KINDS) {
            KeyPair pair = shared(algorithm);
            rows.add(row("PKCS#8", algorithm, privatePem(pair), true));
            rows.add(row("SubjectPublicKeyInfo", algorithm, publicPem(pair), false));
            rows.add(row("both halves", algorithm, privatePem(pair) + publicPem(pair), true));
            rows.add(row("both halves, public first", algorithm, publicPem(pair) + privatePem(pair), true));
            rows.add(row("encrypted PKCS#8", algorithm, PemSamples.encrypted(pair, "correct horse", 10_000), true));
        }
        KeyPair rsa = shared(SampleAlgorithm.RS256);
        rows.add(row("PKCS#1", SampleAlgorithm.RS256, PemSamples.pkcs1(rsa), true));
        rows.add(row("public PKCS#1", SampleAlgorithm.RS256, PemSamples.pkcs1Public(rsa), false));
        for (SampleAlgorithm algorithm : List.of(SampleAlgorithm.ES256, SampleAlgorithm.ES384, SampleAlgorithm.ES512)) {
            KeyPair ec = shared(algorithm);
            rows.add(row("SEC1", algorithm, PemSamples.sec1(ec), true));
            rows.add(row("parameters and SEC1", algorithm, PemSamples.ecParameters(ec) + PemSamples.sec1(ec), true));
        }
        return rows.stream();
    }

    private static Arguments row(String name, SampleAlgorithm algorithm, String pem, boolean canSign) {
        return Arguments.argumentSet(algorithm + " " + name, algorithm, pem, canSign);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void parse_pemOfEveryKind_isThatKey(SampleAlgorithm algorithm, String pem, boolean canSign) {
        assertIs(read(pem), algorithm, shared(algorithm).getPublic(), canSign);
    }

    static Stream<Arguments> disguises() {
        return KINDS.stream().flatMap(algorithm -> {
            String pem = privatePem(shared(algorithm));
            return Stream.of(
                    row("CRLF", algorithm, pem.replace("\n", "\r\n"), true),
                    row("literal \\n", algorithm, pem.replace("\n", "\\n"), true),
                    row("literal \\r\\n", algorithm, pem.replace("\n", "\\r\\n"), true),
                    row("indented", algorithm, pem.replaceAll("(?m)^", "\t    "), true),
                    row("blanks at line ends", algorithm, pem.replace("\n", "  \n"), true),
                    row("blank lines", algorithm, "\n\n" + pem.replace("\n", "\n\n"), true),
                    row("on one line", algorithm, pem.replace("\n", " "), true),
                    row("without any line end", algorithm, pem.replace("\n", ""), true),
                    row("text around", algorithm, "Bag Attributes\n    name: a\n" + pem + "-- \nregards\n", true),
                    row("a mark before", algorithm, "\uFEFF" + pem, true),
                    row("base64 once more", algorithm, PemSamples.wrapped(pem), true),
                    row(
                            "base64 once more, in lines",
                            algorithm,
                            Base64.getMimeEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)) + "\n",
                            true),
                    row("base64 of literal \\n", algorithm, PemSamples.wrapped(pem.replace("\n", "\\n")), true));
        });
    }

    @ParameterizedTest
    @MethodSource("disguises")
    void parse_pemInDisguise_isTheSameKey(SampleAlgorithm algorithm, String pem, boolean canSign) {
        assertIs(read(pem), algorithm, shared(algorithm).getPublic(), canSign);
    }

    @ParameterizedTest
    @EnumSource(names = {"ES256", "ES384", "ES512", "EDDSA"})
    void parse_privateHalfAlone_hasThePublicHalfItWasMadeWith(SampleAlgorithm algorithm) {
        int odd = 0;
        for (int i = 0; i < 50; i++) {
            KeyPair pair = SampleKeys.pair(algorithm);
            ParsedKeyset.Entry key = read(privatePem(pair));
            assertIs(key, algorithm, pair.getPublic(), true);
            odd += pair.getPublic().getEncoded()[pair.getPublic().getEncoded().length - 1] & 1;
        }
        // Both signs of y, or of x, came up: one alone would prove half of it.
        assertThat(odd).isBetween(1, 49);
    }

    @ParameterizedTest
    @CsvSource({"RS256, -keyalg RSA -keysize 2048", "ES384, -keyalg EC -groupname secp384r1", "EDDSA, -keyalg Ed25519"})
    void parse_certificate_isItsPublicKey(SampleAlgorithm algorithm, String options, @TempDir Path directory)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve("store.p12");
        List<String> generate = new ArrayList<>(List.of("-genkeypair", "-dname", "CN=issuer.example"));
        generate.addAll(List.of(options.strip().split(" ", -1)));
        keytool(store, generate);
        String certificate = keytool(store, List.of("-exportcert", "-rfc"));
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "password".toCharArray());
        }
        PublicKey expected = keys.getCertificate("a").getPublicKey();
        PrivateKey privateKey = (PrivateKey) keys.getKey("a", "password".toCharArray());

        assertIs(read(certificate), algorithm, expected, false);
        assertIs(read(certificate.replace("\n", "\\n")), algorithm, expected, false);
        assertIs(read(certificate + SampleKeys.pem("PRIVATE KEY", privateKey.getEncoded())), algorithm, expected, true);
        Refusal.of(
                        certificate + privatePem(other(algorithm)),
                        "PEM: the private half does not belong to the public one")
                .check();
    }

    private static String keytool(Path store, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(arguments);
        command.addAll(List.of(
                "-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", "password", "-alias", "a"));
        Process process = new ProcessBuilder(command)
                .redirectError(store.resolveSibling("errors").toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor())
                .as(() -> "keytool " + arguments + ": " + output)
                .isZero();
        return output;
    }

    @Test
    void parse_base64OfAnotherDocumentWithAPemInIt_isRefused() {
        String pem = privatePem(shared(SampleAlgorithm.ES256));
        String keyset = SampleKeys.json(Map.of("keys", Map.of("k1", pem)));
        for (String text : List.of(keyset, keyset.substring(1), "key: |\n  " + pem.replace("\n", "\n  "))) {
            assertThat(PemReader.looksLikePem(PemSamples.wrapped(text))).isFalse();
            assertThat(refusedWithPassword(PemSamples.wrapped(text))).isPresent();
        }
    }

    @Test
    void parse_kidBeside_isThePemsKid() {
        KeysetDocument document =
                KeysetDocument.of(privatePem(shared(SampleAlgorithm.ES256))).withActiveKid("k1");

        ParsedKeyset parsed = KeysetParser.of(KeysetPolicy.standard()).read(document, "PEM");

        assertThat(parsed.keys()).extracting(ParsedKeyset.Entry::kid).containsExactly("k1");
        assertThat(parsed.active()).isEqualTo(Map.of("default", "k1"));
    }

    @Test
    void pemPassword_arrayGiven_isWiped() {
        char[] password = "correct horse".toCharArray();

        KeysetParser.of(KeysetPolicy.standard())
                .withPemPassword(() -> password)
                .read(
                        KeysetDocument.of(PemSamples.encrypted(shared(SampleAlgorithm.ES256), "correct horse", 1000)),
                        "PEM");

        assertThat(password).containsOnly('\0');
    }

    static Stream<Arguments> refused() {
        KeyPair ec = shared(SampleAlgorithm.ES256);
        String pem = privatePem(ec);
        String secret = "PEM: the private key cannot be read";
        String end = "PEM: a PEM block has no end, or the end of another kind";
        String kind = "PEM: a PEM block of a kind that is no key";
        String encrypted = PemSamples.encrypted(ec, "correct horse", 1000);
        return Stream.of(
                Refusal.of("-----BEGIN PRIVATE KEY-----", end).when("a first line alone"),
                Refusal.of(pem.replace("END PRIVATE", "END PUBLIC"), end).when("the end of another kind"),
                Refusal.of("-----BEGIN -----\nAAAA\n-----END -----", end).when("no label"),
                Refusal.of("-----BEGIN PRIVATE KEY-----END PRIVATE KEY-----", end)
                        .when("one bar for two"),
                Refusal.of(pem.substring(0, pem.length() - 40), end).when("cut off"),
                Refusal.of(SampleKeys.pem("CERTIFICATE REQUEST", new byte[30]), kind)
                        .when("a certificate request"),
                Refusal.of(SampleKeys.pem("OPENSSH PRIVATE KEY", new byte[30]), kind)
                        .when("an OpenSSH key"),
                Refusal.of(pem.replaceFirst("\nM", "\n!"), "PEM: the body of a PEM block is not base64")
                        .when("another character"),
                Refusal.of(SampleKeys.pem("PRIVATE KEY", new byte[0]), secret).when("nothing"),
                Refusal.of(SampleKeys.pem("PRIVATE KEY", new byte[64]), secret).when("zeros"),
                Refusal.of(SampleKeys.pem("PRIVATE KEY", ec.getPublic().getEncoded()), secret)
                        .when("a public key as private"),
                Refusal.of(
                                SampleKeys.pem("PUBLIC KEY", ec.getPrivate().getEncoded()),
                                "PEM: the public key cannot be read")
                        .when("a private key as public"),
                Refusal.of(SampleKeys.pem("CERTIFICATE", new byte[64]), "PEM: the public key cannot be read")
                        .when("a certificate of zeros"),
                Refusal.of(PemSamples.sec1WithoutCurve(ec), secret).when("SEC1 without its curve"),
                Refusal.of(SampleKeys.pem("RSA PRIVATE KEY", new byte[] {0x30, 3, 2, 1, 0}), secret)
                        .when("PKCS#1 of nothing"),
                Refusal.of(PemSamples.ecParameters(ec), "document: no keys").when("parameters alone"),
                Refusal.of(pem + pem, "PEM: more than one private key in one PEM")
                        .when("two private keys"),
                Refusal.of(publicPem(ec) + publicPem(ec), "PEM: more than one public key in one PEM")
                        .when("two public keys"),
                Refusal.of(
                                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n"
                                        + "-----END RSA PRIVATE KEY-----",
                                "PEM: the private key is encrypted in OpenSSL's old way")
                        .when("OpenSSL's old encryption"),
                Refusal.of(encrypted, "PEM: the private key is encrypted").when("encrypted, without a password"),
                Refusal.of(json("access", "privateKeyPem", publicPem(ec)), "entry 1.privateKeyPem: a public key")
                        .when("a public key where the private one belongs"),
                Refusal.of(json("access", "publicKeyPem", pem), "entry 1.publicKeyPem: a private key")
                        .when("a private key where the public one belongs"),
                Refusal.of(
                                json("access", "privateKeyPem", "hunter2"),
                                "entry 1.privateKeyPem: not a PEM: no line begins a block")
                        .when("no PEM"));
    }

    private static String json(String purpose, String member, String pem) {
        return SampleKeys.json(Map.of(purpose, Map.of(member, pem)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void parse_badPem_tellsWhereWhatAndWhatToDo(Refusal refusal) {
        refusal.check();
    }

    private static Optional<InvalidKeysetException> refusedWithPassword(String pem) {
        try {
            read(pem);
            return Optional.empty();
        } catch (InvalidKeysetException e) {
            return Optional.of(e);
        }
    }

    @Test
    void parse_otherPassword_isRefused() {
        String pem = PemSamples.encrypted(shared(SampleAlgorithm.ES256), "another horse", 1000);

        assertThat(refusedWithPassword(pem).orElseThrow())
                .hasMessage("PEM: PEM: the private key does not decrypt; check the password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e8481", "7fffffff", "0080000000", "00ffffffffffffffff"})
    void parse_tooManyIterations_areRefusedUncounted(String iterations) {
        String message = refusedWithPassword(PemSamples.encryptedWithIterations(iterations))
                .orElseThrow()
                .getMessage();

        assertThat(message)
                .containsAnyOf(
                        "take more computing than a document may ask for", "the encrypted private key cannot be read");
    }

    @Test
    void parse_allowedIterationsOfAForgedKey_doNotDecrypt() {
        assertThat(refusedWithPassword(PemSamples.encryptedWithIterations("03e8"))
                        .orElseThrow())
                .hasMessageContaining("does not decrypt");
    }

    @Test
    void parse_encryptionOtherThanPbes2_isRefused() {
        byte[] der = PemSamples.der(
                0x30,
                PemSamples.der(
                        0x30,
                        // pbeWithMD5AndDES-CBC
                        PemSamples.der(0x06, HexFormat.of().parseHex("2a864886f70d010503")),
                        PemSamples.der(0x30, PemSamples.der(0x04, new byte[8]), PemSamples.der(0x02, new byte[] {1}))),
                PemSamples.der(0x04, new byte[64]));

        assertThat(refusedWithPassword(SampleKeys.pem("ENCRYPTED PRIVATE KEY", der))
                        .orElseThrow())
                .hasMessageContaining("encrypted with PBES1 (pbeWithMD5AndDES-CBC), not with PBES2");
    }
}
