package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.secret.DisguisedKey;
import io.github.keyset4j.secret.SecretReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** No key becomes a secret, however it is wrapped; no secret is taken for anything else. */
class DisguisedKeyProperties {

    private static final List<KeysetPolicy> POLICIES = List.of(
            KeysetPolicy.development(),
            KeysetPolicy.development().ignoreUnsupportedKeys(),
            KeysetPolicy.standard(),
            KeysetPolicy.strictProduction());

    private static final int SECRETS = Integer.getInteger("keyset4j.random.secrets", 20_000);

    private static final String PATHS = "abcdefghijklmnopqrstuvwxyz0123456789/._-";
    private static final String SMALL = "abcdefghijklmnopqrstuvwxyz!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /** Of a pair made for this run. */
    private static final Map<SampleAlgorithm, Map<String, byte[]>> FORMS = new ConcurrentHashMap<>();

    private static Map<String, byte[]> forms(SampleAlgorithm algorithm) {
        Map<String, byte[]> forms = new LinkedHashMap<>(KeyForms.of(SampleKeys.shared(algorithm)));
        forms.putAll(KeyForms.stores());
        return forms;
    }

    @Provide
    Arbitrary<SampleAlgorithm> pairs() {
        return Arbitraries.of(
                SampleAlgorithm.RS256,
                SampleAlgorithm.ES256,
                SampleAlgorithm.ES384,
                SampleAlgorithm.ES512,
                SampleAlgorithm.EDDSA);
    }

    @Provide
    Arbitrary<List<String>> chains() {
        return Arbitraries.of(KeyForms.ENCODINGS.keySet()).list().ofMaxSize(3);
    }

    @Property
    void key_behindAnyChainOfEncodings_isNoSecretUnderAnyPolicy(
            @ForAll("pairs") SampleAlgorithm algorithm, @ForAll("chains") List<String> chain, @ForAll Random random) {
        Map<String, byte[]> forms = FORMS.computeIfAbsent(algorithm, DisguisedKeyProperties::forms);
        List<String> names = new ArrayList<>(forms.keySet());
        String name = names.get(random.nextInt(names.size()));
        byte[] key = forms.get(name);
        for (String encoding : chain) {
            key = KeyForms.ENCODINGS.get(encoding).apply(key);
        }
        boolean pem = PemReader.looksLikePem(new String(key, StandardCharsets.ISO_8859_1));
        if (key.length <= 1 << 14 && !pem) {
            assertThat(DisguisedKey.of(key, EcCurve::isPoint))
                    .as("%s in %s", name, chain)
                    .isPresent();
        }
        if (chain.isEmpty() && !isText(key)) {
            isRefused(SampleKeys.json(Map.of("kty", "oct", "kid", "k1", "k", Base64Url.encode(key))));
        } else if (!pem) {
            String text = new String(key, StandardCharsets.UTF_8);
            isRefused(SampleKeys.json(Map.of("keys", Map.of("k1", text))));
            isRefused(SampleKeys.json(Map.of("kty", "oct", "kid", "k1", "k", Base64Url.encode(key))));
        }
    }

    private static boolean isText(byte[] bytes) {
        for (byte octet : bytes) {
            if (octet < 0 || (octet < 32 && !Character.isWhitespace(octet))) {
                return false;
            }
        }
        return true;
    }

    private static void isRefused(String document) {
        for (KeysetPolicy policy : POLICIES) {
            assertThatExceptionOfType(InvalidKeysetException.class)
                    .isThrownBy(() -> KeysetParser.of(policy).parse(KeysetDocument.of(document), Refusal.NOW));
        }
    }

    /** As many as the system property says, in every alphabet people use; a million found none. */
    @Example
    void randomSecret_inAnyAlphabet_isTakenForNothingElse() {
        Random random = new Random(20260301);
        for (int i = 0; i < SECRETS; i++) {
            byte[] bytes = new byte[32 + random.nextInt(33)];
            random.nextBytes(bytes);
            String text = switch (i % 8) {
                case 0 -> Base64.getEncoder().encodeToString(bytes);
                case 1 -> Base64.getUrlEncoder().encodeToString(bytes);
                case 2 -> HexFormat.of().formatHex(bytes);
                case 3 -> printable(bytes, '!', 85);
                case 4 -> printable(bytes, '!', 94);
                case 5 -> of(PATHS, random);
                case 6 -> of(SMALL, random);
                default -> new String(bytes, StandardCharsets.ISO_8859_1);
            };
            byte[] secret = i % 8 == 7 ? bytes : text.getBytes(StandardCharsets.US_ASCII);
            assertThat(DisguisedKey.of(secret, EcCurve::isPoint)).as(text).isEmpty();
            assertThat(SecretReference.in(secret)).as(text).isEmpty();
        }
    }

    private static String of(String alphabet, Random random) {
        StringBuilder text = new StringBuilder();
        while (text.length() < 40) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static String printable(byte[] random, char first, int letters) {
        StringBuilder text = new StringBuilder();
        for (byte octet : random) {
            text.append((char) (first + (octet & 0xff) * letters / 256));
        }
        return text.toString();
    }

    @Property
    void text_thatIsNeitherJsonNorPem_isNoKeysetOfAFileOrACommand(
            @ForAll("lines") String text, @ForAll @Size(max = 2) List<@From("lines") String> more) {
        String document = text + String.join("", more);
        if (document.strip().startsWith("{") || PemReader.looksLikePem(document)) {
            return;
        }
        isRefused(document);
    }

    @Provide
    Arbitrary<String> lines() {
        Arbitrary<String> word =
                Arbitraries.strings().alpha().numeric().ofMinLength(1).ofMaxLength(64);
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(128),
                word.map(kid -> kid + ":" + SampleKeys.secret(48)),
                word.map(kid -> "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + kid),
                word.map(what -> "error: " + what + " " + what.repeat(2)),
                word.map(name -> "vault:secret/data/" + name + "#key"),
                word.map(name -> name + "=" + SampleKeys.secret(32) + "\n"));
    }

    @Property
    void list_whereAsked_hasNoEntryThatIsAReference(@ForAll("references") String reference) {
        for (KeysetPolicy policy : POLICIES) {
            for (String list : List.of(reference, "k1:" + reference, "k1:" + SampleKeys.secret(48) + "," + reference)) {
                KeysetDocument document = KeysetDocument.of(list)
                        .withFormat(DocumentFormat.standard().asList())
                        .withActiveKid("k1");
                assertThatExceptionOfType(InvalidKeysetException.class)
                        .isThrownBy(() -> KeysetParser.of(policy).parse(document, Refusal.NOW));
            }
        }
    }

    @Provide
    Arbitrary<String> references() {
        Arbitrary<String> name =
                Arbitraries.strings().withCharRange('a', 'z').ofMinLength(4).ofMaxLength(20);
        return Arbitraries.of(
                        "vault:secret/data/production/%s#jwt",
                        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:%s",
                        "aws-secretsmanager:production/%s/jwt",
                        "aws-ssm:/production/%s/jwt",
                        "op://vault/%s/password",
                        "strange+scheme://host/%s/of/a/secret",
                        "file:/run/secrets/%s.pem",
                        "/run/secrets/%s/private.pem",
                        "config/secrets/%s/private.pem",
                        "ENC(%sG6N718UuyPE5bHyWKyuLQSm02auQPUtm)",
                        "${%s.jwt.secret}",
                        "{{ .Values.%s.secret }}")
                .flatMap(form -> name.map(word -> form.replace("%s", word)));
    }
}
