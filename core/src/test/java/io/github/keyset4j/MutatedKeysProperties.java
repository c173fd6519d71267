package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static io.github.keyset4j.SampleKeys.privatePem;
import static io.github.keyset4j.SampleKeys.publicPem;
import static io.github.keyset4j.SampleKeys.shared;

/** Keys of every kind, cut up and put together wrong, give a keyset or problems, and nothing else. */
class MutatedKeysProperties {

    private static final List<SampleAlgorithm> KINDS = List.of(
            SampleAlgorithm.RS256,
            SampleAlgorithm.ES256,
            SampleAlgorithm.ES384,
            SampleAlgorithm.ES512,
            SampleAlgorithm.EDDSA);

    private static final List<String> KEYS = keys();

    private static final Pattern BODY = Pattern.compile("(-----BEGIN [A-Z ]+-----)([^-]*)(-----END)");

    private static List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (SampleAlgorithm algorithm : KINDS) {
            keys.add(privatePem(shared(algorithm)));
            keys.add(publicPem(shared(algorithm)));
            keys.add(publicPem(shared(algorithm)) + privatePem(shared(algorithm)));
            keys.add(PemSamples.encrypted(shared(algorithm), "password", 100));
            keys.add(jwkSet(null, jwk(shared(algorithm))));
            keys.add(SampleKeys.json(jwk(shared(algorithm))));
            keys.add(SampleKeys.json(Map.of("access", Map.of("privateKeyPem", privatePem(shared(algorithm))))));
        }
        keys.add(PemSamples.pkcs1(shared(SampleAlgorithm.RS256)));
        keys.add(PemSamples.pkcs1Public(shared(SampleAlgorithm.RS256)));
        keys.add(PemSamples.ecParameters(shared(SampleAlgorithm.ES256))
                + PemSamples.sec1(shared(SampleAlgorithm.ES256)));
        keys.add(PemSamples.wrapped("# a comment\n" + privatePem(shared(SampleAlgorithm.ES256))));
        keys.add(privatePem(shared(SampleAlgorithm.ES256)).replace("\n", ""));
        keys.add(PemSamples.certificate(shared(SampleAlgorithm.ES256))
                + PemSamples.certificate(shared(SampleAlgorithm.ES384))
                + privatePem(shared(SampleAlgorithm.ES256)));
        keys.add(PemSamples.compressed(shared(SampleAlgorithm.ES256)));
        return keys;
    }

    /** What a piece of a text, or of the DER in it, is to suffer. Places are thousandths. */
    record Cut(String kind, int from, int length, int to, byte value) {

        byte[] of(byte[] text, byte[] other) {
            int start = at(text.length, from);
            int end = Math.min(text.length, start + length);
            byte[] piece = Arrays.copyOfRange(text, start, end);
            byte[] before = Arrays.copyOf(text, start);
            byte[] after = Arrays.copyOfRange(text, end, text.length);
            return switch (kind) {
                case "delete" -> join(before, after);
                case "double" -> join(before, piece, piece, after);
                case "truncate" -> before;
                case "swap" -> {
                    byte[] rest = join(before, after);
                    int place = at(rest.length, to);
                    yield join(Arrays.copyOf(rest, place), piece, Arrays.copyOfRange(rest, place, rest.length));
                }
                case "splice" -> join(before, Arrays.copyOfRange(other, at(other.length, to), other.length));
                default -> {
                    byte[] copy = text.clone();
                    if (start < copy.length) {
                        copy[start] ^= value;
                    }
                    yield copy;
                }
            };
        }

        private static int at(int length, int thousandth) {
            return (int) ((long) length * thousandth / 1000);
        }

        private static byte[] join(byte[]... parts) {
            StringBuilder text = new StringBuilder();
            for (byte[] part : parts) {
                text.append(new String(part, StandardCharsets.ISO_8859_1));
            }
            return text.toString().getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    @Provide
    Arbitrary<String> realKeys() {
        return Arbitraries.of(KEYS);
    }

    @Provide
    Arbitrary<Cut> cuts() {
        return Combinators.combine(
                        Arbitraries.of("delete", "double", "truncate", "swap", "splice", "flip"),
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.frequencyOf(
                                Tuple.of(3, Arbitraries.integers().between(1, 4)),
                                Tuple.of(1, Arbitraries.integers().between(5, 200))),
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.bytes())
                .as(Cut::new);
    }

    @Provide
    Arbitrary<KeysetPolicy> policies() {
        return Arbitraries.of(
                KeysetPolicy.standard(),
                KeysetPolicy.development(),
                KeysetPolicy.standard().ignoreUnsupportedKeys());
    }

    @Property
    void parse_textCutUp_keysetOrProblems(
            @ForAll("realKeys") String text,
            @ForAll("realKeys") String other,
            @ForAll @Size(min = 1, max = 3) List<@From("cuts") Cut> cuts,
            @ForAll("policies") KeysetPolicy policy) {
        byte[] mutated = text.getBytes(StandardCharsets.ISO_8859_1);
        for (Cut cut : cuts) {
            mutated = cut.of(mutated, other.getBytes(StandardCharsets.ISO_8859_1));
        }
        KeysetParserProperties.holds(mutated, policy, "");
    }

    private static final Pattern TOKENS =
            Pattern.compile("-----|BEGIN |END |[A-Z0-9]+ KEY|\\s+|\"|[{}\\[\\]:,]|[\\w+/=]+|.");

    /** Whole words, lines and bars are lost, doubled or moved: what is left looks like a key, but for that. */
    @Property
    void parse_wordsMoved_keysetOrProblems(
            @ForAll("realKeys") String text,
            @ForAll @IntRange(max = 999) int from,
            @ForAll @IntRange(min = 1, max = 3) int length,
            @ForAll @IntRange(max = 999) int to,
            @ForAll @IntRange(max = 2) int copies,
            @ForAll("policies") KeysetPolicy policy) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKENS.matcher(text.replaceAll("(?<=[\\w+/=])\n(?=[\\w+/=])", ""));
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        int start = from * tokens.size() / 1000;
        List<String> moved = tokens.subList(start, Math.min(tokens.size(), start + length));
        List<String> words = new ArrayList<>(moved);
        moved.clear();
        for (int i = 0; i < copies; i++) {
            tokens.addAll(to * tokens.size() / 1000, words);
        }
        KeysetParserProperties.holds(String.join("", tokens).getBytes(StandardCharsets.UTF_8), policy, "");
    }

    /** The armour stays; what it holds is damaged, so that the readers of DER have to do with it. */
    @Property
    void parse_derCutUp_keysetOrProblems(
            @ForAll("realKeys") String text,
            @ForAll("realKeys") String other,
            @ForAll @Size(min = 1, max = 3) List<@From("cuts") Cut> cuts,
            @ForAll("policies") KeysetPolicy policy) {
        Matcher blocks = BODY.matcher(text.replace("\\n", "\n"));
        Matcher foreign = BODY.matcher(other.replace("\\n", "\n"));
        byte[] otherDer = foreign.find() ? der(foreign) : new byte[] {0x30, 0};
        String damaged = blocks.replaceAll(block -> {
            byte[] der = Base64.getMimeDecoder().decode(block.group(2));
            for (Cut cut : cuts) {
                der = cut.of(der, otherDer);
            }
            return Matcher.quoteReplacement(block.group(1) + Base64.getEncoder().encodeToString(der) + block.group(3));
        });
        KeysetParserProperties.holds(damaged.getBytes(StandardCharsets.UTF_8), policy, "");
    }

    private static byte[] der(Matcher block) {
        return Base64.getMimeDecoder().decode(block.group(2));
    }
}
