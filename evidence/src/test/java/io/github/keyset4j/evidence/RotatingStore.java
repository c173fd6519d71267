package io.github.keyset4j.evidence;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.RotationReport;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.MemoryKeysetStore;
import java.nio.file.Path;
import java.time.Duration;

/** A store that is rotated, and evidence of it. */
final class RotatingStore {

    static final KeyTemplate ED25519 = KeyTemplate.of("EdDSA");

    final ManualClock clock = ManualClock.create();
    final MemoryKeysetStore store = MemoryKeysetStore.empty();
    final KeysetRotator rotator = KeysetRotator.builder(store).clock(clock).build();

    /** With these keys, of which the first signs. */
    RotatingStore(KeyTemplate... keys) {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        for (KeyTemplate key : keys) {
            edit.generate(key, clock.instant());
        }
        store.create(edit.document());
    }

    static RotatingStore withOneKey() {
        return new RotatingStore(ED25519.withKid("k1"));
    }

    static Keyset parse(String document, ManualClock clock) {
        return KeysetParser.of(KeysetPolicy.standard()).parse(KeysetDocument.of(document), clock.instant());
    }

    /** The keys now, by hand. */
    Evidence now() {
        return Evidence.of(rotator.keyset(), "file:/etc/app/keys.json", clock.instant());
    }

    /** A new key, and the wait until it signs. */
    Evidence rotated(String kid) {
        RotationReport report = rotator.rotate(ED25519.withKid(kid));
        return Evidence.of(report);
    }

    void advance(Duration duration) {
        clock.advance(duration);
    }

    /** So many events an hour apart, with rotations among them. */
    EvidenceDirectory events(Path workdir, int count) {
        EvidenceDirectory directory = EvidenceDirectory.of(workdir);
        for (int i = 1; i <= count; i++) {
            String id = "event-%02d".formatted(i);
            directory.capture((i % 3 == 0 ? rotated("r" + i) : now()).withEventId(id));
            clock.advance(Duration.ofHours(30));
        }
        return directory;
    }
}
