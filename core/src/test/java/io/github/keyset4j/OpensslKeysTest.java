package io.github.keyset4j;

import io.github.keyset4j.testing.ours.RequiredTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Keys, certificates and whole dumps as OpenSSL writes them; and whether what a refusal advises really helps. */
@SuppressWarnings("NullAway.Init") // JUnit sets it before each test
class OpensslKeysTest {

    private static final RequiredTool OPENSSL = RequiredTool.orElse("install OpenSSL 3 or newer");
    private static final String PASSWORD = "Stra\u00dfe \u043f\u0430\u0440\u043e\u043b\u044c \uD83D\uDD11";

    @TempDir
    private Path directory;

    @BeforeEach
    void needOpenssl() throws IOException {
        OPENSSL.answer("openssl", "version");
        Files.writeString(directory.resolve("password"), PASSWORD + "\n", StandardCharsets.UTF_8);
    }

    /** Runs it in the directory; each argument that names a file there is given its path. */
    private void openssl(String arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        for (String argument : arguments.split(" ", -1)) {
            boolean file = argument.matches("[\\w-]+\\.(pem|p12|csr)");
            command.add(file ? directory.resolve(argument).toString() : argument);
        }
        OPENSSL.answer(command.toArray(String[]::new));
    }

    private String file(String name) throws IOException {
        return Files.readString(directory.resolve(name), StandardCharsets.UTF_8);
    }

