package io.github.keyset4j.rotation;

import io.github.keyset4j.EqualValues;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.RotationRefusedException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a step did, compared by value. */
class RotationReportTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Keyset BEFORE = keyset();

    private static Keyset keyset() {
        KeysetDocument document = KeysetDocument.of("{\"keys\":{\"k1\":\"qf7Tz0cVb3Xw9Jm5Rk1Ls8Yd2Gh6Np4Ue\"}}");
        return KeysetParser.of(KeysetPolicy.standard()).parse(document, NOW);
    }

    private static Supplier<RotationReport> report(Consumer<RotationReport.Draft> change) {
        return () -> {
            RotationReport.Draft draft = new RotationReport.Draft("retire", NOW, "file:keys", BEFORE);
            change.accept(draft);
            return draft.report();
        };
    }

    @Test
    void report_anyOfIt_tellsThemApart() {
        Keyset other = keyset();
        RotationRefusedException early =
                new RotationRefusedException(RotationRefusedException.Gate.REMOVAL, "too early");
        EqualValues.assertEach(
                report(draft -> {}),
                () -> new RotationReport.Draft("revoke", NOW, "file:keys", BEFORE).report(),
                () -> new RotationReport.Draft("retire", NOW.plusSeconds(1), "file:keys", BEFORE).report(),
                () -> new RotationReport.Draft("retire", NOW, "file:others", BEFORE).report(),
                report(draft -> draft.after = other),
                () -> {
                    RotationReport.Draft draft = new RotationReport.Draft("retire", NOW, "file:keys", other);
                    draft.after = BEFORE;
                    return draft.report();
                },
                report(draft -> draft.changed = true),
                report(draft -> draft.written = true),
                report(draft -> draft.revisionBefore = Optional.of("1")),
                report(draft -> draft.revision = Optional.of("1")),
                report(draft -> draft.overridden = List.of(early)),
                report(draft -> draft.forcedBecause = Optional.of("stolen")),
                report(draft -> draft.done = List.of("retired k1")),
                report(draft -> draft.next = List.of("prune")));
    }
}
