package io.github.keyset4j.evidence;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetListener;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.testing.LogCapture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static io.github.keyset4j.evidence.RotatingStore.ED25519;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EvidenceListenerTest {

    private final RotatingStore rotating = RotatingStore.withOneKey();

    @TempDir
    private Path temporary;

    private KeyManager manager(KeysetListener listener) {
        return KeyManager.builder(rotating.store)
                .clock(rotating.clock)
                .refreshEvery(Duration.ofHours(1))
                .listener(listener)
                .start();
    }

    @Test
    void listener_ofAServiceThatRotates_writesAnEventForEachChange() {
        Path workdir = temporary.resolve("evidence");
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1")
                .withTimes(RotationTimes.builder()
                        .refreshEvery(Duration.ofHours(1))
                        .build());
        try (listener;
                KeyManager keys = manager(listener)) {
            keys.refreshNow();
            rotating.rotated("k2");
            keys.refreshNow();
            rotating.advance(Duration.ofHours(1));
            keys.refreshNow();
            rotating.advance(Duration.ofDays(3));
            keys.refreshNow();
            rotating.rotated("k3");
            keys.refreshNow();
            keys.revoke("k2");
            keys.refreshNow();
        }

        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();
        assertThat(verification.problems()).isEmpty();
        assertThat(verification.notes()).isEmpty();
        assertThat(verification.events())
                .extracting(EvidenceListenerTest::trigger)
                .containsSubsequence(
                        "loaded null",
                        "loaded null",
                        "activated k2",
                        "retired k1",
                        "removed k1",
                        "loaded null",
                        "revoked k2");
        EvidenceEvent revoked = verification.events().stream()
                .filter(event -> trigger(event).equals("revoked k2"))
                .findFirst()
                .orElseThrow();
        assertThat(revoked.activeKid()).contains("k3");
        assertThat(revoked.members().texts("keys_revoked")).containsExactly("k2");
        assertThat(verification.events())
                .allSatisfy(event -> assertThat(event.id()).contains("-replica-1"))
                .allSatisfy(event -> assertThat(event.members().text("source")).contains("memory:store"))
                .allSatisfy(event -> assertThat(event.members().object("times")).isPresent());
    }

    private static String trigger(EvidenceEvent event) {
        JsonMembers trigger = event.members().object("trigger").orElseThrow();
        return trigger.text("type").orElseThrow() + " " + trigger.all().get("kid");
    }

    @Test
    void listener_thatCannotWrite_isToldOnceAndStopsNothing() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "");
        Path workdir = file.resolve("evidence");
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1");
        try (LogCapture log = LogCapture.start()) {
            try (listener) {
                for (int i = 0; i < 3; i++) {
                    listener.onEvent(loaded());
                }
            }
            assertThat(log.lines("ERROR"))
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line.message()).contains("evidence is not written", "cannot be written"));
        }
        assertThat(listener.missed()).isEqualTo(3);
    }

    @Test
    void listener_thatCanWriteAgain_saysHowManyAreMissing() throws Exception {
        Path workdir = temporary.resolve("evidence");
        Files.writeString(workdir, "in the way");
        try (LogCapture log = LogCapture.start();
                EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1")) {
            listener.onEvent(loaded());
            listener.onEvent(loaded());
            until(() -> listener.missed() == 2);
            Files.delete(workdir);
            listener.onEvent(loaded());
            until(() -> listener.missed() == 0);
            until(() -> log.text().contains("written again"));
        }
        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();
        assertThat(verification.problems()).isEmpty();
        assertThat(verification.notes()).singleElement().asString().contains("2 changes before it");
    }

    /** Another thread does it, and soon. */
    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).isNegative();
            Thread.onSpinWait();
        }
    }

    @Test
    void listener_floodedWhileNothingCanBeWritten_losesAndCountsButNeverBlocks() throws Exception {
        Path workdir = temporary.resolve("evidence");
        Files.createDirectories(workdir);
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1");
        try (LogCapture log = LogCapture.start();
                listener) {
            try (EvidenceLock held = EvidenceLock.on(workdir, Duration.ofSeconds(1))) {
                assertThat(held).isNotNull();
                for (int i = 0; i < 1000; i++) {
                    listener.onEvent(loaded());
                }
                assertThat(listener.missed()).isBetween(1000 - 257, 1000 - 256);
            }
            assertThat(log.lines("ERROR")).hasSize(1);
        }
        assertThat(EvidenceVerifier.of(workdir).verify().problems()).isEmpty();
    }

    @Test
    void listener_afterClose_losesAndCounts() {
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(temporary.resolve("e")), "replica-1");
        try (LogCapture log = LogCapture.start()) {
            listener.close();
            listener.onEvent(loaded());
            assertThat(log.lines("ERROR")).hasSize(1);
        }
        assertThat(listener.missed()).isEqualTo(1);
    }

    @Test
    void listener_ofEventsThatChangeNoKey_writesNothing() throws Exception {
        Path workdir = temporary.resolve("evidence");
        try (EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1")) {
            listener.onEvent(new KeysetEvent.Activated(rotating.clock.instant(), "k1", "default"));
            listener.onEvent(new KeysetEvent.Unchanged(rotating.clock.instant(), "memory:store"));
        }
        assertThat(workdir).doesNotExist();
        assertThatThrownBy(() -> EvidenceListener.of(EvidenceDirectory.of(workdir), "a/b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rotator_withEvidence_recordsEachStepThatWasWritten() {
        EvidenceDirectory directory = EvidenceDirectory.of(temporary.resolve("evidence"));
        KeysetRotator rotator = KeysetRotator.builder(rotating.store)
                .clock(rotating.clock)
                .listener(step -> {
                    if (step.written()) {
                        directory.capture(Evidence.of(step));
                    }
                })
                .build();
        rotator.dryRun().rotate(ED25519);
        rotator.rotate(ED25519);
        rotator.rotate(ED25519);
        assertThat(directory.events())
                .singleElement()
                .satisfies(event -> assertThat(event.members().object("step").flatMap(step -> step.text("name")))
                        .contains("rotate"));
    }

    private KeysetEvent loaded() {
        Keyset keyset = rotating.rotator.keyset();
        return new KeysetEvent.Loaded(rotating.clock.instant(), "memory:store", Optional.empty(), keyset, false);
    }

    @Test
    void events_ofEveryKind_areEitherRecordedOrNoChangeOfKeys() {
        Keyset keyset = rotating.rotator.keyset();
        Instant at = rotating.clock.instant();
        List<KeysetEvent> recorded = List.of(
                loaded(),
                new KeysetEvent.Activated(at, "k1", "default"),
                new KeysetEvent.Retired(at, "k1", "default"),
                new KeysetEvent.Removed(at, "k1", "default", true),
                new KeysetEvent.Revoked(at, "k1", "default", keyset));
        assertThat(recorded)
                .allSatisfy(event ->
                        assertThat(Evidence.of(event, keyset, "memory:store")).isPresent());
    }
}
