package io.github.keyset4j;

import io.github.keyset4j.OnePlanWorld.Action;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.KeysetStore;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A place that a step of the tool is taken on. */
final class OnePlanTool implements KeysetStore {

    private static final String REVISION = "the one in force";

    private final KeysetDocument inForce;
    private @Nullable KeysetDocument written;

    OnePlanTool(KeysetDocument inForce) {
        this.inForce = inForce.withRevision(REVISION);
    }

    /** What the step wrote, if it was not refused. */
    Optional<KeysetDocument> take(Action action, KeysetRotator.Builder settings, String kid, KeyTemplate fresh) {
        KeysetRotator rotator = settings.build();
        try {
            switch (action.style()) {
                case 0 -> rotator.prepare(fresh);
                case 1 -> rotator.promotePrepared(fresh.purpose());
                case 2 -> rotator.promote(kid);
                case 3 -> rotator.retire(kid);
                case 4 -> rotator.revoke(kid);
                case 5 -> rotator.rotate(fresh);
                case 6 -> rotator.emergency(kid, fresh);
                case 7 -> rotator.prune();
                case 8 -> rotator.auto(fresh, Duration.ofHours(1));
                case 9 -> rotator.forced("it is tried").promote(kid);
                case 10 -> rotator.forced("it is tried").revoke(kid);
                default -> rotator.forced("it is tried").rotate(fresh);
            }
        } catch (KeysetException | IllegalArgumentException refused) {
            return Optional.empty();
        }
        return Optional.ofNullable(written);
    }

    @Override
    public KeysetDocument load() {
        return inForce;
    }

    @Override
    public String create(KeysetDocument document) {
        throw new KeysetConflictException("there is one");
    }

    @Override
    public String replace(KeysetDocument document, String expectedRevision) {
        written = document;
        return "the next";
    }

    @Override
    public String description() {
        return "place:tool";
    }
}
