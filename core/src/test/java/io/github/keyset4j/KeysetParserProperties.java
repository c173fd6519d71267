package io.github.keyset4j;

import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;

import static io.github.keyset4j.SampleKeys.json;
import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static io.github.keyset4j.SampleKeys.privatePem;
import static io.github.keyset4j.SampleKeys.publicOnly;
import static io.github.keyset4j.SampleKeys.publicPem;
import static io.github.keyset4j.SampleKeys.secret;
import static io.github.keyset4j.SampleKeys.shared;
import static io.github.keyset4j.SampleKeys.with;
import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a document holds, it gives a keyset or an InvalidKeysetException that says nothing of it. */
class KeysetParserProperties {

    private static final List<KeysetPolicy> POLICIES = List.of(
            KeysetPolicy.standard(),
            KeysetPolicy.strictProduction(),
            KeysetPolicy.development(),
            KeysetPolicy.standard().ignoreUnsupportedKeys());

    /** No message of ours has eight characters of it in a row; see {@link #canary()}. */
    private static final int RUN = 8;

    /** Stands for null where there can be none. */
    private static final Object NULL = new Object();

    private static final List<String> DOCUMENTS = documents();

    private static List<String> documents() {
        Map<String, Object> ec = with(jwk(shared(SampleAlgorithm.ES256)), "kid", "k1");
        Map<String, Object> ed = with(jwk(shared(SampleAlgorithm.EDDSA)), "kid", "k2");
        Map<String, Object> rsa = with(jwk(shared(SampleAlgorithm.RS256)), "kid", "k3");
        String pem = privatePem(shared(SampleAlgorithm.ES256));
        return List.of(
                json(new TreeMap<>(Map.of("active_kid", "k2", "keys", Map.of("k1", secret(40), "k2", secret(40))))),
                json(Map.of("keys", Map.of("k1", pem, "k2", publicOnly(ed)))),
                json(Map.of(
                        "access",
                        Map.of(
                                "kid",
                                "a1",
                                "privateKeyPem",
                                pem,
                                "publicKeyPem",
                                publicPem(shared(SampleAlgorithm.ES256))),
                        "refresh",
                        Map.of(
                                "privateKeyPem",
                                privatePem(shared(SampleAlgorithm.EDDSA)).replace("\n", "\\n")))),
                json(Map.of("k1", publicOnly(ec), "k3", publicOnly(rsa))),
                jwkSet("k2", with(with(ec, "nbf", 1), "exp", 2e9), with(ed, "alg", "Ed25519")),
                jwkSet(null, with(ec, "purpose", "access"), with(ed, "purpose", "refresh")),
                jwkSet(null, rsa),
                jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.HS512), with(publicOnly(ec), "kid", "k9"))
                        .replace("\"active_kid\"", "\"revoked\":[\"k0\"],\"active_kid\""),
                "k1:" + secret(40),
                pem,
                pem.replace("\n", "\\n"),
                PemSamples.wrapped(pem),
                PemSamples.pkcs1(shared(SampleAlgorithm.RS256)),
                PemSamples.ecParameters(shared(SampleAlgorithm.ES384)) + PemSamples.sec1(shared(SampleAlgorithm.ES384)),
                publicPem(shared(SampleAlgorithm.RS256)) + privatePem(shared(SampleAlgorithm.RS256)));
    }

    /** The property itself. */
    static void holds(byte[] content, KeysetPolicy policy, String canary) {
        KeysetParser parser = KeysetParser.of(policy).withPemPassword("password"::toCharArray);
        KeysetDocument document =
                KeysetDocument.of(content).withFormat(DocumentFormat.standard().asList());
        String told;
        try {
            assertThat(parser.parse(document, Refusal.NOW).keys()).isNotEmpty();
            told = canary.isEmpty()
                    ? ""
                    : parser.read(document, "document").warnings().toString();
        } catch (InvalidKeysetException e) {
            assertThat(e.problems()).isNotEmpty();
            assertThat(e.getCause()).isNull();
            told = String.valueOf(e.getMessage());
        }
        for (int i = 0; i + RUN <= canary.length(); i++) {
            assertThat(told).doesNotContain(canary.substring(i, i + RUN));
        }
    }

    @Provide
    Arbitrary<String> documentsOfEveryShape() {
        return Arbitraries.of(DOCUMENTS);
    }

    @Provide
    Arbitrary<KeysetPolicy> policies() {
        return Arbitraries.of(POLICIES);
    }

    /** Random digits with a q here and there, of which none of our own words has eight in a row. */
    @Provide
    Arbitrary<String> canary() {
        return Arbitraries.strings()
                .withChars("Qq7")
                .withCharRange('0', '9')
                .ofMinLength(16)
                .ofMaxLength(24);
    }

    private static String planted(String document, String canary, int place) {
        int at = (int) ((long) document.length() * place / 1000);
        return document.substring(0, at) + canary + document.substring(at);
    }

    @Property
    void parse_anyBytes_keysetOrRefusal(
            @ForAll @Size(max = 256) byte[] content, @ForAll("policies") KeysetPolicy policy) {
        holds(content, policy, "");
    }

    @Property
    void parse_anyText_keysetOrRefusal(
            @ForAll("beginnings") String beginning,
            @ForAll @StringLength(max = 128) String text,
            @ForAll("canary") String canary,
            @ForAll("policies") KeysetPolicy policy) {
        holds((beginning + text + canary).getBytes(StandardCharsets.UTF_8), policy, canary);
        holds((beginning + canary + text).getBytes(StandardCharsets.UTF_8), policy, canary);
    }

    @Provide
    Arbitrary<String> beginnings() {
        return Arbitraries.of(
                "",
                "{",
                "{\"keys\":",
                "{\"keys\":{\"",
                "{\"active_kid\":",
                "[",
                "k:",
                "-----BEGIN ",
                "-----BEGIN PRIVATE KEY-----",
                "LS0tLS1CRUdJTi",
                "\uFEFF");
    }

    /** One change of a document's bytes. */
    record Edit(String kind, int place, byte value) {

        void apply(ByteArrayOutputStream content) {
            byte[] before = content.toByteArray();
            int at = (int) ((long) before.length * place / 100_000);
            int end = Math.min(before.length, at + (value & 0x1f) + 1);
            content.reset();
            content.write(before, 0, at);
            switch (kind) {
                case "delete" -> {}
                case "duplicate" -> {
                    content.write(before, at, end - at);
                    content.write(before, at, end - at);
                }
                case "insert" -> {
                    content.write(value);
                    content.write(before, at, end - at);
                }
                default -> {
                    for (int i = at; i < end; i++) {
                        content.write(i == at ? before[i] ^ value : before[i]);
                    }
                }
            }
            content.write(before, end, before.length - end);
        }
    }

    @Provide
    Arbitrary<Edit> edits() {
        return Combinators.combine(
                        Arbitraries.of("delete", "duplicate", "insert", "flip"),
                        Arbitraries.integers().between(0, 100_000),
                        Arbitraries.bytes())
                .as(Edit::new);
    }

    @Property
    void parse_editedDocument_keysetOrRefusal(
            @ForAll("documentsOfEveryShape") String document,
            @ForAll @Size(max = 4) List<@From("edits") Edit> edits,
            @ForAll("policies") KeysetPolicy policy) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(document.getBytes(StandardCharsets.UTF_8));
        edits.forEach(edit -> edit.apply(content));
        holds(content.toByteArray(), policy, "");
    }

    @Property
    void parse_documentWithCanary_tellsNothingOfIt(
            @ForAll("documentsOfEveryShape") String document,
            @ForAll("canary") String canary,
            @ForAll @IntRange(max = 1000) int place,
            @ForAll("policies") KeysetPolicy policy) {
        holds(planted(document, canary, place).getBytes(StandardCharsets.UTF_8), policy, canary);
    }

    /** Stand for what is not written here either. */
    private static final String DEEP = "forty levels";

    private static final String LONG = "eighty digits";

    @Property
    void parse_otherJsonValues_keysetOrRefusal(
            @ForAll("documentsOfEveryShape") String document,
            @ForAll @Size(min = 1, max = 3) List<@IntRange(max = 60) Integer> places,
            @ForAll("values") List<Object> values,
            @ForAll("canary") String canary,
            @ForAll("policies") KeysetPolicy policy)
            throws MalformedJson {
        if (!document.startsWith("{")) {
            holds(planted(document, canary, places.get(0)).getBytes(StandardCharsets.UTF_8), policy, canary);
            return;
        }
        Object changed = StrictJson.object(document);
        for (int i = 0; i < places.size(); i++) {
            Object value = values.get(i) == NULL ? null : values.get(i);
            changed = changed(
                    changed,
                    new AtomicInteger(places.get(i)),
                    value instanceof String text ? text.replace("canary", canary) : value);
        }
        String text = changed instanceof Map<?, ?> ? json(object(changed)) : String.valueOf(changed);
        text = text.replace('"' + DEEP + '"', "[{\"keys\":".repeat(20) + "1" + "}]".repeat(20))
                .replace('"' + LONG + '"', "9".repeat(80));
        holds(text.getBytes(StandardCharsets.UTF_8), policy, canary);
    }

    @SuppressWarnings("unchecked") // StrictJson makes no other maps
    private static Map<String, @Nullable Object> object(Object map) {
        return (Map<String, @Nullable Object>) map;
    }

    @Provide
    Arbitrary<List<Object>> values() {
        List<Object> values = List.of(
                NULL,
                true,
                0,
                -1,
                1e300,
                Long.MIN_VALUE,
                BigInteger.TEN.pow(60),
                LONG,
                "",
                "canary",
                "canary",
                "canary\u0000",
                "canary".repeat(70),
                "canary-----BEGIN PRIVATE KEY-----canary",
                "\u0000",
                "AAAA",
                "RSA",
                "EC",
                "OKP",
                "oct",
                "P-256",
                "Ed25519",
                "k1",
                List.of(),
                Map.of(),
                List.of("k1", "canary-in-a-list"),
                DEEP);
        return Arbitraries.of(values).list().ofSize(3);
    }

    /** The tree with another value, or the name of a member changed, at the place counted down to. */
    private static @Nullable Object changed(@Nullable Object node, AtomicInteger place, @Nullable Object value) {
        if (place.getAndDecrement() == 0) {
            return value;
        }
        if (node instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, member) -> {
                boolean rename = value instanceof String && place.getAndDecrement() == 0;
                copy.put(String.valueOf(rename ? value : name), changed(member, place, value));
            });
            return copy;
        }
        if (node instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(changed(element, place, value)));
            return copy;
        }
        return node;
    }

    @Property(tries = 50)
    void parse_document_isAcceptedUnchanged(@ForAll("documentsOfEveryShape") String document) {
        KeysetParser parser = KeysetParser.of(KeysetPolicy.strictProduction());
        assertThat(parser.parse(
                                KeysetDocument.of(document)
                                        .withFormat(DocumentFormat.standard().asList()),
                                Refusal.NOW)
                        .keys())
                .isNotEmpty();
    }
}
