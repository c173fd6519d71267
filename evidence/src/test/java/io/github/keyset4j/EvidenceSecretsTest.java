package io.github.keyset4j;

import io.github.keyset4j.evidence.Evidence;
import io.github.keyset4j.evidence.EvidenceDirectory;
import io.github.keyset4j.evidence.EvidenceVerifier;
import io.github.keyset4j.testing.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** No secret of any kind anywhere in evidence. */
class EvidenceSecretsTest {

    private static final Pattern PRIVATE_MEMBER = Pattern.compile("\"(d|p|q|dp|dq|qi|k|oth)\"\\s*:");

    @TempDir
    private Path workdir;

    static List<SecretShape> shapes() {
        return SecretShape.all().toList();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyFile_ofEvidenceOfEveryShape_holdsNoSecret(SecretShape shape) throws Exception {
        ManualClock clock = ManualClock.create();
        EvidenceDirectory directory = EvidenceDirectory.of(workdir).withReports();
        Keyset keyset = shape.parser().parse(shape.document(), clock.instant());
        for (int i = 0; i < 2; i++) {
            directory.capture(
                    Evidence.of(keyset, "custom:shape", clock.instant()).withTimes(RotationTimes.standard()));
            clock.advance(Duration.ofHours(1));
        }
        Files.writeString(
                workdir.resolve("all.html"),
                EvidenceVerifier.of(workdir).verify().html());

        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(workdir)) {
            all.filter(Files::isRegularFile).forEach(files::add);
        }
        assertThat(files).hasSize(2 * 4 + 2);
        for (Path file : files) {
            String text = Files.readString(file);
            assertThat(shape.canaries().in(text)).as(file.toString()).isEmpty();
            assertThat(PRIVATE_MEMBER.matcher(text).find()).as(file.toString()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void secretsListedAsRevoked_areNotInEvidence(SecretShape shape) throws Exception {
        String whole = shape.canaries().texts().get(0).replaceAll("\\s", "");
        String secret = whole.substring(0, Math.min(1000, whole.length())); // a kid is not longer
        KeysetDocument document = KeysetDocument.of(SampleKeys.json(Map.of(
                "active_kid", "k1", "keys", Map.of("k1", SampleKeys.secret(64)), "revoked", List.of("x" + secret))));
        Keyset keyset = KeysetParser.of(KeysetPolicy.standard())
                .parse(document, ManualClock.create().instant());
        Path event = EvidenceDirectory.of(workdir)
                .capture(
                        Evidence.of(keyset, "custom:shape", ManualClock.create().instant()))
                .directory();
        assertThat(keyset.revokedKids()).hasSize(1);
        for (String name : List.of("keyset.json", "summary.json")) {
            assertThat(Files.readString(event.resolve(name))).doesNotContain(keyset.revokedKids());
        }
    }
}
