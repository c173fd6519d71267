package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.config.KeysetStores;
import io.github.keyset4j.evidence.Evidence;
import io.github.keyset4j.evidence.EvidenceDirectory;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.KeysetStore;
import io.github.keyset4j.rotation.RotationReport;
import java.util.function.Function;

/** One step being taken, and recorded if that is asked for. */
final class StepRun {

    private final StepOptions options;
    private final StepTold told;

    private StepRun(StepOptions options, StepTold told) {
        this.options = options;
        this.told = told;
    }

    /** Takes a step with these options, and tells of it. */
    static int take(StepOptions options, Terminal terminal, Function<KeysetRotator, RotationReport> step) {
        return new StepRun(options, new StepTold(terminal, options.json)).take(step);
    }

    private int take(Function<KeysetRotator, RotationReport> step) {
        try (KeysetStore store = KeysetStores.of(options.store)) {
            RotationReport report = step.apply(rotator(store));
            told.report(report);
            if (options.evidence != null && report.written()) {
                record(report, EvidenceDirectory.of(options.evidence));
            }
            return ExitCode.OK;
        } catch (RotationRefusedException refused) {
            told.refusal(refused);
            throw refused;
        }
    }

    private KeysetRotator rotator(KeysetStore store) {
        KeysetRotator.Builder builder =
                KeysetRotator.builder(store).rotation(options.times.times()).parser(KeysetParser.of(options.policy));
        if (options.convert) {
            builder.convertTo(KeysetShape.JWK_SET);
        }
        if (options.evidence != null) {
            EvidenceDirectory directory = EvidenceDirectory.of(options.evidence);
            builder.beforeWriting(() -> checkRoom(directory));
        }
        KeysetRotator rotator = options.dryRun ? builder.build().dryRun() : builder.build();
        return options.force ? rotator.forced(options.reason) : rotator;
    }

    /** A directory that gives no room is a refusal here: nothing was done, and the store is not what is missing. */
    private void checkRoom(EvidenceDirectory directory) {
        try {
            if (options.eventId == null) {
                directory.checkRoom();
            } else {
                directory.checkRoom(options.eventId);
            }
        } catch (KeysetLoadException e) {
            throw new Refusal(e.getMessage() + "; nothing was done");
        }
    }

    private void record(RotationReport report, EvidenceDirectory directory) {
        try {
            Evidence of = Evidence.of(report).withTimes(options.times.times());
            told.recorded(directory.capture(options.eventId == null ? of : of.withEventId(options.eventId)));
        } catch (RuntimeException e) {
            throw new NotRecorded(report, e);
        }
    }
}
