package io.github.keyset4j.evidence;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.RotationReport;
import io.github.keyset4j.testing.MemoryKeysetStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.evidence.RotatingStore.ED25519;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EvidenceDirectoryTest {

    private final RotatingStore rotating = RotatingStore.withOneKey();

    @TempDir
    private Path temporary;

    private Path workdir;
    private EvidenceDirectory directory;

    @BeforeEach
    void create() {
        workdir = temporary.resolve("evidence");
        directory = EvidenceDirectory.of(workdir);
    }

    @Test
    void checkRoom_whereAnEventCouldBeWritten_leavesNothingBehind() throws Exception {
        directory.checkRoom();
        directory.checkRoom("a");
        try (Stream<Path> left = Files.list(workdir)) {
            assertThat(left).extracting(path -> path.getFileName().toString()).containsExactly(".lock");
        }
        directory.capture(rotating.now().withEventId("a"));
        assertThatThrownBy(() -> directory.checkRoom("a"))
                .isInstanceOf(KeysetConflictException.class)
                .hasMessageContaining("give another id");
        assertThatThrownBy(() -> directory.checkRoom("../a")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void checkRoom_whereNothingCanBeWritten_saysSo() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "");
        for (Path place : List.of(file, file.resolve("below"), Path.of("/proc/keyset4j-evidence"))) {
            assertThatThrownBy(() -> EvidenceDirectory.of(place).checkRoom())
                    .as("%s", place)
                    .isInstanceOf(KeysetLoadException.class)
                    .hasMessageContaining("cannot be written");
        }
    }

    @Test
    void capture_late_followsOnTheChainAndSaysWhatIsNotKnown() throws Exception {
        directory.capture(rotating.now().withEventId("a"));
        assertThat(directory.hasAsLatest(rotating.now())).isTrue();
        rotating.rotated("k2");
        assertThat(directory.hasAsLatest(rotating.now())).isFalse();

        directory.capture(
                rotating.now().late().withRevision("7").withEventId("b").withRecorder("ops"));
        directory.capture(rotating.now().late().withRevision("7").withEventId("c"));

        assertThat(directory.hasAsLatest(rotating.now())).isTrue();
        assertThat(summary("c").get("trigger")).asString().contains("late");
        assertThat(summary("c")).containsEntry("revision", "7").containsEntry("previous_event_id", "a");
        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();
        assertThat(verification.passed()).as(verification.toString()).isTrue();
        assertThat(verification.notes()).anySatisfy(note -> assertThat(note).contains("c: written late"));
    }

    private static Map<String, Object> json(Path file) throws Exception {
        return StrictJson.object(Files.readAllBytes(file));
    }

    private Map<String, Object> summary(String id) throws Exception {
        return json(workdir.resolve(id).resolve("summary.json"));
    }

    @Test
    void capture_theFirstEvent_hasTheFilesOfItsOwnerAlone() throws Exception {
        EvidenceEvent event = directory.withReports().capture(rotating.now().withEventId("rotation-20260212-a"));

        assertThat(event.directory()).isEqualTo(workdir.resolve("rotation-20260212-a"));
        try (Stream<Path> files = Files.list(event.directory())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("keyset.json", "summary.json", "fingerprint.sha256", "report.html");
        }
        assertThat(rights(workdir)).isEqualTo("rwx------");
        assertThat(rights(event.directory())).isEqualTo("rwx------");
        assertThat(rights(event.directory().resolve("summary.json"))).isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(workdir)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("rotation-20260212-a", ".lock");
        }
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void capture_lockThatIsALink_failsAndWritesNothingThroughIt() throws Exception {
        Files.createDirectory(workdir);
        Path elsewhere = temporary.resolve("elsewhere");
        Files.createSymbolicLink(workdir.resolve(".lock"), elsewhere);
        assertThatThrownBy(() -> directory.capture(rotating.now()))
                .isInstanceOf(KeysetLoadException.class)
                .hasMessageContaining("cannot be written");
        assertThat(elsewhere).doesNotExist();
        Files.writeString(elsewhere, "somebody's");
        assertThatThrownBy(() -> directory.capture(rotating.now())).isInstanceOf(KeysetLoadException.class);
        assertThat(elsewhere).hasContent("somebody's");
    }

    @Test
    void capture_theFirstEvent_saysWhatThereIs() throws Exception {
        directory.capture(rotating.now().withEventId("a").withTimes(RotationTimes.standard()));

        Map<String, Object> summary = summary("a");
        assertThat(summary)
                .containsEntry("event_id", "a")
                .containsEntry("captured_at_utc", rotating.clock.instant().toString())
                .containsEntry("source_mode", "file")
                .containsEntry("active_kid", "k1")
                .containsEntry("active_kids", Map.of("default", "k1"))
                .containsEntry("keys_count", 1L)
                .containsEntry("rotation_state", "initial")
                .containsEntry("previous_active_kid", null)
                .containsEntry("previous_summary_sha256", null)
                .containsEntry("gate_verdict", null);
        assertThat(new JsonMembers(summary).object("times").orElseThrow().all())
                .containsEntry("publish_lead", "PT15M")
                .containsEntry("least_publish_lead", "PT12M6S")
                .containsEntry("load_time", "PT4M6S")
                .containsEntry("tolerated_failures", 3L)
                .containsEntry(
                        "purposes",
                        Map.of("default", Map.of("max_token_lifetime", "PT24H", "removal_delay", "PT24H6M")));
        JsonMembers key = new JsonMembers(json(workdir.resolve("a/keyset.json")))
                .objects("keys")
                .orElseThrow()
                .get(0);
        assertThat(key.all())
                .containsOnlyKeys(
                        "kty",
                        "kid",
                        "use",
                        "alg",
                        "crv",
                        "x",
                        "purpose",
                        "thumbprint",
                        "can_sign",
                        "named",
                        "kept",
                        "iat",
                        "nbf",
                        "exp",
                        "status",
                        "published_at",
                        "activate_at",
                        "retire_at",
                        "remove_at");
        assertThat(key.all()).containsEntry("status", "active").containsEntry("kid", "k1");
    }

    @Test
    void capture_aRotation_saysWhoSignedBeforeAndWhoSignsNow() throws Exception {
        directory.capture(rotating.now().withEventId("a"));
        directory.capture(rotating.rotated("k2").withEventId("b"));
        rotating.advance(Duration.ofHours(1));
        directory.capture(rotating.now().withEventId("c"));
        rotating.advance(Duration.ofDays(3));
        directory.capture(rotating.now().withEventId("d"));

        assertThat(summary("b"))
                .containsEntry("rotation_state", "unchanged")
                .containsEntry("keys_added", List.of("k2"))
                .containsEntry("gate_verdict", "passed")
                .containsEntry("source_mode", "memory")
                .containsEntry(
                        "previous_summary_sha256", Sha256.hex(Files.readAllBytes(workdir.resolve("a/summary.json"))));
        assertThat(summary("c"))
                .containsEntry("rotation_state", "rotated")
                .containsEntry("previous_active_kid", "k1")
                .containsEntry("active_kid", "k2")
                .containsEntry("keys_retired", List.of("k1"))
                .containsEntry("keys_removed", List.of())
                .containsEntry("chain_position", 3L)
                .containsEntry("previous_event_id", "b");
        assertThat(summary("d"))
                .containsEntry("rotation_state", "unchanged")
                .containsEntry("keys_removed", List.of("k1"))
                .containsEntry("keys_revoked", List.of())
                .containsEntry("keys_count", 2L);
        assertThat(EvidenceVerifier.of(workdir).verify().problems()).isEmpty();
    }

    @Test
    void capture_aForcedStep_isLoud() throws Exception {
        rotating.rotator.prepare(ED25519.withKid("k2"));
        directory.capture(rotating.now());
        RotationReport forced = rotating.rotator
                .forced("the old key was in a backup that was stolen")
                .promote("k2", rotating.clock.instant());

        EvidenceEvent event = directory.withReports().capture(Evidence.of(forced));

        JsonMembers summary = event.members();
        assertThat(event.forced()).isTrue();
        assertThat(summary.text("gate_verdict")).contains("forced");
        JsonMembers step = summary.object("step").orElseThrow();
        assertThat(step.text("forced_because")).contains("the old key was in a backup that was stolen");
        assertThat(step.objects("overridden").orElseThrow())
                .isNotEmpty()
                .allSatisfy(gate -> assertThat(gate.text("gate")).isPresent());
        assertThat(Files.readString(event.directory().resolve("report.html")))
                .contains("FORCED", "the old key was in a backup that was stolen");
        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();
        assertThat(verification.passed()).isTrue();
        assertThat(verification.notes()).anySatisfy(note -> assertThat(note).contains("FORCED", event.id()));
    }

    @Test
    void capture_anEmergency_namesTheKeyThatIsRevoked() {
        directory.capture(rotating.now());
        JsonMembers summary = directory
                .capture(Evidence.of(rotating.rotator.emergency("k1", ED25519)))
                .members();
        assertThat(summary.texts("keys_revoked")).containsExactly("k1");
        assertThat(summary.texts("keys_removed")).containsExactly("k1");
        assertThat(summary.text("rotation_state")).contains("rotated");
    }

    @Test
    void evidence_ofADryRun_isRefused() {
        RotationReport dry = rotating.rotator.dryRun().rotate(ED25519.withKid("k2"));
        assertThatThrownBy(() -> Evidence.of(dry))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dry run");
    }

    @Test
    void capture_anIdThatIsThere_isRefusedAndChangesNothing() throws Exception {
        directory.capture(rotating.now().withEventId("a"));
        byte[] before = Files.readAllBytes(workdir.resolve("a/summary.json"));
        rotating.advance(Duration.ofHours(1));

        assertThatThrownBy(() -> directory.capture(rotating.now().withEventId("a")))
                .isInstanceOf(KeysetConflictException.class)
                .hasMessageContaining("never overwritten");

        assertThat(Files.readAllBytes(workdir.resolve("a/summary.json"))).isEqualTo(before);
    }

    @Test
    void capture_withoutAnId_makesOneOfTimeAndKid() {
        Instant at = Instant.parse("2026-04-12T14:02:00Z");
        Evidence evidence = Evidence.of(rotating.rotator.keyset(), "env:X", at);
        assertThat(directory.capture(evidence).id()).isEqualTo("rotation-20260412T140200Z-k1");
        assertThat(directory.capture(evidence).id()).isEqualTo("rotation-20260412T140200Z-k1-2");
        assertThat(directory.capture(evidence.withRecorder("replica-7")).id())
                .isEqualTo("rotation-20260412T140200Z-k1-replica-7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a..b", ".a", "-a", "a/b", "a\\b", "/a", "a\nb", "a b", "ä", "a\u0000"})
    void withEventId_unsafe_isRefused(String id) {
        assertThatThrownBy(() -> rotating.now().withEventId(id))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("event id: ");
        assertThatThrownBy(() -> rotating.now().withRecorder(id)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withEventId_of128Characters_isTheLongest() {
        directory.capture(rotating.now().withEventId("a".repeat(128)));
        assertThatThrownBy(() -> rotating.now().withEventId("a".repeat(129)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void capture_withTheSummaryOfAScript_comparesWhatItHas() throws Exception {
        Path script = temporary.resolve("summary.json");
        Files.writeString(script, """
                {"event_id": "rotation-20260101-a", "active_kid": "k0", "keys_count": 2}
                """);

        directory.capture(rotating.now().withEventId("a"), script);

        assertThat(summary("a"))
                .containsEntry("rotation_state", "rotated")
                .containsEntry("previous_active_kid", "k0")
                .containsEntry("previous_event_id", "rotation-20260101-a")
                .containsEntry("keys_added", null)
                .containsEntry("previous_summary_sha256", Sha256.hex(Files.readAllBytes(script)));
        assertThat(EvidenceVerifier.of(workdir).verify().passed()).isFalse();
        assertThat(EvidenceVerifier.of(workdir).startingAfter(script).verify().problems())
                .isEmpty();
    }

    @Test
    void capture_withAPreviousThatIsNotTheLatest_isRefused() {
        Path first = directory.capture(rotating.now()).directory().resolve("summary.json");
        rotating.advance(Duration.ofHours(1));
        Path second = directory.capture(rotating.now(), first).directory().resolve("summary.json");

        assertThatThrownBy(() -> directory.capture(rotating.now(), first))
                .isInstanceOf(KeysetConflictException.class)
                .hasMessageContaining("fork");

        rotating.advance(Duration.ofHours(1));
        directory.capture(rotating.now(), second);
        assertThat(EvidenceVerifier.of(workdir).verify().problems()).isEmpty();
    }

    @Test
    void capture_withAPreviousThatIsNone_isRefused() throws Exception {
        Path file = temporary.resolve("other.json");
        Files.writeString(file, "{\"a\":1}");
        assertThatThrownBy(() -> directory.capture(rotating.now(), file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no event_id");
        Files.writeString(file, "not JSON");
        assertThatThrownBy(() -> directory.capture(rotating.now(), file)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.capture(rotating.now(), temporary.resolve("absent")))
                .isInstanceOf(KeysetLoadException.class);
    }

    @Test
    void capture_whereNothingCanBeWritten_saysSo() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "");
        assertThatThrownBy(() -> EvidenceDirectory.of(file.resolve("evidence")).capture(rotating.now()))
                .isInstanceOf(KeysetLoadException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void write_thatFailsHalfway_leavesNothing() throws Exception {
        Files.createDirectories(workdir);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("keyset.json", new byte[] {1});
        files.put("missing/summary.json", new byte[] {1});

        assertThatThrownBy(() -> EvidenceFiles.write(workdir.resolve("a"), files))
                .isInstanceOf(IOException.class);

        try (Stream<Path> left = Files.list(workdir)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void capture_severalPurposesAndHmac_namesEachActiveKid() throws Exception {
        RotatingStore several = new RotatingStore(
                KeyTemplate.of("ES256").withKid("a1").withPurpose("access"),
                KeyTemplate.of("HS256").withKid("h1").withPurpose("refresh"),
                KeyTemplate.of("RS256").withRsaBits(2048).withKid("d1"));

        directory.capture(several.now().withEventId("a"));

        assertThat(summary("a"))
                .containsEntry("active_kid", "d1")
                .containsEntry("active_kids", Map.of("access", "a1", "refresh", "h1", "default", "d1"))
                .containsEntry("keys_count", 3L);
        List<JsonMembers> keys = new JsonMembers(json(workdir.resolve("a/keyset.json")))
                .objects("keys")
                .orElseThrow();
        JsonMembers hmac = keys.stream()
                .filter(key -> key.text("kid").equals(Optional.of("h1")))
                .findFirst()
                .orElseThrow();
        assertThat(hmac.all())
                .containsEntry("kty", "oct")
                .containsEntry("thumbprint", null)
                .doesNotContainKeys("k", "crv", "x", "n", "e");
        assertThat(EvidenceVerifier.of(workdir).verify().problems()).isEmpty();
    }

    @Test
    void fingerprint_isThatOfTheKeysAndTheirTimes_notOfTheirOrder() throws Exception {
        RotatingStore two = RotatingStore.withOneKey();
        two.rotator.prepare(ED25519.withKid("k2"));
        JsonMembers document = new JsonMembers(StrictJson.object(text(two.store)));
        List<JsonMembers> keys = new ArrayList<>(document.objects("keys").orElseThrow());
        Map<String, Object> turned = new LinkedHashMap<>(document.all());
        turned.put("keys", List.of(keys.get(1).all(), keys.get(0).all()));
        Keyset other = RotatingStore.parse(new String(StrictJson.write(turned), StandardCharsets.UTF_8), two.clock);
        Instant now = two.clock.instant();

        RecordedKeyset one = RecordedKeyset.of("a", two.rotator.keyset(), now);
        Map<String, Object> facts = one.facts(one.json());
        assertThat(RecordedKeyset.of("b", other, now).facts(new byte[0]))
                .containsEntry("fingerprint", facts.get("fingerprint"))
                .containsEntry("keys_fingerprint", facts.get("keys_fingerprint"));

        two.advance(Duration.ofHours(1));
        two.rotator.promote("k2");
        Map<String, Object> later =
                RecordedKeyset.of("c", two.rotator.keyset(), now).facts(new byte[0]);
        assertThat(later.get("fingerprint")).isNotEqualTo(facts.get("fingerprint"));
        assertThat(later.get("keys_fingerprint")).isEqualTo(facts.get("keys_fingerprint"));
    }

    private static byte[] text(MemoryKeysetStore store) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.load().writeTo(out);
        return out.toByteArray();
    }

    @Test
    void capture_1024Keys_isWrittenAndVerified() {
        List<KeyTemplate> keys = new ArrayList<>();
        for (int i = 0; i < 1024; i++) {
            keys.add(ED25519.withKid("key-" + i).withPurpose("purpose-" + i));
        }
        RotatingStore many = new RotatingStore(keys.toArray(KeyTemplate[]::new));
        assertThat(many.rotator.keyset().keys()).hasSize(1024);

        EvidenceEvent event = directory.withReports().capture(many.now());

        assertThat(event.members().number("keys_count")).contains(1024L);
        assertThat(EvidenceVerifier.of(workdir).verify().problems()).isEmpty();
    }

    @Test
    void capture_byManyAtOnce_neverForksTheChain() throws Exception {
        Evidence evidence = rotating.now();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<EvidenceEvent>> writing = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                writing.add(threads.submit(() -> EvidenceDirectory.of(workdir).capture(evidence)));
            }
            for (Future<EvidenceEvent> each : writing) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();
        assertThat(verification.problems()).isEmpty();
        assertThat(verification.events()).hasSize(40);
        assertThat(verification.heads())
                .singleElement()
                .satisfies(head -> assertThat(head.position()).isEqualTo(40));
    }
}