    private String files(String... names) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append(file(name));
        }
        return text.toString();
    }

    private static ParsedKeyset.Entry read(String pem) {
        return read(pem, PASSWORD);
    }

    private static ParsedKeyset.Entry read(String pem, String password) {
        ParsedKeyset parsed = KeysetParser.of(KeysetPolicy.strictProduction())
                .withPemPassword(password::toCharArray)
                .read(KeysetDocument.of(pem), "PEM");
        assertThat(parsed.warnings()).isEmpty();
        assertThat(parsed.keys()).hasSize(1);
        return parsed.keys().get(0);
    }

    private static List<KeysetProblem> refused(String pem) {
        InvalidKeysetException refused = catchThrowableOfType(
                InvalidKeysetException.class, () -> read(pem).kid());
        assertThat(refused).as("the document was accepted").isNotNull();
        return refused.problems();
    }

    private void ec(String curve, String name) {
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:" + curve + " -out " + name);
    }

    /** key.pem, leaf.pem that certifies it, and ca.pem that issued the latter. */
    private void issue(String keyOptions) {
        openssl("genpkey " + keyOptions + " -out key.pem");
        openssl("genpkey -algorithm ed448 -out ca-key.pem"); // of a kind that no keyset may have
        openssl("req -x509 -new -key ca-key.pem -subj /CN=ca -days 2 -out ca.pem");
        openssl("req -new -key key.pem -subj /CN=leaf -out leaf.csr");
        openssl("x509 -req -in leaf.csr -CA ca.pem -CAkey ca-key.pem -set_serial 1 -days 1 -out leaf.pem");
        openssl("pkey -in key.pem -pubout -out public.pem");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
                "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
                "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
                "-algorithm ed25519"
            })
    void parse_privateKeyWithCertificateAndChain_isThatKeyInAnyOrder(String keyOptions) throws IOException {
        issue(keyOptions);
        String kid = read(file("key.pem")).kid();
        List<String> files = List.of("key.pem", "leaf.pem", "ca.pem");
        for (int i = 0; i < 6; i++) {
            List<String> order = new ArrayList<>(files);
            String first = order.remove(i % 3);
            String text = i < 3 ? files(first, order.get(0), order.get(1)) : files(first, order.get(1), order.get(0));
            ParsedKeyset.Entry key = read(text);
            assertThat(key.kid()).isEqualTo(kid);
            assertThat(key.material().canSign()).isTrue();
        }
        assertThat(read(files("public.pem", "key.pem", "ca.pem", "leaf.pem")).kid())
                .isEqualTo(kid);
        openssl("pkcs12 -export -inkey key.pem -in leaf.pem -certfile ca.pem -passout pass:x -out store.p12");
        openssl("pkcs12 -in store.p12 -nodes -passin pass:x -out dump.pem");
        String dump = file("dump.pem");
        assertThat(dump).contains("Bag Attributes");
        assertThat(read(dump).kid()).isEqualTo(kid);
        for (String wrapped : List.of(dump, "# issued for the token service\n" + file("key.pem"))) {
            byte[] octets = wrapped.getBytes(StandardCharsets.UTF_8);
            assertThat(read(Base64.getEncoder().encodeToString(octets)).kid()).isEqualTo(kid);
            assertThat(read(Base64.getMimeEncoder().encodeToString(octets)).kid())
                    .isEqualTo(kid);
            String keyset = SampleKeys.json(
                    Map.of("keys", Map.of("k1", Base64.getEncoder().encodeToString(octets))));
            assertThat(read(keyset).material().thumbprint()).contains(kid);
        }
    }

    @Test
    void parse_certificatesOfWhichNoneBelongsToTheKey_areRefused() throws IOException {
        issue("-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
        ec("P-256", "other.pem");
        openssl("pkey -in other.pem -pubout -out other-public.pem");

        for (String text : List.of(
                files("other.pem", "leaf.pem", "ca.pem"),
                files("ca.pem", "other.pem", "leaf.pem"),
                files("public.pem", "other.pem", "leaf.pem"),
                files("other-public.pem", "key.pem", "leaf.pem"),
                files("other-public.pem", "other.pem", "leaf.pem"))) {
            assertThat(refused(text)).containsExactly(KeyPairType.unmatched("PEM"));
        }
        assertThat(refused(files("other.pem", "leaf.pem", "key.pem")))
                .extracting(KeysetProblem::rule)
                .containsExactly("more than one private key in one PEM");
    }

    @Test
    void parse_chainWithoutPrivateKey_isRefusedAndTheRemedyHelps() throws IOException {
        issue("-algorithm ed25519");
        Files.writeString(directory.resolve("chain.pem"), files("leaf.pem", "ca.pem"));

        KeysetProblem problem = refused(file("chain.pem")).get(0);

        assertThat(problem.rule()).startsWith("more than one public key in one PEM");
        openssl(command(problem));
        assertThat(read(file("leaf.pem")).kid())
                .isEqualTo(read(file("public.pem")).kid());
    }

    /** What a remedy says behind {@code openssl}. */
    private static String command(KeysetProblem problem) {
        String marker = "openssl ";
        return problem.remedy().substring(problem.remedy().indexOf(marker) + marker.length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-384", "P-521"})
    void parse_explicitCurve_isRefusedAndTheRemedyHelps(String curve) throws IOException {
        openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:" + curve
                + " -pkeyopt ec_param_enc:explicit -out key.pem");
        openssl("ec -in key.pem -param_enc explicit -out sec1.pem");
        openssl("ec -in key.pem -param_enc explicit -pubout -out public.pem");
        openssl("req -x509 -new -key key.pem -subj /CN=leaf -days 1 -out leaf.pem");
        assertThat(file("sec1.pem")).contains("BEGIN EC PRIVATE KEY");

        for (String name : List.of("key.pem", "sec1.pem", "public.pem")) {
            List<KeysetProblem> problems = refused(file(name));
            assertThat(problems)
                    .extracting(KeysetProblem::rule)
                    .containsExactly("the EC key writes its curve out, which RFC 5480 section 2.1.1 forbids");
            openssl(command(problems.get(0)).replace(" key.pem", " " + name));
            assertThat(read(file("new.pem")).material().canSign()).isEqualTo(!name.equals("public.pem"));
        }
        assertThat(refused(file("leaf.pem")))
                .extracting(KeysetProblem::remedy)
                .containsExactly("have the certificate issued again for a key that names its curve");
    }

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-384", "P-521"})
    void parse_compressedPoint_isTheKey(String curve) throws IOException {
        for (int i = 0; i < 4; i++) { // both signs of y
            ec(curve, "key.pem");
            String kid = read(file("key.pem")).kid();
            openssl("ec -in key.pem -conv_form compressed -out sec1.pem");
            openssl("pkcs8 -topk8 -nocrypt -in sec1.pem -out compressed.pem");
            openssl("ec -in key.pem -conv_form compressed -pubout -out public.pem");
            openssl("req -x509 -new -key compressed.pem -subj /CN=leaf -days 1 -out leaf.pem");
            for (String name : List.of("sec1.pem", "compressed.pem", "public.pem", "leaf.pem")) {
                assertThat(read(file(name)).kid()).as(name).isEqualTo(kid);
            }
            assertThat(file("public.pem").length()).isLessThan(publicLength(curve));
        }
    }

    private static int publicLength(String curve) {
        return SampleKeys.publicPem(SampleKeys.shared(SampleAlgorithm.valueOf(
                        EcCurve.named(curve).orElseThrow().algorithm().joseName())))
                .length();
    }

    private void encrypt(String scheme) {
        openssl("pkcs8 -topk8 " + scheme + " -passout file:" + directory.resolve("password")
                + " -in key.pem -out encrypted.pem");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-v2 aes-256-cbc",
                "-v2 aes-192-cbc -v2prf hmacWithSHA512",
                "-v2 aes-128-cbc -v2prf hmacWithSHA1",
                "-v2 aes-256-cbc -v2prf hmacWithSHA1",
                "-v2 aes-256-cbc -v2prf hmacWithSHA224",
                "-v2 aes-256-cbc -v2prf hmacWithSHA384 -iter 10000"
            })
    void parse_passwordOutsideAscii_isRead(String scheme) throws IOException {
        ec("P-256", "key.pem");
        encrypt(scheme);

        assertThat(read(file("encrypted.pem")).kid())
                .isEqualTo(read(file("key.pem")).kid());
        InvalidKeysetException refused = catchThrowableOfType(
                InvalidKeysetException.class,
                () -> read(file("encrypted.pem"), "Strasse").kid());
        assertThat(refused).isNotNull().hasMessage("PEM: PEM: the private key does not decrypt; check the password");
    }

    @ParameterizedTest
    @CsvSource({
        "-scrypt, scrypt",
        "-v2 des3, des-ede3-cbc",
        "-v1 PBE-SHA1-3DES, PKCS#12's PBE (pbeWithSHA1And3-KeyTripleDES-CBC)"
    })
    void parse_otherEncryption_isNamedAndTheRemedyHelps(String scheme, String name) throws IOException {
        ec("P-256", "key.pem");
        String kid = read(file("key.pem")).kid();
        encrypt(scheme);

        List<KeysetProblem> problems = refused(file("encrypted.pem"));

        assertThat(problems)
                .extracting(KeysetProblem::rule)
                .containsExactly("the private key is encrypted with " + name + ", not with PBES2, PBKDF2 and AES-CBC");
        remedyHelps(problems.get(0), kid);
    }

    @Test
    void parse_oldEncryption_isNamedAndTheRemedyHelps() throws IOException {
        openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem");
        String kid = read(file("key.pem")).kid();
        openssl("rsa -in key.pem -traditional -aes128 -passout file:" + directory.resolve("password")
                + " -out encrypted.pem");
        assertThat(file("encrypted.pem")).contains("Proc-Type");

        List<KeysetProblem> problems = refused(file("encrypted.pem"));

        assertThat(problems)
                .extracting(KeysetProblem::rule)
                .containsExactly("the private key is encrypted in OpenSSL's old way");
        remedyHelps(problems.get(0), kid);
    }

    /** As somebody who types the password twice would do it. */
    private void remedyHelps(KeysetProblem problem, String kid) throws IOException {
        String password = "file:" + directory.resolve("password");
        Files.copy(directory.resolve("password"), directory.resolve("again"));
        openssl(command(problem).replace(" key.pem", " encrypted.pem") + " -passin " + password + " -passout file:"
                + directory.resolve("again"));
        assertThat(file("new.pem")).contains("BEGIN ENCRYPTED PRIVATE KEY");
        assertThat(read(file("new.pem")).kid()).isEqualTo(kid);
    }

    @Test
    void remedies_none_printsAPrivateKeyToTheTerminal() {
        List<String> broken = Arrays.asList(
                SampleKeys.pem("PRIVATE KEY", new byte[64]),
                SampleKeys.pem("ENCRYPTED PRIVATE KEY", new byte[64]),
                SampleKeys.pem("PUBLIC KEY", new byte[64]),
                SampleKeys.pem("EC PRIVATE KEY", new byte[64]),
                SampleKeys.json(Map.of("access", Map.of("privateKeyPem", "none"))));
        for (String text : broken) {
            assertThat(refused(text))
                    .extracting(KeysetProblem::remedy)
                    .allSatisfy(remedy -> assertThat(remedy).contains("openssl").contains("-out "));
        }
    }
}
