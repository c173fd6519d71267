package io.github.keyset4j.evidence;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.encoding.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EvidenceVerifierTest {

    private final RotatingStore rotating = RotatingStore.withOneKey();

    @TempDir
    private Path temporary;

    private Path workdir;

    @BeforeEach
    void choose() {
        workdir = temporary.resolve("evidence");
    }

    private List<KeysetProblem> problems() {
        return EvidenceVerifier.of(workdir).verify().problems();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        for (Path file : EvidenceFiles.list(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    private static void delete(Path directory) throws IOException {
        for (Path file : EvidenceFiles.list(directory)) {
            Files.delete(file);
        }
        Files.delete(directory);
    }

    /** As somebody would who knows how events are made: changes the summary and makes its digest right again. */
    private static void forge(Path event, Consumer<Map<String, Object>> change) throws Exception {
        Map<String, Object> summary =
                new LinkedHashMap<>(StrictJson.object(Files.readAllBytes(event.resolve("summary.json"))));
        change.accept(summary);
        Files.write(event.resolve("summary.json"), StrictJson.writeIndented(summary));
        refingerprint(event);
    }

    private static void refingerprint(Path event) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        for (Path file : EvidenceFiles.list(event)) {
            if (!file.endsWith("fingerprint.sha256")) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        Files.write(event.resolve("fingerprint.sha256"), EvidenceFiles.fingerprint(files));
    }

    @Test
    void verify_aChainOfTen_passes() {
        EvidenceDirectory directory = rotating.events(workdir, 10);

        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();

        assertThat(verification.problems()).isEmpty();
        assertThat(verification.passed()).isTrue();
        assertThat(verification.events())
                .hasSize(10)
                .extracting(EvidenceEvent::position)
                .isSorted();
        assertThat(verification.events())
                .extracting(EvidenceEvent::rotationState)
                .contains("initial", "rotated");
        assertThat(verification.heads())
                .singleElement()
                .extracting(EvidenceEvent::id)
                .isEqualTo("event-10");
        assertThat(directory.events()).hasSize(10);
        for (EvidenceEvent event : verification.events()) {
            assertThat(EvidenceVerifier.of(event.directory()).verify().passed()).isTrue();
        }
    }

    @Test
    void verify_anyByteFlipped_isFound() throws Exception {
        Path event = EvidenceDirectory.of(workdir)
                .withReports()
                .capture(rotating.rotated("k2").withEventId("a"))
                .directory();
        int flips = 0;
        for (Path file : EvidenceFiles.list(event)) {
            byte[] bytes = Files.readAllBytes(file);
            for (int i = 0; i < bytes.length; i++) {
                for (int mask : new int[] {0x01, 0x20, 0x80}) {
                    bytes[i] ^= (byte) mask;
                    Files.write(file, bytes);
                    assertThat(EvidenceVerifier.of(event).verify().passed())
                            .as("%s, byte %s, mask %s", file.getFileName(), i, mask)
                            .isFalse();
                    bytes[i] ^= (byte) mask;
                    flips++;
                }
            }
            Files.write(file, bytes);
        }
        assertThat(flips).isGreaterThan(10_000);
        assertThat(problems()).isEmpty();
    }

    @Test
    void verify_aSummaryForgedWithItsDigest_isFoundByTheOtherFiles() throws Exception {
        rotating.events(workdir, 1);
        Path event = workdir.resolve("event-01");
        Map<String, Object> members = Map.of(
                "active_kid",
                "k9",
                "active_kids",
                Map.of("default", "k9"),
                "keys_count",
                7L,
                "event_id",
                "event-02",
                "captured_at_utc",
                "2020-01-01T00:00:00Z",
                "fingerprint",
                "0".repeat(64),
                "keyset_sha256",
                "0".repeat(64),
                "timeline",
                List.of(),
                "previous_summary_sha256",
                "none");
        byte[] before = Files.readAllBytes(event.resolve("summary.json"));
        for (Map.Entry<String, Object> member : members.entrySet()) {
            forge(event, summary -> summary.put(member.getKey(), member.getValue()));
            assertThat(problems())
                    .as(member.getKey())
                    .anySatisfy(problem -> assertThat(problem.toString()).contains(member.getKey()));
            Files.write(event.resolve("summary.json"), before);
            refingerprint(event);
            assertThat(problems()).isEmpty();
        }
    }

    @Test
    void verify_aKeysetForgedThroughout_isFoundByItsThumbprints() throws Exception {
        rotating.events(workdir, 1);
        Path event = workdir.resolve("event-01");
        String keyset = Files.readString(event.resolve("keyset.json"));
        String x = keyset.replaceAll("(?s).*\"x\": \"([^\"]+)\".*", "$1");
        String other = (x.charAt(0) == 'A' ? "B" : "A") + x.substring(1);
        Files.writeString(event.resolve("keyset.json"), keyset.replace(x, other));
        forge(event, summary -> summary.put("keyset_sha256", Sha256.hex(keyset.replace(x, other))));
        assertThat(problems()).anySatisfy(problem -> assertThat(problem.rule()).contains("thumbprint"));
    }

    @Test
    void verify_aPrivateMemberInAKeyset_isFoundAndNotRepeated() throws Exception {
        rotating.events(workdir, 1);
        Path event = workdir.resolve("event-01");
        String keyset = Files.readString(event.resolve("keyset.json"))
                .replace("\"purpose\": \"default\"", "\"d\": \"CANARY\", \"purpose\": \"default\"");
        Files.writeString(event.resolve("keyset.json"), keyset);
        forge(event, summary -> summary.put("keyset_sha256", Sha256.hex(keyset)));
        assertThat(problems())
                .anySatisfy(problem -> assertThat(problem.rule()).startsWith("keys[0]: there are members"))
                .allSatisfy(problem -> assertThat(problem.toString()).doesNotContain("CANARY"));
    }

    @Test
    void verify_aLaterEventForgedWithItsDigest_isFoundByTheChain() throws Exception {
        rotating.events(workdir, 4);
        forge(workdir.resolve("event-03"), summary -> summary.put("gate_verdict", "passed by the CISO"));
        assertThat(problems()).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo("event-04");
            assertThat(problem.rule()).contains("event-03", "missing or was changed");
        });
    }

    @Test
    void verify_whatAnEventSaysOfChangesForged_isFound() throws Exception {
        for (String member : List.of("rotation_state", "previous_active_kid", "keys_added", "chain_position")) {
            Path place = temporary.resolve(member);
            RotatingStore.withOneKey().events(place, 2);
            forge(place.resolve("event-02"), summary -> summary.put(member, "initial"));
            assertThat(EvidenceVerifier.of(place).verify().problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.rule()).contains(member, "does not follow"));
        }
    }

    @Test
    void verify_anEventTakenAway_isFoundAtTheStartAndInTheMiddle() throws Exception {
        for (String missing : List.of("event-01", "event-02", "event-05")) {
            Path place = temporary.resolve(missing);
            RotatingStore.withOneKey().events(place, 6);
            delete(place.resolve(missing));
            assertThat(EvidenceVerifier.of(place).verify().problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.rule()).contains(missing, "missing"));
        }
    }

    @Test
    void verify_theLastEventTakenAway_isFoundByTheDigestKeptElsewhere() throws Exception {
        rotating.events(workdir, 3);
        String head = EvidenceVerifier.of(workdir).verify().heads().get(0).summarySha256();
        EvidenceVerifier verifier = EvidenceVerifier.of(workdir).expectHead(head);
        assertThat(verifier.verify().problems()).isEmpty();
        rotating.events(temporary.resolve("other"), 3);

        delete(workdir.resolve("event-03"));

        assertThat(problems()).isEmpty();
        assertThat(verifier.verify().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.rule()).contains(head));
        assertThat(EvidenceVerifier.of(temporary.resolve("other"))
                        .expectHead(head)
                        .verify()
                        .passed())
                .isFalse();
        assertThatThrownBy(() -> verifier.expectHead("12")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void verify_anExpectedDigestThatLaterEventsFollow_passes() {
        EvidenceDirectory directory = rotating.events(workdir, 2);
        String kept = directory.events().get(1).summarySha256();
        directory.capture(rotating.now());
        assertThat(EvidenceVerifier.of(workdir).expectHead(kept).verify().problems())
                .isEmpty();
    }

    @Test
    void verify_anEventRenamed_isFound() throws Exception {
        rotating.events(workdir, 3);
        Files.move(workdir.resolve("event-02"), workdir.resolve("event-2b"));
        assertThat(problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.rule()).contains("renamed"));
    }

    @Test
    void verify_anEventCopied_isFound() throws Exception {
        rotating.events(workdir, 3);
        copy(workdir.resolve("event-02"), workdir.resolve("event-2b"));
        assertThat(problems())
                .extracting(KeysetProblem::rule)
                .anySatisfy(rule -> assertThat(rule).startsWith("is the same event as event-02"));
    }

    @Test
    void verify_eventsInEachOthersPlace_isFound() throws Exception {
        rotating.events(workdir, 3);
        Files.move(workdir.resolve("event-02"), workdir.resolve("x"));
        Files.move(workdir.resolve("event-03"), workdir.resolve("event-02"));
        Files.move(workdir.resolve("x"), workdir.resolve("event-03"));
        assertThat(problems()).hasSize(2);
    }

    @Test
    void verify_aFork_isFound() throws Exception {
        rotating.events(workdir, 2);
        copy(workdir.resolve("event-02"), temporary.resolve("kept"));
        delete(workdir.resolve("event-02"));
        EvidenceDirectory.of(workdir).capture(rotating.now().withEventId("event-2b"));
        copy(temporary.resolve("kept"), workdir.resolve("event-02"));
        assertThat(problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.rule()).contains("forks"));
    }

    @Test
    void verify_twoFirstEvents_isFound() throws Exception {
        rotating.events(workdir, 2);
        RotatingStore.withOneKey().events(temporary.resolve("other"), 1);
        copy(temporary.resolve("other/event-01"), workdir.resolve("another"));
        forge(workdir.resolve("another"), summary -> summary.put("event_id", "another"));
        assertThat(problems())
                .extracting(KeysetProblem::rule)
                .anySatisfy(rule -> assertThat(rule).contains("says it is the first event"));
    }

    @Test
    void verify_aClockFarBehind_isFound_andACorrectionIsNot() {
        EvidenceDirectory directory = EvidenceDirectory.of(workdir);
        directory.capture(rotating.now());
        rotating.advance(Duration.ofSeconds(-59));
        directory.capture(rotating.now());
        assertThat(problems()).isEmpty();
        rotating.advance(Duration.ofHours(-1));
        directory.capture(rotating.now());
        assertThat(problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.rule()).contains("earlier time"));
    }

    @Test
    void verify_filesThatDoNotBelongThere_areFound() throws Exception {
        rotating.events(workdir, 1);
        Path event = workdir.resolve("event-01");
        Files.writeString(event.resolve("ev\nil"), "");
        assertThat(problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.where()).isEqualTo("event-01/ev\uFFFDil"));
        Files.delete(event.resolve("ev\nil"));
        Files.createDirectory(event.resolve("keys"));
        assertThat(problems()).hasSize(1);
        Files.delete(event.resolve("keys"));
        Files.move(event.resolve("summary.json"), temporary.resolve("summary.json"));
        Files.createSymbolicLink(event.resolve("summary.json"), temporary.resolve("summary.json"));
        assertThat(problems()).isNotEmpty();
    }

    @Test
    void verify_eachFileMissing_isFound() throws Exception {
        for (String name : List.of("keyset.json", "summary.json", "fingerprint.sha256", "report.html")) {
            Path place = temporary.resolve(name + "-missing");
            EvidenceEvent event = EvidenceDirectory.of(place).withReports().capture(rotating.now());
            Files.delete(event.directory().resolve(name));
            assertThat(EvidenceVerifier.of(place).verify().passed()).as(name).isFalse();
            assertThat(EvidenceVerifier.of(event.directory()).verify().passed())
                    .as(name)
                    .isFalse();
        }
    }

    @Test
    void verify_replicasBesideEachOther_haveAChainEach() throws Exception {
        EvidenceDirectory directory = EvidenceDirectory.of(workdir);
        for (int i = 0; i < 3; i++) {
            for (String replica : List.of("replica-1", "replica-2")) {
                directory.capture(rotating.now().withRecorder(replica));
            }
            rotating.advance(Duration.ofHours(1));
        }
        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();
        assertThat(verification.problems()).isEmpty();
        assertThat(verification.heads()).hasSize(2);

        delete(verification.events().get(1).directory());
        assertThat(problems()).hasSize(1);
    }

    @Test
    void verify_whereThereIsNothing_doesNotPass() throws Exception {
        Files.createDirectories(workdir);
        assertThat(problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.rule()).isEqualTo("holds no event"));
        assertThatThrownBy(
                        () -> EvidenceVerifier.of(temporary.resolve("absent")).verify())
                .isInstanceOf(KeysetLoadException.class);
    }

    @Test
    void verify_aDraftAndAReportBeside_areNotedOnly() throws Exception {
        rotating.events(workdir, 1);
        Files.createDirectory(workdir.resolve(".event-02.tmp"));
        Files.writeString(workdir.resolve("report.html"), "", StandardCharsets.UTF_8);
        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();
        assertThat(verification.problems()).isEmpty();
        assertThat(verification.notes()).hasSize(2);
    }

    @Test
    void verify_rubbish_isAProblemAndNeverAnotherException() throws Exception {
        rotating.events(workdir, 1);
        Path event = workdir.resolve("event-01");
        for (String text :
                List.of("", "{}", "[]", "{\"keys\":[1]}", "{\"keys\":[{}],\"event_id\":1}", "\u0000", "{\"a\":")) {
            for (String name : List.of("keyset.json", "summary.json", "fingerprint.sha256")) {
                byte[] before = Files.readAllBytes(event.resolve(name));
                Files.writeString(event.resolve(name), text);
                assertThat(problems()).isNotEmpty();
                if (!name.equals("fingerprint.sha256")) {
                    refingerprint(event);
                    assertThat(problems()).isNotEmpty();
                }
                Files.write(event.resolve(name), before);
                refingerprint(event);
            }
        }
        assertThat(problems()).isEmpty();
    }
}
