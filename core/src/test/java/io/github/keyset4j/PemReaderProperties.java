package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import static io.github.keyset4j.SampleKeys.other;
import static io.github.keyset4j.SampleKeys.privatePem;
import static io.github.keyset4j.SampleKeys.publicPem;
import static io.github.keyset4j.SampleKeys.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Private keys among certificates, points without their y, passwords of any script. */
class PemReaderProperties {

    private static final List<SampleAlgorithm> KINDS = List.of(
            SampleAlgorithm.RS256,
            SampleAlgorithm.ES256,
            SampleAlgorithm.ES384,
            SampleAlgorithm.ES512,
            SampleAlgorithm.EDDSA);

    private static final List<String> CERTIFICATES = KINDS.stream()
            .flatMap(kind -> Stream.of(shared(kind), other(kind)))
            .map(PemSamples::certificate)
            .toList();

    private static ParsedKeyset.Entry read(String pem, String password) {
        return KeysetParser.of(KeysetPolicy.standard())
                .withPemPassword(password::toCharArray)
                .read(KeysetDocument.of(pem), "PEM")
                .keys()
                .get(0);
    }

    @Provide
    Arbitrary<SampleAlgorithm> kinds() {
        return Arbitraries.of(KINDS);
    }

    /** Whatever stands around the blocks and between them, and in whatever order they come. */
    @Property
    void read_keyAmongCertificates_isThatKeyIfOneBelongsToIt(
            @ForAll("kinds") SampleAlgorithm kind,
            @ForAll @IntRange(max = 4) int strangers,
            @ForAll boolean own,
            @ForAll boolean inBase64,
            @ForAll long order) {
        KeyPair pair = shared(kind);
        Random random = new Random(order);
        List<String> blocks = new ArrayList<>(List.of("Bag Attributes\n    localKeyID: 01\n" + privatePem(pair)));
        for (int i = 0; i < strangers; i++) {
            String stranger = CERTIFICATES.get(random.nextInt(CERTIFICATES.size()));
            if (!stranger.equals(PemSamples.certificate(pair))) {
                blocks.add(stranger);
            }
        }
        if (own) {
            blocks.add("subject=CN = leaf\n" + PemSamples.certificate(pair));
        }
        Collections.shuffle(blocks, random);
        String text = String.join("\n", blocks);
        String document =
                inBase64 ? Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII)) : text;
        if (own || blocks.size() == 1) {
            assertThat(read(document, "").material().publicKey()).contains(pair.getPublic());
            assertThat(read(document, "").material().canSign()).isTrue();
        } else {
            assertThatThrownBy(() -> read(document, ""))
                    .isInstanceOf(InvalidKeysetException.class)
                    .hasMessageContaining(KeyPairType.HALVES_DIFFER);
        }
    }

    @Property(tries = 100)
    void read_compressedPoint_isTheSameKey(@ForAll @IntRange(min = 1, max = 3) int kind) {
        KeyPair pair = SampleKeys.pair(KINDS.get(kind));

        assertThat(read(PemSamples.compressed(pair), "").material().publicMembers())
                .isEqualTo(read(publicPem(pair), "").material().publicMembers());
    }

    @Property(tries = 200)
    void read_anyPassword_decryptsWithThatOne(
            @ForAll("passwords") String password, @ForAll("passwords") String another) {
        String pem = PemSamples.encryptedUnderUtf8(shared(SampleAlgorithm.EDDSA), password, 10);

        assertThat(read(pem, password).material().publicKey())
                .contains(shared(SampleAlgorithm.EDDSA).getPublic());
        if (!another.equals(password)) {
            assertThatThrownBy(() -> read(pem, another))
                    .isInstanceOf(InvalidKeysetException.class)
                    .hasMessage("PEM: PEM: the private key does not decrypt; check the password");
        }
    }

    /** Without zeros: to HMAC, one at the end is the same as none. */
    @Provide
    Arbitrary<String> passwords() {
        return Arbitraries.strings()
                .ofMaxLength(40)
                .filter(text -> text.codePoints()
                        .noneMatch(point -> point == 0 || Character.getType(point) == Character.SURROGATE));
    }
}
