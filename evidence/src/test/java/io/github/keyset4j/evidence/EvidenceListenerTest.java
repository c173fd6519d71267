package io.github.keyset4j.evidence;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetListener;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.testing.ours.LogCapture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1");
        try (KeyManager keys = manager(listener)) {
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
                .startsWith(
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
    void revocation_whileALoadIsToldStill_isTheLastWord() throws Exception {
        Path workdir = temporary.resolve("evidence");
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch revoked = new CountDownLatch(1);
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1");
        AtomicBoolean waits = new AtomicBoolean();
        try (KeyManager keys = KeyManager.builder(rotating.store)
                .clock(rotating.clock)
                .refreshEvery(Duration.ofHours(1))
                .on(KeysetEvent.Loaded.class, event -> {
                    if (waits.getAndSet(true)) {
                        telling.countDown();
                        awaitUninterruptibly(revoked);
                    }
                })
                .listener(listener)
                .start()) {
            rotating.rotated("k2");
            keys.refreshNow();
            telling.await();
            keys.revoke("k1");
            revoked.countDown();
        }
        assertThat(EvidenceVerifier.of(workdir).verify().problems()).isEmpty();
        List<EvidenceEvent> written = EvidenceDirectory.of(workdir).events().stream()
                .sorted(Comparator.comparing(EvidenceEvent::position))
                .toList();
        assertThat(written)
                .extracting(EvidenceListenerTest::trigger)
                .containsExactly("loaded null", "loaded null", "revoked k1", "activated k2");
        assertThat(written.get(2).members().texts("keys_revoked")).containsExactly("k1");
        assertThat(written.get(3).activeKid()).contains("k2");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void listener_thatCannotWrite_isToldOnceAndStopsNothing() throws Exception {
        Path file = Files.writeString(temporary.resolve("file"), "");
        Path workdir = file.resolve("evidence");
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1");
        try (LogCapture log = LogCapture.start()) {
            for (int i = 1; i <= 3; i++) {
                listener.onEvent(loaded(i));
            }
            assertThat(log.lines("ERROR"))
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line.message()).contains("evidence is not written", "cannot be written"));
            listener.close();
            assertThat(log.lines("ERROR"))
                    .last()
                    .satisfies(line -> assertThat(line.message()).contains("closed while 3 changes"));
        }
        assertThat(listener.missed()).isEqualTo(3);
    }

    @Test
    void listener_thatCanWriteAgain_saysHowManyAreMissing() throws Exception {
        Path workdir = temporary.resolve("evidence");
        Files.writeString(workdir, "in the way");
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1");
        try (LogCapture log = LogCapture.start()) {
            listener.onEvent(loaded(1));
            listener.onEvent(loaded(2));
            assertThat(listener.missed()).isEqualTo(2);
            Files.delete(workdir);
            listener.onEvent(loaded(3));
            assertThat(listener.missed()).isZero();
            assertThat(log.text()).contains("written again");
        }
        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();
        assertThat(verification.problems()).isEmpty();
        assertThat(verification.notes()).singleElement().asString().contains("2 changes before it");
    }

    @Test
    void listener_thatWasNotToldOfSome_saysSo() {
        Path workdir = temporary.resolve("evidence");
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1");
        try (LogCapture log = LogCapture.start()) {
            listener.onEvent(loaded(1));
            listener.onEvent(loaded(8));
            assertThat(log.lines("ERROR")).hasSize(1);
        }
        assertThat(EvidenceVerifier.of(workdir).verify().notes())
                .singleElement()
                .asString()
                .contains("6 changes before it");
    }

    @Test
    void listener_afterAGap_certifiesNoKeysetUntilTheNextLoad() {
        Path workdir = temporary.resolve("evidence");
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1");
        try (LogCapture log = LogCapture.start()) {
            listener.onEvent(loaded(1));
            listener.onEvent(new Retired(5, rotating.clock.instant(), "k1", "default"));
            assertThat(EvidenceDirectory.of(workdir).events()).hasSize(1);
            assertThat(listener.missed()).isEqualTo(4);
            listener.onEvent(loaded(6));
            listener.onEvent(new Retired(7, rotating.clock.instant(), "k1", "default"));
            assertThat(log.lines("ERROR")).hasSize(1);
        }
        assertThat(EvidenceDirectory.of(workdir).events()).hasSize(3);
        assertThat(listener.missed()).isZero();
    }

    @Test
    void listener_ofEventsThatChangeNoKey_writesNothing() throws Exception {
        Path workdir = temporary.resolve("evidence");
        EvidenceListener listener = EvidenceListener.of(EvidenceDirectory.of(workdir), "replica-1");
        listener.onEvent(new OfKey(1, rotating.clock.instant(), "k1", "default"));
        listener.close();
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

    private KeysetEvent loaded(long sequence) {
        Keyset keyset = rotating.rotator.keyset();
        return new Loaded(
                sequence,
                rotating.clock.instant(),
                "memory:store",
                Optional.empty(),
                keyset,
                false,
                RotationTimes.standard());
    }

    private record Loaded(
            long sequence,
            Instant at,
            String source,
            Optional<String> revision,
            Keyset keyset,
            boolean fallback,
            RotationTimes rotation)
            implements KeysetEvent.Loaded {}

    private record Retired(long sequence, Instant at, String kid, String purpose) implements KeysetEvent.Retired {}

    /** An event of a kind that is not known here. */
    private record OfKey(long sequence, Instant at, String kid, String purpose) implements KeysetEvent.OfKey {}
}
